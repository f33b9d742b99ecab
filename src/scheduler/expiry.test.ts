// Expiry: from acceptance, by priority; from release, where deferred; never after the latest delivery time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '../base/time.ts';
import { expiryOf } from './expiry.ts';

const day = 86_400_000;
const acceptedAt = instant(1000 * day);

test('urgent 2 days, normal 7, non-urgent 10, from acceptance', () => {
  assert.equal(expiryOf({ priority: 'urgent', acceptedAt }), 1002 * day);
  assert.equal(expiryOf({ priority: 'normal', acceptedAt }), 1007 * day);
  assert.equal(expiryOf({ priority: 'non-urgent', acceptedAt }), 1010 * day);
});

test('a deferred message lives from its release on', () => {
  assert.equal(expiryOf({ priority: 'urgent', acceptedAt, deferredUntil: instant(1030 * day) }), 1032 * day);
  assert.equal(expiryOf({ priority: 'urgent', acceptedAt, deferredUntil: instant(3 * day) }), 1002 * day);
});

test('the latest delivery time comes first if it is earlier', () => {
  const latest = (at: number) =>
    ({ priority: 'normal', acceptedAt, latestDeliveryTime: instant(at * day) }) as const;
  assert.equal(expiryOf(latest(1001)), 1001 * day);
  assert.equal(expiryOf(latest(1100)), 1007 * day);
});
