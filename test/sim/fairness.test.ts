// Fairness on virtual time: what is urgent is under way no longer for a long queue and for large messages
// on its own link than its own round trips take; a large message holds up small ones of its priority for no
// longer than it takes to open another association; nobody feels the queue of another link; and a stream of
// urgent mail lets the rest go too.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Instant } from '../../src/base/time.ts';
import { transfer_patience_ms } from '../../src/scheduler/association-pool.ts';
import type { Priority } from '../../src/store/index.ts';
import { World } from './world.ts';

/** Milliseconds of the network, each way. */
const DELAY_MS = 50;
const SMALL = 500;
/** Checkpoints of 1 KiB, three of them in the window: 9 seconds under way. */
const LARGE = 256 * 1024;

/** As in the default of the configuration. */
const extra = 'associations: { max: 10 }';
const plans = [
  {
    name: 'A',
    links: [
      { to: 'B', extra },
      { to: 'C', extra },
    ],
  },
  { name: 'B', links: [{ to: 'A', extra }] },
  { name: 'C', links: [{ to: 'A', extra }] },
];

function world(seed: number): World {
  const made = new World(seed, plans);
  for (const other of ['B', 'C'] as const) {
    made.network.setWeather(['A', other], { delay: [DELAY_MS, DELAY_MS] });
  }
  return made;
}

interface Mail {
  readonly to: string;
  readonly octets: number;
  readonly priority: Priority;
}

/** Submits at A; resolves to the moment, and the identifier by which it is found again. */
async function send(at: World, { to, octets, priority }: Mail): Promise<readonly [string, Instant]> {
  const content = new Uint8Array(octets).fill(at.random.between(0, 255));
  const request = { to: [`/S=u/P=${to}/A= /C=GB/`], content, contentType: '2.6.1.10.1', priority };
  const submittedAt = at.now();
  let identifier: string | undefined;
  void at
    .mta('A')
    .submit(request)
    .then((taken) => {
      identifier = taken;
    });
  while (identifier === undefined) await at.pass(1);
  return [identifier, submittedAt];
}

/** Milliseconds that each of `count` messages is under way, one every `every_ms`. */
async function underWay(at: World, mail: Mail, { count = 20, every_ms = 400 } = {}): Promise<number[]> {
  const sent: (readonly [string, Instant])[] = [];
  for (let n = 0; n < count; n += 1) {
    sent.push(await send(at, mail));
    await at.pass(every_ms);
  }
  const times = (): number[] => {
    const arrivals = new Map(at.mta(mail.to).delivered.map((each) => [each.mtsIdentifier, each.at]));
    return sent.flatMap(([identifier, from]) => {
      const arrived = arrivals.get(identifier);
      return arrived === undefined ? [] : [arrived - from];
    });
  };
  for (let round = 0; round < 600 && times().length < count; round += 1) await at.pass(1000);
  assert.equal(times().length, count, 'all of them arrive');
  return times().sort((a, b) => a - b);
}

function told(t: TestContext, what: string, times: readonly number[]): string {
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)];
  const text = `${what}: median ${at(0.5)} ms, p99 ${at(0.99)} ms`;
  t.diagnostic(text);
  return text;
}

const worst = (times: readonly number[]): number => times.at(-1) ?? 0;

test('urgent mail is under way no longer for what is queued and in transfer on its link', async (t) => {
  const mail = { to: 'B', octets: SMALL, priority: 'urgent' } as const;
  const quiet = world(1);
  await send(quiet, { ...mail, priority: 'normal' });
  await quiet.pass(1000);
  const alone = await underWay(quiet, mail);
  await quiet.stop();

  const loaded = world(1);
  for (let n = 0; n < 12; n += 1) await send(loaded, { to: 'B', octets: LARGE, priority: 'normal' });
  for (let n = 0; n < 600; n += 1) {
    const priority = n % 2 === 0 ? 'normal' : 'non-urgent';
    void loaded.mta('A').submit({ to: ['/S=u/P=B/A= /C=GB/'], content: new Uint8Array(SMALL), priority });
  }
  await loaded.pass(1000);
  const among = await underWay(loaded, mail);
  const waiting = loaded.mta('A').disk.copies.size;
  const text = `${told(t, 'alone', alone)}; ${told(t, 'among others', among)}; ${waiting} wait at the end`;
  // One open of the association that is reserved, should it have been closed: three round trips.
  assert.ok(worst(among) <= worst(alone) + 6 * DELAY_MS + 50, text);
  await loaded.stop();
});

test('large messages take an association each, and small ones of their priority go by others', async (t) => {
  const mail = { to: 'B', octets: SMALL, priority: 'normal' } as const;
  const quiet = world(2);
  await send(quiet, mail);
  await quiet.pass(1000);
  const alone = await underWay(quiet, mail);
  await quiet.stop();
  const loaded = world(2);
  for (let n = 0; n < 3; n += 1) await send(loaded, { ...mail, octets: 6 * LARGE });
  const first = await underWay(loaded, mail, { count: 10 });
  const behind = told(t, 'behind three of 1.5 MiB', first);
  // Each of the three holds up what is behind it for as long as the scheduler is patient.
  assert.ok(worst(first) <= 3 * transfer_patience_ms + 2000, behind);
  const among = await underWay(loaded, mail);
  const text = `${told(t, 'alone', alone)}; ${told(t, 'beside them', among)}`;
  assert.ok(worst(among) <= worst(alone) + 50, text);
  assert.equal(loaded.mta('B').delivered.length, 30, 'the large ones are still under way');
  await loaded.stop();
});

test('a link does not feel the queue of another', async (t) => {
  const mail = { to: 'C', octets: SMALL, priority: 'normal' } as const;
  const quiet = world(3);
  await send(quiet, mail);
  await quiet.pass(1000);
  const alone = await underWay(quiet, mail);
  await quiet.stop();
  const loaded = world(3);
  await send(loaded, mail);
  for (let n = 0; n < 12; n += 1) await send(loaded, { ...mail, to: 'B', octets: LARGE });
  const content = new Uint8Array(SMALL);
  for (let n = 0; n < 600; n += 1) {
    void loaded.mta('A').submit({ to: ['/S=u/P=B/A= /C=GB/'], content, priority: 'urgent' });
  }
  await loaded.pass(1000);
  const among = await underWay(loaded, mail);
  const text = `${told(t, 'alone', alone)}; ${told(t, 'beside a link with 612 queued', among)}`;
  assert.ok(worst(among) <= worst(alone) + 50, text);
  await loaded.stop();
});

test('a stream of urgent mail lets the rest go too', async (t) => {
  const loaded = world(4);
  const content = new Uint8Array(SMALL);
  const to = ['/S=u/P=B/A= /C=GB/'];
  for (let n = 0; n < 800; n += 1) void loaded.mta('A').submit({ to, content, priority: 'urgent' });
  await loaded.pass(100);
  for (const priority of ['normal', 'non-urgent'] as const) {
    for (let n = 0; n < 20; n += 1) void loaded.mta('A').submit({ to, content, priority });
  }
  const mta = loaded.mta('A');
  const left = (priority: Priority): number =>
    [...mta.disk.copies.values()].filter(({ message }) => message.fields.priority === priority).length;
  await loaded.pass(100);
  while (left('normal') + left('non-urgent') > 0 && left('urgent') > 0) await loaded.pass(100);
  t.diagnostic(`${left('urgent')} urgent ones wait when the last of the others has gone`);
  assert.equal(left('normal') + left('non-urgent'), 0);
  assert.ok(left('urgent') > 100, `${left('urgent')} urgent ones are left`);
  await loaded.drain();
  loaded.checkLaws();
  await loaded.stop();
});
