// Takes the octets of one connection, both directions, and says layer by layer what they are: TPKT, TPDU,
// SPDU, PPDU, ACSE, RTSE; whole APDUs come out at the end of their activity. Sees a conversation from
// outside: follows no state table, judges nothing, and goes on after what it does not understand: after a
// framing error, or a gap, with the next octets that look like a packet.
// Invariant: what is held for one direction is at most one TSDU and one APDU, each within its limit.

import { concat, toHex } from '../../../base/octets.ts';
import type { ReceivedSpdu } from '../../session/spdu.ts';
import { decodeTsdu } from '../../session/spdu-decoder.ts';
import { TpktDecoder } from '../../tpkt/tpkt.ts';
import { decodeTpdu } from '../../transport/tpdu-codec.ts';
import type { DissectedLayer, Finding } from './finding.ts';
import { pieceOfApdu, presentationFindings, type SeenContexts, unwrapped } from './upper-layers.ts';
import { spduLines, spduNames, tpduLines } from './lower-layers.ts';

/** Largest TSDU or APDU that is put together, in octets. */
export const held_octets_max = 1024 * 1024 * 1024;

export type Direction = 'from-initiator' | 'from-responder';

/** Dissects one connection. */
export class ConnectionDissection {
  readonly #contexts: SeenContexts = {
    syntaxes: new Map(),
    x410: false,
    opened: false,
    applicationProtocol: undefined,
  };
  readonly #sides: Readonly<Record<Direction, Side>> = {
    'from-initiator': newSide(),
    'from-responder': newSide(),
  };

  /** The next octets that one end sent, cut anywhere. Never throws. */
  take(direction: Direction, octets: Uint8Array): readonly Finding[] {
    const side = this.#sides[direction];
    const found: Finding[] = [];
    for (let rest = octets; rest.length > 0; ) {
      if (side.lost) {
        const at = packetIn(rest);
        if (at < 0) return found;
        side.lost = false;
        side.tpkts = new TpktDecoder();
        const detail = [`from octet ${at} of what came then`];
        found.push({ kind: 'pdu', layer: 'RFC 1006', name: 'decoding goes on', detail });
        rest = rest.subarray(at);
      }
      const held = side.tpkts.octetsHeld;
      const { tpdus, violation } = side.tpkts.receive(rest);
      found.push(...tpdus.flatMap((tpdu) => this.#tpdu(side, tpdu)));
      if (violation === undefined) return found;
      const whole = tpdus.reduce((sum, tpdu) => sum + tpdu.length + 4, 0);
      rest = rest.subarray(Math.max(0, whole - held) + 1);
      const detail = `expected ${violation.expected}, got ${violation.got}`;
      found.push(this.#wrong(side, 'RFC 1006', detail));
      this.#lose(side);
    }
    return found;
  }

  /** Octets of this direction are missing: nobody recorded them. */
  missing(direction: Direction): void {
    const side = this.#sides[direction];
    this.#lose(side);
  }

  #lose(side: Side): void {
    side.lost = true;
    side.tsdu = [];
    side.tsduOctets = 0;
    side.ssdu = [];
    if (side.apdu !== undefined) side.apdu.damaged = true;
  }

  #wrong(side: Side, layer: DissectedLayer, detail: string): Finding {
    if (side.apdu !== undefined) side.apdu.damaged = true;
    return { kind: 'fault', layer, detail };
  }

  #tpdu(side: Side, octets: Uint8Array): Finding[] {
    const tpkt: Finding = {
      kind: 'pdu',
      layer: 'RFC 1006',
      name: 'TPKT',
      detail: [`${octets.length + 4} octets`],
    };
    const tpdu = decodeTpdu(octets);
    if (!tpdu.ok) return [tpkt, this.#wrong(side, 'X.224', `${tpdu.error}; octets ${beginning(octets)}`)];
    const found: Finding[] = [
      tpkt,
      { kind: 'pdu', layer: 'X.224', name: tpdu.value.kind, detail: tpduLines(tpdu.value) },
    ];
    if (tpdu.value.kind !== 'DT') return found;
    side.tsdu.push(tpdu.value.userData.slice());
    side.tsduOctets += tpdu.value.userData.length;
    if (side.tsduOctets > held_octets_max) {
      const detail = `a TSDU of more than ${held_octets_max} octets`;
      this.#lose(side);
      return [...found, this.#wrong(side, 'X.224', detail)];
    }
    if (!tpdu.value.endOfTsdu) return found;
    const tsdu = concat(side.tsdu);
    side.tsdu = [];
    side.tsduOctets = 0;
    return [...found, ...this.#tsdu(side, tsdu)];
  }

  #tsdu(side: Side, tsdu: Uint8Array): Finding[] {
    if (tsdu.length === 0) return [];
    const spdus = decodeTsdu(tsdu);
    if (!spdus.ok) return [this.#wrong(side, 'X.225', `${spdus.error}; octets ${beginning(tsdu)}`)];
    return spdus.value.flatMap((spdu) => this.#spdu(side, spdu));
  }

  #spdu(side: Side, spdu: ReceivedSpdu): Finding[] {
    const name = `${spdu.kind} ${spduNames[spdu.kind]}`;
    const found: Finding[] = [{ kind: 'pdu', layer: 'X.225', name, detail: spduLines(spdu) }];
    if (spdu.kind === 'AS' || spdu.kind === 'AR') side.apdu = { pieces: [], octets: 0, damaged: false };
    if (spdu.kind === 'AD' || spdu.kind === 'AI') side.apdu = undefined;
    if (spdu.kind === 'DT') found.push(...this.#data(side, spdu));
    else if (spdu.userData !== undefined && spdu.userData.length > 0) {
      found.push(...presentationFindings(spdu.kind, spdu.userData, this.#contexts));
    }
    if (spdu.kind === 'AE') found.push(...this.#endOfActivity(side));
    return found;
  }

  #data(side: Side, spdu: ReceivedSpdu): Finding[] {
    const userData = spdu.userData ?? new Uint8Array(0);
    const end = spdu.enclosure === undefined || (spdu.enclosure & 2) !== 0;
    side.ssdu.push(userData);
    if (!end) return [];
    const ssdu = concat(side.ssdu);
    side.ssdu = [];
    const { findings, octets } = pieceOfApdu(ssdu, this.#contexts);
    if (side.apdu !== undefined && octets === undefined) side.apdu.damaged = true;
    if (side.apdu !== undefined && octets !== undefined) {
      side.apdu.pieces.push(octets);
      side.apdu.octets += octets.length;
      if (side.apdu.octets > held_octets_max) side.apdu = undefined;
    }
    return [...findings];
  }

  #endOfActivity(side: Side): Finding[] {
    const { apdu } = side;
    side.apdu = undefined;
    if (apdu === undefined || apdu.pieces.length === 0) return [];
    const whole = unwrapped(concat(apdu.pieces), this.#contexts);
    if (!apdu.damaged) return [whole];
    const detail =
      'octets of this MTS-APDU are missing or wrong, see above: what follows is what is left of it';
    return [{ kind: 'fault', layer: 'X.228', detail }, whole];
  }
}

interface Side {
  tpkts: TpktDecoder;
  tsdu: Uint8Array[];
  tsduOctets: number;
  ssdu: Uint8Array[];
  apdu: { readonly pieces: Uint8Array[]; octets: number; damaged: boolean } | undefined;
  /** Where the next packet begins is not known. */
  lost: boolean;
}

function newSide(): Side {
  return { tpkts: new TpktDecoder(), tsdu: [], tsduOctets: 0, ssdu: [], apdu: undefined, lost: false };
}

/** Codes of TPDUs of class 0, in the upper half of their octet (X.224 13.1). */
const tpduCodes = new Set([0xe0, 0xd0, 0x80, 0xc0, 0xf0, 0x70]);

/** Where something that looks like a packet begins; -1 if nowhere. */
function packetIn(octets: Uint8Array): number {
  for (let at = 0; at + 6 <= octets.length; at += 1) {
    if (octets[at] !== 3 || octets[at + 1] !== 0) continue;
    const length = (octets[at + 2] << 8) | octets[at + 3];
    const header = octets[at + 4];
    if (length >= 7 && header >= 2 && header <= length - 5 && tpduCodes.has(octets[at + 5] & 0xf0)) return at;
  }
  return -1;
}

function beginning(octets: Uint8Array): string {
  return `${toHex(octets.subarray(0, 16))}${octets.length > 16 ? '…' : ''}`;
}
