// One link's scheduler against a world that fails at random, on virtual time, from printed seeds. The checker
// knows where every copy is, and that it is there only; that bounds are kept; and that the queue drains once
// the world heals.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Random, seededRandom } from '../base/random.ts';
import { after, type Instant, instant, millis, seconds } from '../base/time.ts';
import type { MessageKind, Priority } from '../store/port.ts';
import { LinkScheduler } from './link-scheduler.ts';
import type { LinkSchedule, ScheduledCopy, SchedulerAction, SchedulerInput } from './service.ts';
import { levelOf, prioritiesInOrder } from './window.ts';

type Place = 'store' | 'securing' | 'loading' | 'scheduler' | 'transfer' | 'ended' | 'gone';
interface Copy extends ScheduledCopy {
  place: Place;
  attempts: number;
  notBefore: Instant;
}
interface Happening {
  readonly at: Instant;
  readonly order: number;
  readonly run: () => void;
}

const hour = 3_600_000;

/** The store, the peer and the network, as far as the scheduler can tell. */
class World {
  readonly random: Random;
  readonly scheduler: LinkScheduler;
  readonly schedule: LinkSchedule;
  readonly copies: Copy[] = [];
  /** Associations that the world believes in, with the copy in transfer. */
  readonly associations = new Map<number, Copy | 'opening' | undefined>();
  readonly happenings: Happening[] = [];
  now: Instant = instant(0);
  #order = 0;
  healed = false;
  readonly expiredLate: Instant[] = [];
  opens = 0;

  constructor(seed: number, more: (random: Random) => Partial<LinkSchedule> = () => ({})) {
    this.random = seededRandom(seed);
    const { random } = this;
    this.schedule = {
      name: 'link',
      enabled: true,
      callable: true,
      retry: {
        openInterval: seconds(random.between(1, 600)),
        openRetries: random.between(0, 5),
        transferInterval: seconds(random.between(1, 120)),
        transferRetries: random.between(0, 3),
      },
      associations: {
        max: random.between(1, 10),
        threshold: random.between(1, 50),
        lifetime: seconds(random.between(1, 300)),
        disconnect: seconds(random.between(1, 120)),
      },
      window: { copies: random.between(2, 40), octets: 100_000 },
      ...more(random),
    };
    this.scheduler = new LinkScheduler(this.schedule, seededRandom(seed + 1));
  }

  later(delay_max_ms: number, run: () => void): void {
    const at = after(this.now, millis(this.random.between(0, delay_max_ms)));
    this.#order += 1;
    this.happenings.push({ at, order: this.#order, run });
  }

  tell(input: SchedulerInput): void {
    for (const action of this.scheduler.handle(input, this.now)) this.perform(action);
    this.check();
  }

  submit(): void {
    const { random } = this;
    const copy: Copy = {
      copy: this.copies.length,
      kind: random.pick<MessageKind>(['message', 'message', 'report', 'probe']),
      priority: random.pick<Priority>(prioritiesInOrder),
      octets: random.between(100, 20_000),
      acceptedAt: this.now,
      expiresAt: after(this.now, millis(random.between(hour, 100 * hour))),
      attempts: 0,
      place: 'store',
      notBefore: instant(0),
    };
    this.copies.push(copy);
    if (!this.scheduler.wouldTake(copy.priority, this.now)) {
      this.tell({ kind: 'copies-waiting', priority: copy.priority, copies: 1 });
      return;
    }
    copy.place = 'securing';
    this.later(20, () => {
      copy.place = 'scheduler';
      this.tell({ kind: 'copy-secured', copy: { ...copy } });
    });
  }

  perform(action: SchedulerAction): void {
    switch (action.kind) {
      case 'open-association':
        this.opens += 1;
        assert.ok(![...this.associations.keys()].includes(action.association), 'numbers are never reused');
        this.associations.set(action.association, 'opening');
        this.later(3000, () => this.openingEnds(action.association));
        break;
      case 'start-transfer':
        this.startTransfer(action.association, this.inPlace(action.copy, 'scheduler'));
        break;
      case 'close-association':
        assert.equal(this.associations.get(action.association), undefined);
        if (this.random.chance(0.8))
          this.later(1000, () => this.ends(action.association, 'association-closed'));
        break;
      case 'abort-association':
        this.associations.delete(action.association);
        break;
      case 'load':
        this.load(action.priority, action.limit);
        break;
      case 'record-attempt': {
        const copy = this.inPlace(action.copy, 'ended');
        if (action.counts) copy.attempts += 1;
        if (action.notBefore !== undefined) copy.notBefore = action.notBefore;
        copy.place = action.handBack ? 'store' : 'scheduler';
        break;
      }
      case 'release-claims':
        for (const copy of action.copies) this.inPlace(copy, 'scheduler').place = 'store';
        break;
      case 'expired':
        assert.ok(this.inPlace(action.copy, 'scheduler').expiresAt <= this.now);
        this.copies[action.copy].place = 'gone';
        if (this.healed) this.expiredLate.push(this.now);
        break;
      case 'try-alternates':
        assert.equal(this.copies[action.copy].place, 'store');
        break;
      default:
    }
  }

  openingEnds(association: number): void {
    if (this.associations.get(association) !== 'opening') return;
    if (!this.healed && this.random.chance(0.5)) {
      this.associations.delete(association);
      this.tell({ kind: 'open-failed', association, failure: 'refused', detail: 'refused' });
      return;
    }
    this.associations.set(association, undefined);
    this.tell({ kind: 'association-opened', association });
    if (!this.healed && this.random.chance(0.5)) {
      this.later(60_000, () => this.ends(association, 'association-lost'));
    }
  }

  startTransfer(association: number, copy: Copy): void {
    assert.ok(this.associations.has(association) && this.associations.get(association) === undefined);
    assert.ok(copy.expiresAt > this.now, 'nothing expired is sent');
    this.associations.set(association, copy);
    copy.place = 'transfer';
    this.later(2000, () => {
      if (this.associations.get(association) !== copy) return;
      this.associations.set(association, undefined);
      const fails = !this.healed && this.random.chance(0.4);
      const failure = this.random.pick(['transient', 'transient', 'progressed', 'permanent'] as const);
      copy.place = fails && failure !== 'permanent' ? 'ended' : 'gone';
      this.tell(
        fails
          ? { kind: 'transfer-failed', association, copy: copy.copy, failure, detail: failure }
          : { kind: 'transfer-confirmed', association, copy: copy.copy },
      );
    });
  }

  ends(association: number, kind: 'association-closed' | 'association-lost'): void {
    const copy = this.associations.get(association);
    if (!this.associations.delete(association)) return;
    if (typeof copy === 'object') copy.place = 'ended';
    this.tell({ kind, association, detail: kind, progressed: this.random.chance(0.2) });
  }

  load(priority: Priority, limit: number): void {
    assert.ok(limit > 0 && limit <= (this.schedule.window?.copies ?? 0));
    this.later(50, () => {
      if (!this.healed && this.random.chance(0.1)) {
        this.tell({ kind: 'load-failed', priority });
        return;
      }
      const inStore = this.copies.filter((copy) => copy.place === 'store');
      const due = inStore.filter((copy) => copy.priority === priority && copy.notBefore <= this.now);
      const claimed = due.slice(0, limit);
      const future = inStore.map((copy) => copy.notBefore).filter((at) => at > this.now);
      for (const copy of claimed) copy.place = 'loading';
      this.later(20, () => {
        for (const copy of claimed) copy.place = 'scheduler';
        const nextDue = future.length === 0 ? undefined : instant(Math.min(...future));
        const copies = claimed.map((copy) => ({ ...copy }));
        this.tell({ kind: 'copies-loaded', priority, copies, more: due.length > limit, nextDue });
      });
    });
  }

  inPlace(copy: number, place: Place): Copy {
    assert.equal(this.copies[copy].place, place, `copy ${copy}`);
    return this.copies[copy];
  }

  check(): void {
    const snapshot = this.scheduler.snapshot();
    const here = this.copies.filter((copy) => copy.place === 'scheduler');
    const moving = this.copies.filter((copy) => copy.place === 'transfer');
    const { max } = this.schedule.associations;
    const { opening, idle, transferring, closing } = snapshot.associations;
    assert.equal(snapshot.waiting, here.length, 'the scheduler has what it was handed');
    assert.equal(transferring, moving.length);
    assert.ok(opening + idle + transferring + closing <= max);
    assert.ok(moving.filter((copy) => levelOf(copy) !== 'urgent').length <= Math.max(1, max - 1));
    const window = this.schedule.window?.copies ?? 0;
    for (const priority of prioritiesInOrder) {
      const count = here.filter((copy) => copy.priority === priority).length;
      assert.ok(count <= window + 60, `${count} of a window of ${window}`);
    }
    const next = this.scheduler.nextTimeout();
    assert.ok(next === undefined || next > this.now, 'a timeout lies ahead');
  }

  /** Runs until nothing happens any more, or until then. */
  run(until: Instant): void {
    for (;;) {
      this.happenings.sort((a, b) => a.at - b.at || a.order - b.order);
      const timeout = this.scheduler.nextTimeout();
      const first = this.happenings[0];
      const next = Math.min(first?.at ?? Number.POSITIVE_INFINITY, timeout ?? Number.POSITIVE_INFINITY);
      if (!(next <= until)) break;
      this.now = instant(next);
      if (first !== undefined && first.at <= next) {
        this.happenings.shift();
        first.run();
      } else {
        this.tell({ kind: 'timer' });
      }
    }
    this.now = until;
  }
}

test('60 worlds: no copy is lost or doubled, bounds are kept, the queue drains when the world heals', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const world = new World(seed);
    try {
      const { random } = world;
      for (let step = 0; step < 60; step += 1) {
        const burst = random.chance(0.2) ? random.between(0, 30) : 1;
        for (let count = 0; count < burst; count += 1) world.submit();
        if (random.chance(0.05)) world.tell({ kind: 'peer-called' });
        if (random.chance(0.03)) world.tell({ kind: 'disable' });
        if (random.chance(0.2)) world.tell({ kind: 'enable' });
        if (random.chance(0.02)) world.tell({ kind: 'connect-now' });
        world.run(after(world.now, millis(random.between(0, 20_000))));
      }
      world.healed = true;
      world.tell({ kind: 'enable' });
      world.run(after(world.now, millis(3 * hour)));
      const left = world.copies.filter((copy) => copy.place !== 'gone');
      assert.deepEqual(
        left.map((copy) => [copy.copy, copy.place]),
        [],
      );
      assert.ok(world.scheduler.drained, 'idle associations are closed');
      assert.equal(world.scheduler.nextTimeout(), undefined);
      assert.ok(world.scheduler.snapshot().healthy);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});

/** Hours and batches of a link at random; a window has at least an hour. */
function scheduled(random: Random): Partial<LinkSchedule> {
  const from = random.between(0, 7 * 24 * 60 - 61);
  const ranges = [{ from, to: Math.min(7 * 24 * 60, from + random.between(60, 2000)) }];
  const batch = () => ({
    messages: random.between(1, 30),
    octets: random.pick([0, 20_000]),
    age: seconds(random.between(0, 7200)),
  });
  return {
    hours: {
      style: random.pick(['times', 'poll', 'always'] as const),
      times: [{ ranges }],
      timeZone: random.pick(['UTC', 'Europe/London', 'Pacific/Chatham']),
      pollInterval: seconds(random.between(60, 7200)),
      urgentIgnoresSchedule: random.chance(0.5),
    },
    batch: { urgent: batch(), normal: batch(), 'non-urgent': batch() },
  };
}

test('60 worlds with hours, batches, limits: nothing lost, nothing called out of hours, all drains', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const world = new World(seed, scheduled);
    try {
      const { random } = world;
      for (let step = 0; step < 60; step += 1) {
        for (let count = random.between(0, 3); count > 0; count -= 1) world.submit();
        if (random.chance(0.05)) world.tell({ kind: 'peer-called' });
        if (random.chance(0.05)) {
          const until = after(world.now, millis(random.between(0, 10 * hour)));
          world.tell({ kind: 'limit', limit: { priorities: ['urgent'], until } });
        }
        const before = world.opens;
        const { permission } = world.scheduler.snapshot().hours;
        const { changesAt = instant(Number.POSITIVE_INFINITY) } = world.scheduler.snapshot().hours;
        world.run(after(world.now, millis(random.between(0, hour))));
        if (permission === 'none' && world.now < changesAt) assert.equal(world.opens, before);
      }
      world.healed = true;
      const healed = world.now;
      world.run(after(world.now, millis(9 * 24 * hour)));
      const left = world.copies.filter((copy) => copy.place !== 'gone');
      assert.deepEqual(
        left.map((copy) => [copy.copy, copy.place]),
        [],
      );
      // A batch is complete when its oldest is two hours old, and a limit over after ten: then nothing stays.
      if (world.schedule.hours?.style === 'always') {
        const stuck = world.expiredLate.filter((at) => at > healed + 14 * hour);
        assert.deepEqual(stuck, []);
      }
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});
