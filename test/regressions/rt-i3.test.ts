// RT-I3: valid and invalid recipients mixed: each has its own outcome. What ends at once is in one report,
// each recipient with its codes; the valid ones go on; what ends later together is in one report, too.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seconds } from '../../src/base/time.ts';
import { auditEntry, emptyCount } from '../../src/store/index.ts';
import { entriesOf } from '../../src/store/memory/entries.ts';
import { codesOf, linkTo, reportingMta } from '../support/reporting.ts';
import { ClockInHand, envelopeOf } from '../support/transfer.ts';

const picky = linkTo('PICKY', '    restrictions: { priorities: [urgent] }\n');
const network = `links:${linkTo('B')}${linkTo('C')}${linkTo('D')}${picky}
deliver:
  - addressSpace: "/P=X/A= /C=GB/"
    users: [ "/S=one/P=X/A= /C=GB/" ]
    directory: /nowhere/delivered
`;
const to = [
  '/S=one/P=X/A= /C=GB/',
  '/S=nobody/P=X/A= /C=GB/',
  '/S=u/P=C/A= /C=GB/',
  '/S=u/P=NOWHERE/A= /C=FR/',
  '/S=u/P=PICKY/A= /C=GB/',
  '/S=v/P=D/A= /C=GB/',
  '/S=w/P=D/A= /C=GB/',
];

test('RT-I3: each of seven recipients has its own outcome, and what ends together one report', async () => {
  const mta = await reportingMta(network);
  const plans = to.map((each) => ({ to: each, report: 'report' as const }));
  await mta.take(envelopeOf(plans), new Uint8Array(10));
  assert.deepEqual(
    mta.reports().map(codesOf),
    [{ 2: [1, 0], 4: [1, 0], 5: [5, undefined] }, { 1: 'delivered' }],
    'what cannot be served at once; what was delivered',
  );
  const waiting = [...mta.disk.copies.values()].filter(({ message }) => message.fields.kind === 'message');
  assert.deepEqual(
    waiting.map(({ nextHop, recipients }) => [nextHop, recipients]),
    [
      ['link/c', [2]],
      ['link/d', [5, 6]],
    ],
  );
  for (const { id } of waiting) assert.ok((await mta.agent.commands.perform(id, { kind: 'hold' })).done);
  await mta.clock.pass(seconds(8 * 86_400));
  assert.deepEqual(mta.reports().map(codesOf).slice(2), [{ 3: [1, 5], 6: [1, 5], 7: [1, 5] }]);
  const count = emptyCount();
  for (const entry of entriesOf(mta.disk, 0, 100)) assert.deepEqual(auditEntry(entry, count), []);
  assert.ok(count.recipients >= 7 + 3);
});

test('RT-I3: what expires while several links are about to send it is one report', async () => {
  const mta = await reportingMta(network);
  await mta.take(envelopeOf(to.slice(2).map((each) => ({ to: each }))), new Uint8Array(10));
  assert.deepEqual(mta.reports().length, 1, 'what cannot be served at once');
  const claimed = [...mta.disk.copies.values()].filter(({ message }) => message.fields.kind === 'message');
  assert.equal(claimed.length, 2);
  const called = mta.network.dials.map(({ target }) => target.address).toSorted();
  assert.deepEqual(called, ['B', 'C', 'D'], 'nobody has answered yet: the links hold what waits for them');
  await mta.clock.pass(seconds(7 * 86_400 - 1));
  for (let tenth = 0; tenth < 40; tenth += 1) await mta.clock.pass(100);
  const [first, ...rest] = mta.reports().slice(1).map(codesOf);
  assert.deepEqual(first, { 1: [1, 5], 4: [1, 5], 5: [1, 5] });
  assert.deepEqual(rest, []);
  for (const entry of entriesOf(mta.disk, 0, 100)) assert.deepEqual(auditEntry(entry, emptyCount()), []);
});

test('RT-I3: what a start finds expired is one report, what was held with it', async () => {
  const before = await reportingMta(network);
  await before.take(envelopeOf(to.slice(2).map((each) => ({ to: each }))), new Uint8Array(10));
  const wait = [...before.disk.copies.values()].filter(({ message }) => message.fields.kind === 'message');
  assert.deepEqual(
    wait.map(({ nextHop }) => nextHop),
    ['link/c', 'link/d'],
  );
  // It dies, and lives again when all that waited for its links has expired.
  const clock = new ClockInHand();
  await clock.pass(seconds(9 * 86_400));
  const { disk } = before;
  const held = [...disk.copies.values()].find(({ nextHop }) => nextHop === 'link/d') ?? assert.fail();
  for (const isHeld of [false, true]) {
    const life = { clock, disk: structuredClone(disk) };
    if (isHeld) Object.assign(life.disk.copies.get(held.id) ?? assert.fail(), { state: 'held' });
    const mta = await reportingMta(network, { life });
    for (let tenth = 0; tenth < 40; tenth += 1) await mta.clock.pass(100);
    const [first, ...rest] = mta.reports().slice(1).map(codesOf);
    assert.deepEqual([first, rest], [{ 1: [1, 5], 4: [1, 5], 5: [1, 5] }, []]);
    for (const entry of entriesOf(mta.disk, 0, 100)) assert.deepEqual(auditEntry(entry, emptyCount()), []);
  }
});
