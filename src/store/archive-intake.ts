// One message of an archive as it comes in: its envelope in memory, its content in memory while it is small
// and in a spool after that, its digest taken on the way. Nothing of it counts until it is whole, which the
// frame of its end must prove.

import { createHash } from 'node:crypto';

import { concat } from '../base/octets.ts';
import { type ArchivedEnd, type ArchivedMessage, jsonOf } from './archive-entry.ts';
import type { SpoolWriter, StoredContent, StoreRefusal, TrackingRecord } from './port.ts';
import { actNames } from './tracking-acts.ts';

/** Tracking records of one message that are taken at most, and their octets. */
const records_max = 10_000;
const records_octets_max = 32 * 1024 * 1024;

export interface IntakeOptions {
  /** Undefined: content is only looked at. */
  readonly openSpool: (() => Promise<SpoolWriter>) | undefined;
  readonly inlineOctetsMax: number;
}

export class MessageIntake {
  readonly entry: ArchivedMessage;
  readonly records: TrackingRecord[] = [];
  readonly #options: IntakeOptions;
  readonly #hash = createHash('sha256');
  readonly #envelope: Uint8Array[] = [];
  #envelope_octets = 0;
  #records_octets = 0;
  #content: Uint8Array[] = [];
  #content_octets = 0;
  #spool: SpoolWriter | undefined;
  #refusal: StoreRefusal | undefined;

  constructor(entry: ArchivedMessage, options: IntakeOptions) {
    this.entry = entry;
    this.#options = options;
  }

  /** The disk took no more of it. */
  get refusal(): StoreRefusal | undefined {
    return this.#refusal;
  }

  /** More of the envelope; what is more than was announced is not kept. */
  addEnvelope(octets: Uint8Array): void {
    this.#envelope_octets += octets.length;
    if (this.#envelope_octets <= this.entry.envelopeLength) this.#envelope.push(octets);
  }

  /** Records of its history; what is none is passed over. */
  addRecords(payload: Uint8Array): void {
    this.#records_octets += payload.length;
    if (this.#records_octets > records_octets_max) return;
    const { records } = jsonOf(payload) ?? {};
    for (const each of Array.isArray(records) ? records : []) {
      if (this.records.length < records_max && isRecord(each)) this.records.push(each);
    }
  }

  async addContent(octets: Uint8Array): Promise<void> {
    this.#hash.update(octets);
    this.#content_octets += octets.length;
    const { openSpool, inlineOctetsMax } = this.#options;
    if (this.#spool === undefined && this.#content_octets <= inlineOctetsMax) {
      this.#content.push(octets);
      return;
    }
    const held = [...this.#content, octets];
    this.#content = [];
    if (openSpool === undefined || this.#refusal !== undefined) return;
    this.#spool ??= await openSpool();
    for (const piece of held) {
      const written = await this.#spool.write(piece);
      if (!written.ok) this.#refusal = written.refusal;
    }
  }

  /** The digest if the message is as its end says; otherwise what is wrong. */
  check(end: ArchivedEnd): { readonly sha256: string } | { readonly wrong: string } {
    const { hasContent, envelopeLength } = this.entry;
    if (this.#envelope_octets !== envelopeLength) {
      return { wrong: `its envelope has ${this.#envelope_octets} octets, not ${envelopeLength}` };
    }
    if (this.#content_octets !== end.octets) {
      return { wrong: `its content has ${this.#content_octets} octets, not ${end.octets}` };
    }
    if (!hasContent) this.#hash.update(this.envelope);
    const sha256 = this.#hash.digest('hex');
    return sha256 === end.sha256 ? { sha256 } : { wrong: 'its content is not what the digest says' };
  }

  get envelope(): Uint8Array {
    return concat(this.#envelope);
  }

  /** The content as a transition names it: its spool is sealed by this. */
  async seal(): Promise<StoredContent> {
    if (!this.entry.hasContent) return { kind: 'none' };
    if (this.#spool === undefined) return { kind: 'inline', octets: concat(this.#content) };
    const sealed = await this.#spool.seal(this.envelope);
    if (!sealed.ok) this.#refusal = sealed.refusal;
    return { kind: 'spooled', spool: this.#spool.name, octets_count: this.#content_octets };
  }

  /** It is not taken: nothing of it stays. */
  async discard(): Promise<void> {
    await this.#spool?.discard();
    this.#spool = undefined;
  }
}

function isRecord(value: unknown): value is TrackingRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { at, act, mtsIdentifier, kind, originator, recipients, detail } = value as Partial<TrackingRecord>;
  const texts = [act, mtsIdentifier, kind, originator].every((each) => typeof each === 'string');
  if (!texts || !actNames.some((name) => name === act) || !Number.isSafeInteger(at)) return false;
  if (!Array.isArray(recipients) || !recipients.every((each) => typeof each === 'string')) return false;
  return typeof detail === 'object' && detail !== null && !Array.isArray(detail);
}
