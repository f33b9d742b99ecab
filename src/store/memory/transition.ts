// Applies one transition to a memory disk. Everything that can refuse it is asked first, so that it
// changes all or nothing. Order: create, attempts, place, split, finish, recovery points, tracking, strikes.

import { assert } from '../../base/assert.ts';
import type { Instant } from '../../base/time.ts';
import type { Claims } from '../claims.ts';
import { identifier_max, usedUpText } from '../identifier-range.ts';
import type {
  AttemptRecord,
  CommitResult,
  CopyId,
  MessageId,
  NewCopy,
  NewMessage,
  Placement,
  Priority,
  SplitPart,
  SpoolName,
  StoredContent,
  StoreRefusal,
  TrackingRecord,
  Transition,
} from '../port.ts';
import { isNamed, type MemoryCopy, type MemoryDisk, type MemoryMessage } from './disk.ts';

type Spooled = Extract<StoredContent, { kind: 'spooled' }>;

export interface TransitionContext {
  readonly disk: MemoryDisk;
  readonly claims: Claims;
  readonly inlineOctetsMax: number;
  readonly now: Instant;
}

/** Refuses the transition, or applies it whole. */
export function applyTransition(context: TransitionContext, transition: Transition): CommitResult {
  const refusal = refusalOf(context, transition);
  if (refusal !== undefined) return { ok: false, refusal };
  const loose = new Set<SpoolName>();
  const created = (transition.create ?? []).map((message) => create(context, message, loose));
  for (const attempt of transition.attempts ?? []) noteAttempt(context, attempt, transition.onBehalfOf);
  for (const placement of transition.place ?? []) place(context, placement);
  const splitInto = (transition.split ?? []).map(({ copy, into }) => {
    const parts = into.map((part) => splitOff(context, copyOf(context.disk, copy), part));
    remove(context, copy, loose);
    return parts;
  });
  for (const copy of new Set(transition.finish ?? [])) remove(context, copy, loose);
  changeRecovery(context, transition, loose);
  track(context.disk, transition.tracking ?? [], created);
  const { strikes } = context.disk;
  for (const strike of transition.strikes ?? []) strikes.set(strike.key, strike);
  for (const key of transition.dropStrikes ?? []) strikes.delete(key);
  for (const spool of loose) if (!isNamed(context.disk, spool)) context.disk.spools.delete(spool);
  context.claims.keep();
  return { ok: true, created, splitInto };
}

function refusalOf(context: TransitionContext, transition: Transition): StoreRefusal | undefined {
  const { disk, claims, now } = context;
  const guarded = [
    ...(transition.finish ?? []),
    ...(transition.place ?? []).map(({ copy }) => copy),
    ...(transition.split ?? []).map(({ copy }) => copy),
  ];
  const named = [...guarded, ...(transition.attempts ?? []).map(({ copy }) => copy)];
  const missing = named.filter((copy) => !disk.copies.has(copy));
  if (missing.length > 0) return { kind: 'no-such-copy', copies: missing };
  const busy = guarded.filter((copy) => claims.isBusy(copy, transition.onBehalfOf, now));
  if (busy.length > 0) return { kind: 'busy', copies: busy };
  for (const { content } of transition.create ?? []) {
    if (content.kind === 'spooled' && !isSealed(disk, content)) {
      const { spool, octets_count } = content;
      return { kind: 'damaged', detail: `spool ${spool} is not sealed with ${octets_count} octets` };
    }
  }
  const foreign = foreignSpool(disk, transition.create ?? []);
  if (foreign !== undefined) return { kind: 'damaged', detail: `spool ${foreign} is another message's` };
  if (needed(context, transition) > identifier_max + 1 - disk.nextId) {
    return { kind: 'failed', detail: usedUpText };
  }
  return undefined;
}

function isSealed({ spools }: MemoryDisk, { spool, octets_count }: Spooled): boolean {
  const { sealed, pieces } = spools.get(spool) ?? { sealed: false, pieces: [] };
  return sealed && pieces.reduce((sum, piece) => sum + piece.length, 0) === octets_count;
}

/** A spool that messages of two identifiers would name. */
function foreignSpool(disk: MemoryDisk, create: readonly NewMessage[]): SpoolName | undefined {
  const owners = new Map<SpoolName, string>();
  const wanted = create.some(({ content }) => content.kind === 'spooled');
  for (const { content, fields } of wanted ? disk.messages.values() : []) {
    if (content.kind === 'spooled') owners.set(content.spool, fields.mtsIdentifier);
  }
  for (const { content, mtsIdentifier } of create) {
    if (content.kind !== 'spooled') continue;
    const owner = owners.get(content.spool) ?? mtsIdentifier;
    if (owner !== mtsIdentifier) return content.spool;
    owners.set(content.spool, owner);
  }
  return undefined;
}

/** How many identifiers the transition takes at most. */
function needed({ inlineOctetsMax }: TransitionContext, { create, split, tracking }: Transition): number {
  const spills = ({ content }: NewMessage): number =>
    content.kind === 'inline' && content.octets.length > inlineOctetsMax ? 1 : 0;
  const made = (create ?? []).reduce((sum, each) => sum + 1 + each.copies.length + spills(each), 0);
  const parts = (split ?? []).reduce((sum, { into }) => sum + into.length, 0);
  const told = (tracking ?? []).filter(({ created }) => created !== undefined && created < 0);
  return made + parts + told.length;
}

function create(context: TransitionContext, fields: NewMessage, loose: Set<SpoolName>) {
  const { disk } = context;
  const id = disk.nextId++;
  if (fields.content.kind === 'spooled') loose.add(fields.content.spool);
  if (fields.copies.length === 0) return { message: id, copies: [] };
  const message: MemoryMessage = {
    id,
    fields: kept(fields),
    content: stored(context, fields.content),
    copies: new Set(),
  };
  disk.messages.set(id, message);
  return { message: id, copies: fields.copies.map((copy) => addCopy(context, message, copy)) };
}

/** Records of messages that this transition made name them by their numbers from now on. */
function track(
  disk: MemoryDisk,
  records: readonly TrackingRecord[],
  created: readonly { readonly message: MessageId }[],
): void {
  const neverStored = new Map<number, MessageId>();
  for (const { created: place, ...record } of records) {
    if (place === undefined) {
      disk.tracking.push(record);
      continue;
    }
    const message = place < 0 ? (neverStored.get(place) ?? disk.nextId++) : created[place]?.message;
    assert(message !== undefined, 'a record names a message that its transition creates');
    if (place < 0) neverStored.set(place, message);
    disk.tracking.push({ ...record, message });
  }
}

/** The caller may reuse its octets after the commit. */
function kept(fields: NewMessage): NewMessage {
  return { ...fields, envelope: fields.envelope.slice() };
}

function stored(context: TransitionContext, content: StoredContent): StoredContent {
  if (content.kind !== 'inline') return content;
  const octets = content.octets.slice();
  if (octets.length <= context.inlineOctetsMax) return { kind: 'inline', octets };
  const spool = `spool-${context.disk.nextId++}`;
  context.disk.spools.set(spool, { pieces: [octets], sealed: true });
  return { kind: 'spooled', spool, octets_count: octets.length };
}

function addCopy(
  context: TransitionContext,
  message: MemoryMessage,
  part: NewCopy & { readonly priority?: Priority },
): CopyId {
  assert(
    part.recipients.every((number) => message.fields.recipients[number] !== undefined),
    'a copy names its message’s recipients',
  );
  const id = context.disk.nextId++;
  const copy: MemoryCopy = {
    id,
    message,
    recipients: [...part.recipients],
    nextHop: part.nextHop,
    priority: part.priority ?? message.fields.priority,
    state: part.quarantined === true ? 'quarantined' : part.held === true ? 'held' : 'queued',
    notBefore: part.notBefore,
    attempts: 0,
    lastAttemptAt: undefined,
    lastError: undefined,
  };
  context.disk.copies.set(id, copy);
  message.copies.add(id);
  if (part.claim !== undefined) context.claims.take(id, part.claim);
  return id;
}

function splitOff(context: TransitionContext, old: MemoryCopy, part: SplitPart): CopyId {
  const id = addCopy(context, old.message, { ...part, priority: old.priority });
  if (part.keepsAttempts === true) {
    const { attempts, lastAttemptAt, lastError } = old;
    Object.assign(copyOf(context.disk, id), { attempts, lastAttemptAt, lastError });
  }
  return id;
}

function copyOf(disk: MemoryDisk, id: CopyId): MemoryCopy {
  const copy = disk.copies.get(id);
  assert(copy !== undefined, `copy ${id} is there`);
  return copy;
}

function noteAttempt(context: TransitionContext, attempt: AttemptRecord, owner: string | undefined): void {
  const copy = copyOf(context.disk, attempt.copy);
  if (attempt.counts) copy.attempts += 1;
  copy.lastAttemptAt = attempt.at;
  copy.lastError = attempt.error;
  copy.notBefore = attempt.notBefore;
  if (owner !== undefined) context.claims.end(attempt.copy, owner);
}

function place(context: TransitionContext, placement: Placement): void {
  const copy = copyOf(context.disk, placement.copy);
  copy.nextHop = placement.nextHop ?? copy.nextHop;
  copy.state = placement.state ?? copy.state;
  copy.priority = placement.priority ?? copy.priority;
  if (placement.notBefore !== undefined) copy.notBefore = placement.notBefore ?? undefined;
  if (placement.resetAttempts === true) copy.attempts = 0;
  context.claims.end(placement.copy);
}

function remove(context: TransitionContext, id: CopyId, loose: Set<SpoolName>): void {
  const { message } = copyOf(context.disk, id);
  context.disk.copies.delete(id);
  context.claims.end(id);
  message.copies.delete(id);
  if (message.copies.size > 0) return;
  context.disk.messages.delete(message.id);
  if (message.content.kind === 'spooled') loose.add(message.content.spool);
}

function changeRecovery(context: TransitionContext, transition: Transition, loose: Set<SpoolName>): void {
  const { recovery } = context.disk;
  const forget = (key: string): void => {
    const spool = recovery.get(key)?.spool;
    if (spool !== undefined) loose.add(spool);
    recovery.delete(key);
  };
  for (const point of transition.saveRecovery ?? []) {
    forget(point.key);
    recovery.set(point.key, { ...point, data: point.data.slice() });
  }
  for (const key of transition.dropRecovery ?? []) forget(key);
}
