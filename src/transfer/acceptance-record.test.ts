// The fields that aviation asks of a log (ICAO Doc 9880 IIB 3.2.3) are in the records of an arrival, of its
// transfer out and of its delivery.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { arrivingMessage, envelopeOf, judgeParts, linkNamed } from '../../test/support/transfer.ts';
import { instant } from '../base/time.ts';
import type { QueuedCopy } from '../store/index.ts';
import { judgeArrival } from './judge-arrival.ts';
import { transferredOut } from './link-copies.ts';

const far = '/S=u/P=C/A= /C=GB/';
const now = instant(Date.UTC(2026, 10, 21, 1, 2, 3));

test('an arrival has identifier, priority, type, originator, recipients, size, last trace and times', () => {
  const envelope = envelopeOf([{ to: far }], { priority: 'urgent' });
  const arriving = { ...arrivingMessage(envelope), remote: '192.0.2.1:1102' };
  const { tracking, create } = judgeArrival(judgeParts(), arriving, now);
  const [record] = tracking;
  assert.deepEqual(
    [record.act, record.at, record.created, record.recipients],
    ['transferred-in', now, 0, [far]],
  );
  const { kind, mtsIdentifier, priority, contentType, contentLength, originator } = create[0];
  for (const [name, value] of Object.entries({
    kind,
    mtsIdentifier,
    priority,
    contentType,
    contentLength,
    originator,
  })) {
    assert.ok(value !== undefined, name);
    assert.equal(record[name as 'kind'], value, name);
  }
  assert.equal(priority, 'urgent');
  const { link, peer, remote, lastTrace, submittedAt } = record.detail;
  assert.deepEqual([link, remote], [arriving.link?.name, '192.0.2.1:1102']);
  assert.equal(peer, arriving.link?.peer.mta);
  assert.match(String(lastTrace), /^\/.*\/ \d{4}-\d\d-\d\dT/);
  assert.match(String(submittedAt), /^\d{4}-\d\d-\d\dT/);
});

test('what is deferred has a record that says until when', () => {
  const envelope = envelopeOf([{ to: far }], { deferredDeliveryTime: '261122010203Z' });
  const { tracking } = judgeArrival(judgeParts(), arrivingMessage(envelope, { from: 'here' }), now);
  assert.deepEqual(
    tracking.map(({ act, created, detail }) => [act, created, detail]),
    [
      ['submitted', 0, {}],
      ['deferred', 0, { until: '2026-11-22T01:02:03.000Z' }],
    ],
  );
});

test('a transfer out says where to, when, and since when we answered; in 1984 form, that too', () => {
  const copy = {
    message: 7,
    mtsIdentifier: '/P=A/A= /C=GB/;1',
    kind: 'message',
    originator: '/S=o/',
    priority: 'normal',
    contentType: '2.6.1.10.1',
    contentLength: 5,
    recipients: [{ number: 0, address: far }],
    acceptedAt: instant(now - 60_000),
  } as unknown as QueuedCopy;
  const link = linkNamed('c');
  const [out, ...others] = transferredOut(copy, { link, converted: undefined }, now);
  assert.deepEqual(others, []);
  assert.deepEqual([out.act, out.at, out.message, out.recipients], ['transferred-out', now, 7, [far]]);
  const acceptedAt = '2026-11-21T01:01:03.000Z';
  assert.deepEqual(out.detail, { link: 'c', peer: link.peer.mta, acceptedAt });
  const old = transferredOut(copy, { link: { ...link, mode: 'x410-1984' }, converted: 'c' }, now);
  assert.deepEqual(
    old.map(({ act }) => act),
    ['downgraded', 'transferred-out'],
  );
  assert.equal(old[1].detail.converted, 'c');
});
