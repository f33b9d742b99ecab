// Which recipients of an archived message this store has answered for already, so that an archive that is
// taken twice makes no message twice. Reads only. A recipient is known when
//
// - it was taken from this very archive, with the same content (the record `imported` says so);
// - it was taken from another archive with the same content, and has not left by an archive since;
// - it waits in the queue, in a message of the same identifier with the same content;
// - the message was taken from this store, and the recipient has had its outcome here since.

import { createHash } from 'node:crypto';

import { isoTime } from '../base/time.ts';
import type { ArchivedCopy, ArchivedMessage } from './archive-entry.ts';
import type { CopySummary, Store, TrackingRecord } from './port.ts';
import { closes, opens } from './tracking-acts.ts';

const piece_octets = 256 * 1024;
const everything = Number.MAX_SAFE_INTEGER;

type Books = Pick<Store, 'track' | 'list' | 'show' | 'readContent'>;

/** A message whose content has been read. */
export interface ReadMessage {
  readonly archive: string;
  readonly entry: ArchivedMessage;
  /** SHA-256 over its content, or its envelope where it has none. */
  readonly sha256: string;
}

/** The copies without the recipients that are known. */
export async function unknownCopies(store: Books, read: ReadMessage): Promise<readonly ArchivedCopy[]> {
  const { mtsIdentifier } = read.entry;
  const records = await store.track({ mtsIdentifier, limit: everything });
  const queued = await store.list({ mtsIdentifier, limit: everything });
  if (records.length === 0 && queued.length === 0) return read.entry.copies;
  const numbers = importedNumbers(records, read);
  const addresses = new Set([...endedHere(records, read.entry), ...(await waiting(store, queued, read))]);
  return read.entry.copies.flatMap((copy) => {
    const left = copy.recipients.filter(
      ({ number, address }) => !numbers.has(number) && !addresses.has(address),
    );
    return left.length === 0 ? [] : [{ ...copy, recipients: left }];
  });
}

/** What the record of an import says of what was taken. */
export function importDetail(read: ReadMessage, copies: readonly ArchivedCopy[]): TrackingRecord['detail'] {
  const { archive, sha256, entry } = read;
  const numbers = copies.flatMap((copy) => copy.recipients.map(({ number }) => number));
  const acceptedAt = isoTime(entry.acceptedAt);
  return { archive, content: sha256, acceptedAt, numbers: numbers.join(' ') };
}

function importedNumbers(records: readonly TrackingRecord[], { archive, sha256 }: ReadMessage): Set<number> {
  const numbers = new Set<number>();
  for (const { act, message, detail } of records) {
    if (act !== 'imported' || message === undefined || detail.content !== sha256) continue;
    const left = records.some((each) => each.message === message && each.act === 'exported');
    if (left && detail.archive !== archive) continue;
    for (const number of String(detail.numbers).split(' ')) numbers.add(Number(number));
  }
  return numbers;
}

/** Recipients that had their outcome here, if this is the store that the message was taken from. */
function endedHere(records: readonly TrackingRecord[], entry: ArchivedMessage): string[] {
  const own = records.filter(({ message }) => message === entry.message);
  const accepted = isoTime(entry.acceptedAt);
  const isOurs = own.some(
    ({ act, at, detail }) => opens(act) && (at === entry.acceptedAt || detail.acceptedAt === accepted),
  );
  if (!isOurs) return [];
  return own.flatMap(({ act, recipients }) => (closes(act) && act !== 'exported' ? recipients : []));
}

async function waiting(store: Books, queued: readonly CopySummary[], read: ReadMessage): Promise<string[]> {
  const { kind, contentLength } = read.entry;
  const addresses: string[] = [];
  const same = new Map<number, boolean>();
  for (const copy of queued) {
    if (copy.kind !== kind || copy.contentLength !== contentLength) continue;
    if (!same.has(copy.message)) same.set(copy.message, (await digestOf(store, copy)) === read.sha256);
    if (same.get(copy.message) === true) addresses.push(...copy.recipients.map(({ address }) => address));
  }
  return addresses;
}

/** SHA-256 over the content in the queue, or over the envelope; undefined if it is gone. */
async function digestOf(store: Books, { copy, message }: CopySummary): Promise<string | undefined> {
  const hash = createHash('sha256');
  const queued = await store.show(copy);
  if (queued === undefined) return undefined;
  if (queued.content.kind === 'none') return hash.update(queued.envelope).digest('hex');
  for (let offset = 0; ; ) {
    const piece = await store.readContent(message, offset, piece_octets);
    if (piece === undefined) return undefined;
    if (piece.length === 0) return hash.digest('hex');
    offset += piece.length;
    hash.update(piece);
  }
}
