// What the frames of an archive say, as JSON: its head, one entry for each message, how each and the whole
// ended. An archive is a stranger's: everything is looked at before it is believed. No envelope is read here:
// it is opaque, as it is to the store.

import { instant, type Instant } from '../base/time.ts';
import { copyStates, priorities } from './order.ts';
import type { CopyId, CopyState, MessageId, MessageKind, NextHopKey, Priority } from './port.ts';

/** The version of the format. */
export const archiveFormat = 1;
/** Largest envelope that is taken out of an archive, in octets. */
export const envelope_octets_max = 64 * 1024 * 1024;
/** Most recipients of one message (X.411 ub-recipients). */
const recipients_max = 32_767;
const text_characters_max = 4096;

export interface ArchiveHead {
  readonly format: number;
  /** Names this archive; no other has the same. */
  readonly archive: string;
  /** The MTA that it was taken from. */
  readonly source: string;
  readonly madeAt: Instant;
  /** Which messages were asked for, in words; absent for all. */
  readonly selection?: string;
}

export interface ArchivedCopy {
  readonly copy: CopyId;
  readonly nextHop: NextHopKey;
  readonly state: CopyState;
  readonly notBefore?: Instant;
  /** Number in the envelope, and the address in text form. */
  readonly recipients: readonly { readonly number: number; readonly address: string }[];
}

/** A message as it waited: everything but its octets. */
export interface ArchivedMessage {
  /** Its number in the store that it was taken from. */
  readonly message: MessageId;
  readonly kind: MessageKind;
  readonly mtsIdentifier: string;
  readonly priority: Priority;
  readonly originator: string;
  readonly contentType?: string;
  readonly contentLength: number;
  readonly acceptedAt: Instant;
  readonly expiresAt: Instant;
  readonly arrivedBy?: NextHopKey;
  readonly envelopeLength: number;
  /** Whether it has content; a report and a probe have none. */
  readonly hasContent: boolean;
  readonly copies: readonly ArchivedCopy[];
}

/** The end of a message: octets of content, and SHA-256 over it (over the envelope where there is none). */
export interface ArchivedEnd {
  readonly octets: number;
  readonly sha256: string;
}

/** The end of an archive: how much there was to be in it. */
export interface ArchiveTotals {
  readonly messages: number;
  readonly copies: number;
  /** Messages that ended or were found damaged while they were read. */
  readonly dropped: number;
  /** Copies that were left out because they were in transfer. */
  readonly busy: number;
}

/** JSON as octets. */
export function jsonOctets(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** The value in a frame, or undefined if it is no JSON object. */
export function jsonOf(payload: Uint8Array): Fields | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
type Fields = Readonly<Record<string, unknown>>;

/** The head, or what is wrong with it. */
export function readHead(payload: Uint8Array): ArchiveHead | string {
  const fields = jsonOf(payload);
  if (fields === undefined || typeof fields.format !== 'number') return 'its head cannot be read';
  if (fields.format > archiveFormat) {
    return `it has format ${fields.format}; this version knows ${archiveFormat}: use the newer Chappe`;
  }
  const { archive, source, madeAt, selection } = fields;
  if (!isText(archive) || !isText(source) || !isTime(madeAt)) return 'its head cannot be read';
  const told = isText(selection) ? { selection } : {};
  return { format: fields.format, archive, source, madeAt: instant(madeAt), ...told };
}

/** The entry of a message, or undefined if it is none. */
export function readEntry(payload: Uint8Array): ArchivedMessage | undefined {
  const fields = jsonOf(payload);
  if (fields === undefined) return undefined;
  const { message, kind, mtsIdentifier, priority, originator, contentLength, acceptedAt, expiresAt } = fields;
  const { contentType, arrivedBy, envelopeLength, hasContent } = fields;
  const known = priorities.find((each) => each === priority);
  const copies = readCopies(fields.copies);
  if (kind !== 'message' && kind !== 'probe' && kind !== 'report') return undefined;
  if (known === undefined || copies === undefined || typeof hasContent !== 'boolean') return undefined;
  if (!isText(mtsIdentifier) || !isText(originator, true) || !isCount(message)) return undefined;
  if (!isCount(contentLength) || !isTime(acceptedAt) || !isTime(expiresAt)) return undefined;
  if (!isCount(envelopeLength) || envelopeLength > envelope_octets_max) return undefined;
  return {
    message,
    kind,
    mtsIdentifier,
    priority: known,
    originator,
    ...(isText(contentType) && { contentType }),
    contentLength,
    acceptedAt: instant(acceptedAt),
    expiresAt: instant(expiresAt),
    ...(isText(arrivedBy) && { arrivedBy }),
    envelopeLength,
    hasContent,
    copies,
  };
}

/** The end of a message, or undefined if it is none. */
export function readEnd(payload: Uint8Array): ArchivedEnd | undefined {
  const { octets, sha256 } = jsonOf(payload) ?? {};
  return isCount(octets) && isText(sha256) ? { octets, sha256 } : undefined;
}

/** The end of an archive, or undefined if it is none. */
export function readTotals(payload: Uint8Array): ArchiveTotals | undefined {
  const { messages, copies, dropped, busy } = jsonOf(payload) ?? {};
  if (!isCount(messages) || !isCount(copies) || !isCount(dropped) || !isCount(busy)) return undefined;
  return { messages, copies, dropped, busy };
}

function readCopies(list: unknown): ArchivedCopy[] | undefined {
  if (!Array.isArray(list) || list.length === 0 || list.length > recipients_max) return undefined;
  const copies: ArchivedCopy[] = [];
  const numbers = new Set<number>();
  for (const each of list) {
    const copy = isFields(each) ? readCopy(each) : undefined;
    if (copy === undefined) return undefined;
    for (const { number } of copy.recipients) {
      if (numbers.has(number)) return undefined;
      numbers.add(number);
    }
    copies.push(copy);
  }
  return copies;
}

function readCopy({ copy, nextHop, state, notBefore, recipients }: Fields): ArchivedCopy | undefined {
  const known = copyStates.find((each) => each === state);
  if (known === undefined || !isCount(copy) || !isText(nextHop) || !Array.isArray(recipients)) {
    return undefined;
  }
  const names: { number: number; address: string }[] = [];
  for (const each of recipients) {
    const { number, address } = isFields(each) ? each : ({} as Fields);
    if (!isCount(number) || number >= recipients_max || !isText(address, true)) return undefined;
    if (number <= (names.at(-1)?.number ?? -1)) return undefined;
    names.push({ number, address });
  }
  if (names.length === 0) return undefined;
  const due = isTime(notBefore) ? { notBefore: instant(notBefore) } : {};
  return { copy, nextHop, state: known, ...due, recipients: names };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown, mayBeEmpty = false): value is string {
  return typeof value === 'string' && value.length <= text_characters_max && (mayBeEmpty || value !== '');
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** A moment that a Date can be made of. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && Math.abs(value) <= 8.64e15;
}
