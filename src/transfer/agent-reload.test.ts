// A whole MTA takes over another configuration while something in it does not end: a delivery into a disk
// that hangs, a transfer whose peer is silent. Everything else goes on, and nothing is left behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AgentInHand, agentInHand } from '../../test/support/agent-in-hand.ts';
import { confirmOpen, NetworkInHand } from '../../test/support/dialling.ts';
import { configured, domainNamed, envelopeOf, now } from '../../test/support/transfer.ts';
import type { MTSAPDU } from '../p1/index.ts';
import { memoryDisk } from '../store/memory/store.ts';
import type { LocalDelivery } from './local-delivery.ts';

const minute_ms = 60_000;
const one = '/S=one/P=X/A= /C=GB/';
const two = '/S=two/O=y/P=X/A= /C=GB/';

/** Links b to d with this password, and what is served here. */
function configuredWith(local: string, password = 'secret') {
  const link = (name: string): string => `
  - name: ${name}
    peer: { mta: MTA-${name.toUpperCase()}, password: ${password}, address: ${name}, port: 102 }
    addressSpaces: [ { address: "/P=${name.toUpperCase()}/A= /C=GB/", cost: 1 } ]`;
  return configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
store: { directory: /nowhere/x }
links: ${link('b')}${link('c')}
${local}`);
}

function space(name: string, user: string, directory = '/nowhere/d'): string {
  const [, addressSpace] = /^\/S=[a-z]+(.*)$/.exec(user) ?? [];
  return `
  - { name: ${name}, addressSpace: "${addressSpace}", users: [ "${user}" ], directory: ${directory} }`;
}

function message(to: string, localIdentifier: string): MTSAPDU {
  const messageIdentifier = { globalDomainIdentifier: domainNamed('D'), localIdentifier };
  const envelope = envelopeOf([{ to }], { messageIdentifier, traceInformation: [] });
  return { kind: 'message', value: { envelope, content: new Uint8Array(10) } };
}

/** Delivers when it is told that it can; until then the disk is full. */
class Disk implements LocalDelivery {
  isFull = true;

  deliver: LocalDelivery['deliver'] = async ({ recipients }) =>
    recipients.map(({ number: recipient }) =>
      this.isFull
        ? {
            kind: 'failed',
            recipient,
            failure: { lasting: 'temporary', code: 'ENOSPC', detail: 'the disk is full' },
          }
        : { kind: 'delivered', recipient, at: now },
    );
}

async function minutes(mta: AgentInHand, count: number): Promise<void> {
  for (let each = 0; each < count; each += 1) await mta.clock.pass(minute_ms);
}

test('what waits for a deliver space that has another name now is delivered by that', async () => {
  const disk = memoryDisk();
  const delivery = new Disk();
  const configuration = configuredWith(`deliver: ${space('old', one)}`);
  const mta = await agentInHand({ disk, delivery, configuration });
  assert.ok((await mta.arrive('b', message(one, 'id-1'))).ok);
  await mta.clock.pass(0);
  assert.deepEqual([disk.copies.size, mta.eventsNamed('delivered').length], [1, 0]);
  delivery.isFull = false;
  const reload = mta.agent.reconfigure(configuredWith(`deliver: ${space('new', one)}`));
  await minutes(mta, 2);
  await reload;
  assert.deepEqual([disk.copies.size, mta.eventsNamed('delivered').length], [0, 1]);
});

test('what waits for a list that is gone is judged by what there is now', async () => {
  const disk = memoryDisk();
  const list = (name: string) => `
lists:
  - { name: ${name}, address: "/S=list/P=X/A= /C=GB/", file: /nowhere/m }`;
  const to = '/S=list/P=X/A= /C=GB/';
  const mta = await agentInHand({
    disk,
    configuration: configuredWith(list('old')),
    members: () => ({
      read: async () => ({ ok: false, lasting: 'temporary', detail: 'the file cannot be read' }),
    }),
  });
  assert.ok((await mta.arrive('b', message(to, 'id-1'))).ok);
  await mta.clock.pass(0);
  assert.deepEqual(
    [...disk.copies.values()].map(({ nextHop }) => nextHop),
    ['list/old'],
  );
  const reload = mta.agent.reconfigure(configuredWith(list('new')));
  await minutes(mta, 2);
  await reload;
  assert.deepEqual(
    [...disk.copies.values()].map(({ nextHop }) => nextHop),
    ['list/new'],
  );
});

test('a delivery that does not end holds up neither a reload nor another space', async () => {
  const disk = memoryDisk();
  const hung = configuredWith(`deliver: ${space('x', one, '/hung')}`);
  const delivery: LocalDelivery = {
    deliver: (copy, ...rest) =>
      copy.mtsIdentifier.endsWith('hangs') ? new Promise(() => undefined) : quick.deliver(copy, ...rest),
  };
  const quick = new Disk();
  quick.isFull = false;
  const mta = await agentInHand({ disk, delivery, configuration: hung });
  assert.ok((await mta.arrive('b', message(one, 'hangs'))).ok);
  await mta.clock.pass(0);
  let ended = false;
  const other = configuredWith(`deliver: ${space('x', one, '/other')}${space('y', two)}`);
  void mta.agent.reconfigure(other).then(() => {
    ended = true;
  });
  await mta.clock.pass(0);
  assert.ok((await mta.arrive('b', message(two, 'id-2'))).ok);
  await mta.clock.pass(0);
  assert.equal(mta.eventsNamed('delivered').length, 1, 'a new space is served at once');
  await mta.clock.pass(10_000);
  assert.ok(ended, 'the reload is over');
  assert.ok((await mta.arrive('b', message(one, 'id-3'))).ok);
  await mta.clock.pass(0);
  assert.equal(mta.eventsNamed('delivered').length, 2, 'and so is the one that replaces the other');
  await minutes(mta, 10);
  assert.equal(mta.eventsNamed('delivered').length, 2, 'what hangs is not delivered beside itself');
});

test('a transfer that is slow to end does not keep another link from what waits for it', async () => {
  const network = new NetworkInHand();
  const mta = await agentInHand({ network, configuration: configuredWith('', 'old') });
  assert.ok((await mta.arrive('c', message('/S=u/P=B/A= /C=GB/', 'id-1'))).ok);
  await mta.clock.pass(0);
  const b = network.connect();
  confirmOpen(b, 'MTA-B', 'old');
  await mta.clock.pass(0);
  assert.deepEqual(b.handle.kinds, ['RTOPENreq', 'RTTRreq']);
  assert.ok((await mta.arrive('b', message('/S=u/P=C/A= /C=GB/', 'id-2'))).ok);
  await mta.clock.pass(0);
  network.fail('ECONNREFUSED');
  await mta.clock.pass(0);
  void mta.agent.reconfigure(configuredWith('', 'new'));
  await mta.clock.pass(0);
  assert.deepEqual(
    network.dials.map(({ target }) => target.address),
    ['c'],
  );
});
