// Messages whose spool file was lost while they waited: what would pass their content on can never be
// committed. Such a copy is set aside and told, its recipients keep their place in the ledger, and whoever
// served it serves others; nothing is tried for ever. An arrival without its spool is refused for now.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentInHand } from '../../test/support/agent-in-hand.ts';
import { NetworkInHand } from '../../test/support/dialling.ts';
import { checkBooks } from '../../test/support/lists.ts';
import {
  configured,
  domainNamed,
  envelopeOf,
  linkNamed,
  nameOf,
  quiet,
  type RecipientPlan,
} from '../../test/support/transfer.ts';
import { makeExtension } from '../p1/index.ts';
import type { QueuedCopy, Store } from '../store/index.ts';
import { memoryDisk } from '../store/memory/store.ts';
import type { ListMembers, MembersRead } from './list-members.ts';
import type { LocalDelivery, RecipientDelivery } from './local-delivery.ts';

const at = (surname: string, prmd = 'C'): string => `/S=${surname}/P=${prmd}/A= /C=GB/`;
const linkYaml = (name: string): string => `
  - name: ${name}
    peer: { mta: MTA-${name.toUpperCase()}, password: ${name}-secret, address: ${name}, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    addressSpaces: [ { address: "/P=${name.toUpperCase()}/A= /C=GB/" } ]`;
const configuration = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
store: { directory: /nowhere/x }
links:${linkYaml('b')}${linkYaml('c')}${linkYaml('d')}
deliver: [ { name: x, addressSpace: "/P=X/A= /C=GB/", users: [ "${at('one', 'X')}" ] } ]
lists:
  - { name: crew, address: "${at('crew', 'X')}", file: /members, owner: "${at('boss', 'B')}" }
`);
/** Too long to lie with its message. */
const long = 200_000;

/** Its originator requested an alternate, to whom the content would go on. */
const wishing = (to: string): RecipientPlan => ({
  to,
  extensions: [makeExtension('originator-requested-alternate-recipient', nameOf(at('spare', 'D')))],
});

const refusing = (copy: QueuedCopy): readonly RecipientDelivery[] =>
  copy.recipients.map(({ number: recipient }) => ({
    kind: 'failed',
    recipient,
    failure: { lasting: 'permanent', code: 'EFBIG', detail: 'no' },
  }));

const inline = (octets: number) => ({ kind: 'inline', octets: new Uint8Array(octets) }) as const;

async function spooled(store: Store, octets_count: number) {
  const spool = await store.openSpool();
  await spool.write(new Uint8Array(octets_count));
  assert.ok((await spool.seal(new Uint8Array())).ok);
  return { kind: 'spooled', spool: spool.name, octets_count } as const;
}

async function bench() {
  const disk = memoryDisk();
  const network = new NetworkInHand();
  /** Deliveries in hand, each to be ended. */
  const inDelivery: (() => void)[] = [];
  const delivery: LocalDelivery = {
    deliver: (copy) =>
      new Promise((resolve) => {
        inDelivery.push(() => resolve(refusing(copy)));
      }),
  };
  const crew: { read: MembersRead } = { read: { ok: false, lasting: 'temporary', detail: 'EIO' } };
  const members = (): ListMembers => ({ read: async () => crew.read });
  const mta = await agentInHand({ disk, configuration, network, delivery, members });
  /** A message that comes by link `b`, its content in a spool where it is long. */
  const send = async (id: number, plan: RecipientPlan, octets: number): Promise<void> => {
    const messageIdentifier = { globalDomainIdentifier: domainNamed('B'), localIdentifier: `${id}` };
    const value = { kind: 'message', envelope: envelopeOf([plan], { messageIdentifier }) } as const;
    const content = octets < long ? inline(octets) : await spooled(mta.store, octets);
    const from = { link: linkNamed('b', configuration), remote: 'b:1' };
    const arriving = { value, content, contentLength: octets, ...from };
    assert.ok((await mta.agent.acceptance.accept(arriving)).ok);
    await quiet();
  };
  /** Whose copies were set aside: as an operator hears of them, and finds them in the queue. */
  const setAside = () => {
    const inQueue = [...disk.copies.values()].filter(({ state }) => state === 'quarantined');
    for (const { lastError } of inQueue) assert.match(lastError ?? '', /spool .* is not sealed/);
    const told = mta.eventsNamed('quarantined').map(({ copy }) => copy);
    assert.deepEqual(
      told,
      inQueue.map(({ id }) => id),
    );
    return inQueue.map(({ message, recipients: [number] }) => message.fields.recipients[number]);
  };
  /** What waits for others, by next hop. */
  const queued = () => {
    const waiting = [...disk.copies.values()].filter(({ state }) => state === 'queued');
    return waiting.map(({ message, recipients: [number], nextHop }) => [
      nextHop,
      message.fields.recipients[number],
    ]);
  };
  /** Nothing is tried again, however long that lasts, and the books balance. */
  const isOver = async () => {
    const told = mta.eventsNamed('store-failed').length;
    await mta.clock.pass(60_000);
    assert.deepEqual([mta.agent.ledger.waiting, mta.eventsNamed('store-failed').length], [0, told]);
    checkBooks(disk);
  };
  return { ...mta, disk, network, inDelivery, crew, send, setAside, queued, isOver };
}

test('two messages to a list are set aside, and the list is served on', async () => {
  const { clock, disk, crew, send, setAside, queued, isOver, eventsNamed } = await bench();
  for (const [id, octets] of [long, long, 100].entries()) await send(id, { to: at('crew', 'X') }, octets);
  assert.deepEqual([disk.spools.size, eventsNamed('list-waits').length], [2, 3]);
  disk.spools.clear();
  crew.read = { ok: true, members: [{ key: 'ann', text: at('ann') }] };
  await clock.pass(60_000);
  await quiet();
  await clock.pass(0);
  assert.deepEqual(setAside(), [at('crew', 'X'), at('crew', 'X')]);
  assert.deepEqual(queued(), [['link/c', at('ann')]]);
  await isOver();
});

test('what cannot be delivered, nor go on to its alternate, is set aside; others are delivered', async () => {
  const { disk, inDelivery, send, setAside, queued, isOver } = await bench();
  // More than are in delivery at once.
  for (let id = 0; id < 17; id += 1) await send(id, wishing(at('one', 'X')), id < 16 ? long : 100);
  assert.equal(inDelivery.length, 16);
  disk.spools.clear();
  for (const end of inDelivery.splice(0)) end();
  await quiet();
  assert.equal(setAside().length, 16);
  for (const end of inDelivery.splice(0)) end();
  await quiet();
  assert.deepEqual(queued(), [['link/d', at('spare', 'D')]]);
  await isOver();
});

test('what its peer refuses for good, and cannot go on to its alternate, is set aside', async () => {
  const { disk, network, send, setAside, queued, isOver } = await bench();
  await send(1, wishing(at('one')), long);
  const { user } = network.open(linkNamed('c', configuration));
  await quiet();
  disk.spools.clear();
  user.onIndication({ kind: 'RTTRcnf-', transient: false, detail: 'never' });
  await quiet();
  assert.deepEqual(setAside(), [at('one')]);
  await send(2, { to: at('two') }, 100);
  assert.deepEqual(queued(), [['link/c', at('two')]]);
  await isOver();
});

test('an operator is told that it cannot be redirected, and nothing is changed', async () => {
  const { agent, disk, send, queued } = await bench();
  await send(1, { to: at('one') }, long);
  disk.spools.clear();
  const [copy] = disk.copies.keys();
  const order = { kind: 'redirect', to: nameOf(at('two', 'D')), sameRecipient: true } as const;
  const { done, detail } = await agent.commands.perform(copy, order);
  assert.equal(done, false);
  assert.match(detail ?? '', /^it is damaged: spool .* is not sealed/);
  assert.deepEqual(queued(), [['link/c', at('one')]]);
});

test('an arrival whose own spool is not there any more is refused for the time being', async () => {
  const { agent, disk, setAside, eventsNamed } = await bench();
  const envelope = envelopeOf([{ to: at('one') }]);
  let discarded = 0;
  const taken = {
    kind: 'spooled',
    envelope,
    front: new Uint8Array(),
    spool: 'spool-lost',
    contentLength: long,
    discard: async () => {
      discarded += 1;
    },
  } as const;
  const from = { link: linkNamed('b', configuration), remote: 'b:1', association: 1 };
  const verdict = await agent.acceptance.transferred(taken, { octets: long }, from);
  assert.ok(!verdict.ok && verdict.transient);
  assert.match(verdict.detail, /^damaged: spool spool-lost is not sealed/);
  assert.deepEqual([disk.copies.size, disk.tracking.length, discarded, setAside()], [0, 0, 1, []]);
  assert.equal(eventsNamed('store-failed').length, 1, 'an operator hears of it');
  const again = await agent.acceptance.transferred(
    { ...taken, spool: 'spool-lost-too' },
    { octets: long },
    from,
  );
  assert.ok(!again.ok && again.transient, 'and judged anew when it comes again');
});
