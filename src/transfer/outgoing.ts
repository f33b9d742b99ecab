// The MTS-APDU that goes to an adjacent MTA for one copy: the stored envelope with the responsibility for the
// copy's recipients (X.411 14.3.3: one copy per next hop, each recipient the responsibility of one), and
// without internal trace where it leaves our domain; in P1 of 1984 where the peer speaks that. Content
// is not touched: it is appended as it was stored, but where the link asks for P2 (content-1984.ts).

import { concat } from '../base/octets.ts';
import { atOnce, mapInSteps, type Steps } from '../base/steps.ts';
import type { DepartureTolerance, LinkConfiguration } from '../config/index.ts';
import {
  downgradeFailure,
  type DowngradeFailure,
  type DowngradeOptions,
  downgradeMessageEnvelopeInSteps,
  downgradeTo1984InSteps,
  encodeMTSAPDUInSteps,
  encodeP1_1984InSteps,
  externalContentHead,
  messageHeadInSteps,
  type MessageTransferEnvelope,
  type MTSAPDU,
  type ProbeTransferEnvelope,
  umpduHeadInSteps,
  withoutInternalTrace,
  withResponsibility,
} from '../p1/index.ts';
import type { QueuedCopy } from '../store/index.ts';
import { becomesP2, type ContentFailure, messageWithP2 } from './content-1984.ts';
import { ContentDigest } from './content-digest.ts';
import { departing } from './departure-tolerances.ts';
import { speaks1984 } from './peer-protocol.ts';
import { type StoredValue, storedInSteps } from './stored-value.ts';

/** What goes out for a copy. */
export type Outgoing =
  | {
      readonly kind: 'apdu';
      /** The octets before the content; for reports and probes, all of them. */
      readonly head: Uint8Array;
      /** Of `head`; whoever sends it goes on with what else tells it from another. */
      readonly headDigest: ContentDigest;
      readonly octetsTotal: number;
      /** The content that was made for this peer; where there is none, what is stored goes out. */
      readonly content?: Uint8Array;
      /** The tolerances of the link that changed something. */
      readonly tolerances: readonly DepartureTolerance[];
    }
  /** The stored envelope cannot be read. */
  | { readonly kind: 'unreadable'; readonly detail: string }
  /** A peer of 1984 cannot be told of it: of these recipients, or, of a report, at all. */
  | Undowngradable;

export interface Undowngradable {
  readonly kind: 'undowngradable';
  readonly failed: readonly DowngradeFailure[];
  /** Where it is the content that cannot be said: why, for the report. */
  readonly cause?: ContentFailure['cause'];
}

/** What a copy needs to know of the link that it goes out by. */
export type OutgoingLink = Pick<LinkConfiguration, 'sameDomain' | 'mode'> &
  Partial<Pick<LinkConfiguration, 'tolerances' | 'contentDowngrade'>>;

/** As `outgoingApdu`; with many recipients it takes a while. */
export type MakeOutgoing = (copy: QueuedCopy, link: OutgoingLink) => Outgoing | Promise<Outgoing>;

/**
 * Builds what goes out for `copy`. A content that is to become P2 must be inline: whoever holds a copy of a
 * spooled one reads it first, if it is not too long.
 */
export function outgoingApdu(copy: QueuedCopy, link: OutgoingLink): Outgoing {
  return atOnce(outgoingInSteps(copy, link));
}

/** The same in steps. */
export function* outgoingInSteps(copy: QueuedCopy, link: OutgoingLink): Steps<Outgoing> {
  const stored = yield* storedInSteps(copy);
  if (!stored.ok) return { kind: 'unreadable', detail: stored.error.message };
  const made = withItsContent(stored.value, copy, link);
  if (made.kind === 'undowngradable') return made;
  const content = made.contentLength;
  const { value, used } = departing(yield* outgoingValue(made.value, copy, link.sameDomain), link);
  const motis = link.sameDomain && link.tolerances?.motisInternalTrace === true;
  const options: DowngradeOptions = motis ? { internalTrace: 'motis' } : {};
  const head = yield* speaks1984(link.mode)
    ? headIn1984(value, content, options)
    : headIn1988(value, content);
  if (!(head instanceof Uint8Array)) return head;
  const tolerances = motis && speaks1984(link.mode) ? ([...used, 'motisInternalTrace'] as const) : used;
  const octetsTotal = head.length + content;
  const headDigest = yield* new ContentDigest().updateInSteps(head);
  const apdu = { kind: 'apdu', head, headDigest, octetsTotal, tolerances } as const;
  return made.content === undefined ? apdu : { ...apdu, content: made.content };
}

interface WithItsContent {
  readonly kind: 'made';
  readonly value: StoredValue;
  readonly contentLength: number;
  readonly content?: Uint8Array;
}

/** The stored value, and its content where that is made anew for this link. */
function withItsContent(
  value: StoredValue,
  copy: QueuedCopy,
  link: OutgoingLink,
): WithItsContent | Undowngradable {
  if (value.kind !== 'message') return { kind: 'made', value, contentLength: 0 };
  if (!becomesP2(copy, link)) return { kind: 'made', value, contentLength: copy.contentLength };
  const message = messageWithP2(value.envelope, copy.content);
  if (!message.ok) {
    const { cause, explanation } = message.error;
    const failed = copy.recipients.map(({ number }) => downgradeFailure(number, explanation));
    return { kind: 'undowngradable', failed, cause };
  }
  const { envelope, content } = message.value;
  return { kind: 'made', value: { kind: 'message', envelope }, contentLength: content.length, content };
}

/** The stored value as it leaves by this link. */
function* outgoingValue(value: StoredValue, copy: QueuedCopy, sameDomain: boolean): Steps<StoredValue> {
  const numbers = new Set(copy.recipients.map((recipient) => recipient.number));
  switch (value.kind) {
    case 'message':
      return { kind: 'message', envelope: yield* forCopy(value.envelope, numbers, sameDomain) };
    case 'probe':
      return { kind: 'probe', envelope: yield* forCopy(value.envelope, numbers, sameDomain) };
    case 'report': {
      const { envelope } = value.report;
      const extensions = sameDomain ? envelope.extensions : withoutInternalTrace(envelope.extensions);
      if (extensions.length === envelope.extensions.length) return value;
      return { kind: 'report', report: { ...value.report, envelope: { ...envelope, extensions } } };
    }
  }
}

function headIn1988(value: StoredValue, contentLength: number): Steps<Uint8Array> {
  switch (value.kind) {
    case 'message':
      return messageHeadInSteps(value.envelope, contentLength);
    case 'probe':
      return encodeMTSAPDUInSteps({ kind: 'probe', value: value.envelope });
    case 'report':
      return encodeMTSAPDUInSteps({ kind: 'report', value: value.report });
  }
}

/** Recipients that fail are to be reported before any copy goes out: no peer could be told of them. */
function* headIn1984(
  value: StoredValue,
  contentLength: number,
  options: DowngradeOptions,
): Steps<Uint8Array | Undowngradable> {
  if (value.kind === 'message') {
    const { value: envelope, failed } = yield* downgradeMessageEnvelopeInSteps(value.envelope, options);
    if (envelope === undefined || failed.length > 0) return { kind: 'undowngradable', failed };
    const { contentType } = value.envelope;
    if (contentType.kind === 'builtIn') return yield* umpduHeadInSteps(envelope, contentLength);
    const wrapping = externalContentHead(contentType.value, contentLength);
    return concat([yield* umpduHeadInSteps(envelope, wrapping.length + contentLength), wrapping]);
  }
  const apdu: MTSAPDU =
    value.kind === 'probe'
      ? { kind: 'probe', value: value.envelope }
      : { kind: 'report', value: value.report };
  const { value: mpdu, failed } = yield* downgradeTo1984InSteps(apdu, options);
  // A report goes on without the recipients that it can no longer name.
  const stopped = mpdu === undefined || (value.kind === 'probe' && failed.length > 0);
  return stopped ? { kind: 'undowngradable', failed } : yield* encodeP1_1984InSteps(mpdu);
}

/** The same object where nothing changes, so that its octets are copied. */
function* forCopy<Envelope extends MessageTransferEnvelope | ProbeTransferEnvelope>(
  envelope: Envelope,
  responsible: ReadonlySet<number>,
  sameDomain: boolean,
): Steps<Envelope> {
  const extensions = sameDomain ? envelope.extensions : withoutInternalTrace(envelope.extensions);
  let changed = extensions.length !== envelope.extensions.length;
  const perRecipientFields = yield* mapInSteps(envelope.perRecipientFields, (fields, number) => {
    const bits = withResponsibility(fields.perRecipientIndicators, responsible.has(number));
    if (bits === fields.perRecipientIndicators) return fields;
    changed = true;
    return { ...fields, perRecipientIndicators: bits };
  });
  return changed ? { ...envelope, extensions, perRecipientFields } : envelope;
}
