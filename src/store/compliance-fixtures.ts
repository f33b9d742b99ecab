// What the compliance cases are made of: a room in which a store is opened and opened again, and small
// messages.

import assert from 'node:assert/strict';

import { type Instant, instant } from '../base/time.ts';
import type {
  Claim,
  ClaimRequest,
  CommitResult,
  CopyId,
  MessageId,
  NewCopy,
  NewMessage,
  RecoveryPoint,
  Store,
  StoreFinding,
  TrackingRecord,
  Transition,
} from './port.ts';

/** A place where one adapter keeps its things. Opening again after `close` is a restart. */
export interface ComplianceRoom {
  open(): Promise<Store>;
  /** Content with more octets does not lie with the message. */
  readonly inlineOctetsMax: number;
  readonly findings: readonly StoreFinding[];
  /** The names of the spools that exist. */
  spools(): readonly string[];
  /** The file of a spool is lost, as no store loses one by itself. */
  loseSpool(name: string): void;
  /** Sets the next identifier that is given, as if all before it had been. While nothing is open. */
  beginIdentifiersAt(next: number): void;
}
export interface ComplianceCase {
  readonly name: string;
  readonly run: (room: ComplianceRoom) => Promise<void>;
}

export const noon: Instant = instant(Date.UTC(2026, 0, 15, 12));
export const hop = 'link/b';

/** A moment so many seconds after noon. */
export function at(seconds: number): Instant {
  return instant(noon + 1000 * seconds);
}

/** A lease that runs whatever the clock of the adapter says. */
export const farAway: Instant = instant(Date.UTC(2100, 0, 1));

export function octetsOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

let serial = 0;

/** A message to one recipient over `hop`, with what is special about it. */
export function message(special: Partial<NewMessage> = {}): NewMessage {
  serial += 1;
  const recipients = special.recipients ?? ['/S=Bell/P=SITE-B/A= /C=GB/'];
  return {
    kind: 'message',
    mtsIdentifier: `/P=SITE-A/A= /C=GB/;case-${serial}`,
    priority: 'normal',
    originator: '/S=Ångström/P=SITE-A/A= /C=GB/',
    recipients,
    contentLength: 5,
    acceptedAt: noon,
    expiresAt: at(86_400),
    envelope: octetsOf(`envelope ${serial}`),
    content: { kind: 'inline', octets: octetsOf('hello') },
    copies: [{ nextHop: hop, recipients: recipients.map((_, number) => number) }],
    ...special,
  };
}

/** A message with one copy that has something special. */
export function messageWith(copy: Partial<NewCopy>, special: Partial<NewMessage> = {}): NewMessage {
  return message({ ...special, copies: [{ nextHop: hop, recipients: [0], ...copy }] });
}

export function claimFor(owner: string, until: Instant = farAway): Claim {
  return { owner, until };
}

/** Commits and insists that it was taken. */
export async function taken(store: Store, transition: Transition): Promise<CommitResult & { ok: true }> {
  const result = await store.commit(transition);
  assert.ok(result.ok, `refused: ${JSON.stringify(result)}`);
  return result;
}

/** Secures one message and names it and its first copy. */
export async function secured(store: Store, draft: NewMessage): Promise<{ id: MessageId; copy: CopyId }> {
  const { created } = await taken(store, { create: [draft] });
  return { id: created[0].message, copy: created[0].copies[0] };
}

/** Commits and insists on a refusal of this kind. */
export async function refusedAs(store: Store, transition: Transition, kind: string): Promise<void> {
  const result = await store.commit(transition);
  assert.equal(result.ok ? 'taken' : result.refusal.kind, kind);
}

/** The identifiers of the copies that a claim yields. */
export async function claimed(store: Store, special: Partial<ClaimRequest> = {}): Promise<CopyId[]> {
  const request = { owner: 'one', nextHop: hop, until: farAway, now: noon, limit: 100, ...special };
  return (await store.claim(request)).map(({ copy }) => copy);
}

/** A recovery point of link `b`. */
export function recoveryPoint(special: Partial<RecoveryPoint> = {}): RecoveryPoint {
  return { key: 'k', link: 'b', direction: 'in', savedAt: noon, data: octetsOf('point'), ...special };
}

export function record(special: Partial<TrackingRecord> = {}): TrackingRecord {
  return {
    at: noon,
    act: 'transferred-in',
    mtsIdentifier: '/P=SITE-A/A= /C=GB/;tracked',
    kind: 'message',
    originator: '/S=Ampere/P=SITE-A/A= /C=GB/',
    recipients: ['/S=Bell/P=SITE-B/A= /C=GB/'],
    detail: { link: 'b', attempt: 1 },
    ...special,
  };
}
