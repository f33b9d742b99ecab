// RT-M3: a message whose marks are a year off, either way, is flagged and delivered: its time here is counted
// from its receipt here, and it is not reported as too old. The old MTA returned such messages at once, or
// kept them for a year.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { after, millis } from '../../src/base/time.ts';
import { externalTraceElement, formatUTCTime, withExtension } from '../../src/p1/index.ts';
import { parseUTCTime } from '../../src/p1/index.ts';
import { reportingMta } from '../support/reporting.ts';
import { domainNamed, envelopeOf, now } from '../support/transfer.ts';

const hour = 3_600_000;
const day = 24 * hour;
const year = 365 * day;
const links = `links:
  - name: b
    peer: { mta: MTA-B, password: b-secret, address: b, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    holdDeferred: true
  - name: c
    peer: { mta: MTA-C, password: c-secret, address: c, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    addressSpaces: [ { address: "/P=C/A= /C=GB/", cost: 1 } ]
deliver: []
`;

interface Plan {
  /** How far the clock of the originator's MTA is ahead. */
  readonly off: number;
  /** After the submission, by the originator's clock. */
  readonly latest?: number;
  readonly deferred?: number;
}

async function taken({ off, latest, deferred }: Plan) {
  const mta = await reportingMta(links);
  const submitted = after(now, millis(off));
  const later = (time: number) => formatUTCTime(after(submitted, millis(time)));
  const envelope = envelopeOf([{ to: '/S=a/P=C/A= /C=GB/' }], {
    traceInformation: [externalTraceElement(domainNamed('B'), { arrivalTime: submitted })],
    extensions: latest === undefined ? [] : withExtension([], 'latest-delivery-time', later(latest)),
    ...(deferred !== undefined && { deferredDeliveryTime: later(deferred) }),
  });
  const { created } = await mta.take(envelope, new Uint8Array(10));
  const copy = await mta.store.show(created[0].copies[0]);
  return { mta, copy, flags: mta.told.filter(([name]) => name === 'time-implausible') };
}

for (const [what, off] of [
  ['past', -year],
  ['future', year],
] as const) {
  it(`RT-M3: submitted a year in the ${what}: flagged, and its time counts from here`, async () => {
    const { mta, copy, flags } = await taken({ off });
    assert.equal(copy?.nextHop, 'link/c');
    assert.equal(copy?.expiresAt, now + 7 * day);
    assert.equal(flags.length, 1);
    const [[, { link, domain, off: words }]] = flags;
    assert.deepEqual([link, domain], ['b', '/P=B/A= /C=GB/']);
    assert.equal(words, `365 days ${off > 0 ? 'ahead' : 'behind'}`);
    const records = await mta.store.track({ mtsIdentifier: '/P=B/A= /C=GB/;id-1' });
    assert.match(String(records[0].detail.oddTime), /^\/P=B.* 202[57]-.*365 days/);
    await mta.clock.pass(6 * day);
    assert.deepEqual(mta.reports(), []);
  });

  it(`RT-M3: its latest delivery time, a year in the ${what}, is an hour from here`, async () => {
    const { mta, copy } = await taken({ off, latest: hour });
    assert.equal(copy?.expiresAt, now + hour);
    assert.deepEqual(mta.reports(), [], 'it is not too late at once');
  });

  it(`RT-M3: its deferred delivery time, a year in the ${what}, is an hour from here`, async () => {
    const { copy } = await taken({ off, deferred: hour });
    assert.equal(copy?.notBefore, now + hour);
    assert.equal(copy?.expiresAt, now + hour + 7 * day);
  });
}

it('RT-M3: what can be right is not touched: two days old, and late by its own times', async () => {
  const { mta, copy, flags } = await taken({ off: -2 * day, latest: day });
  assert.deepEqual(flags, []);
  assert.equal(copy, undefined);
  assert.equal(mta.reports().length, 1);
});

it('RT-M2: a latest delivery time in 2051 and beyond is ahead', async () => {
  const { copy } = await taken({ off: 0, latest: 25 * year });
  assert.equal(copy?.expiresAt, now + 7 * day);
  assert.ok((parseUTCTime('510101000000Z', now) ?? 0) > now);
});
