// The scheduler of one link, sentence by sentence of the design (links, routing, scheduling), on virtual time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../base/random.ts';
import { type Instant, instant, millis, seconds } from '../base/time.ts';
import type { Priority } from '../store/port.ts';
import { LinkScheduler } from './link-scheduler.ts';
import { jitter_percent_max } from './open-retry.ts';
import type { LinkSchedule, ScheduledCopy, SchedulerAction, SchedulerInput } from './service.ts';

const defaults: LinkSchedule = {
  name: 'site-b',
  enabled: true,
  callable: true,
  retry: {
    openInterval: seconds(600),
    openRetries: 144,
    transferInterval: seconds(120),
    transferRetries: 2,
  },
  associations: { max: 10, threshold: 50, lifetime: seconds(300), disconnect: seconds(120) },
};
const retrying = (openRetries: number): LinkSchedule => ({
  ...defaults,
  retry: { ...defaults.retry, openRetries },
});
const pool = (max: number, threshold: number): LinkSchedule => ({
  ...defaults,
  associations: { ...defaults.associations, max, threshold },
});

const copyOf = (copy: number, more: Partial<ScheduledCopy> = {}): ScheduledCopy => ({
  copy,
  kind: 'message',
  priority: 'normal',
  octets: 2000,
  expiresAt: instant(1e12),
  attempts: 0,
  ...more,
});

/** A scheduler at a virtual time, in shorthand. */
class Bench {
  readonly scheduler: LinkScheduler;
  now: Instant = instant(0);

  constructor(schedule: LinkSchedule = defaults, seed = 1) {
    this.scheduler = new LinkScheduler(schedule, seededRandom(seed));
  }

  do(input: SchedulerInput): readonly SchedulerAction[] {
    return this.scheduler.handle(input, this.now);
  }

  secured(...copies: readonly ScheduledCopy[]): readonly SchedulerAction[] {
    return copies.flatMap((copy) => this.do({ kind: 'copy-secured', copy }));
  }

  opened(association: number): readonly SchedulerAction[] {
    return this.do({ kind: 'association-opened', association });
  }

  failed(association: number): readonly SchedulerAction[] {
    return this.do({ kind: 'open-failed', association, failure: 'refused', detail: 'refused' });
  }

  lost(association: number): readonly SchedulerAction[] {
    return this.do({ kind: 'association-lost', association, detail: 'reset' });
  }

  confirmed(association: number, copy: number): readonly SchedulerAction[] {
    return this.do({ kind: 'transfer-confirmed', association, copy });
  }

  broke(
    association: number,
    copy: number,
    failure: 'transient' | 'progressed' | 'permanent',
  ): readonly SchedulerAction[] {
    return this.do({ kind: 'transfer-failed', association, copy, failure, detail: failure });
  }

  loaded(priority: Priority, copies: readonly ScheduledCopy[], more = false): readonly SchedulerAction[] {
    return this.do({ kind: 'copies-loaded', priority, copies, more });
  }

  /** Goes to the next timeout, which must be there. Returns how long that was. */
  wait(): { readonly actions: readonly SchedulerAction[]; readonly waited: number } {
    const next = this.scheduler.nextTimeout();
    assert.ok(next !== undefined && next > this.now, `a timeout after ${this.now}, not ${next}`);
    const waited = next - this.now;
    this.now = next;
    return { actions: this.do({ kind: 'timer' }), waited };
  }
}

const kinds = (actions: readonly SchedulerAction[]) => actions.map((action) => action.kind);
const only = <K extends SchedulerAction['kind']>(actions: readonly SchedulerAction[], kind: K) =>
  actions.filter((action): action is Extract<SchedulerAction, { readonly kind: K }> => action.kind === kind);
const started = (actions: readonly SchedulerAction[]) =>
  only(actions, 'start-transfer').map((action) => action.copy);
const isJittered = (waited: number, interval: number) =>
  waited >= interval && waited <= interval * (1 + jitter_percent_max / 100);

test('a secured copy opens an association, goes over it, and the association is closed after its lifetime', () => {
  const bench = new Bench();
  assert.ok(bench.scheduler.wouldTake('normal', bench.now));
  assert.deepEqual(bench.secured(copyOf(1)), [{ kind: 'open-association', association: 1 }]);
  assert.deepEqual(bench.opened(1), [{ kind: 'start-transfer', association: 1, copy: 1 }]);
  assert.deepEqual(bench.confirmed(1, 1), []);
  const { actions, waited } = bench.wait();
  assert.equal(waited, 300_000);
  assert.deepEqual(actions, [{ kind: 'close-association', association: 1 }]);
  bench.do({ kind: 'association-closed', association: 1 });
  assert.ok(bench.scheduler.drained);
  assert.equal(bench.scheduler.nextTimeout(), undefined);
});

test('a release that is not over in time is broken off', () => {
  const bench = new Bench();
  bench.do({ kind: 'connect-now' });
  bench.opened(1);
  bench.wait();
  const { actions, waited } = bench.wait();
  assert.equal(waited, 120_000);
  assert.deepEqual(actions, [{ kind: 'abort-association', association: 1, why: 'disconnect-timeout' }]);
  assert.ok(bench.scheduler.drained);
});

test('a dead link is called once an interval, never with more than one association, and holds no claims', () => {
  const bench = new Bench();
  bench.secured(...Array.from({ length: 190 }, (_, index) => copyOf(index)));
  for (let attempt = 1; attempt <= 300; attempt += 1) {
    const actions = bench.failed(attempt);
    if (attempt === 1) assert.equal(only(actions, 'release-claims')[0].copies.length, 190);
    assert.equal(bench.scheduler.snapshot().waiting, 0);
    assert.equal(kinds(actions).includes('unhealthy'), attempt === 145, `attempt ${attempt}`);
    assert.equal(bench.scheduler.wouldTake('urgent', bench.now), false);
    const { actions: next, waited } = bench.wait();
    assert.ok(isJittered(waited, 600_000), `${waited}`);
    assert.deepEqual(next, [{ kind: 'open-association', association: attempt + 1 }]);
    assert.equal(bench.scheduler.snapshot().associations.opening, 1);
  }
});

test('jitter differs from one wait to the next', () => {
  const bench = new Bench();
  bench.secured(copyOf(1));
  const waits = new Set<number>();
  for (let attempt = 1; attempt <= 20; attempt += 1) {
    bench.failed(attempt);
    waits.add(bench.wait().waited);
  }
  assert.ok(waits.size > 10);
});

test('open retries run out: unhealthy once, alternates are tried, the link is called on, and is healthy again', () => {
  const bench = new Bench(retrying(2));
  bench.secured(copyOf(1));
  bench.failed(1);
  bench.wait();
  bench.failed(2);
  bench.wait();
  assert.deepEqual(only(bench.failed(3), 'unhealthy'), [{ kind: 'unhealthy', error: 'refused' }]);
  assert.equal(bench.scheduler.snapshot().healthy, false);
  bench.wait();
  assert.deepEqual(only(bench.failed(4), 'unhealthy'), []);
  bench.wait();
  const actions = bench.opened(5);
  assert.deepEqual(kinds(actions).slice(0, 2), ['emit', 'healthy']);
  assert.deepEqual(only(actions, 'load'), [{ kind: 'load', priority: 'normal', limit: 200 }]);
  assert.equal(bench.scheduler.snapshot().openFailures, 0);
});

test('no open retries: the first failure is the last', () => {
  const bench = new Bench(retrying(0));
  bench.secured(copyOf(1));
  assert.equal(only(bench.failed(1), 'unhealthy').length, 1);
});

test('a peer that calls us is tried at once, but not over and over', () => {
  const bench = new Bench();
  bench.secured(copyOf(1));
  bench.failed(1);
  bench.now = instant(60_000);
  assert.deepEqual(kinds(bench.do({ kind: 'peer-called' })), ['open-association']);
  bench.failed(2);
  bench.now = instant(61_000);
  assert.deepEqual(bench.do({ kind: 'peer-called' }), []);
  const { actions, waited } = bench.wait();
  assert.deepEqual([kinds(actions), waited], [['open-association'], 9_000]);
});

test('connect-now calls at once, with or without anything to send', () => {
  const bench = new Bench();
  assert.deepEqual(kinds(bench.do({ kind: 'connect-now' })), ['open-association']);
  bench.failed(1);
  assert.equal(bench.scheduler.nextTimeout(), undefined);
  assert.deepEqual(kinds(bench.do({ kind: 'connect-now' })), ['open-association']);
});

test('one more association for every 50 that wait, nine at most, none before the first stands', () => {
  const bench = new Bench();
  const first = bench.secured(...Array.from({ length: 51 }, (_, index) => copyOf(index)));
  assert.deepEqual(kinds(first), ['open-association']);
  assert.deepEqual(kinds(bench.opened(1)), ['start-transfer', 'open-association']);
  assert.deepEqual(kinds(bench.secured(copyOf(51))), []);
  const many = bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 1000 });
  assert.equal(only(many, 'open-association').length, 7);
  assert.equal(bench.scheduler.snapshot().associations.opening, 8);
  const threshold1 = new Bench(pool(10, 1));
  threshold1.secured(...[1, 2, 3].map((copy) => copyOf(copy)));
  assert.deepEqual(kinds(threshold1.opened(1)), ['start-transfer', 'open-association', 'open-association']);
});

test('the last association is for urgent messages and reports, which open one below the threshold', () => {
  const bench = new Bench(pool(3, 1));
  bench.secured(...Array.from({ length: 10 }, (_, index) => copyOf(index)));
  bench.opened(1);
  bench.opened(2);
  assert.equal(bench.scheduler.snapshot().associations.transferring, 2);
  assert.deepEqual(kinds(bench.secured(copyOf(100, { kind: 'report' }))), ['open-association']);
  assert.deepEqual(started(bench.opened(3)), [100]);
  assert.deepEqual(kinds(bench.confirmed(3, 100)), []);
  assert.deepEqual(started(bench.secured(copyOf(101, { priority: 'urgent' }))), [101]);
  const calm = new Bench();
  calm.secured(copyOf(1));
  calm.opened(1);
  assert.deepEqual(calm.secured(copyOf(2)), []);
  assert.deepEqual(kinds(calm.secured(copyOf(3, { priority: 'urgent' }))), ['open-association']);
});

test('a peer that takes no more associations stops the growth, not the link', () => {
  const bench = new Bench(pool(5, 1));
  bench.secured(copyOf(1), copyOf(2), copyOf(3));
  bench.opened(1);
  bench.failed(2);
  bench.failed(3);
  assert.equal(bench.scheduler.snapshot().openFailures, 0);
  assert.deepEqual(started(bench.confirmed(1, 1)), [2]);
  assert.deepEqual(kinds(bench.secured(copyOf(4))), []);
  let actions: readonly SchedulerAction[] = [];
  while (only(actions, 'open-association').length === 0) actions = bench.wait().actions;
  assert.ok(isJittered(bench.now, 600_000), `${bench.now}`);
});

test('urgent first, lower ones never starve', () => {
  const bench = new Bench(pool(1, 1000));
  for (let index = 0; index < 60; index += 1) {
    bench.secured(copyOf(index, { priority: 'urgent' }));
    bench.secured(copyOf(100 + index), copyOf(200 + index, { priority: 'non-urgent' }));
  }
  const order: number[] = started(bench.opened(1)).slice();
  while (order.length < 180) order.push(...started(bench.confirmed(1, order.at(-1) ?? 0)));
  assert.ok(order.slice(0, 16).every((copy) => copy < 100));
  assert.equal(order[16], 100);
  const firstLowest = order.findIndex((copy) => copy >= 200);
  assert.ok(firstLowest > 0 && firstLowest < 160, `${firstLowest}`);
  assert.equal(new Set(order).size, 180);
  for (const low of [0, 100, 200]) {
    const level = order.filter((copy) => copy >= low && copy < low + 60);
    assert.deepEqual(
      level,
      [...level].sort((a, b) => a - b),
    );
  }
});

test('a copy that fails for the time being waits on its own clock, and later ones pass', () => {
  const bench = new Bench(pool(1, 50));
  bench.secured(copyOf(1), copyOf(2));
  bench.opened(1);
  const actions = bench.broke(1, 1, 'transient');
  const [attempt] = only(actions, 'record-attempt');
  assert.deepEqual([attempt.copy, attempt.counts, attempt.handBack], [1, true, true]);
  assert.ok(isJittered(attempt.notBefore ?? 0, 120_000));
  assert.deepEqual(started(actions), [2]);
  bench.confirmed(1, 2);
  const { actions: due } = bench.wait();
  assert.equal(bench.now, attempt.notBefore);
  assert.deepEqual(kinds(due), ['load', 'load', 'load']);
  assert.deepEqual(started(bench.loaded('normal', [copyOf(1, { attempts: 1 })])), [1]);
});

test('transfer retries run out: alternates for this copy; the link is unhealthy only if nothing gets through', () => {
  const bench = new Bench(pool(1, 50));
  bench.secured(
    copyOf(1, { attempts: 1 }),
    copyOf(2, { attempts: 2 }),
    copyOf(3),
    copyOf(4, { attempts: 2 }),
  );
  bench.opened(1);
  assert.deepEqual(only(bench.broke(1, 1, 'transient'), 'try-alternates'), []);
  const second = bench.broke(1, 2, 'transient');
  assert.deepEqual(only(second, 'try-alternates'), [{ kind: 'try-alternates', copy: 2 }]);
  assert.deepEqual(only(second, 'unhealthy'), []);
  bench.broke(1, 3, 'transient');
  const fourth = bench.broke(1, 4, 'transient');
  assert.equal(only(fourth, 'unhealthy').length, 1);
  assert.equal(bench.scheduler.snapshot().healthy, false);
  bench.secured(copyOf(5));
  assert.equal(only(bench.confirmed(1, 5), 'healthy').length, 1);
});

test('an attempt that made progress, or ended with the association, does not count', () => {
  const bench = new Bench(pool(1, 50));
  bench.secured(copyOf(1, { attempts: 2 }), copyOf(2));
  bench.opened(1);
  const progressed = bench.broke(1, 1, 'progressed');
  assert.deepEqual(
    only(progressed, 'record-attempt').map(({ counts, handBack }) => [counts, handBack]),
    [[false, false]],
  );
  assert.deepEqual(started(progressed), [1]);
  const lost = bench.lost(1);
  assert.equal(only(lost, 'record-attempt')[0].counts, false);
  assert.deepEqual([only(lost, 'try-alternates'), kinds(lost).at(-1)], [[], 'open-association']);
  assert.deepEqual(started(bench.opened(2)), [1]);
  const again = only(bench.lost(2), 'record-attempt')[0];
  assert.deepEqual([again.counts, again.handBack], [false, true]);
});

test('losses in a row: called again at once, after 2, 5, 10 s and more, up to the interval; then they count', () => {
  const bench = new Bench(retrying(3));
  bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 5 });
  const waits: number[] = [];
  let association = 1;
  let unhealthy = false;
  for (; association < 20 && !unhealthy; association += 1) {
    bench.opened(association);
    const actions = bench.lost(association);
    unhealthy = only(actions, 'unhealthy').length > 0;
    waits.push(only(actions, 'open-association').length > 0 ? 0 : bench.wait().waited);
  }
  const expected = [0, 2, 5, 10, 20, 40, 80, 160].map((value) => value * 1000);
  assert.equal(waits.length, 8);
  for (const [index, wait] of waits.entries()) assert.ok(isJittered(wait, expected[index]), `${waits}`);
});

test('an expired copy is not sent, and is handed out to be reported', () => {
  const bench = new Bench(pool(1, 50));
  bench.secured(copyOf(1), copyOf(2, { expiresAt: instant(1000) }), copyOf(3));
  bench.opened(1);
  bench.now = instant(2000);
  const actions = bench.confirmed(1, 1);
  assert.deepEqual(only(actions, 'expired'), [{ kind: 'expired', copy: 2 }]);
  assert.deepEqual(started(actions), [3]);
});

test('disabled: nothing is opened, what is in transfer may end; enabled again: called at once', () => {
  const bench = new Bench(pool(3, 1));
  bench.secured(copyOf(1), copyOf(2), copyOf(3), copyOf(4));
  bench.opened(1);
  const actions = bench.do({ kind: 'disable', by: 'operator' });
  assert.deepEqual(kinds(actions), ['emit', 'abort-association', 'release-claims']);
  assert.deepEqual(bench.secured(copyOf(5)), [{ kind: 'release-claims', copies: [5] }]);
  assert.deepEqual(kinds(bench.confirmed(1, 1)), ['close-association']);
  bench.do({ kind: 'association-closed', association: 1 });
  assert.equal(bench.scheduler.nextTimeout(), undefined);
  assert.deepEqual(kinds(bench.do({ kind: 'enable' })), ['emit', 'open-association', 'load']);
});

test('stop: transfers end, associations are released, then it is drained', () => {
  const bench = new Bench();
  bench.secured(copyOf(1), copyOf(2));
  bench.opened(1);
  assert.deepEqual(bench.do({ kind: 'stop' }), [{ kind: 'release-claims', copies: [2] }]);
  assert.deepEqual(kinds(bench.confirmed(1, 1)), ['close-association']);
  assert.equal(bench.scheduler.drained, false);
  bench.do({ kind: 'association-closed', association: 1 });
  assert.ok(bench.scheduler.drained);
});

test('a peer without an address is never called', () => {
  const bench = new Bench({ ...defaults, callable: false });
  assert.equal(bench.scheduler.wouldTake('normal', bench.now), false);
  assert.deepEqual(bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 5 }), []);
  assert.deepEqual(bench.do({ kind: 'connect-now' }), []);
  assert.equal(bench.scheduler.nextTimeout(), undefined);
  assert.equal(bench.scheduler.snapshot().state, 'answering-only');
});

test('only a window of the queue is asked for, and more when half of it is gone', () => {
  const bench = new Bench(pool(1, 50));
  const first = bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 100_000 });
  assert.deepEqual(only(first, 'load'), [{ kind: 'load', priority: 'normal', limit: 200 }]);
  bench.opened(1);
  let actions = bench.loaded(
    'normal',
    Array.from({ length: 200 }, (_, index) => copyOf(index)),
    true,
  );
  let copy = started(actions)[0];
  let confirmed = 0;
  while (only(actions, 'load').length === 0) {
    actions = bench.confirmed(1, copy);
    copy = started(actions)[0];
    confirmed += 1;
  }
  assert.equal(confirmed, 99);
  assert.deepEqual(only(actions, 'load'), [{ kind: 'load', priority: 'normal', limit: 100 }]);
});

test('what is announced while a load is under way is not forgotten when it comes back empty', () => {
  const bench = new Bench();
  bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 1 });
  bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 1 });
  bench.opened(1);
  const actions = bench.loaded('normal', []);
  assert.deepEqual(kinds(actions), ['load']);
  assert.deepEqual(kinds(bench.loaded('normal', [])), []);
});

test('what is said about associations and transfers of the past is ignored', () => {
  const bench = new Bench();
  bench.secured(copyOf(1));
  bench.opened(1);
  bench.confirmed(1, 1);
  const before = bench.scheduler.snapshot();
  for (const actions of [
    bench.confirmed(1, 1),
    bench.broke(1, 1, 'transient'),
    bench.lost(99),
    bench.failed(1),
    bench.opened(1),
  ]) {
    assert.deepEqual(actions, []);
  }
  assert.deepEqual(bench.scheduler.snapshot(), before);
});

test('a copy that an operator took away is not sent', () => {
  const bench = new Bench(pool(1, 50));
  bench.secured(copyOf(1), copyOf(2), copyOf(3));
  bench.opened(1);
  bench.do({ kind: 'copy-withdrawn', copy: 2 });
  assert.deepEqual(started(bench.confirmed(1, 1)), [3]);
});

test('100,000 copies over ten associations in less than 2 s', () => {
  const bench = new Bench(pool(10, 1));
  const start = process.hrtime.bigint();
  let next = 0;
  const busy = new Map<number, number>();
  const note = (actions: readonly SchedulerAction[]) => {
    for (const action of actions) {
      if (action.kind === 'start-transfer') busy.set(action.association, action.copy);
      if (action.kind === 'open-association') opening.push(action.association);
    }
  };
  const opening: number[] = [];
  while (next < 100_000 || busy.size > 0) {
    while (
      next < 100_000 &&
      bench.scheduler.wouldTake('normal', bench.now) &&
      busy.size + opening.length < 30
    ) {
      if (bench.scheduler.snapshot().waiting > 50) break;
      note(bench.secured(copyOf(next)));
      next += 1;
    }
    const association = opening.shift();
    if (association !== undefined) note(bench.opened(association));
    for (const [number, copy] of [...busy]) {
      busy.delete(number);
      note(bench.confirmed(number, copy));
    }
  }
  const took_ms = Number(process.hrtime.bigint() - start) / 1e6;
  assert.ok(took_ms < 2000, `${took_ms} ms`);
  assert.equal(millis(bench.scheduler.snapshot().waiting), 0);
});
