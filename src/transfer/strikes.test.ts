// Strikes of copies: three in one stage set a copy aside, with reason and dump, over restarts; strikes of
// different stages do not add up; success and an operator clear them; of many that were in hand at a death
// only the guilty ends in quarantine.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DumpsInMemory, InHandInMemory } from '../../test/support/in-hand.ts';
import {
  arrivingMessage,
  ClockInHand,
  envelopeOf,
  judgeParts,
  listening,
  now,
  quiet,
} from '../../test/support/transfer.ts';
import { type CopyId, openMemoryStore, type QueuedCopy } from '../store/index.ts';
import { memoryDisk } from '../store/memory/store.ts';
import { judgeArrival } from './judge-arrival.ts';
import { Ledger } from './ledger.ts';
import type { Stage } from './poison-ports.ts';
import { Strikes } from './strikes.ts';

class Bench {
  readonly clock = new ClockInHand();
  readonly disk = memoryDisk();
  readonly heard = listening();
  readonly dumps = new DumpsInMemory();
  inHand = new InHandInMemory();
  ledger = this.#ledger();
  strikes = this.#strikes();

  #ledger(): Ledger {
    const { clock, disk } = this;
    const store = openMemoryStore({ disk, now: () => clock.now() });
    return new Ledger({ store, clock, emit: this.heard.emit, owner: 'me', directory: '/d' });
  }

  #strikes(): Strikes {
    const { ledger, clock, inHand, dumps } = this;
    return new Strikes({ ledger, clock, emit: this.heard.emit, inHand, dumps });
  }

  /** The process dies and is started again. Resolves to whom to try alone. */
  async die(): Promise<readonly CopyId[]> {
    await quiet();
    this.inHand = new InHandInMemory(this.inHand);
    this.ledger = this.#ledger();
    this.strikes = this.#strikes();
    const alone = await this.strikes.recall();
    await quiet();
    return alone;
  }

  async queue(count: number): Promise<readonly QueuedCopy[]> {
    for (let each = 0; each < count; each += 1) {
      const arriving = arrivingMessage(envelopeOf([{ to: '/S=one/P=X/A= /C=GB/' }]));
      const result = await this.ledger.commit({ create: judgeArrival(judgeParts(), arriving, now).create });
      assert.ok(result.ok);
    }
    return Promise.all([...this.disk.copies.keys()].map((copy) => this.shown(copy)));
  }

  async shown(copy: CopyId): Promise<QueuedCopy> {
    const shown = await this.ledger.store.show(copy);
    assert.ok(shown !== undefined);
    return shown;
  }

  fail(copy: QueuedCopy, stage: Stage) {
    return this.strikes.failed(copy, { stage, error: new Error('a contradiction') }, 'holder');
  }

  quarantined() {
    return this.heard.told.filter(([name]) => name === 'quarantined').map(([, fields]) => fields);
  }
}

test('twice it waits for its own time; the third time it is set aside with reason and dump', async () => {
  const bench = new Bench();
  const [copy] = await bench.queue(1);
  for (const count of [1, 2]) {
    assert.equal(await bench.fail(copy, 'transfer-out'), bench.clock.now() + 60_000);
    assert.equal((await bench.shown(copy.copy)).attempts, count);
    assert.ok(bench.strikes.resting('transfer-out', copy.copy));
    await bench.clock.pass(60_000);
    assert.ok(!bench.strikes.resting('transfer-out', copy.copy));
  }
  assert.equal(await bench.fail(copy, 'transfer-out'), undefined);
  const shown = await bench.shown(copy.copy);
  assert.equal(shown.state, 'quarantined');
  const detail = 'failed 3 times in transfer-out: Error: a contradiction';
  assert.equal(shown.lastError, `${detail}; dump: /dumps/copy-${copy.copy}.txt`);
  const [told, ...more] = bench.quarantined();
  assert.deepEqual([told.detail, told.stage, more.length], [detail, 'transfer-out', 0]);
  const [dump] = bench.dumps.written;
  assert.deepEqual(dump.octets, copy.envelope);
  assert.match(dump.text, /a contradiction\n.*at /s);
  const tracked = bench.disk.tracking.filter(({ act }) => act === 'quarantined');
  assert.equal(tracked[0]?.detail.dump, told.dump);
  assert.equal(bench.disk.strikes.size, 0);
});

test('strikes in different stages do not add up', async () => {
  const bench = new Bench();
  const [copy] = await bench.queue(1);
  for (const stage of ['transfer-out', 'routing', 'delivery', 'report'] as const) {
    for (const _ of [1, 2]) assert.ok((await bench.fail(copy, stage)) !== undefined, stage);
  }
  assert.equal((await bench.shown(copy.copy)).state, 'queued');
  assert.equal(await bench.fail(copy, 'report'), undefined);
});

test('strikes outlive the process; what ended orderly, and an operator, clear them', async () => {
  const bench = new Bench();
  const [copy] = await bench.queue(1);
  await bench.fail(copy, 'delivery');
  await bench.fail(copy, 'delivery');
  assert.deepEqual(await bench.die(), [copy.copy]);
  assert.equal(
    bench.strikes.during('delivery', copy.copy, () => 7),
    7,
  );
  assert.ok((await bench.fail(copy, 'delivery')) !== undefined, 'the first again');
  await bench.fail(copy, 'delivery');
  bench.strikes.forgive(copy.copy);
  assert.deepEqual(await bench.die(), []);
  assert.ok((await bench.fail(copy, 'delivery')) !== undefined, 'the first again');
});

test('a step that throws is in hand while it lasts, and keeps its strikes', async () => {
  const bench = new Bench();
  const [copy] = await bench.queue(1);
  await bench.fail(copy, 'routing');
  assert.throws(() =>
    bench.strikes.during('routing', copy.copy, () => {
      assert.deepEqual(
        [...bench.inHand.now.values()],
        [{ stage: 'routing', subject: `copy/${copy.copy}/routing` }],
      );
      throw new Error('a contradiction');
    }),
  );
  assert.equal(bench.inHand.now.size, 0);
  assert.equal(bench.disk.strikes.size, 1);
});

test('of fifteen in hand at each death the guilty one is found; no innocent is set aside', async () => {
  for (const guilty of [0, 7, 14]) {
    const bench = new Bench();
    const copies = await bench.queue(15);
    const poison = copies[guilty].copy;
    let alone: readonly CopyId[] = [];
    let deaths = 0;
    const dies = (copy: CopyId): boolean => {
      const letGo = bench.strikes.begin('delivery', copy);
      if (copy === poison) return true;
      bench.strikes.passed('delivery', copy);
      letGo();
      return false;
    };
    for (; deaths < 10 && bench.quarantined().length === 0; deaths += 1) {
      // One at a time; if all those survive, everything that is left at once.
      if (!alone.some(dies)) for (const { copy } of copies) bench.strikes.begin('delivery', copy);
      alone = await bench.die();
    }
    assert.deepEqual([deaths, bench.quarantined()[0]?.copy], [3, poison]);
    for (const { copy } of copies) {
      assert.equal((await bench.shown(copy)).state, copy === poison ? 'quarantined' : 'queued');
    }
    assert.ok(!alone.includes(poison), 'never taken up by itself again');
    assert.ok(alone.every((copy) => !dies(copy)));
    assert.deepEqual(await bench.die(), []);
    assert.equal((await bench.shown(poison)).state, 'quarantined');
  }
});

test('strikes of a copy that is gone are forgotten', async () => {
  const bench = new Bench();
  const [copy] = await bench.queue(1);
  await bench.fail(copy, 'delivery');
  await bench.ledger.commit({ finish: [copy.copy] });
  assert.deepEqual(await bench.die(), []);
  assert.equal(bench.disk.strikes.size, 0);
});
