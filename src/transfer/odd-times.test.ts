// Which times of a trace cannot be right, and what the originator's times are then.

import assert from 'node:assert/strict';
import test from 'node:test';
import { after, instant, millis } from '../base/time.ts';
import { externalTraceElement, formatUTCTime } from '../p1/index.ts';
import { domainNamed, envelopeOf, now } from '../../test/support/transfer.ts';
import { ahead_max, behind_max, byOurClock, oddTimeOf } from './odd-times.ts';
import type { StoredValue } from './stored-value.ts';

const hour = 3_600_000;
const year = 365 * 24 * hour;

/** A message whose marks were made that long after now. */
function marked(offsets: readonly number[], deferred?: number): StoredValue {
  const traceInformation = offsets.map((offset, index) =>
    externalTraceElement(domainNamed(`D${index}`), { arrivalTime: after(now, millis(offset)) }),
  );
  const deferredDeliveryTime =
    deferred === undefined ? undefined : formatUTCTime(after(now, millis(deferred)));
  const envelope = envelopeOf([{ to: '/S=a/P=C/A= /C=GB/' }], {
    traceInformation,
    ...(deferredDeliveryTime !== undefined && { deferredDeliveryTime }),
  });
  return { kind: 'message', envelope };
}

test('what can be right is not flagged: a day ahead, three months behind', () => {
  for (const offset of [0, ahead_max, -behind_max, hour, -10 * 24 * hour]) {
    assert.equal(oddTimeOf(marked([offset]), now), undefined, `${offset}`);
    assert.equal(byOurClock(now, marked([offset]), now), now);
  }
});

test('the first mark that cannot be right is named, and by how much it is off', () => {
  assert.deepEqual(oddTimeOf(marked([0, year, -year]), now), {
    domain: '/P=D1/A= /C=GB/',
    time: '2027-06-01T12:00:00.000Z',
    off: '365 days ahead',
  });
  assert.equal(oddTimeOf(marked([-year]), now)?.off, '365 days behind');
});

test('times of the originator are moved by the error of its own clock, and of no other', () => {
  const latest = instant(now - year + hour);
  assert.equal(byOurClock(latest, marked([-year, 0]), now), now + hour);
  assert.equal(byOurClock(instant(now + year + hour), marked([year]), now), now + hour);
  assert.equal(byOurClock(latest, marked([0, -year]), now), latest);
});

test('what was deferred for a year is as old as that, and no clock is wrong', () => {
  assert.equal(oddTimeOf(marked([-year], -hour), now), undefined);
  assert.equal(oddTimeOf(marked([-year], hour), now)?.off, '365 days behind');
});
