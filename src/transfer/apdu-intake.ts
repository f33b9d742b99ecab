// Takes in the octets of one MTS-APDU as they come: small ones stay in memory until they are whole; of a
// large message the envelope is decoded from the front and the content's octets go to a spool file.
// Invariants: memory never exceeds the inline limit or one envelope; nothing counts before the ledger names
// it; octets that a checkpoint confirms and that are spooled have been synced. It decodes nothing but the
// envelope and decides nothing.

import { concat } from '../base/octets.ts';
import { envelope_octets_max, envelopePrefix } from '../p1/index.ts';
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

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#lookAt = parts.inlineOctetsMax + 1;
  }

  /** Goes on from a point: `prefix` is the front, `spool` stands where the state says. */
  static resumed(
    parts: IntakeParts,
    point: {
      readonly state: IntakeState;
      readonly prefix: Uint8Array;
      readonly spool: SpoolWriter | undefined;
    },
  ): ApduIntake | undefined {
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
    const found = (parts.envelopePrefix ?? envelopePrefix)(concat([prefix, CONTENT_HEADER]));
    if (found.kind !== 'message' || spool === undefined) return undefined;
    intake.#front = prefix;
    intake.#ending = new ApduEnding(found.content);
    intake.#body = new SpooledBody(parts, found.envelope, { state: state.body, spool });
    return intake;
  }

  /**
   * A checkpoint: resolves, when what is spooled is on stable storage, to what must be so too; to a detail if
   * it cannot be. Undefined where there is nothing to go on with. From the first one on, content is spooled.
   */
  async checkpoint(): Promise<IntakePoint | string | undefined> {
    const worthALook = this.#frontSaved === 0 || this.#held >= this.#lookAt;
    if (this.#end === undefined && this.#body === undefined && worthALook) this.#lookForEnvelope();
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
    return this.#body?.spool().catch(() => undefined);
  }

  /** The association is lost, and the transfer may go on from a point: nothing is removed. */
  async release(): Promise<void> {
    this.#pieces = [];
    await this.#body?.release();
  }

  /** Octets that wait for the disk. */
  get backlog(): number {
    return this.#body?.backlog ?? 0;
  }

  /** Takes the next octets of the APDU. They are not kept beyond the call unless copied here. */
  push(octets: Uint8Array): void {
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
    return this.#body?.synced();
  }

  /** Resolves when nothing waits for the disk any more. */
  async settled(): Promise<void> {
    await this.#body?.settled();
  }

  /** The transfer is complete: seals a spool under the envelope's octets, so that it describes itself. */
  async finish(): Promise<TakenIn> {
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
    const found = (this.#parts.envelopePrefix ?? envelopePrefix)(prefix);
    if (found.kind === 'malformed') {
      this.#end = { kind: 'malformed', ...found.error };
      this.#front = prefix;
    } else if (found.kind === 'message') {
      this.#pieces = [];
      this.#front = prefix.slice(0, found.content.at);
      this.#ending = new ApduEnding(found.content);
      this.#ending.take(prefix);
      this.#body = new SpooledBody(this.#parts, found.envelope);
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
