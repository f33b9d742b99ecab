// Arrivals that make us fail: twice refused for the time being, the third time for good and with a dump,
// over restarts; afterwards unread. Other octets, and other links, are not meant.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DumpsInMemory, InHandInMemory } from '../../test/support/in-hand.ts';
import { ClockInHand, listening, quiet } from '../../test/support/transfer.ts';
import { atOnce } from '../base/steps.ts';
import type { EnvelopePrefix } from '../p1/index.ts';
import { openMemoryStore } from '../store/index.ts';
import { memoryDisk } from '../store/memory/store.ts';
import type { ArrivedOctets } from './arrival-guard.ts';
import { Ledger } from './ledger.ts';
import { Strikes } from './strikes.ts';

const poison = { octets: Uint8Array.of(1, 2, 3), link: 'b', front: false };
const clock = new ClockInHand();
const fails = (): never => {
  throw new Error('a contradiction');
};

class Bench {
  readonly disk = memoryDisk();
  readonly heard = listening();
  readonly dumps = new DumpsInMemory();
  inHand = new InHandInMemory();
  strikes = this.#strikes();
  read = 0;
  mistaken = 0;

  #strikes(): Strikes {
    const { dumps, inHand } = this;
    const { emit } = this.heard;
    const store = openMemoryStore({ disk: this.disk, now: () => clock.now() });
    const ledger = new Ledger({ store, clock, emit, owner: 'me', directory: '/d' });
    return new Strikes({ ledger, clock, emit, inHand, dumps });
  }

  async die(): Promise<void> {
    await quiet();
    this.inHand = new InHandInMemory(this.inHand);
    this.strikes = this.#strikes();
    await this.strikes.recall();
  }

  /** What the peer hears. */
  async arrive(arrived: ArrivedOctets, work: () => void): Promise<'secured' | 'later' | 'for good'> {
    const verdict = await this.strikes.arrivals.guard(arrived, {
      accept: async (held) => {
        this.read += 1;
        await quiet();
        held(work);
        return { ok: true };
      },
      mistaken: () => {
        this.mistaken += 1;
      },
    });
    await quiet();
    if (verdict.ok) return 'secured';
    return verdict.transient ? 'later' : 'for good';
  }

  quarantined() {
    return this.heard.told.filter(([name]) => name === 'quarantined').map(([, fields]) => fields);
  }
}

test('twice later, then for good and told once; repetitions are not read again', async () => {
  const bench = new Bench();
  assert.equal(await bench.arrive(poison, fails), 'later');
  await bench.die();
  assert.equal(await bench.arrive(poison, fails), 'later');
  assert.equal(bench.mistaken, 2, 'each costs its association');
  assert.equal(await bench.arrive(poison, fails), 'for good');
  assert.equal(bench.read, 3);
  for (const _ of [1, 2, 3]) assert.equal(await bench.arrive(poison, fails), 'for good');
  await bench.die();
  assert.equal(await bench.arrive(poison, fails), 'for good');
  assert.equal(bench.read, 3);
  const [told, again, ...more] = bench.quarantined();
  assert.match(String(told.detail), /failed 3 times in transfer-in, refused for good: .*a contradiction/);
  assert.ok(again !== undefined && more.length === 0, 'once a process');
  assert.deepEqual(bench.dumps.written[0].octets, poison.octets);
  assert.equal(told.dump, `/dumps/${bench.dumps.written[0].name}.txt`);
});

test('a death while it is decoded or judged counts; others are not meant', async () => {
  const bench = new Bench();
  const others = [
    { ...poison, octets: Uint8Array.of(1, 2, 4) },
    { ...poison, link: 'c' },
    { ...poison, front: true, octets: new Uint8Array(2000) },
  ];
  for (const _ of [1, 2, 3]) {
    for (const other of others) assert.equal(await bench.arrive(other, () => undefined), 'secured');
    let died = bench.inHand;
    void bench.strikes.arrivals.guard(poison, {
      accept: async (held) => {
        await quiet();
        held(() => {
          // As it stands when the process dies here.
          died = new InHandInMemory(bench.inHand);
        });
        return new Promise<never>(() => undefined);
      },
      mistaken: () => assert.fail('it died'),
    });
    await quiet();
    assert.deepEqual(
      died.left.map(({ stage }) => stage),
      ['transfer-in'],
    );
    for (const { stage, subject } of died.left) bench.inHand.begin(stage, subject);
    assert.equal(bench.inHand.now.size, 1);
    await bench.die();
  }
  assert.equal(await bench.arrive(poison, () => undefined), 'for good');
  for (const other of others) assert.equal(await bench.arrive(other, () => undefined), 'secured');
});

test('what is taken in orderly has its strikes cleared', async () => {
  const bench = new Bench();
  for (const _ of [1, 2, 3, 4]) {
    await bench.arrive(poison, fails);
    assert.equal(await bench.arrive(poison, () => undefined), 'secured');
  }
  assert.equal(bench.disk.strikes.size, 0);
});

test('the front of a large one: known by its first octets, malformed at the third time', async () => {
  const bench = new Bench();
  const front = (octets: number) => ({ octets: new Uint8Array(octets).fill(7), link: 'b', front: true });
  const { arrivals } = bench.strikes;
  const look = (at: ReturnType<typeof front>, find: () => EnvelopePrefix): EnvelopePrefix =>
    atOnce(
      arrivals.guardFront(at, function* () {
        yield;
        return find();
      }),
    );
  assert.throws(() => look(front(2000), fails), /a contradiction/);
  assert.throws(() => look(front(70_000), fails), /a contradiction/);
  assert.equal(look(front(4000), fails).kind, 'malformed');
  assert.equal(look(front(4000), () => ({ kind: 'whole' })).kind, 'malformed');
  assert.equal(await bench.arrive(front(2000), () => undefined), 'for good');
  const other = { ...front(2000), link: 'c' };
  assert.equal(look(other, () => ({ kind: 'whole' })).kind, 'whole');
  assert.equal(bench.quarantined().length, 1);
});

test('no more than a thousand are remembered', async () => {
  const bench = new Bench();
  for (let n = 0; n < 1010; n += 1) {
    await bench.strikes.arrivals.guard(
      { octets: Uint8Array.of(n >> 8, n), link: 'b', front: false },
      { accept: async () => fails(), mistaken: () => undefined },
    );
  }
  await quiet();
  assert.equal(bench.disk.strikes.size, 1000);
});
