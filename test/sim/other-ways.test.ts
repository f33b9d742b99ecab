// One message that a peer will not take for now, while everything else goes through: the link is well, and
// the message has had its retries. It goes by the alternate then, and nothing else does (the old MTA dropped
// the links at their most retries for this message before it chose among the rest).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, seconds } from '../../src/base/time.ts';
import { userAt, World } from './world.ts';
import type { VirtualMta } from './virtual-mta.ts';

const retry = 'retry: { openInterval: 10s, transferInterval: 5s, transferRetries: 2 }';
const towards = (to: string, cost: number) => ({
  to,
  spaces: [{ address: '/P=D/A= /C=GB/', cost }],
  extra: retry,
});
const plans = [
  { name: 'A', links: [towards('B', 1), towards('C', 9)] },
  { name: 'B', links: [{ to: 'D' }, { to: 'A' }] },
  { name: 'C', links: [{ to: 'D' }, { to: 'A' }] },
  { name: 'D', links: [{ to: 'B' }, { to: 'C' }] },
];
const unwanted = 'unwanted';

/** Its store takes everything but what is for one user. */
function choosy(mta: VirtualMta): void {
  mta.plantedStore = (store) => ({
    ...store,
    commit: async (transition) => {
      const taken = transition.create?.every(
        ({ recipients }) => !recipients.some((to) => to.includes(unwanted)),
      );
      if (taken !== false) return store.commit(transition);
      return { ok: false, refusal: { kind: 'no-space', detail: 'not this one' } };
    },
  });
}

test('a message whose own retries ran out goes by the alternate; the link and all else go on', async () => {
  const world = new World(1, plans, { prepare: (mta) => (mta.host === 'B' ? choosy(mta) : undefined) });
  const a = world.mta('A');
  void a.submit({ to: [userAt('D', unwanted)], text: 'try elsewhere' });
  for (let second = 0; second < 60; second += 1) {
    world.submit('A', 'D', 100);
    await world.pass(1000);
  }
  await world.drain(60_000);
  assert.equal(world.mta('D').delivered.length, 61);
  assert.deepEqual(a.events('link-unhealthy'), [], 'the link is well');
  const rerouted = a.events('rerouted').map(({ fields }) => [fields.from, fields.to]);
  assert.deepEqual(rerouted, [['link/to-B', 'link/to-C']]);
  world.checkNothingLost();
  world.checkLaws();
  await world.stop();
});

test('where the alternate does not take it either it comes back, and is not reported', async () => {
  const world = new World(2, plans, {
    prepare: (mta) => (mta.host === 'B' || mta.host === 'C' ? choosy(mta) : undefined),
  });
  const a = world.mta('A');
  void a.submit({ to: [userAt('D', unwanted)], text: 'nobody wants it' });
  for (let minute = 0; minute < 3; minute += 1) {
    world.submit('A', 'D', 100);
    await world.pass(60_000);
  }
  const ways = a.events('rerouted').map(({ fields }) => fields.to);
  assert.ok(ways.includes('link/to-C') && ways.includes('link/to-B'), ways.join());
  assert.equal(a.disk.copies.size, 1, 'it waits');
  assert.equal(world.mta('A').delivered.length, 0, 'nothing is reported');
});

test('of two links of equal cost, the one outside its hours gets nothing', async () => {
  const atNight = ['schedule: { style: times, times: ["Mon-Sun 03:00-03:15"] }'];
  const equal = (to: string, more: readonly string[] = []) => ({ ...towards(to, 5), extra: more.join('\n') });
  const [, ...others] = plans;
  const world = new World(3, [{ name: 'A', links: [equal('B', atNight), equal('C')] }, ...others]);
  assert.equal(new Date(world.now()).getUTCHours(), 12);
  for (let count = 0; count < 20; count += 1) world.submit('A', 'D', 100);
  await world.drain(60_000);
  assert.equal(world.mta('D').delivered.length, 20);
  await world.stop();
});

test('what an operator deferred after it had failed waits for its time on another way too', async () => {
  const world = new World(4, plans, { prepare: (mta) => (mta.host === 'B' ? choosy(mta) : undefined) });
  const a = world.mta('A');
  void a.submit({ to: [userAt('D', unwanted)], text: 'later' });
  await world.pass(1000);
  const [{ id, attempts }] = [...a.disk.copies.values()];
  assert.equal(attempts, 1);
  const until = after(world.now(), seconds(600));
  void a.agent.commands.perform(id, { kind: 'defer', until });
  await world.pass(100);
  a.agent.hops.links.get('to-B')?.command({ kind: 'disable' }, 'test');
  void a.agent.commands.perform(id, { kind: 'reroute' });
  await world.pass(100);
  assert.equal(a.disk.copies.get(id)?.nextHop, 'link/to-C');
  await world.pass(590_000);
  assert.equal(world.mta('D').delivered.length, 0);
  await world.pass(20_000);
  assert.equal(world.mta('D').delivered.length, 1);
  await world.stop();
});
