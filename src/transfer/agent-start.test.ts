// A start after a death in the middle of a delivery: who was in hand is tried alone first, but neither a disk
// that hangs nor one that is full keeps the links from their work.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentInHand } from '../../test/support/agent-in-hand.ts';
import { NetworkInHand } from '../../test/support/dialling.ts';
import { InHandInMemory } from '../../test/support/in-hand.ts';
import { configured, domainNamed, envelopeOf, storeWith } from '../../test/support/transfer.ts';
import type { Store } from '../store/index.ts';
import { memoryDisk } from '../store/memory/store.ts';

const configuration = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
store: { directory: /nowhere/x }
links:
  - name: b
    peer: { mta: MTA-B, password: secret, address: b, port: 102 }
    addressSpaces: [ { address: "/P=B/A= /C=GB/", cost: 1 } ]
deliver:
  - { name: x, addressSpace: "/P=X/A= /C=GB/", users: [ "/S=one/P=X/A= /C=GB/" ], directory: /hung }
`);

/** An MTA that died in a delivery, with a message for a link waiting, has started again: so long it took. */
async function restarted(behind?: (store: Store) => Store): Promise<{ ready_ms: number; dials: number }> {
  const disk = memoryDisk();
  const dying = new InHandInMemory();
  const first = await agentInHand({ disk, configuration, inHand: dying });
  for (const to of ['/S=one/P=X/A= /C=GB/', '/S=u/P=B/A= /C=GB/']) {
    const messageIdentifier = { globalDomainIdentifier: domainNamed('D'), localIdentifier: to };
    const envelope = envelopeOf([{ to }], { messageIdentifier, traceInformation: [] });
    const value = { envelope, content: new Uint8Array(10) };
    assert.ok((await first.arrive('b', { kind: 'message', value })).ok);
  }
  await first.clock.pass(0);
  const inHand = new InHandInMemory(dying);
  assert.equal(inHand.left.length, 1, 'it was in hand');
  const network = new NetworkInHand();
  let ready = false;
  const second = await agentInHand({
    ...{ disk, configuration, inHand, network },
    ...(behind && { behind }),
    started: (start) => {
      void start.then(() => {
        ready = true;
      });
    },
  });
  let ready_ms = 0;
  for (; !ready && ready_ms < 7_200_000; ready_ms += 1000) await second.clock.pass(1000);
  await second.clock.pass(0);
  return { ready_ms, dials: network.dials.length };
}

test('a delivery that hangs again', async () => {
  const { ready_ms, dials } = await restarted();
  assert.ok(ready_ms <= 12_000, `ready after ${ready_ms} ms`);
  assert.equal(dials, 1);
});

test('a disk that is full', async () => {
  const full: Store['commit'] = async () => ({ ok: false, refusal: { kind: 'no-space', detail: 'full' } });
  const { ready_ms, dials } = await restarted((store) => storeWith(store, { commit: full }));
  assert.ok(ready_ms <= 12_000, `ready after ${ready_ms} ms`);
  assert.equal(dials, 1);
});
