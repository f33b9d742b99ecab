// TPDUs that wait because our user owes an answer which the peer must have before it goes on. A peer that
// does not wait is let run ahead, within a limit: its octets are as good later. What takes something back
// does not wait: an abort, and the interruption or discarding of an activity. Invariant: order is kept.

/** How much a peer may send ahead of an answer, in octets. Real peers send nothing, or an abort. */
export const held_octets_max = 1024 * 1024;

/** What holding a TPDU costs besides its octets: a peer may send many that are tiny. */
const tpdu_overhead_octets = 64;
const DT = 0xf0;
const END_OF_TSDU = 0x80;
/** X.225 8.3: the SPDU identifiers of what takes something back, and of the category 0 SPDUs before it. */
const takesBack: ReadonlySet<number> = new Set([25, 26, 57]);
const GIVE_TOKENS = 1;
const PLEASE_TOKENS = 2;

export class HeldTpdus {
  #tpdus: Uint8Array[] = [];
  #first = 0;
  #octets = 0;

  /** How many octets wait, with what it costs to hold them. */
  get octets(): number {
    return this.#octets;
  }

  add(tpdu: Uint8Array): void {
    this.#tpdus.push(tpdu);
    this.#octets += tpdu.length + tpdu_overhead_octets;
  }

  /** The next TPDU; undefined if there is none, or if it has to wait while `awaitsUser`. */
  next(awaitsUser: boolean): Uint8Array | undefined {
    if (this.#first === this.#tpdus.length) return undefined;
    const tpdu = this.#tpdus[this.#first];
    if (awaitsUser && mustWait(tpdu)) return undefined;
    this.#first += 1;
    this.#octets -= tpdu.length + tpdu_overhead_octets;
    if (this.#first === this.#tpdus.length) {
      this.#tpdus = [];
      this.#first = 0;
    }
    return tpdu;
  }
}

/** Whether a TPDU is anything else than an SPDU that takes something back. */
function mustWait(tpdu: Uint8Array): boolean {
  if (tpdu[0] !== 2 || tpdu[1] !== DT || tpdu[2] !== END_OF_TSDU) return true;
  let at = 3;
  if ((tpdu[at] === GIVE_TOKENS || tpdu[at] === PLEASE_TOKENS) && tpdu[at + 1] < 0xff) at += 2 + tpdu[at + 1];
  return !takesBack.has(tpdu[at]);
}
