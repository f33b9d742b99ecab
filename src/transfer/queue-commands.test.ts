// What an operator may do to a copy, on a whole MTA whose peers do not answer: each command is one
// transition, and a copy in transfer is busy and stays as it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentInHand } from '../../test/support/agent-in-hand.ts';
import { NetworkInHand } from '../../test/support/dialling.ts';
import {
  arrivingMessage,
  configured,
  envelopeOf,
  linkNamed,
  nameOf,
  quiet,
} from '../../test/support/transfer.ts';
import { after, instant, isoTime, seconds } from '../base/time.ts';
import type { CopyId } from '../store/index.ts';
import { memoryDisk } from '../store/memory/store.ts';
import { decodeStored } from './stored-value.ts';

const two = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
store: { directory: /nowhere/x }
links:
  - name: c
    peer: { mta: MTA-C, password: c-secret, address: c, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    addressSpaces: [ { address: "/P=C/A= /C=GB/", cost: 1 } ]
  - name: d
    peer: { mta: MTA-D, password: d-secret, address: d, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    addressSpaces: [ { address: "/P=C/A= /C=GB/", cost: 9 } ]
`);

async function bench(disk = memoryDisk(), from = '/S=Sender/P=B/A= /C=GB/') {
  const network = new NetworkInHand();
  const delivery = { deliver: async () => [] };
  const { agent, clock, told } = await agentInHand({ disk, configuration: two, network, delivery });
  const envelope = envelopeOf([{ to: '/S=u/P=C/A= /C=GB/' }], { originatorName: nameOf(from) });
  const arriving = { ...arrivingMessage(envelope, { from: 'here' }) };
  const result = await agent.submit(arriving);
  assert.ok(result.ok);
  await quiet();
  const [copy] = result.created[0].copies;
  const state = (id: CopyId = copy) => {
    const found = disk.copies.get(id);
    return found === undefined ? 'gone' : `${found.state} ${found.nextHop}`;
  };
  return { agent, copy, state, network, clock, told, disk };
}

const c = linkNamed('c', two);

test('held, a waiting copy goes nowhere; released, it does', async () => {
  const { agent, copy, state, network } = await bench();
  assert.deepEqual(await agent.commands.perform(copy, { kind: 'hold' }), { copy, done: true });
  assert.equal(state(), 'held link/c');
  const { handle } = network.open(c);
  await quiet();
  assert.deepEqual(handle.kinds, ['RTOPENreq']);
  assert.equal((await agent.commands.perform(copy, { kind: 'release' })).done, true);
  await quiet();
  assert.equal(handle.kinds.at(-1), 'RTTRreq');
});

test('in transfer it is busy for every command, and stays as it was', async () => {
  const { agent, copy, state, network } = await bench();
  const { user } = network.open(c);
  await quiet();
  assert.equal((await agent.commands.perform(copy, { kind: 'defer', until: instant(1e13) })).done, false);
  for (const kind of ['hold', 'release', 'delete', 'return', 'reroute'] as const) {
    const outcome = await agent.commands.perform(copy, { kind });
    assert.equal(outcome.done, false, kind);
    assert.match(outcome.detail ?? '', kind === 'reroute' ? /no other route/ : /^busy: link\/c is sending/);
  }
  const urgent = await agent.commands.perform(copy, { kind: 'priority', priority: 'urgent' });
  assert.equal(urgent.done, false);
  assert.equal((await agent.commands.perform(copy, { kind: 'reroute', link: 'd' })).done, false);
  assert.equal(state(), 'queued link/c');
  user.onIndication({ kind: 'RTTRcnf+' });
  await quiet();
  assert.equal(state(), 'gone');
});

test('while its end is being written down it cannot be ended again', async () => {
  const { agent, copy, network, disk } = await bench();
  const { user } = network.open(c);
  await quiet();
  user.onIndication({ kind: 'RTTRcnf+' });
  const outcome = await agent.commands.perform(copy, { kind: 'return' });
  assert.equal(outcome.done, false);
  await quiet();
  const acts = disk.tracking.map(({ act }) => act);
  assert.ok(acts.includes('transferred-out') && !acts.includes('returned'));
});

test('deleted it is gone without a report; returned it is reported', async () => {
  const deleting = await bench();
  assert.equal((await deleting.agent.commands.perform(deleting.copy, { kind: 'delete' })).done, true);
  assert.equal(deleting.state(), 'gone');
  assert.ok(!deleting.told.some(([name]) => name === 'report-generated'));
  const returning = await bench();
  assert.equal((await returning.agent.commands.perform(returning.copy, { kind: 'return' })).done, true);
  assert.equal(returning.state(), 'gone');
  assert.ok(returning.told.some(([name]) => name === 'report-generated'));
  const again = await returning.agent.commands.perform(returning.copy, { kind: 'return' });
  assert.deepEqual(again, { copy: returning.copy, done: false, detail: 'no such copy' });
});

test('a report that is returned is discarded, and the command says that nobody is told', async () => {
  const { agent, copy, disk, told } = await bench(memoryDisk(), '/S=Sender/P=C/A= /C=GB/');
  await agent.commands.perform(copy, { kind: 'return' });
  await quiet();
  const [report] = [...disk.copies.values()];
  assert.deepEqual([report.message.fields.kind, report.nextHop], ['report', 'link/c']);
  const { done, detail } = await agent.commands.perform(report.id, { kind: 'return' });
  assert.equal(done, true);
  assert.match(detail ?? '', /report.*nobody is told/);
  assert.equal(disk.copies.size, 0);
  const returned = told.filter(([name]) => name === 'returned-by-command');
  assert.deepEqual(
    returned.map(([, fields]) => fields.kind),
    ['message', 'report'],
  );
});

test('deferred it is not tried before its time, though the link stands; then it goes', async () => {
  const { agent, copy, state, network, clock, told, disk } = await bench();
  const until = after(clock.now(), seconds(100));
  assert.deepEqual(await agent.commands.perform(copy, { kind: 'defer', until }), { copy, done: true });
  const { handle } = network.open(c);
  await quiet();
  assert.deepEqual(handle.kinds, ['RTOPENreq']);
  assert.equal(state(), 'queued link/c');
  const [, fields] = told.findLast(([name]) => name === 'deferred-by-command') ?? [];
  assert.deepEqual([fields?.nextHop, fields?.until], ['link/c', isoTime(until)]);
  assert.equal(disk.tracking.at(-1)?.act, 'deferred');
  await clock.pass(99_000);
  assert.ok(!handle.kinds.includes('RTTRreq'));
  await clock.pass(2000);
  assert.equal(handle.kinds.at(-1), 'RTTRreq');
});

test('deferred beyond its expiry, it says so; released, it goes at once', async () => {
  const { agent, copy, network, clock } = await bench();
  const until = after(clock.now(), seconds(60 * 86_400));
  const { done, detail } = await agent.commands.perform(copy, { kind: 'defer', until });
  assert.ok(done);
  assert.match(detail ?? '', /^it expires before that, at \d{4}-/);
  await agent.commands.perform(copy, { kind: 'release' });
  const { handle } = network.open(c);
  await quiet();
  assert.equal(handle.kinds.at(-1), 'RTTRreq');
});

test('what an operator says of a return is in the report', async () => {
  const { agent, copy, disk } = await bench(memoryDisk(), '/S=Sender/P=C/A= /C=GB/');
  await agent.commands.perform(copy, { kind: 'return', text: 'not in our house, see rule 7' });
  await quiet();
  const [report] = [...disk.copies.values()];
  const stored = decodeStored(report.message.fields);
  assert.ok(stored.ok && stored.value.kind === 'report');
  const [fields] = stored.value.report.content.perRecipientFields;
  assert.equal(fields.supplementaryInformation, 'not in our house, see rule 7');
});

test('its priority changed, it is served with the new one, and its envelope is as it was', async () => {
  const { agent, copy, network, disk, told } = await bench();
  const before = disk.copies.get(copy)?.message.fields.envelope;
  const outcome = await agent.commands.perform(copy, { kind: 'priority', priority: 'urgent' });
  assert.deepEqual(outcome, { copy, done: true });
  assert.equal(disk.copies.get(copy)?.priority, 'urgent');
  assert.equal(disk.copies.get(copy)?.message.fields.envelope, before);
  const { act, detail } = disk.tracking.at(-1) ?? {};
  assert.deepEqual([act, detail?.from, detail?.to], ['priority-changed', 'normal', 'urgent']);
  assert.ok(told.some(([name]) => name === 'priority-changed'));
  const { handle } = network.open(c);
  await quiet();
  assert.equal(handle.kinds.at(-1), 'RTTRreq');
});

test('rerouted to a link it goes there; to none it stays and is served on', async () => {
  const { agent, copy, state, network } = await bench();
  const nowhere = await agent.commands.perform(copy, { kind: 'reroute', link: 'nowhere' });
  assert.deepEqual([nowhere.done, nowhere.detail], [false, 'no link nowhere']);
  assert.equal((await agent.commands.perform(copy, { kind: 'reroute', link: 'd' })).done, true);
  assert.equal(state(), 'queued link/d');
  await quiet();
  assert.deepEqual(
    network.dials.map(({ target }) => target.address),
    ['c', 'd'],
  );
});

test('what could not be changed is given back to its link', async () => {
  const { agent, copy, state, network } = await bench();
  const { store } = agent.ledger;
  const commit = store.commit.bind(store);
  store.commit = async () => ({ ok: false, refusal: { kind: 'no-space', detail: 'full' } });
  assert.equal((await agent.commands.perform(copy, { kind: 'hold' })).done, false);
  store.commit = commit;
  const { handle } = network.open(c);
  await quiet();
  assert.equal(state(), 'queued link/c');
  assert.equal(handle.kinds.at(-1), 'RTTRreq');
});

test('what waits for a link that is no longer there is rerouted when the MTA starts', async () => {
  const { agent, copy, disk } = await bench();
  assert.equal((await agent.commands.perform(copy, { kind: 'hold' })).done, true);
  const found = disk.copies.get(copy);
  assert.ok(found !== undefined);
  Object.assign(found, { nextHop: 'link/gone', state: 'queued' });
  const { state } = await bench(disk);
  await quiet();
  assert.equal(state(copy), 'queued link/c');
});
