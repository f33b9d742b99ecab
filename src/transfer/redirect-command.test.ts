// An operator redirects a copy of a whole MTA whose peers do not answer: one transition, after which it goes
// on to the new address; refused, it is as it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentInHand } from '../../test/support/agent-in-hand.ts';
import { NetworkInHand } from '../../test/support/dialling.ts';
import {
  arrivingMessage,
  configured,
  envelopeIn,
  envelopeOf,
  linkNamed,
  nameOf,
  quiet,
  type RecipientPlan,
} from '../../test/support/transfer.ts';
import { after, seconds } from '../base/time.ts';
import { auditEntry, type CopyId, emptyCount } from '../store/index.ts';
import { entriesOf } from '../store/memory/entries.ts';
import { memoryDisk } from '../store/memory/store.ts';
import type { RedirectOrder } from './judge-redirection.ts';

const linkYaml = (name: string): string => `
  - name: ${name}
    peer: { mta: MTA-${name.toUpperCase()}, password: ${name}-secret, address: ${name}, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    addressSpaces: [ { address: "/P=${name.toUpperCase()}/A= /C=GB/", cost: 1 } ]`;
const configuration = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
store: { directory: /nowhere/x }
links:${linkYaml('c')}${linkYaml('d')}
lists:
  - { name: crew, address: "/S=crew/P=X/A= /C=GB/", file: /nowhere/no-such-file }
`);
const [wrong, other, right] = ['/S=w/P=C/A= /C=GB/', '/S=o/P=C/A= /C=GB/', '/S=r/P=D/A= /C=GB/'];

type Order = Omit<RedirectOrder, 'to' | 'recipient'> & { readonly recipient?: string };

async function bench(plans: readonly RecipientPlan[] = [{ to: wrong }], from = '/S=Sender/P=C/A= /C=GB/') {
  const disk = memoryDisk();
  const network = new NetworkInHand();
  const read = async () => ({ ok: false, lasting: 'temporary', detail: 'EIO: the disk' }) as const;
  const members = () => ({ read });
  const delivery = { deliver: async () => [] };
  const mta = await agentInHand({ disk, configuration, network, delivery, members });
  const envelope = envelopeOf(plans, { originatorName: nameOf(from) });
  const result = await mta.agent.submit(arrivingMessage(envelope, { from: 'here' }));
  assert.ok(result.ok);
  await quiet();
  const [copy] = result.created[0].copies;
  const redirect = async (id: CopyId, to: string, { recipient, ...more }: Order = {}) => {
    const meant = recipient === undefined ? {} : { recipient: nameOf(recipient) };
    const order = { kind: 'redirect', to: nameOf(to), sameRecipient: true, ...more, ...meant } as const;
    const outcome = await mta.agent.commands.perform(id, order);
    await quiet();
    return outcome;
  };
  /** The association to that peer opens; what was dialled before is left. */
  const open = (name: string) => {
    network.dials.splice(
      0,
      network.dials.findIndex(({ target }) => target.address === name),
    );
    return network.open(linkNamed(name, configuration));
  };
  const queue = () =>
    [...disk.copies.values()].map((each) => {
      const { recipients } = each.message.fields;
      return `${each.state} ${each.nextHop} ${each.recipients.map((number) => recipients[number]).join()}`;
    });
  const booksBalance = (): void => {
    const contradictions = entriesOf(disk, 0, 1000).flatMap((entry) => auditEntry(entry, emptyCount()));
    assert.deepEqual(contradictions, []);
  };
  return { ...mta, disk, open, copy, redirect, queue, booksBalance };
}

test('it goes on to the new address at once, and says which copy that is', async () => {
  const { copy, redirect, queue, open, eventsNamed, booksBalance } = await bench();
  const { done, detail } = await redirect(copy, right, { note: 'misspelt' });
  assert.equal(done, true, detail);
  assert.match(detail ?? '', /^\/S=r\/P=D\/A= \/C=GB\/ goes to link d, as copy \d+$/);
  assert.deepEqual(queue(), [`queued link/d ${right}`]);
  const [event] = eventsNamed('redirected');
  assert.deepEqual([event.recipient, event.alternate, event.note], [wrong, right, 'misspelt']);
  const { handle } = open('d');
  await quiet();
  assert.equal(handle.kinds.at(-1), 'RTTRreq');
  booksBalance();
});

test('one of several: the others wait on where they were', async () => {
  const { copy, redirect, queue, open, booksBalance } = await bench([{ to: wrong }, { to: other }]);
  const refused = await redirect(copy, right);
  assert.equal(refused.done, false);
  assert.match(refused.detail ?? '', /2 recipients, name one/);
  assert.equal((await redirect(copy, right, { recipient: wrong })).done, true);
  assert.deepEqual(queue().toSorted(), [`queued link/c ${other}`, `queued link/d ${right}`]);
  const { handle } = open('c');
  await quiet();
  assert.equal(handle.kinds.at(-1), 'RTTRreq');
  booksBalance();
});

test('held it stays held, and deferred it waits on', async () => {
  const { agent, copy, redirect, queue, open, clock, disk } = await bench();
  await agent.commands.perform(copy, { kind: 'hold' });
  await redirect(copy, right);
  assert.deepEqual(queue(), [`held link/d ${right}`]);
  const { handle } = open('d');
  await quiet();
  assert.ok(!handle.kinds.includes('RTTRreq'));
  const [id] = [...disk.copies.keys()];
  await agent.commands.perform(id, { kind: 'defer', until: after(clock.now(), seconds(100)) });
  await agent.commands.perform(id, { kind: 'release' });
  await quiet();
  assert.equal(handle.kinds.at(-1), 'RTTRreq');
  const deferring = await bench();
  const until = after(deferring.clock.now(), seconds(100));
  await deferring.agent.commands.perform(deferring.copy, { kind: 'defer', until });
  await deferring.redirect(deferring.copy, right);
  assert.equal([...deferring.disk.copies.values()][0].notBefore, until);
});

test('in transfer it is busy, and stays as it was (RT-B3)', async () => {
  const { copy, redirect, queue, open, eventsNamed } = await bench();
  const { user } = open('c');
  await quiet();
  const { done, detail } = await redirect(copy, right);
  assert.equal(done, false);
  assert.match(detail ?? '', /^busy: link\/c is sending/);
  assert.deepEqual(queue(), [`queued link/c ${wrong}`]);
  assert.deepEqual(eventsNamed('redirected'), []);
  user.onIndication({ kind: 'RTTRcnf+' });
  await quiet();
  assert.deepEqual(await redirect(copy, right), { copy, done: false, detail: 'no such copy' });
});

test('refused for its address, or by the store, nothing is changed and it is served on', async () => {
  const { agent, copy, redirect, queue, open, disk, eventsNamed } = await bench();
  const envelope = disk.copies.get(copy)?.message.fields.envelope;
  const nowhere = await redirect(copy, '/S=u/P=NOWHERE/C=GB/');
  assert.match(nowhere.detail ?? '', /no address space contains it/);
  const prohibited = await redirect(copy, right, { sameRecipient: false });
  assert.match(prohibited.detail ?? '', /did not allow alternate recipients/);
  const { store } = agent.ledger;
  const commit = store.commit.bind(store);
  store.commit = async () => ({ ok: false, refusal: { kind: 'no-space', detail: 'full' } });
  assert.equal((await redirect(copy, right)).done, false);
  store.commit = async () => ({ ok: false, refusal: { kind: 'busy', copies: [copy] } });
  assert.match((await redirect(copy, right)).detail ?? '', /^busy: /);
  store.commit = async () => ({ ok: false, refusal: { kind: 'no-such-copy', copies: [copy] } });
  assert.match((await redirect(copy, right)).detail ?? '', /^no such copy/);
  store.commit = commit;
  assert.equal(disk.copies.get(copy)?.message.fields.envelope, envelope);
  assert.deepEqual([queue(), eventsNamed('redirected')], [[`queued link/c ${wrong}`], []]);
  const { handle } = open('c');
  await quiet();
  assert.equal(handle.kinds.at(-1), 'RTTRreq');
});

test('what is in quarantine goes on to the new address, its strikes forgotten', async () => {
  const { copy, redirect, queue, disk } = await bench();
  const found = disk.copies.get(copy) ?? assert.fail();
  Object.assign(found, { state: 'quarantined' });
  assert.equal((await redirect(copy, right)).done, true);
  assert.deepEqual(queue(), [`queued link/d ${right}`]);
});

test('a report is not redirected, nor a list of which some members have it already', async () => {
  const { agent, copy, redirect, disk, queue } = await bench();
  await agent.commands.perform(copy, { kind: 'return' });
  await quiet();
  const [report] = [...disk.copies.keys()];
  const before = queue();
  assert.match((await redirect(report, right)).detail ?? '', /^it is a report: /);
  assert.deepEqual(queue(), before);
  const list = await bench([{ to: '/S=crew/P=X/A= /C=GB/' }]);
  const [id] = [...list.disk.copies.keys()];
  const key = `list/crew/${id}`;
  const point = { key, link: 'list/crew', direction: 'out', savedAt: list.clock.now() } as const;
  await list.store.commit({ saveRecovery: [{ ...point, data: new Uint8Array(1) }] });
  assert.match((await list.redirect(id, right)).detail ?? '', /members have got it already/);
  await list.store.commit({ dropRecovery: [key] });
});

test('again and again: each time a longer history, and one copy', async () => {
  const { copy, redirect, queue, disk, booksBalance } = await bench();
  await redirect(copy, right);
  const [second] = [...disk.copies.keys()];
  const back = await redirect(second, wrong);
  assert.match(back.detail ?? '', /goes back to no earlier address/);
  await redirect(second, other);
  assert.deepEqual(queue(), [`queued link/c ${other}`]);
  const [{ message }] = [...disk.copies.values()];
  const { perRecipientFields } = envelopeIn(message.fields);
  assert.equal(perRecipientFields.length, 1);
  booksBalance();
});
