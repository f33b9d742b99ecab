// A transition on the tape. The main thread writes it with as little work as it can, in steps where it names
// many recipients; the worker reads it in the shape of rows. What is rare (attempts, placements, splits)
// travels as JSON, what is frequent as primitives.

import type { Steps } from '../../base/steps.ts';
import { copyStates, rankOf } from '../order.ts';
import type {
  CopyState,
  AttemptRecord,
  Claim,
  CommitResult,
  CopyId,
  MessageId,
  NewCopy,
  NewMessage,
  Placement,
  Priority,
  StoreRefusal,
  Strike,
  Transition,
} from '../port.ts';
import type { TapeReader, TapeWriter } from './tape.ts';

/** How many names or numbers are written as JSON in a step: a fraction of a millisecond. */
const elements_per_step = 1024;

/** What lists show of a message and never changes: one JSON text in its row. */
export interface MessageMeta {
  readonly kind: NewMessage['kind'];
  readonly mtsIdentifier: string;
  readonly priority: Priority;
  readonly originator: string;
  readonly recipients: readonly string[];
  readonly contentType?: string;
  readonly contentLength: number;
  readonly acceptedAt: number;
  readonly expiresAt: number;
  readonly arrivedBy?: string;
}
export interface MessageDraft {
  readonly meta: string;
  readonly mtsIdentifier: string;
  readonly rank: number;
  readonly octets: number;
  readonly acceptedAt: number;
  readonly expiresAt: number;
  readonly envelope: Uint8Array;
  /** Null: there is none, or it lies in `spool`. */
  readonly content: Uint8Array | null;
  readonly spool: string | null;
  readonly spoolOctets: number;
  readonly copies: readonly CopyDraft[];
}
export interface CopyDraft {
  readonly nextHop: string;
  readonly recipients: string;
  readonly notBefore: number | null;
  readonly state: CopyState;
  readonly claim: Claim | undefined;
}
export interface PartDraft extends CopyDraft {
  readonly keepsAttempts: boolean;
}
export interface RecoveryDraft {
  readonly key: string;
  readonly link: string;
  readonly direction: string;
  readonly savedAt: number;
  readonly spool: string | null;
  readonly data: Uint8Array;
}
export interface TrackingDraft {
  readonly at: number;
  readonly mtsIdentifier: string;
  readonly message: MessageId | null;
  /** Place in `create` of the message that it is about. */
  readonly created: number | null;
  readonly record: string;
}
export interface TransitionDraft {
  readonly onBehalfOf: string | undefined;
  readonly create: readonly MessageDraft[];
  readonly finish: readonly CopyId[];
  readonly attempts: readonly AttemptRecord[];
  readonly place: readonly Placement[];
  readonly split: readonly { readonly copy: CopyId; readonly into: readonly PartDraft[] }[];
  readonly saveRecovery: readonly RecoveryDraft[];
  readonly dropRecovery: readonly string[];
  readonly tracking: readonly TrackingDraft[];
  readonly strikes: readonly Strike[];
  readonly dropStrikes: readonly string[];
}

/** Writes a transition, a short one in one step. Octets are referred to until the tape is cut. */
export function* putTransition(tape: TapeWriter, transition: Transition): Steps<void> {
  const { create = [], finish = [], split = [], saveRecovery = [], tracking = [] } = transition;
  tape.put(transition.onBehalfOf ?? null, create.length);
  for (const message of create) yield* putMessage(tape, message);
  tape.put(finish.length);
  for (const copy of finish) tape.put(copy);
  tape.put(
    jsonOrNull(transition.attempts),
    jsonOrNull(transition.place),
    jsonOrNull(transition.dropRecovery),
  );
  tape.put(split.length);
  for (const { copy, into } of split) {
    tape.put(copy, into.length);
    for (const part of into) {
      yield* putCopy(tape, part);
      tape.put(part.keepsAttempts === true ? 1 : 0);
    }
  }
  tape.put(saveRecovery.length);
  for (const { key, link, direction, savedAt, spool, data } of saveRecovery) {
    tape.put(key, link, direction, savedAt, spool ?? null);
    tape.putOctets(data);
  }
  tape.put(tracking.length);
  for (const { message = null, created = null, ...record } of tracking) {
    const text = yield* jsonInSteps(record, [record.recipients, record.adds]);
    tape.put(record.at, record.mtsIdentifier, message, created, text);
  }
  tape.put(jsonOrNull(transition.strikes), jsonOrNull(transition.dropStrikes));
}

function jsonOrNull(list: readonly unknown[] | undefined): string | null {
  return list === undefined || list.length === 0 ? null : JSON.stringify(list);
}

function* putMessage(tape: TapeWriter, message: NewMessage): Steps<void> {
  const { kind, mtsIdentifier, priority, originator, recipients, contentType, contentLength } = message;
  const { acceptedAt, expiresAt, arrivedBy, content, copies } = message;
  const meta: MessageMeta = {
    kind,
    mtsIdentifier,
    priority,
    originator,
    recipients,
    contentType,
    contentLength,
    acceptedAt,
    expiresAt,
    arrivedBy,
  };
  const text = yield* jsonInSteps(meta, [recipients]);
  tape.put(text, mtsIdentifier, rankOf(priority), contentLength, acceptedAt, expiresAt);
  tape.putOctets(message.envelope);
  tape.putOctets(content.kind === 'inline' ? content.octets : null);
  if (content.kind === 'spooled') tape.put(content.spool, content.octets_count);
  else tape.put(null, 0);
  tape.put(copies.length);
  for (const copy of copies) yield* putCopy(tape, copy);
}

function* putCopy(tape: TapeWriter, copy: NewCopy): Steps<void> {
  const { nextHop, recipients, notBefore, claim } = copy;
  const list = recipients.length === 1 ? `[${recipients[0]}]` : yield* listInSteps(recipients);
  tape.put(
    nextHop,
    list,
    notBefore ?? null,
    copyStates.indexOf(copy.quarantined === true ? 'quarantined' : copy.held === true ? 'held' : 'queued'),
    claim?.owner ?? null,
    claim?.until ?? null,
  );
}

/** `JSON.stringify(object)`, in steps if one of these lists of its fields is long. */
function* jsonInSteps(object: object, lists: readonly (readonly string[] | undefined)[]): Steps<string> {
  if (lists.every((list) => list === undefined || list.length <= elements_per_step)) {
    return JSON.stringify(object);
  }
  const fields: string[] = [];
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined) continue;
    const text = Array.isArray(value) ? yield* listInSteps(value) : JSON.stringify(value);
    fields.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${fields.join(',')}}`;
}

function* listInSteps(list: readonly unknown[]): Steps<string> {
  if (list.length <= elements_per_step) return JSON.stringify(list);
  const pieces: string[] = [];
  for (let at = 0; at < list.length; at += elements_per_step) {
    if (at > 0) yield;
    pieces.push(JSON.stringify(list.slice(at, at + elements_per_step)).slice(1, -1));
  }
  return `[${pieces.join(',')}]`;
}

/** Reads what `putTransition` wrote. */
export function takeTransition(tape: TapeReader): TransitionDraft {
  const onBehalfOf = tape.textOrNull() ?? undefined;
  const create = repeat(tape, takeMessage);
  const finish = repeat(tape, () => tape.number());
  const attempts = parseList<AttemptRecord>(tape.textOrNull());
  const place = parseList<Placement>(tape.textOrNull());
  const dropRecovery = parseList<string>(tape.textOrNull());
  const split = repeat(tape, () => ({ copy: tape.number(), into: repeat(tape, takePart) }));
  const saveRecovery = repeat(tape, () => ({
    key: tape.text(),
    link: tape.text(),
    direction: tape.text(),
    savedAt: tape.number(),
    spool: tape.textOrNull(),
    data: tape.octets(),
  }));
  const tracking = repeat(tape, () => ({
    at: tape.number(),
    mtsIdentifier: tape.text(),
    message: tape.numberOrNull(),
    created: tape.numberOrNull(),
    record: tape.text(),
  }));
  const strikes = parseList<Strike>(tape.textOrNull());
  const dropStrikes = parseList<string>(tape.textOrNull());
  const copies = { create, finish, attempts, place, split };
  return { onBehalfOf, ...copies, saveRecovery, dropRecovery, tracking, strikes, dropStrikes };
}

function parseList<T>(json: string | null): readonly T[] {
  return json === null ? [] : (JSON.parse(json) as T[]);
}

function repeat<T>(tape: TapeReader, take: (tape: TapeReader) => T): T[] {
  const list: T[] = [];
  for (let left = tape.number(); left > 0; left -= 1) list.push(take(tape));
  return list;
}

function takeMessage(tape: TapeReader): MessageDraft {
  return {
    meta: tape.text(),
    mtsIdentifier: tape.text(),
    rank: tape.number(),
    octets: tape.number(),
    acceptedAt: tape.number(),
    expiresAt: tape.number(),
    envelope: tape.octets(),
    content: tape.octetsOrNull(),
    spool: tape.textOrNull(),
    spoolOctets: tape.number(),
    copies: repeat(tape, takeCopy),
  };
}

function takeCopy(tape: TapeReader): CopyDraft {
  const nextHop = tape.text();
  const recipients = tape.text();
  const notBefore = tape.numberOrNull();
  const state = copyStates[tape.number()];
  const owner = tape.textOrNull();
  const until = tape.numberOrNull();
  const claim = owner === null ? undefined : { owner, until: until as Claim['until'] };
  return { nextHop, recipients, notBefore, state, claim };
}

function takePart(tape: TapeReader): PartDraft {
  return { ...takeCopy(tape), keepsAttempts: tape.number() === 1 };
}

/** What the worker knows of a committed transition: the identifiers it gave. */
export type Committed = Pick<CommitResult & { ok: true }, 'created' | 'splitInto'>;

/** Writes the identifiers that were given. */
export function putCommitted(tape: TapeWriter, { created, splitInto }: Committed): void {
  tape.put(created.length);
  for (const { message, copies } of created) tape.put(message, copies.length, ...copies);
  tape.put(splitInto.length);
  for (const copies of splitInto) tape.put(copies.length, ...copies);
}

/** Reads what `putCommitted` wrote. */
export function takeCommitted(tape: TapeReader): CommitResult {
  const number = (): number => tape.number();
  const created = repeat(tape, () => ({ message: tape.number(), copies: repeat(tape, number) }));
  const splitInto = repeat(tape, () => repeat(tape, number));
  return { ok: true, created, splitInto };
}

/** The commit result of a refusal that crossed the thread as JSON. */
export function refused(refusal: StoreRefusal): CommitResult {
  return { ok: false, refusal };
}
