// RT-M4: deferred delivery, latest delivery and expiry are clocks of their own. Whole MTAs on virtual time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, instant, millis } from '../../src/base/time.ts';
import { World } from '../sim/world.ts';

const minute = 60_000;

// The sites' expiry is four minutes, so that what counts days elsewhere takes minutes here.
const extra = 'expiry: { urgent: 4m, normal: 4m, nonUrgent: 4m }';
const plans = [
  { name: 'A', extra, links: [{ to: 'B' }, { to: 'C' }] },
  { name: 'B', links: [{ to: 'A' }] },
  { name: 'C', links: [{ to: 'A' }] },
];
const to = (...sites: readonly string[]) => sites.map((site) => `/S=u/P=${site}/A= /C=GB/`);
const content = { content: new Uint8Array(100), contentType: '2.6.1.10.1' };

test('RT-M4: deferred beyond the expiry: released at its time at every site, after a restart', async () => {
  const world = new World(41, plans);
  await world.pass(1);
  const a = world.mta('A');
  const deferred = after(world.now(), millis(10 * minute - 1));
  void a.submit({ to: to('B', 'C'), ...content, deferred });
  await world.pass(5 * minute);
  a.kill();
  await world.pass(minute);
  a.start();
  await world.pass(deferred - world.now() - 1000);
  assert.equal(a.disk.copies.size, 2, 'still there after its expiry, were that counted from acceptance');
  assert.equal(world.mta('B').delivered.length + world.mta('C').delivered.length, 0);
  await world.pass(10_000);
  for (const site of ['B', 'C']) {
    const [{ at }] = world.mta(site).delivered;
    assert.ok(at >= deferred && at < deferred + 9000, `${site}: ${at - deferred} ms after the time`);
  }
  assert.equal(a.disk.copies.size, 0);
  await world.stop();
});

test('RT-M4: the lifetime of a deferred message is counted from its release', async () => {
  const world = new World(42, plans);
  world.network.setWeather(['A', 'B'], { connect: 'refuse' });
  await world.pass(1);
  const a = world.mta('A');
  const deferred = after(world.now(), millis(6 * minute));
  void a.submit({ to: to('B'), ...content, deferred });
  await world.pass(9 * minute);
  assert.equal(a.events('non-delivery').length, 0);
  await world.pass(2 * minute);
  const [{ at, fields }] = a.events('non-delivery');
  assert.ok(Math.abs(at - deferred - 4 * minute) < 5000, `${(at - deferred) / minute} min after release`);
  assert.match(JSON.stringify(fields), /maximum-time-expired/);
  await world.stop();
});

test('RT-M4: a latest delivery time ends a message before its expiry, with a report', async () => {
  const world = new World(43, plans);
  world.network.setWeather(['A', 'B'], { connect: 'refuse' });
  await world.pass(1);
  const a = world.mta('A');
  const latest = after(world.now(), millis(2 * minute));
  void a.submit({ to: to('B'), ...content, latest });
  await world.pass(minute);
  assert.equal(a.events('non-delivery').length, 0);
  await world.pass(2 * minute);
  const [{ at, fields }] = a.events('non-delivery');
  assert.ok(at >= latest && at < latest + 3000, `${at - latest} ms after the latest time`);
  assert.match(JSON.stringify(fields), /maximum-time-expired/);
  assert.equal(a.delivered.filter(({ kind }) => kind === 'report').length, 1);
  await world.stop();
});

test('RT-M4: what a peer transfers is held for its deferred time only if that was agreed', async () => {
  for (const agreed of [false, true]) {
    const world = new World(44, [
      { name: 'A', links: [{ to: 'B', extra: `holdDeferred: ${agreed}` }, { to: 'C' }] },
      { name: 'B', links: [{ to: 'A', spaces: [{ address: '/P=C/A= /C=GB/', cost: 1 }] }] },
      { name: 'C', links: [{ to: 'A' }] },
    ]);
    await world.pass(1);
    const deferred = after(world.now(), millis(5 * minute));
    // B has let it go early: its clock was wrong, or it does not defer.
    const b = world.mta('B');
    void b.submit({ to: to('C'), ...content, deferred });
    await world.pass(1000);
    for (const copy of b.disk.copies.values()) copy.notBefore = undefined;
    b.kill();
    b.start();
    await world.pass(minute);
    assert.equal(world.mta('C').delivered.length, agreed ? 0 : 1);
    await world.pass(5 * minute);
    assert.equal(world.mta('C').delivered.length, 1);
    const [{ at }] = world.mta('C').delivered;
    if (agreed) assert.ok(at >= deferred && at < instant(deferred + 9000));
    await world.stop();
  }
});
