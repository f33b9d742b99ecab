// Writes messages of the queue as an archive (docs/archive.md), in pieces, as they are asked for: one page of
// summaries, one envelope and one piece of content are in memory at a time. Changes nothing by itself: who
// moves messages says what is to be kept from being sent first (`prepare`), and removes the copies when the
// archive is safe. Not one moment of the whole queue: each message is as it was when it was read; one that
// ends meanwhile is in the archive as dropped.

import { createHash } from 'node:crypto';

import type { Instant } from '../base/time.ts';
import {
  type ArchivedCopy,
  type ArchivedMessage,
  archiveFormat,
  type ArchiveHead,
  type ArchiveTotals,
  jsonOctets,
} from './archive-entry.ts';
import { type FrameKind, frameOf } from './archive-frames.ts';
import type { CopyQuery, CopySummary, QueuedCopy, Store } from './port.ts';

/** Copies that one page of the queue has. */
const page_copies = 200;
/** Octets of content or of an envelope in one frame. */
const piece_octets = 256 * 1024;
/** Tracking records in one frame. */
const records_per_frame = 100;

/** Which copies: those that answer the query and were accepted in this time. */
export interface ArchiveSelection extends Omit<CopyQuery, 'limit' | 'afterCopy'> {
  readonly since?: Instant;
  readonly until?: Instant;
}

export interface ExportOrder {
  readonly archive: string;
  readonly source: string;
  readonly madeAt: Instant;
  readonly selection: ArchiveSelection;
  /** The selection in words. */
  readonly selected?: string;
  /** Whether the tracking records of each message go with it. */
  readonly tracking: boolean;
  /** Whether a copy may be read now; false if it is busy. It keeps it from being sent, if that is wanted. */
  readonly prepare?: (copy: CopySummary) => Promise<boolean>;
}

type Source = Pick<Store, 'list' | 'show' | 'readContent' | 'track'>;
interface Totals extends ArchiveTotals {
  messages: number;
  copies: number;
  dropped: number;
  busy: number;
}

/** The number that marks the frames of an archive, from its name. */
export function nonceOf(archive: string): number {
  return createHash('sha256').update(archive).digest().readUInt32BE(0);
}

/** The octets of the archive. Ends early, without the frame of the totals, only if it is not read on. */
export async function* exportArchive(store: Source, order: ExportOrder): AsyncGenerator<Uint8Array> {
  const nonce = nonceOf(order.archive);
  const frame = (kind: FrameKind, payload: Uint8Array): Uint8Array => frameOf(kind, payload, nonce);
  const { archive, source, madeAt, selected } = order;
  const told = selected === undefined ? {} : { selection: selected };
  const head: ArchiveHead = { format: archiveFormat, archive, source, madeAt, ...told };
  yield frame('HEAD', jsonOctets(head));
  const totals: Totals = { messages: 0, copies: 0, dropped: 0, busy: 0 };
  for await (const group of messagesIn(store, order.selection)) {
    const free: CopySummary[] = [];
    for (const copy of group) {
      if ((await order.prepare?.(copy)) ?? true) free.push(copy);
      else totals.busy += 1;
    }
    for await (const [kind, payload] of messageFrames(store, free, order.tracking)) {
      if (kind === 'ENDM')
        [totals.messages, totals.copies] = [totals.messages + 1, totals.copies + free.length];
      if (kind === 'DROP') totals.dropped += 1;
      yield frame(kind, payload);
    }
  }
  yield frame('ENDA', jsonOctets(totals));
}

/** The copies that are asked for, those of one message and priority together where they are neighbours. */
async function* messagesIn(store: Source, selection: ArchiveSelection): AsyncGenerator<CopySummary[]> {
  const { since, until, ...query } = selection;
  let afterCopy: number | undefined = 0;
  while (afterCopy !== undefined) {
    const page: readonly CopySummary[] = await store.list({ ...query, limit: page_copies, afterCopy });
    const groups = new Map<string, CopySummary[]>();
    for (const copy of page) {
      if (since !== undefined && copy.acceptedAt < since) continue;
      if (until !== undefined && copy.acceptedAt >= until) continue;
      const key = `${copy.message} ${copy.priority}`;
      groups.set(key, [...(groups.get(key) ?? []), copy]);
    }
    yield* groups.values();
    afterCopy = page.length < page_copies ? undefined : page.at(-1)?.copy;
  }
}

type Frame = readonly [FrameKind, Uint8Array];

async function* messageFrames(
  store: Source,
  copies: readonly CopySummary[],
  withTracking: boolean,
): AsyncGenerator<Frame> {
  const [first] = copies;
  if (first === undefined) return;
  const queued = await store.show(first.copy);
  if (queued === undefined) {
    yield ['DROP', jsonOctets({ message: first.message, detail: 'it ended or was found damaged meanwhile' })];
    return;
  }
  yield ['MESG', jsonOctets(entryOf(queued, copies))];
  for (let at = 0; at < queued.envelope.length; at += piece_octets) {
    yield ['ENVL', queued.envelope.subarray(at, at + piece_octets)];
  }
  if (withTracking) yield* trackingFrames(store, queued);
  const hash = createHash('sha256');
  let octets = 0;
  if (queued.content.kind === 'none') hash.update(queued.envelope);
  else {
    for (;;) {
      const piece = await store.readContent(queued.message, octets, piece_octets);
      if (piece === undefined) {
        yield ['DROP', jsonOctets({ message: first.message, detail: 'its content is damaged, or it ended' })];
        return;
      }
      if (piece.length === 0) break;
      octets += piece.length;
      hash.update(piece);
      yield ['CONT', piece];
    }
  }
  yield ['ENDM', jsonOctets({ octets, sha256: hash.digest('hex') })];
}

async function* trackingFrames(store: Source, queued: QueuedCopy): AsyncGenerator<Frame> {
  const { mtsIdentifier, message } = queued;
  const all = await store.track({ mtsIdentifier, limit: Number.MAX_SAFE_INTEGER });
  const own = all.filter((record) => record.message === message || record.message === undefined);
  for (let at = 0; at < own.length; at += records_per_frame) {
    yield ['TRAK', jsonOctets({ records: own.slice(at, at + records_per_frame) })];
  }
}

function entryOf(queued: QueuedCopy, copies: readonly CopySummary[]): ArchivedMessage {
  const { message, kind, mtsIdentifier, priority, originator, contentType, contentLength } = queued;
  const { acceptedAt, expiresAt, arrivedBy, envelope, content } = queued;
  return {
    message,
    kind,
    mtsIdentifier,
    priority,
    originator,
    ...(contentType !== undefined && { contentType }),
    contentLength,
    acceptedAt,
    expiresAt,
    ...(arrivedBy !== undefined && { arrivedBy }),
    envelopeLength: envelope.length,
    hasContent: content.kind !== 'none',
    copies: copies.map(archivedCopy),
  };
}

function archivedCopy({ copy, nextHop, state, notBefore, recipients }: CopySummary): ArchivedCopy {
  return { copy, nextHop, state, ...(notBefore !== undefined && { notBefore }), recipients };
}
