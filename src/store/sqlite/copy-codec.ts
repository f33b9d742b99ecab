// A copy in its row and on the tape: the checksums that guard it, and the way from row to `QueuedCopy`.

import { crc32 } from 'node:zlib';

import { instant } from '../../base/time.ts';
import { copyStates, priorities } from '../order.ts';
import type { CopySummary, QueuedCopy, StoredContent } from '../port.ts';
import type { TapeReader, TapeWriter } from './tape.ts';
import type { MessageMeta } from './transition-codec.ts';

/**
 * A row of `copy`, field by field. `sole`: the only copy, made with its message and numbered next after
 * it.
 */
export interface CopyRow {
  readonly id: number;
  readonly message: number;
  next_hop: string;
  state: number;
  rank: number;
  waiting: number;
  not_before: number | null;
  readonly accepted_at: number;
  readonly expires_at: number;
  readonly octets: number;
  readonly sole: number;
  readonly recipients: string;
  attempts: number;
  last_attempt_at: number | null;
  last_error: string | null;
  crc: number;
}
export interface MessageRow {
  readonly id: number;
  readonly mts_identifier: string;
  readonly meta: string;
  readonly envelope: Uint8Array;
  readonly content: Uint8Array | null;
  readonly spool: string | null;
  readonly spool_octets: number;
  readonly crc: number;
}

/** The checksum over everything in a row of `copy`. */
export function copyChecksum(row: CopyRow): number {
  const { id, message, next_hop, state, rank, not_before, accepted_at, expires_at, octets, sole } = row;
  const place = `${id} ${message} ${state} ${rank} ${not_before}`;
  const numbers = `${place} ${accepted_at} ${expires_at} ${octets} ${sole}`;
  const attempts = `${row.attempts} ${row.last_attempt_at} ${row.last_error ?? ''}`;
  return crc32(`${numbers} ${row.recipients} ${attempts} ${next_hop}`);
}

/** The checksum over everything in a row of `message`; no number at all if a value is of another kind. */
export function messageChecksum(row: Omit<MessageRow, 'crc'>): number {
  const isOctets = (value: unknown): boolean => value instanceof Uint8Array;
  if (!isOctets(row.envelope) || (row.content !== null && !isOctets(row.content))) return Number.NaN;
  const head = crc32(`${row.id} ${row.spool ?? ''} ${row.spool_octets} ${row.mts_identifier} ${row.meta}`);
  const envelope = crc32(row.envelope, head);
  return row.content === null ? envelope : crc32(row.content, envelope);
}

/** Writes what a list shows of a copy; `meta` is the message's, as it lies in the row. */
export function putSummary(tape: TapeWriter, row: CopyRow, meta: string): void {
  tape.put(row.id, row.message, row.next_hop, row.state, row.rank, row.not_before, row.recipients);
  tape.put(row.attempts, row.last_attempt_at, row.last_error, meta);
}

/** Reads what `putSummary` wrote. */
export function takeSummary(tape: TapeReader): CopySummary {
  const copy = tape.number();
  const message = tape.number();
  const nextHop = tape.text();
  const state = copyStates[tape.number()];
  const priority = priorities[tape.number()];
  const notBefore = tape.numberOrNull();
  const numbers = readNumbers(tape.text());
  const attempts = tape.number();
  const lastAttemptAt = tape.numberOrNull();
  const lastError = tape.textOrNull();
  const meta = readMeta(tape.text());
  const { kind, mtsIdentifier, originator, contentType, contentLength, arrivedBy } = meta;
  return {
    copy,
    message,
    kind,
    mtsIdentifier,
    priority,
    originator,
    recipients: numbers.map((number) => ({ number, address: meta.recipients[number] ?? '' })),
    ...(contentType === undefined ? {} : { contentType }),
    contentLength,
    acceptedAt: instant(meta.acceptedAt),
    expiresAt: instant(meta.expiresAt),
    ...(arrivedBy === undefined ? {} : { arrivedBy }),
    nextHop,
    state,
    ...(notBefore === null ? {} : { notBefore: instant(notBefore) }),
    attempts,
    ...(lastAttemptAt === null ? {} : { lastAttemptAt: instant(lastAttemptAt) }),
    ...(lastError === null ? {} : { lastError }),
  };
}

/** Writes a copy with its envelope and what lies in the row of its content. */
export function putQueuedCopy(tape: TapeWriter, row: CopyRow, message: MessageRow): void {
  putSummary(tape, row, message.meta);
  tape.putOctets(message.envelope);
  tape.putOctets(message.content);
  tape.put(message.spool, message.spool_octets);
}

/** Reads what `putQueuedCopy` wrote. */
export function takeQueuedCopy(tape: TapeReader): QueuedCopy {
  const summary = takeSummary(tape);
  const envelope = tape.octets();
  const octets = tape.octetsOrNull();
  const spool = tape.textOrNull();
  const octets_count = tape.number();
  return { ...summary, envelope, content: contentOf(octets, spool, octets_count) };
}

function contentOf(octets: Uint8Array | null, spool: string | null, octets_count: number): StoredContent {
  if (spool !== null) return { kind: 'spooled', spool, octets_count };
  return octets === null ? { kind: 'none' } : { kind: 'inline', octets };
}

const unreadable: MessageMeta = {
  kind: 'message',
  mtsIdentifier: '',
  priority: 'normal',
  originator: '',
  recipients: [],
  contentLength: 0,
  acceptedAt: 0,
  expiresAt: 0,
};

/** What a message's row says about it. Damaged text reads as far as it can; a list shows it all the same. */
export function readMeta(text: string): MessageMeta {
  try {
    const meta: unknown = JSON.parse(text);
    return typeof meta === 'object' && meta !== null ? { ...unreadable, ...meta } : unreadable;
  } catch {
    return unreadable;
  }
}

/** The recipients of a copy, as its row has them; none where they cannot be read. */
export function readNumbers(text: string): readonly number[] {
  try {
    const numbers: unknown = JSON.parse(text);
    return Array.isArray(numbers) ? numbers.filter((number) => typeof number === 'number') : [];
  } catch {
    return [];
  }
}
