// Instants and durations, and the two ways in which the program stops itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AssertionError, assert as claim, unreachable } from './assert.ts';
import { err, ok } from './result.ts';
import { after, earlier, instant, isoTime, millis, seconds } from './time.ts';

test('after adds, seconds are a thousand milliseconds, and ISO 8601 is in UTC', () => {
  const at = instant(Date.UTC(2026, 10, 21, 8, 0, 0));
  assert.equal(isoTime(after(at, seconds(90))), '2026-11-21T08:01:30.000Z');
  assert.equal(isoTime(after(at, millis(5))), '2026-11-21T08:00:00.005Z');
});

test('earlier takes the one that is there, or the smaller', () => {
  const [one, two] = [instant(1), instant(2)];
  assert.equal(earlier(one, two), one);
  assert.equal(earlier(two, one), one);
  assert.equal(earlier(undefined, two), two);
  assert.equal(earlier(one, undefined), one);
  assert.equal(earlier(undefined, undefined), undefined);
});

test('a claim that does not hold stops with what was claimed', () => {
  claim(true, 'holds');
  assert.throws(() => claim(false, 'the sky is green'), new AssertionError('the sky is green'));
  assert.throws(() => unreachable({ kind: 'odd' } as never), /unreachable: \{"kind":"odd"\}/);
});

test('a result is a value or an error', () => {
  assert.deepEqual(ok(1), { ok: true, value: 1 });
  assert.deepEqual(err('no'), { ok: false, error: 'no' });
});
