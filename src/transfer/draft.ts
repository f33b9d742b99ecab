// What judgements are made of and what they make: the parts they need of the MTA, the draft that gathers
// messages, tracking and events, and the one way by which something is put on its way into copies.

import type { MTSIdentifier } from '../address/index.ts';
import type { Steps } from '../base/steps.ts';
import { type Instant, isoTime } from '../base/time.ts';
import type { Configuration } from '../config/index.ts';
import type { EventFields, EventName } from '../events/index.ts';
import { parseUTCTime, readExtension } from '../p1/index.ts';
import {
  deadLetterHop,
  type LinkHealth,
  nextHopKey,
  type RouteRequest,
  type RouteTable,
} from '../routing/index.ts';
import { expiryOf } from '../scheduler/index.ts';
import type {
  Claim,
  NewCopy,
  NewMessage,
  NextHopKey,
  Priority,
  TrackingAct,
  TrackingRecord,
} from '../store/index.ts';
import { acceptanceDetail } from './acceptance-record.ts';
import type { Arriving, LedgerPlace } from './arriving.ts';
import type { Description } from './describe.ts';
import { byOurClock } from './odd-times.ts';
import { type OtherAction, withOwnTrace } from './own-trace.ts';
import { encodeStoredInSteps } from './stored-value.ts';

/** What is to be committed, whole, and then told. */
export interface Judgement {
  readonly create: readonly NewMessage[];
  readonly tracking: readonly TrackingRecord[];
  readonly events: readonly (readonly [EventName, EventFields])[];
}

export interface JudgeParts {
  readonly configuration: Configuration;
  readonly table: RouteTable;
  readonly health: (link: string) => LinkHealth;
  /** From when on a link's schedule lets copies go; every link is open now when absent. */
  readonly opensAt?: RouteRequest['opensAt'];
  /** A new MTS identifier of our domain. */
  readonly identifier: (now: Instant) => MTSIdentifier;
  /**
   * The claim under which a copy for this hop is secured, where whoever serves the hop takes it up at once.
   */
  readonly claim: (hop: NextHopKey, priority: Priority) => Claim | undefined;
}

/** A judgement while it is being made. */
export interface Draft {
  readonly create: NewMessage[];
  readonly tracking: TrackingRecord[];
  readonly events: (readonly [EventName, EventFields])[];
}

export type Copies = readonly { readonly nextHop: NextHopKey; readonly recipients: readonly number[] }[];

/** A draft with nothing in it. */
export function newDraft(): Draft {
  return { create: [], tracking: [], events: [] };
}

/** What is put on its way, and how that is tracked. */
export interface Securing {
  readonly arriving: Arriving;
  readonly description: Description;
  readonly copies: Copies;
  /** The recipients that we answer for, in text form. */
  readonly tracked: readonly string[];
  readonly act: TrackingAct;
  readonly now: Instant;
  /** What was done with its recipients, for our element of the trace. */
  readonly otherActions?: readonly OtherAction[];
}

/**
 * Puts the arrival with its copies into the draft, and says how its records name it. Without copies, only the
 * tracking of the arrival remains.
 */
export function* secure(parts: JudgeParts, securing: Securing, draft: Draft): Steps<LedgerPlace> {
  const { arriving, description, copies, tracked, act, now } = securing;
  const { link, contentLength } = arriving;
  const { recipients: _, ...head } = description;
  // What has no copies is never stored: a negative number holds its records together.
  const place = { created: copies.length > 0 ? draft.create.length : -1 - draft.tracking.length };
  const common = { ...head, ...place, at: now, recipients: tracked, contentLength };
  const { expandedBy: list, reassigned } = arriving;
  const isNew = list === undefined && reassigned === undefined;
  if (isNew) {
    draft.tracking.push({ ...common, act, detail: acceptanceDetail(arriving, now) });
  } else {
    const detail: TrackingRecord['detail'] = { ...reassigned?.detail, ...(list !== undefined && { list }) };
    draft.tracking.push({ ...common, act, recipients: [], adds: tracked, detail });
  }
  if (copies.length === 0) return place;
  const holds = isNew && (link === undefined || link.holdDeferred);
  const deferredUntil = holds ? deferredTimeOf(arriving, now) : undefined;
  draft.create.push(yield* newMessage(parts, securing, deferredUntil));
  if (deferredUntil === undefined) return place;
  const { mtsIdentifier } = description;
  const until = isoTime(deferredUntil);
  draft.tracking.push({ ...common, act: 'deferred', detail: { until } });
  draft.events.push(['deferred-started', { mtsIdentifier, until }]);
  return place;
}

function* newMessage(
  parts: JudgeParts,
  securing: Securing,
  deferredUntil: Instant | undefined,
): Steps<NewMessage> {
  const { arriving, description, copies, now, otherActions } = securing;
  const { link, content, contentLength, acceptedAt = now } = arriving;
  const { mta } = parts.configuration;
  const entry = link === undefined ? 'submission' : link.sameDomain ? 'same-domain' : 'other-domain';
  const traced = withOwnTrace(arriving.value, mta, { entry, now, otherActions });
  const envelope = yield* encodeStoredInSteps(traced);
  const latestDeliveryTime = latestTimeOf(arriving, now);
  // Reports hurry like urgent messages, but are worth the trouble of a normal one's time.
  const priority = description.kind === 'report' ? 'normal' : description.priority;
  const subject = { priority, acceptedAt, deferredUntil, latestDeliveryTime };
  return {
    ...description,
    contentLength,
    acceptedAt,
    expiresAt: expiryOf(subject, mta.expiry),
    // A redirected recipient did not come by that link, nor did a report that a list passes on: they may go
    // back on it.
    ...(link !== undefined &&
      (otherActions ?? []).length === 0 && { arrivedBy: nextHopKey({ kind: 'link', name: link.name }) }),
    envelope,
    content,
    copies: copies.map((copy): NewCopy => {
      if (deferredUntil !== undefined) return { ...copy, notBefore: deferredUntil };
      if (copy.nextHop === deadLetterHop) return { ...copy, quarantined: true };
      const claim = parts.claim(copy.nextHop, description.priority);
      return claim === undefined ? copy : { ...copy, claim };
    }),
  };
}

/**
 * The deferred delivery time, where it lies ahead (X.411 8.2.1.1.1.12): held by the MTA of the originator,
 * or, where that was agreed, by one that it came to (X.411 14.3.1).
 */
function deferredTimeOf({ value, link }: Arriving, now: Instant): Instant | undefined {
  if (value.kind !== 'message' || value.envelope.deferredDeliveryTime === undefined) return undefined;
  const time = parseUTCTime(value.envelope.deferredDeliveryTime, now);
  if (time === undefined) return undefined;
  const release = link === undefined ? time : byOurClock(time, value, now);
  return release > now ? release : undefined;
}

/** The latest delivery time that the originator set (X.411 8.2.1.1.1.13), if it can be read. */
function latestTimeOf(arriving: Arriving, now: Instant): Instant | undefined {
  const { value, link, expandedBy, reassigned, acceptedAt = now } = arriving;
  if (value.kind !== 'message') return undefined;
  const latest = readExtension(value.envelope.extensions, 'latest-delivery-time');
  const time = latest.ok && latest.value !== undefined ? parseUTCTime(latest.value, now) : undefined;
  // What is submitted here has the times of our own clock.
  const ours = link === undefined && expandedBy === undefined && reassigned === undefined;
  return time === undefined || ours ? time : byOurClock(time, value, acceptedAt);
}
