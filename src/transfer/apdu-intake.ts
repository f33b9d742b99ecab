// Takes in the octets of one MTS-APDU as they come: small ones stay in memory until they are whole; of a
// large message the envelope is decoded from the front and the content's octets go to a spool file.
// Invariants: memory never exceeds the inline limit or one envelope; nothing counts before the ledger names
// it; octets that a checkpoint confirms and that are spooled have been synced. It decodes nothing but the
// envelope and decides nothing. An envelope with many recipients is decoded in steps; what comes meanwhile
// waits, in its order.

import { concat } from '../base/octets.ts';
import { atOnce } from '../base/steps.ts';
import { type EnvelopePrefix, envelope_octets_max, envelopePrefixInSteps } from '../p1/index.ts';
import type { SpoolName, SpoolWriter } from '../store/index.ts';
import { ApduEnding } from './apdu-ending.ts';
import { type BodyState, SpooledBody } from './spooled-body.ts';
import type { IntakeParts, TakenIn } from './taken-in.ts';

/** Octets handed to the spool and not yet written, above which the sender should be slowed. */
export const SPOOL_BACKLOG_OCTETS_MAX = 1024 * 1024;

/** Where an intake stands at a checkpoint: plain data, but for the octets before the content. */
export interface IntakeState {
  readonly octets: number;
  /** How many octets of the front are held: all, or those before the content. */
  readonly prefixOctets: number;
  /** Undefined while everything is held. */
  readonly body?: BodyState;
}

/** What must be on stable storage, besides the spool, before a checkpoint is confirmed. */
export interface IntakePoint {
  readonly state: IntakeState;
  /** The octets of the front that no earlier point had. */
  readonly prefix: Uint8Array;
  readonly spool?: SpoolName;
}

/** The beginning of an OCTET STRING. */
const CONTENT_HEADER = Uint8Array.of(0x24, 0x80);

export class ApduIntake {
  readonly #parts: IntakeParts;
  #pieces: Uint8Array[] = [];
  #held = 0;
  /** The length at which the envelope is looked for again. */
  #lookAt: number;
  #body: SpooledBody | undefined;
  #ending: ApduEnding | undefined;
  #end: TakenIn | undefined;
  /** The octets before the content, once that is found. */
  #front: Uint8Array | undefined;
  /** Octets of the front that are in no point yet, and how many are. */
  #unsaved: Uint8Array[] = [];
  #frontSaved = 0;
  octets = 0;
  /** While the envelope is decoded in steps: what is to be done after that. */
  #waiting: (() => void)[] | undefined;
  #octetsWaiting = 0;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#lookAt = parts.inlineOctetsMax + 1;
  }

  /** Goes on from a point: `prefix` is the front, `spool` stands where the state says. */
  static async resumed(
    parts: IntakeParts,
    point: {
      readonly state: IntakeState;
      readonly prefix: Uint8Array;
      readonly spool: SpoolWriter | undefined;
    },
  ): Promise<ApduIntake | undefined> {
    const { state, prefix, spool } = point;
    const intake = new ApduIntake(parts);
    intake.octets = state.octets;
    intake.#unsaved = [prefix];
    if (state.body === undefined) {
      intake.#pieces = [prefix];
      intake.#held = prefix.length;
      return intake;
    }
    // The header of the content is the reader's: one octet of it is enough to find the end of the envelope.
    const found = await intake.#search(concat([prefix, CONTENT_HEADER]));
    const keepable = spool !== undefined || state.body.unkept === true;
    if (found.kind !== 'message' || !keepable) return undefined;
    intake.#front = prefix;
    intake.#ending = new ApduEnding(found.content);
    intake.#body = new SpooledBody(parts, found, { resumed: { state: state.body, spool } });
    return intake;
  }

  /**
   * A checkpoint: resolves, when what is spooled is on stable storage, to what must be so too; to a detail if
   * it cannot be. Undefined where there is nothing to go on with. From the first one on, content is spooled.
   */
  checkpoint(): Promise<IntakePoint | string | undefined> {
    const waiting = this.#waiting;
    if (waiting === undefined) return this.#checkpoint();
    return new Promise((resolve, reject) => {
      waiting.push(() => this.#checkpoint().then(resolve, reject));
    });
  }

  async #checkpoint(): Promise<IntakePoint | string | undefined> {
    const worthALook = this.#frontSaved === 0 || this.#held >= this.#lookAt;
    if (this.#end === undefined && this.#body === undefined && worthALook) this.#lookForEnvelope();
    if (this.#waiting !== undefined) return this.checkpoint();
    if (this.#end !== undefined) return undefined;
    const body = this.#body;
    const prefixOctets = this.#front?.length ?? this.#held;
    const state = { octets: this.octets, prefixOctets, body: body?.state };
    const prefix = this.#takeUnsaved(prefixOctets);
    const failure = await body?.synced();
    if (failure !== undefined) return failure;
    return { state, prefix, spool: await body?.spool() };
  }

  /** The spool that its content goes to; undefined while there is none. */
  async spool(): Promise<SpoolName | undefined> {
    await this.#looked();
    return this.#body?.spool().catch(() => undefined);
  }

  /** The association is lost, and the transfer may go on from a point: nothing is removed. */
  async release(): Promise<void> {
    await this.#looked();
    this.#pieces = [];
    await this.#body?.release();
  }

  /** Octets that wait for the disk. */
  get backlog(): number {
    return (this.#body?.backlog ?? 0) + this.#octetsWaiting;
  }

  /** Takes the next octets of the APDU. They are not kept beyond the call unless copied here. */
  push(octets: Uint8Array): void {
    if (this.#waiting === undefined) this.#push(octets);
    else {
      this.#octetsWaiting += octets.length;
      this.#waiting.push(() => {
        this.#octetsWaiting -= octets.length;
        this.#push(octets);
      });
    }
  }

  #push(octets: Uint8Array): void {
    this.octets += octets.length;
    if (this.#end !== undefined) return;
    if (this.#body !== undefined) {
      this.#ending?.take(octets);
      this.#end = this.#body.push(octets);
      return;
    }
    this.#pieces.push(octets);
    this.#unsaved.push(octets);
    this.#held += octets.length;
    if (this.#held >= this.#lookAt) this.#lookForEnvelope();
  }

  /** Resolves when all spooled octets so far are on stable storage; to a detail if they cannot be. */
  async secured(): Promise<string | undefined> {
    await this.#looked();
    return this.#body?.synced();
  }

  /** Resolves when nothing waits for the disk any more. */
  async settled(): Promise<void> {
    await this.#looked();
    await this.#body?.settled();
  }

  /** The transfer is complete: seals a spool under the envelope's octets, so that it describes itself. */
  async finish(): Promise<TakenIn> {
    await this.#looked();
    if (this.#end !== undefined) {
      await this.discard();
      return this.#withFront(this.#end);
    }
    if (this.#body !== undefined) {
      const wrong = this.#ending?.wrong(this.#body.state);
      if (wrong === undefined) return this.#withFront(await this.#body.finish(this.#front));
      await this.discard();
      return this.#withFront(wrong);
    }
    // Octets of its own: what comes off a socket shares memory with whatever came beside it.
    const octets = this.#pieces.length === 1 ? this.#pieces[0].slice() : concat(this.#pieces);
    this.#pieces = [];
    return { kind: 'whole', octets };
  }

  #withFront(taken: TakenIn): TakenIn {
    return taken.kind === 'malformed' ? { ...taken, octets: this.#front } : taken;
  }

  /** The transfer came to nothing: forgets everything. */
  async discard(): Promise<void> {
    await this.#looked();
    this.#pieces = [];
    await this.#body?.discard();
  }

  /** The octets of the front up to `until` that no point has. */
  #takeUnsaved(until: number): Uint8Array {
    const unsaved = concat(this.#unsaved).slice(0, Math.max(0, until - this.#frontSaved));
    this.#unsaved = [];
    this.#frontSaved += unsaved.length;
    return unsaved;
  }

  #lookForEnvelope(): void {
    const prefix = concat(this.#pieces);
    this.#pieces = [prefix];
    const found = this.#search(prefix);
    if (!(found instanceof Promise)) {
      this.#found(prefix, found);
      return;
    }
    this.#waiting = [];
    void found.then(
      (late) => this.#foundLate(() => this.#found(prefix, late)),
      // Our own mistake: whoever guards the search has told it.
      () => this.#foundLate(() => this.#failed()),
    );
  }

  #search(prefix: Uint8Array): EnvelopePrefix | Promise<EnvelopePrefix> {
    const { slices, envelopePrefix = envelopePrefixInSteps } = this.#parts;
    const steps = envelopePrefix(prefix);
    return slices === undefined ? atOnce(steps) : slices.run(steps);
  }

  /** Goes on with what has come meanwhile; that may lead to another search. */
  #foundLate(take: () => void): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#orFail(take);
    while (waiting.length > 0 && this.#waiting === undefined) this.#orFail(() => waiting.shift()?.());
    if (waiting.length > 0) this.#wait(waiting);
  }

  /** Nobody else hears of a fault here, and others wait behind it. */
  #orFail(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failed();
      this.#parts.mistaken?.(error);
    }
  }

  /** A further search has begun: all these wait for it too. */
  #wait(those: readonly (() => void)[]): void {
    this.#waiting = [...(this.#waiting ?? []), ...those];
  }

  #failed(): void {
    this.#pieces = [];
    this.#end = { kind: 'failed', detail: 'internal error' };
  }

  /** Resolves when no search for the envelope is under way. */
  async #looked(): Promise<void> {
    for (let waiting = this.#waiting; waiting !== undefined; waiting = this.#waiting) {
      const others = waiting;
      await new Promise<void>((resolve) => {
        others.push(resolve);
      });
    }
  }

  #found(prefix: Uint8Array, found: EnvelopePrefix): void {
    if (found.kind === 'malformed') {
      this.#end = { kind: 'malformed', ...found.error };
      this.#front = prefix;
    } else if (found.kind === 'message') {
      this.#pieces = [];
      this.#front = prefix.slice(0, found.content.at);
      this.#ending = new ApduEnding(found.content);
      this.#ending.take(prefix);
      const lengthSaid = found.content.octets?.length;
      this.#body = new SpooledBody(this.#parts, found, { lengthSaid });
      this.#end = this.#body.push(prefix.subarray(found.content.at));
    } else if (this.#held > envelope_octets_max) {
      const got = `more than ${envelope_octets_max} octets without a content`;
      this.#end = { kind: 'malformed', path: 'MTS-APDU', expected: 'an envelope', got, offset: 0 };
    } else {
      this.#lookAt = Math.max(this.#lookAt, this.#held * 2);
    }
    if (this.#end !== undefined) this.#pieces = [];
  }
}
