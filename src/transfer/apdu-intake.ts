// Takes in the octets of one MTS-APDU as they come: small ones stay in memory until they are whole; of a
// large message the envelope is decoded from the front and the content's octets go to a spool file.
// Invariants: memory never exceeds the inline limit or one envelope; nothing counts before the ledger names
// it; octets that a checkpoint confirms and that are spooled have been synced. It decodes nothing but the
// envelope and decides nothing.

import { concat } from '../base/octets.ts';
import { envelope_octets_max, envelopePrefix } from '../p1/index.ts';
import { SpooledBody } from './spooled-body.ts';
import type { IntakeParts, TakenIn } from './taken-in.ts';

/** Octets handed to the spool and not yet written, above which the sender should be slowed. */
export const SPOOL_BACKLOG_OCTETS_MAX = 1024 * 1024;

export class ApduIntake {
  readonly #parts: IntakeParts;
  #pieces: Uint8Array[] = [];
  #held = 0;
  /** The length at which the envelope is looked for again. */
  #lookAt: number;
  #body: SpooledBody | undefined;
  #end: TakenIn | undefined;
  octets = 0;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#lookAt = parts.inlineOctetsMax + 1;
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
      this.#end = this.#body.push(octets);
      return;
    }
    this.#pieces.push(octets);
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
      return this.#end;
    }
    if (this.#body !== undefined) return this.#body.finish();
    // Octets of its own: what comes off a socket shares memory with whatever came beside it.
    const octets = this.#pieces.length === 1 ? this.#pieces[0].slice() : concat(this.#pieces);
    this.#pieces = [];
    return { kind: 'whole', octets };
  }

  /** The transfer came to nothing: forgets everything. */
  async discard(): Promise<void> {
    this.#pieces = [];
    await this.#body?.discard();
  }

  #lookForEnvelope(): void {
    const prefix = concat(this.#pieces);
    this.#pieces = [prefix];
    const found = envelopePrefix(prefix);
    if (found.kind === 'malformed') {
      this.#end = { kind: 'malformed', ...found.error };
    } else if (found.kind === 'message') {
      this.#pieces = [];
      this.#body = new SpooledBody(this.#parts, found.envelope);
      this.#end = this.#body.push(prefix.subarray(found.content.at));
    } else if (this.#held > envelope_octets_max) {
      const got = `more than ${envelope_octets_max} octets without a content`;
      this.#end = { kind: 'malformed', path: 'MTS-APDU', expected: 'an envelope', got, offset: 0 };
    } else {
      this.#lookAt = this.#held * 2;
    }
    if (this.#end !== undefined) this.#pieces = [];
  }
}
