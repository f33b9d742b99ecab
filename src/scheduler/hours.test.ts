// When a link is called: the styles of its schedule, slots of a polled link, the urgent override, an
// operator's wish outside the hours.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, seconds } from '../base/time.ts';
import { Bench, copyOf as anyCopy, defaults, kinds, only, started } from './driven-scheduler.ts';
import type { Hours } from './hours.ts';
import type { LinkSchedule } from './service.ts';

const hour = 3_600_000;
const minute = 60_000;
/** Monday 00:00 UTC. */
const monday = Date.parse('2026-11-23T00:00:00Z');
const at = (hours: number, minutes = 0) => instant(monday + hours * hour + minutes * minute);

const office: Hours = {
  style: 'times',
  times: [0, 1, 2, 3, 4].map((day) => ({
    ranges: [{ from: (day * 24 + 9) * 60, to: (day * 24 + 17) * 60 }],
  })),
  timeZone: 'UTC',
  pollInterval: seconds(900),
  urgentIgnoresSchedule: false,
};
const scheduled = (changes: Partial<Hours>, more: Partial<LinkSchedule> = {}): LinkSchedule => ({
  ...defaults,
  ...more,
  hours: { ...office, ...changes },
});

function benchAt(hours: number, schedule: LinkSchedule): Bench {
  const bench = new Bench(schedule);
  bench.now = at(hours);
  bench.do({ kind: 'timer' });
  return bench;
}

const copyOf = (copy: number, more: Parameters<typeof anyCopy>[1] = {}) =>
  anyCopy(copy, { expiresAt: instant(monday + 1000 * hour), ...more });
const waiting = (bench: Bench, priority: 'urgent' | 'normal' = 'normal') =>
  bench.do({ kind: 'copies-waiting', priority, copies: 1 });

test('times: before the hours nothing is claimed or called; when they begin it is called', () => {
  const bench = benchAt(7, scheduled({}));
  assert.equal(bench.scheduler.wouldTake('normal', bench.now), false);
  assert.deepEqual(waiting(bench), []);
  assert.deepEqual(bench.scheduler.snapshot().waitsFor, { for: 'schedule', until: at(9) });
  const { actions, waited } = bench.wait();
  assert.equal(waited, 2 * hour);
  assert.deepEqual(kinds(actions), ['emit', 'open-association', 'load']);
  assert.equal(only(actions, 'emit')[0]?.event, 'schedule-began');
});

test('times: at the end of the hours the transfer under way ends, then the association is closed', () => {
  const bench = benchAt(16.99, scheduled({}));
  bench.secured(copyOf(1), copyOf(2));
  bench.opened(1);
  bench.now = at(17);
  const ended = bench.do({ kind: 'timer' });
  assert.deepEqual(kinds(ended), ['emit', 'release-claims']);
  assert.deepEqual(kinds(bench.confirmed(1, 1)), ['close-association']);
  bench.do({ kind: 'association-closed', association: 1 });
  assert.equal(bench.scheduler.nextTimeout(), at(24 + 9));
});

test("times: a delay after failures in yesterday's hours does not delay those of today", () => {
  const bench = benchAt(16.99, scheduled({}));
  waiting(bench);
  bench.failed(1);
  bench.now = at(17);
  bench.do({ kind: 'timer' });
  assert.equal(bench.scheduler.snapshot().nextOpenAt, undefined);
  const { actions } = bench.wait();
  assert.equal(bench.now, at(24 + 9));
  assert.ok(kinds(actions).includes('open-association'));
});

test('never and remote-initiated: not called, not even for urgent mail where never', () => {
  for (const style of ['never', 'remote-initiated'] as const) {
    const bench = benchAt(10, scheduled({ style, times: [] }));
    assert.deepEqual(waiting(bench), []);
    assert.equal(bench.scheduler.nextTimeout(), undefined);
    const { waitsFor } = bench.scheduler.snapshot();
    assert.equal(waitsFor?.for, style === 'never' ? 'schedule' : 'peer-calls');
  }
  const never = benchAt(10, scheduled({ style: 'never', times: [], urgentIgnoresSchedule: true }));
  assert.deepEqual(waiting(never, 'urgent'), []);
});

test('remote-initiated: what the peer opens carries our copies', () => {
  const bench = benchAt(10, scheduled({ style: 'remote-initiated', times: [] }));
  waiting(bench);
  const actions = bench.do({
    kind: 'association-offered',
    association: bench.scheduler.nextNumber(),
    dialogue: { mode: 'two-way-alternate', turn: 'ours' },
  });
  assert.deepEqual(only(actions, 'load').length, 1);
  assert.deepEqual(started(bench.loaded('normal', [copyOf(7)])), [7]);
});

test('from when on copies may go: now, from the next hours on, or once the peer calls', () => {
  const opensAt = (bench: Bench, priority: 'urgent' | 'normal' = 'normal') =>
    bench.scheduler.opensAt(priority, bench.now);
  assert.equal(opensAt(benchAt(10, scheduled({}))), 0);
  assert.equal(opensAt(benchAt(18, scheduled({}))), at(33));
  const override = benchAt(18, scheduled({ urgentIgnoresSchedule: true }));
  assert.deepEqual([opensAt(override), opensAt(override, 'urgent')], [at(33), 0]);
  override.do({ kind: 'connect-now' });
  override.opened(1);
  assert.equal(opensAt(override), 0, 'an association stands');
  const whenCalled = Number.POSITIVE_INFINITY;
  assert.equal(opensAt(benchAt(10, scheduled({ style: 'remote-initiated' }))), whenCalled);
  assert.equal(opensAt(benchAt(10, scheduled({}, { callable: false }))), whenCalled);
  assert.equal(opensAt(new Bench()), 0, 'no schedule');
});

test('RT-K2: a polled link is called when its hours begin and every slot, with an empty queue', () => {
  const bench = benchAt(8, scheduled({ style: 'poll' }));
  const called: number[] = [];
  for (let association = 1; association <= 4; association += 1) {
    while (!kinds(bench.wait().actions).includes('open-association'));
    called.push((bench.now - at(0)) / minute);
    bench.opened(association);
    const { actions } = bench.wait();
    assert.deepEqual(kinds(actions), ['close-association'], 'after its idle lifetime');
    bench.do({ kind: 'association-closed', association });
  }
  assert.deepEqual(called, [540, 555, 570, 585]);
});

test('RT-K2: a slot whose call fails is tried again at the open interval, until the peer answers', () => {
  const bench = benchAt(9, scheduled({ style: 'poll', pollInterval: seconds(3 * 3600) }));
  assert.deepEqual(bench.scheduler.snapshot().associations.opening, 1);
  bench.failed(1);
  const { actions, waited } = bench.wait();
  assert.deepEqual(kinds(actions), ['open-association']);
  assert.ok(waited >= 600_000 && waited <= 660_000, `${waited}`);
});

test('RT-K2: a poll without times goes round the clock, the first at once; none after disable', () => {
  const bench = benchAt(3, scheduled({ style: 'poll', times: [] }));
  assert.equal(bench.scheduler.snapshot().associations.opening, 1);
  bench.do({ kind: 'disable', by: 'operator' });
  assert.equal(bench.scheduler.nextTimeout(), undefined);
});

test('RT-K3: urgent mail opens outside the hours; idle, it is closed though normals wait', () => {
  const bench = benchAt(20, scheduled({ urgentIgnoresSchedule: true }));
  waiting(bench);
  assert.ok(bench.scheduler.wouldTake('urgent', bench.now));
  assert.deepEqual(kinds(bench.secured(copyOf(1, { priority: 'urgent' }))), ['open-association']);
  assert.deepEqual(started(bench.opened(1)), [1]);
  assert.deepEqual(bench.confirmed(1, 1), [], 'normals are not even claimed');
  const { actions, waited } = bench.wait();
  assert.equal(waited, 300_000);
  assert.deepEqual(kinds(actions), ['close-association']);
  bench.do({ kind: 'association-closed', association: 1 });
  assert.deepEqual(bench.scheduler.snapshot().waitsFor, { for: 'schedule', until: at(33) });
  assert.equal(bench.scheduler.nextTimeout(), at(33));
});

test('connect now outside the hours: everything goes over what it opens, until it has been idle', () => {
  const bench = benchAt(20, scheduled({}));
  waiting(bench);
  assert.deepEqual(kinds(bench.do({ kind: 'connect-now' })), ['open-association', 'load']);
  bench.opened(1);
  assert.deepEqual(started(bench.loaded('normal', [copyOf(1)])), [1]);
  bench.confirmed(1, 1);
  assert.deepEqual(kinds(bench.wait().actions), ['close-association']);
  bench.do({ kind: 'association-closed', association: 1 });
  waiting(bench);
  assert.equal(bench.scheduler.snapshot().associations.opening, 0);
});

test('connect now outside the hours that fails is not tried again by itself', () => {
  const bench = benchAt(20, scheduled({}));
  waiting(bench);
  bench.do({ kind: 'connect-now' });
  bench.failed(1);
  assert.equal(bench.scheduler.nextTimeout(), at(33));
});

test('RT-M1: a clock that is put back or forward by an hour finds the hours as they are', () => {
  const bench = benchAt(9.5, scheduled({}));
  bench.now = at(8.5);
  bench.do({ kind: 'timer' });
  assert.equal(bench.scheduler.wouldTake('normal', bench.now), false);
  assert.equal(bench.scheduler.nextTimeout(), at(9));
  bench.now = at(9.5);
  bench.do({ kind: 'timer' });
  assert.ok(bench.scheduler.wouldTake('normal', bench.now));
});
