// The content of a large message on its way to a spool file: its octets taken out of their encoding, and
// out of the EXTERNAL that 1984 puts around some, and written in order, one write after the other.
// Invariant: after the first failure nothing more is written, and nothing of it is ever confirmed. A
// content whose length says at its beginning that it is too long is counted and not kept, and has no spool.

import {
  ContentReader,
  type ContentReaderState,
  ExternalOpener,
  type ExternalOpenerState,
  external_head_octets_max,
  type MessageTransferEnvelope,
} from '../p1/index.ts';
import type { SpoolName, SpoolResult, SpoolWriter } from '../store/index.ts';
import { ContentDigest } from './content-digest.ts';
import { refusalText } from './refusal-text.ts';
import { encodeStored } from './stored-value.ts';
import type { IntakeParts, TakenIn } from './taken-in.ts';

/** Message, MTS-APDU [0] and their like may be of indefinite length: two octets each, with room to spare. */
const TRAILING_OCTETS_MAX = 16;

/** Where a body stands between two octets: plain data. */
export interface BodyState {
  readonly reader: ContentReaderState;
  readonly contentLength: number;
  readonly trailing: number;
  /** Octets of content that were written. */
  readonly written: number;
  /** It was known from its beginning that nothing of it is kept. */
  readonly unkept?: true;
  /** Of a content that comes inside an EXTERNAL. */
  readonly external?: ExternalOpenerState;
}

/** What is known of the message from its front. */
export interface BodyFront {
  readonly envelope: MessageTransferEnvelope;
  /** The peer puts contents of this type into an EXTERNAL (X.419 Annex B). */
  readonly opensExternal?: boolean | undefined;
}

export class SpooledBody {
  readonly #envelope: MessageTransferEnvelope;
  readonly #contentOctetsMax: number;
  readonly #reader: ContentReader;
  /** Undefined where nothing is kept. */
  readonly #opening: Promise<SpoolWriter> | undefined;
  #chain: Promise<void>;
  #failure: string | undefined;
  #contentLength = 0;
  /** Octets after the content's end: the end-of-contents octets of indefinite forms around it. */
  #trailing = 0;
  #written = 0;
  readonly #digest: ContentDigest | undefined;
  readonly #opener: ExternalOpener | undefined;
  backlog = 0;

  /**
   * With `resumed` it goes on in a spool that stands at that point. `lengthSaid` is what the beginning of the
   * content says of its length, if anything.
   */
  constructor(
    parts: IntakeParts,
    { envelope, opensExternal }: BodyFront,
    {
      resumed,
      lengthSaid = 0,
    }: {
      readonly resumed?: { readonly state: BodyState; readonly spool: SpoolWriter | undefined };
      readonly lengthSaid?: number | undefined;
    } = {},
  ) {
    this.#reader = new ContentReader(resumed?.state.reader);
    this.#contentLength = resumed?.state.contentLength ?? 0;
    this.#trailing = resumed?.state.trailing ?? 0;
    this.#written = resumed?.state.written ?? 0;
    this.#digest = resumed === undefined ? new ContentDigest() : undefined;
    // A point that says nothing of it was kept by a program that left contents in their EXTERNAL.
    const opens = opensExternal && (resumed === undefined || resumed.state.external !== undefined);
    this.#opener = opens ? new ExternalOpener(resumed?.state.external) : undefined;
    this.#envelope = envelope;
    this.#contentOctetsMax = parts.contentOctetsMax;
    if (resumed !== undefined) this.#opening = resumed.spool && Promise.resolve(resumed.spool);
    else if (lengthSaid <= parts.contentOctetsMax + (opens ? external_head_octets_max : 0))
      this.#opening = parts.store.openSpool();
    const opened = this.#opening ?? Promise.resolve();
    this.#chain = opened.then(
      () => undefined,
      (error: unknown) => this.#fail(error),
    );
  }

  /** Where it stands now. */
  get state(): BodyState {
    return {
      reader: this.#reader.state,
      contentLength: this.#contentLength,
      trailing: this.#trailing,
      written: this.#written,
      ...(this.#opening === undefined && { unkept: true }),
      ...(this.#opener !== undefined && { external: this.#opener.state }),
    };
  }

  /** The name of its spool; undefined where nothing is kept. */
  async spool(): Promise<SpoolName | undefined> {
    return (await this.#opening)?.name;
  }

  /** Closes the spool as it is, for somebody else to go on with. */
  async release(): Promise<void> {
    await this.#chain;
    const spool = await this.#opening?.catch(() => undefined);
    await spool?.release().catch(() => undefined);
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
    for (const part of read.value.content) {
      for (const content of this.#opener?.take(part) ?? [part]) this.#keep(content);
    }
    this.#trailing += octets.length - read.value.used;
    if (this.#trailing <= TRAILING_OCTETS_MAX) return undefined;
    const got = `${this.#trailing} octets after the content`;
    return { kind: 'malformed', path: 'Message', expected: 'its end', got, offset: 0 };
  }

  #keep(part: Uint8Array): void {
    this.#contentLength += part.length;
    if (this.#opening === undefined || this.#contentLength > this.#contentOctetsMax) return;
    const own = part.slice();
    this.#digest?.update(own);
    this.#written += own.length;
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

  /** `front` are the octets before the content. */
  async finish(front: Uint8Array = new Uint8Array(0)): Promise<TakenIn> {
    if (!this.#reader.done) {
      await this.discard();
      const got = 'the end of the transfer';
      return { kind: 'malformed', path: 'Message.content', expected: 'the rest of it', got, offset: 0 };
    }
    for (const content of this.#opener?.finish() ?? []) this.#keep(content);
    const got = this.#opener?.wrong;
    if (got !== undefined) {
      await this.discard();
      const expected = 'an EXTERNAL that ends with the content';
      return { kind: 'malformed', path: 'Message.content', expected, got, offset: 0 };
    }
    if (this.#opening === undefined || this.#contentLength > this.#contentOctetsMax) {
      await this.discard();
      return this.#taken(front, undefined);
    }
    const header = encodeStored({ kind: 'message', envelope: this.#typedEnvelope() });
    this.#then((spool) => spool.seal(header));
    await this.#chain;
    if (this.#failure !== undefined) {
      await this.discard();
      return { kind: 'failed', detail: this.#failure };
    }
    return this.#taken(front, await this.spool());
  }

  #taken(front: Uint8Array, spool: SpoolName | undefined): TakenIn {
    const contentLength = this.#contentLength;
    const contentDigest = this.#digest?.value();
    const discard = (): Promise<void> => this.discard();
    const envelope = this.#typedEnvelope();
    return { kind: 'spooled', envelope, front, spool, contentLength, contentDigest, discard };
  }

  /** The envelope, with the type that the EXTERNAL named. */
  #typedEnvelope(): MessageTransferEnvelope {
    const value = this.#opener?.type;
    if (value === undefined) return this.#envelope;
    return { ...this.#envelope, contentType: { kind: 'extended', value } };
  }

  async discard(): Promise<void> {
    await this.#chain;
    const spool = await this.#opening?.catch(() => undefined);
    await spool?.discard().catch(() => undefined);
  }

  #then(step: (spool: SpoolWriter) => Promise<SpoolResult>): void {
    const next = this.#chain.then(async () => {
      if (this.#failure !== undefined) return;
      const spool = await this.#opening;
      if (spool === undefined) return;
      const result = await step(spool);
      if (!result.ok) this.#failure ??= refusalText(result.refusal);
    });
    this.#chain = next.catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error.message : String(error);
  }
}
