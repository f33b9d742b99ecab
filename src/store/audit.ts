// The audit: whether every recipient that was accepted has exactly one outcome, or waits in the queue (design
// law 10). Looks at one message at a time, and at nothing but its acts and its copies. Pure.
//
// Acts open recipients, close them, do both, or only note what happened on the way: tracking-acts.ts. What
// redirects a recipient or expands a list closes `recipients` and opens `adds` in their place.
// A copy in the queue is a place where a recipient waits, whatever its state (quarantined: with an alert,
// dead letters among them). A split changes the copies and no recipient. An address that one envelope names
// twice is two recipients.
// Invariant of a sound ledger: as many openings of a recipient as closings and places together.

import { type Instant, isoTime } from '../base/time.ts';
import type { LedgerEntry, MessageId, TrackingRecord } from './port.ts';
import { closes, opens } from './tracking-acts.ts';

/** One recipient of one message whose books do not balance. */
export interface Contradiction {
  /**
   * `missing`: accepted, without an outcome and not in the queue. `double`: more outcomes and places than it
   * was accepted. `never-accepted`: an outcome or a place without an acceptance. `unreadable`: it cannot be
   * judged.
   */
  readonly kind: 'missing' | 'double' | 'never-accepted' | 'unreadable';
  readonly message: MessageId;
  readonly mtsIdentifier?: string;
  /** Absent where the whole message is meant. */
  readonly recipient?: string;
  readonly acceptedAt?: Instant;
  /** The act after which it was so. */
  readonly since?: Instant;
  /** Its outcomes and places, in words. */
  readonly found: readonly string[];
}

/** What was looked at. */
export interface AuditCount {
  messages: number;
  recipients: number;
  /** Recipients that have their outcome. */
  ended: number;
  /** Recipients that wait in the queue. */
  queued: number;
  contradictions: number;
}

/** A count of nothing. */
export function emptyCount(): AuditCount {
  return { messages: 0, recipients: 0, ended: 0, queued: 0, contradictions: 0 };
}

interface Account {
  opened: number;
  readonly closedAt: Instant[];
  places: number;
  readonly found: string[];
}

/**
 * The contradictions of one message, and what was counted. Messages that were accepted before `since` are
 * passed over.
 */
export function auditEntry(entry: LedgerEntry, count: AuditCount, since?: Instant): Contradiction[] {
  const { message, records, copies, damage } = entry;
  if (records.length === 0 && copies.length === 0 && damage === undefined) return [];
  const acceptance = records.find(({ act }) => opens(act));
  const acceptedAt = acceptance?.at;
  if (since !== undefined && (acceptedAt ?? records[0]?.at ?? since) < since) return [];
  const accounts = accountsOf(entry);
  count.messages += 1;
  const mtsIdentifier = (acceptance ?? records[0])?.mtsIdentifier;
  const common = {
    message,
    ...(mtsIdentifier !== undefined && { mtsIdentifier }),
    ...(acceptedAt !== undefined && { acceptedAt }),
  };
  const contradictions: Contradiction[] = [];
  if (damage !== undefined) contradictions.push({ ...common, kind: 'unreadable', found: [damage] });
  for (const [recipient, account] of damage === undefined ? accounts : []) {
    count.recipients += account.opened;
    count.ended += account.closedAt.length;
    count.queued += account.places;
    const verdict = verdictOf(account);
    if (verdict === undefined) continue;
    const at = account.closedAt[account.opened] ?? records.at(-1)?.at;
    const { found } = account;
    contradictions.push({
      ...common,
      kind: verdict,
      recipient,
      found,
      ...(at !== undefined && { since: at }),
    });
  }
  count.contradictions += contradictions.length;
  return contradictions;
}

function verdictOf({
  opened,
  closedAt,
  places,
}: Account): Exclude<Contradiction['kind'], 'unreadable'> | undefined {
  const ends = closedAt.length + places;
  if (ends === opened) return undefined;
  if (ends < opened) return 'missing';
  return opened === 0 ? 'never-accepted' : 'double';
}

function accountsOf({ records, copies }: LedgerEntry): ReadonlyMap<string, Account> {
  const accounts = new Map<string, Account>();
  const accountOf = (recipient: string): Account => {
    const present = accounts.get(recipient);
    if (present !== undefined) return present;
    const account: Account = { opened: 0, closedAt: [], places: 0, found: [] };
    accounts.set(recipient, account);
    return account;
  };
  for (const record of records) post(record, accountOf);
  for (const { copy, nextHop, state, recipients } of copies) {
    for (const recipient of recipients) {
      const account = accountOf(recipient);
      account.places += 1;
      account.found.push(`${state} as copy ${copy} for ${nextHop}`);
    }
  }
  return accounts;
}

function post(record: TrackingRecord, accountOf: (recipient: string) => Account): void {
  const { act, at, recipients, adds = [] } = record;
  if (opens(act)) for (const recipient of recipients) accountOf(recipient).opened += 1;
  for (const recipient of adds) accountOf(recipient).opened += 1;
  if (!closes(act)) return;
  for (const recipient of recipients) {
    const account = accountOf(recipient);
    account.closedAt.push(at);
    account.found.push(`${act} at ${isoTime(at)}`);
  }
}
