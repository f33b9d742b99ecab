// What a store answers for, as a flat map from a name to a short text: one entry for every copy, tracking
// record, recovery point and strike. The load says what an entry must be after each transition, a store that
// was opened says what it is; the two are compared as they stand.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { preamble_octets } from '../../src/store/sqlite/spool-format.ts';
import type { CopyState, Priority, QueuedCopy, Store } from '../../src/store/index.ts';

export type Entities = Map<string, string>;
/** What a transition makes of entries; null takes one away. */
export type Effects = Readonly<Record<string, string | null>>;

/** What the load marks in the log. */
export type StoreMark =
  /** A process has opened the store and shows this: from here on it must stay. */
  | { readonly mark: 'seen'; readonly entities: Readonly<Record<string, string>> }
  | {
      readonly mark: 'begin';
      readonly serial: number;
      readonly effects: Effects;
      /** Each effect comes about by itself, not all at once. */
      readonly piecewise?: boolean;
    }
  | { readonly mark: 'done'; readonly serial: number; readonly ids: readonly number[] }
  | { readonly mark: 'refused'; readonly serial: number };

export const hops = ['link/b', 'link/c', 'deliver/d'] as const;
export const link = 'b';

export interface CopyModel {
  readonly mtsIdentifier: string;
  readonly recipients: readonly number[];
  readonly nextHop: string;
  readonly state: CopyState;
  readonly priority: Priority;
  readonly attempts: number;
  readonly lastError: string;
  readonly envelope: string;
  readonly content: string;
}

export function digestOf(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('base64').slice(0, 12);
}

export function copyName(mtsIdentifier: string, recipients: readonly number[]): string {
  return `copy ${mtsIdentifier} ${recipients.join(',')}`;
}

export function copyText(copy: CopyModel): string {
  const { nextHop, state, priority, attempts, lastError, envelope, content } = copy;
  return [nextHop, state, priority, attempts, lastError, envelope, content].join(' ');
}

/** A recovery point: how many octets of its spool it stands for, and which. */
export function pointText(octets_count: number, digest: string): string {
  return `${octets_count} ${digest}`;
}

/** Everything that a store shows, read with its checksums. */
export async function entitiesIn(store: Store, directory: string): Promise<Entities> {
  const found: Entities = new Map();
  for (const { copy } of await store.list({ limit: 1_000_000 })) {
    const whole = await store.show(copy);
    if (whole === undefined) found.set(`copy number ${copy}`, 'listed and not shown');
    else found.set(...(await shownCopy(store, whole)));
  }
  for (const { mtsIdentifier, detail } of await store.track({ limit: 1_000_000 })) {
    found.set(`track ${mtsIdentifier} ${detail.serial}`, 'kept');
  }
  for (const { key, spool, data } of await store.recoveryPoints(link)) {
    found.set(`point ${key}`, pointIn(join(directory, 'spool', spool ?? ''), data));
  }
  for (const { key, count } of await store.strikes()) found.set(`strike ${key}`, String(count));
  return found;
}

async function shownCopy(store: Store, whole: QueuedCopy): Promise<[string, string]> {
  const recipients = whole.recipients.map(({ number }) => number);
  const text = copyText({
    ...whole,
    recipients,
    lastError: whole.lastError ?? '-',
    envelope: digestOf(whole.envelope),
    content: await contentDigest(store, whole),
  });
  return [copyName(whole.mtsIdentifier, recipients), text];
}

async function contentDigest(store: Store, { message, contentLength }: QueuedCopy): Promise<string> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const piece = await store.readContent(message, at, 100_000);
    if (piece === undefined) return 'unreadable';
    if (piece.length === 0) return at === contentLength ? digestOf(Buffer.concat(pieces)) : 'short';
    pieces.push(piece);
    at += piece.length;
  }
}

function pointIn(path: string, data: Uint8Array): string {
  const octets_count = Number(Buffer.from(data).toString());
  let octets: Uint8Array = new Uint8Array();
  try {
    octets = readFileSync(path).subarray(preamble_octets, preamble_octets + octets_count);
  } catch {
    // Told by the count.
  }
  return pointText(octets.length, digestOf(octets));
}
