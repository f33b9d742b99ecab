// What a memory disk knows of its messages, one by one, for the audit. Also what the checkers of a simulated
// world look at. Pure.

import type { LedgerEntry, MessageId, TrackingRecord } from '../port.ts';
import { type MemoryDisk, summaryOf } from './disk.ts';

/** At most `limit` messages after this number, rising, that have tracking records or are in the queue. */
export function entriesOf(disk: MemoryDisk, after: MessageId, limit: number): LedgerEntry[] {
  const records = new Map<MessageId, TrackingRecord[]>();
  for (const message of disk.messages.keys()) records.set(message, []);
  for (const record of disk.tracking) {
    if (record.message === undefined) continue;
    const present = records.get(record.message);
    if (present === undefined) records.set(record.message, [record]);
    else present.push(record);
  }
  const messages = [...records.keys()].filter((message) => message > after).sort((a, b) => a - b);
  return messages.slice(0, limit).map((message) => {
    const found = records.get(message) ?? [];
    return { message, records: found.toSorted((a, b) => a.at - b.at), copies: copiesOf(disk, message) };
  });
}

function copiesOf(disk: MemoryDisk, message: MessageId): LedgerEntry['copies'] {
  const ids = [...(disk.messages.get(message)?.copies ?? [])];
  return ids.flatMap((id) => {
    const copy = disk.copies.get(id);
    if (copy === undefined) return [];
    const { nextHop, state, recipients } = summaryOf(copy);
    return [{ copy: id, nextHop, state, recipients: recipients.map(({ address }) => address) }];
  });
}
