// What becomes of what comes in (X.411 14.3), decision by decision; judged by the data that would be
// committed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  arrivingMessage,
  domainNamed,
  envelopeOf,
  judgeParts,
  linkNamed,
  nameOf,
  now,
  ours,
  type RecipientPlan,
} from '../../test/support/transfer.ts';
import { bitsOf } from '../asn1/index.ts';
import { after, type Instant, millis } from '../base/time.ts';
import {
  type ExtensionField,
  extensionTypeRaw,
  externalTraceElement,
  formatUTCTime,
  internalTrace,
  internalTraceElement,
  makeExtension,
  type MessageTransferEnvelope,
  readInternalTrace,
} from '../p1/index.ts';
import type { NewMessage } from '../store/index.ts';
import { judgeArrival } from './judge-arrival.ts';
import type { Judgement } from './draft.ts';
import { decodeStored, type StoredValue } from './stored-value.ts';

const hour = millis(3_600_000);

function judged(
  recipients: readonly RecipientPlan[],
  more: Partial<MessageTransferEnvelope> = {},
  how: { readonly octets?: number; readonly from?: string } = {},
): Judgement {
  return judgeArrival(judgeParts(), arrivingMessage(envelopeOf(recipients, more), how), now);
}

function copiesOf(message: NewMessage | undefined): readonly unknown[] {
  return (message?.copies ?? []).map(({ nextHop, recipients }) => [nextHop, ...recipients]);
}

function storedOf(message: NewMessage): StoredValue {
  const stored = decodeStored(message);
  assert.ok(stored.ok);
  return stored.value;
}

/** The reason of each non-delivery that the one report of a judgement tells of. */
function reportedOf(judgement: Judgement): readonly string[] {
  return judgement.events
    .filter(([name]) => name === 'non-delivery')
    .map(([, fields]) => String(fields.reason));
}

const one = '/S=one/P=X/A= /C=GB/';
const two = '/S=two/P=X/A= /C=GB/';
const far = '/S=u/P=C/A= /C=GB/';

test('one copy for each next hop, with the recipients that share it', () => {
  const { create, events } = judged([{ to: one }, { to: far }, { to: two }]);
  assert.equal(create.length, 1);
  assert.deepEqual(copiesOf(create[0]), [
    [`deliver/${ours.deliver[0].name}`, 0, 2],
    ['link/c', 1],
  ]);
  assert.deepEqual(events, []);
  assert.equal(create[0].arrivedBy, 'link/b');
});

test('recipients that others answer for are in no copy and in no outcome', () => {
  const { create } = judged([{ to: far, responsible: false }, { to: one }]);
  assert.deepEqual(copiesOf(create[0]), [[`deliver/${ours.deliver[0].name}`, 1]]);
  const none = judged([{ to: far, responsible: false }]);
  assert.deepEqual([none.create, none.events], [[], []]);
  assert.deepEqual(
    none.tracking.map(({ act }) => act),
    ['transferred-in'],
  );
});

test('an unknown user of ours is reported at once and never sent out', () => {
  const judgement = judged([{ to: '/S=nobody/P=X/A= /C=GB/' }]);
  assert.equal(judgement.create.length, 1, 'the report alone');
  assert.equal(judgement.create[0].kind, 'report');
  assert.deepEqual(copiesOf(judgement.create[0]), [['link/b', 0]]);
  assert.equal(reportedOf(judgement).length, 1);
});

test('where no route leads there is a report, and an event that says why', () => {
  const judgement = judged([{ to: '/S=u/P=NOWHERE/A= /C=FR/' }]);
  assert.ok(judgement.events.some(([name]) => name === 'no-route'));
  assert.deepEqual(
    judgement.create.map(({ kind }) => kind),
    ['report'],
  );
});

test('a recipient never goes back on the link that it came in by', () => {
  const judgement = judged([{ to: '/S=u/P=B/A= /C=GB/' }]);
  assert.deepEqual(
    judgement.create.map(({ kind }) => kind),
    ['report'],
  );
});

test('content beyond the limit ends for every recipient, and is told', () => {
  const judgement = judged([{ to: one }, { to: far }], {}, { octets: 100 * 1024 + 1 });
  assert.deepEqual(
    judgement.create.map(({ kind }) => kind),
    ['report'],
  );
  assert.equal(reportedOf(judgement).length, 2);
  const refused = judgement.events.find(([name]) => name === 'message-refused');
  assert.deepEqual([refused?.[1].reason, refused?.[1].limit], ['size', 100 * 1024]);
  assert.equal(judged([{ to: one }], {}, { octets: 100 * 1024 }).create[0].kind, 'message');
});

test('more recipients than the limit end for all', () => {
  const judgement = judged(Array.from({ length: 6 }, () => ({ to: far })));
  assert.deepEqual(
    judgement.create.map(({ kind }) => kind),
    ['report'],
  );
  const refused = judgement.events.find(([name]) => name === 'message-refused');
  assert.equal(refused?.[1].reason, 'recipients');
});

test('our domain earlier in the trace with another after it is a loop, and final', () => {
  const element = (prmd: string) => externalTraceElement(domainNamed(prmd), { arrivalTime: now });
  const looped = judged([{ to: far }], { traceInformation: [element('X'), element('B')] });
  assert.ok(looped.events.some(([name]) => name === 'loop-detected'));
  assert.ok(looped.create.every(({ kind }) => kind === 'report'));
  const straight = judged([{ to: far }], { traceInformation: [element('A'), element('B')] });
  assert.deepEqual(copiesOf(straight.create[0]), [['link/c', 0]]);
});

test('the same domain may follow itself: what the twin MTA of our domain hands over is no loop', () => {
  const element = (prmd: string) => externalTraceElement(domainNamed(prmd), { arrivalTime: now });
  const trace = { traceInformation: [element('B'), element('X')] };
  const judgement = judged([{ to: far }], trace, { from: 'twin' });
  assert.deepEqual(copiesOf(judgement.create[0]), [['link/c', 0]]);
});

test('our name in the internal trace is a loop', () => {
  const traced = internalTrace([], internalTraceElement(ours.mta, { arrivalTime: now }));
  assert.ok(traced.ok);
  const judgement = judged([{ to: far }], { extensions: traced.value }, { from: 'twin' });
  assert.ok(judgement.events.some(([name]) => name === 'loop-detected'));
});

/** An extension that nobody knows, critical for transfer. */
const unknownCritical: ExtensionField = {
  type: extensionTypeRaw({ kind: 'standardExtension', value: 900 }),
  criticality: bitsOf([1]),
};

test('a critical extension that is not supported ends for whom it concerns: all, or one recipient', () => {
  const all = judged([{ to: one }, { to: far }], { extensions: [unknownCritical] });
  assert.deepEqual(
    all.create.map(({ kind }) => kind),
    ['report'],
  );
  assert.equal(reportedOf(all).length, 2);
  const some = judged([{ to: one, extensions: [unknownCritical] }, { to: far }]);
  assert.deepEqual(
    some.create.map(({ kind }) => kind),
    ['message', 'report'],
  );
  assert.deepEqual(copiesOf(some.create[0]), [['link/c', 1]]);
});

test('a probe that could be delivered is recorded where nobody asked to be told', () => {
  const { create, tracking } = probe(one, 'non-delivery-report');
  assert.deepEqual(create, []);
  assert.deepEqual(
    tracking.map(({ act }) => act),
    ['transferred-in', 'reported'],
  );
});

function probe(to: string, report: 'non-delivery-report' | 'report'): Judgement {
  const { messageIdentifier, priority: _, ...rest } = envelopeOf([{ to, report }]);
  const value = {
    kind: 'probe',
    envelope: { ...rest, probeIdentifier: messageIdentifier, contentLength: 9 },
  } as const;
  const arriving = { value, content: { kind: 'none' }, contentLength: 9, link: linkNamed('b') } as const;
  return judgeArrival(judgeParts(), arriving, now);
}

test('a probe for a local user becomes a report; one for others goes on (X.411 14.3.9)', () => {
  assert.deepEqual(
    probe(one, 'report').create.map(({ kind, copies }) => [kind, copies.length]),
    [['report', 1]],
  );
  assert.deepEqual(
    probe(far, 'report').create.map(({ kind, copies }) => [kind, copies[0].nextHop]),
    [['probe', 'link/c']],
  );
});

test('what was submitted with a time ahead waits for it; what came from elsewhere does not', () => {
  const later = after(now, hour);
  const deferred = { deferredDeliveryTime: formatUTCTime(later) };
  const submitted = judged([{ to: far }], deferred, { from: 'here' });
  assert.equal(submitted.create[0].copies[0].notBefore, later);
  assert.equal(submitted.create[0].copies[0].claim, undefined);
  assert.ok(submitted.events.some(([name]) => name === 'deferred-started'));
  assert.equal(judged([{ to: far }], deferred).create[0].copies[0].notBefore, undefined);
});

test('expiry follows the priority, and an earlier latest delivery time', () => {
  const expiry = (priority: 'urgent' | 'normal' | 'non-urgent'): Instant =>
    judged([{ to: far }], { priority }).create[0].expiresAt;
  assert.deepEqual(
    [expiry('urgent'), expiry('normal'), expiry('non-urgent')],
    [ours.mta.expiry.urgent, ours.mta.expiry.normal, ours.mta.expiry.nonUrgent].map((time) =>
      after(now, time),
    ),
  );
  const extensions = [makeExtension('latest-delivery-time', formatUTCTime(after(now, hour)))];
  assert.equal(judged([{ to: far }], { extensions }).create[0].expiresAt, after(now, hour));
});

test('trace is added once: external from another domain, internal at every MTA', () => {
  const [fromOutside] = judged([{ to: far }]).create;
  const outside = storedOf(fromOutside);
  assert.ok(outside.kind === 'message');
  assert.equal(outside.envelope.traceInformation.length, 2);
  const internal = readInternalTrace(outside.envelope.extensions);
  assert.ok(internal.ok);
  assert.deepEqual(
    internal.value.map(({ mtaName }) => mtaName),
    ['MTA-X'],
  );
  const element = externalTraceElement(domainNamed('X'), { arrivalTime: now });
  const [fromTwin] = judged([{ to: far }], { traceInformation: [element] }, { from: 'twin' }).create;
  const twin = storedOf(fromTwin);
  assert.ok(twin.kind === 'message');
  assert.equal(twin.envelope.traceInformation.length, 1, 'the domain has its element already');
});

test('a copy is claimed where its server takes it at once', () => {
  const claim = { owner: 'me', until: after(now, hour) };
  const parts = judgeParts({ claim: (hop) => (hop === 'link/c' ? claim : undefined) });
  const { create } = judgeArrival(parts, arrivingMessage(envelopeOf([{ to: one }, { to: far }])), now);
  assert.deepEqual(
    create[0].copies.map((copy) => copy.claim?.owner),
    [undefined, 'me'],
  );
});

test('a trace in which nothing is right: a report all the same, after an expansion too', () => {
  const wrong = { ...domainNamed('B'), countryName: { kind: 'iso3166Alpha2Code', value: 'G1' } } as const;
  const dlExpansionTime = formatUTCTime(now);
  const history = [{ dl: nameOf('/CN=list/P=B/A= /C=GB/'), dlExpansionTime }];
  const extensions = [makeExtension('dl-expansion-history', history)];
  for (const traceInformation of [[externalTraceElement(wrong, { arrivalTime: now })], []]) {
    const { create } = judged([{ to: '/S=nobody/P=X/A= /C=GB/' }], { traceInformation, extensions });
    assert.deepEqual(
      create.map(({ kind }) => kind),
      ['report'],
    );
  }
});
