// Takes in the octets of one MTS-APDU as they come: small ones stay in memory until they are whole; of a large
// message the envelope is decoded from the front and the content's octets go to a spool file. Invariants: memory
// never exceeds the inline limit or one envelope; nothing counts before the ledger names it; octets that a
// checkpoint confirms and that are spooled have been synced. It decodes nothing but the envelope and decides nothing.

import { encode } from '../asn1/index.ts';
import { concat } from '../base/octets.ts';
import { ContentReader, envelope_octets_max, envelopePrefix, MessageTransferEnvelope } from '../p1/index.ts';
import type { SpoolName, SpoolResult, SpoolWriter, Store, StoreRefusal } from '../store/index.ts';

/** What has come, once the transfer is complete. */
export type TakenIn =
  /** The whole APDU in memory: a report, a probe, or a message with small content. */
  | { readonly kind: 'whole'; readonly octets: Uint8Array }
  | {
      readonly kind: 'spooled';
      readonly envelope: MessageTransferEnvelope;
      readonly spool: SpoolName | undefined;
      readonly contentLength: number;
    }
  | {
      readonly kind: 'malformed';
      readonly path: string;
      readonly expected: string;
      readonly got: string;
      readonly offset: number;
    }
  /** The world failed us: the spool could not be written. Temporary. */
  | { readonly kind: 'failed'; readonly detail: string };

export interface IntakeParts {
  readonly store: Pick<Store, 'openSpool'>;
  /** APDUs up to this many octets are kept whole. */
  readonly inlineOctetsMax: number;
  /** Content beyond this many octets is counted but not kept: the message will be reported as too long. */
  readonly contentOctetsMax: number;
}

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
    return { kind: 'whole', octets: concat(this.#pieces) };
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

/** The content of a large message on its way to a spool file. */
class SpooledBody {
  readonly #envelope: MessageTransferEnvelope;
  readonly #contentOctetsMax: number;
  readonly #reader = new ContentReader();
  readonly #opening: Promise<SpoolWriter>;
  #chain: Promise<void>;
  #failure: string | undefined;
  #contentLength = 0;
  /** Octets after the content's end: the end-of-contents octets of indefinite forms around it. */
  #trailing = 0;
  backlog = 0;

  constructor(parts: IntakeParts, envelope: MessageTransferEnvelope) {
    this.#envelope = envelope;
    this.#contentOctetsMax = parts.contentOctetsMax;
    this.#opening = parts.store.openSpool();
    this.#chain = this.#opening.then(
      () => undefined,
      (error: unknown) => this.#fail(error),
    );
  }

  push(octets: Uint8Array): TakenIn | undefined {
    const read = this.#reader.push(octets);
    if (!read.ok) {
      return {
        kind: 'malformed',
        path: 'Message.content',
        expected: 'an OCTET STRING',
        got: read.error,
        offset: 0,
      };
    }
    for (const part of read.value.content) this.#keep(part);
    this.#trailing += octets.length - read.value.used;
    if (this.#trailing <= TRAILING_OCTETS_MAX) return undefined;
    const got = `${this.#trailing} octets after the content`;
    return { kind: 'malformed', path: 'Message', expected: 'its end', got, offset: 0 };
  }

  #keep(part: Uint8Array): void {
    this.#contentLength += part.length;
    if (this.#contentLength > this.#contentOctetsMax) return;
    const own = part.slice();
    this.backlog += own.length;
    this.#then(async (spool) => {
      const written = await spool.write(own);
      this.backlog -= own.length;
      return written;
    });
  }

  async synced(): Promise<string | undefined> {
    this.#then((spool) => spool.sync());
    await this.#chain;
    return this.#failure;
  }

  async settled(): Promise<void> {
    await this.#chain;
  }

  async finish(): Promise<TakenIn> {
    if (!this.#reader.done) {
      await this.discard();
      const got = 'the end of the transfer';
      return { kind: 'malformed', path: 'Message.content', expected: 'the rest of it', got, offset: 0 };
    }
    if (this.#contentLength > this.#contentOctetsMax) {
      await this.discard();
      return {
        kind: 'spooled',
        envelope: this.#envelope,
        spool: undefined,
        contentLength: this.#contentLength,
      };
    }
    const header = encode(MessageTransferEnvelope, this.#envelope);
    this.#then((spool) => spool.seal(header));
    await this.#chain;
    if (this.#failure !== undefined) {
      await this.discard();
      return { kind: 'failed', detail: this.#failure };
    }
    const spool = await this.#opening;
    return {
      kind: 'spooled',
      envelope: this.#envelope,
      spool: spool.name,
      contentLength: this.#contentLength,
    };
  }

  async discard(): Promise<void> {
    await this.#chain;
    const spool = await this.#opening.catch(() => undefined);
    await spool?.discard().catch(() => undefined);
  }

  #then(step: (spool: SpoolWriter) => Promise<SpoolResult>): void {
    const next = this.#chain.then(async () => {
      if (this.#failure !== undefined) return;
      const result = await step(await this.#opening);
      if (!result.ok) this.#failure ??= refusalText(result.refusal);
    });
    this.#chain = next.catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error.message : String(error);
  }
}

/** A refusal of the store in words, for the peer and the log. */
export function refusalText(refusal: StoreRefusal): string {
  return 'detail' in refusal ? `${refusal.kind}: ${refusal.detail}` : refusal.kind;
}

/** Message, MTS-APDU [0] and their like may be of indefinite length: two octets each, with room to spare. */
const TRAILING_OCTETS_MAX = 16;
