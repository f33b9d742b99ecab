// RT-A5 (Q248732): a peer repeats the same bad message a thousand times. The MTA holds no more afterwards
// than before, says so a bounded number of times, and takes that peer's other messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heapInUse } from '../fuzz/bounded.ts';
import { messageWith, messageWithRawContent } from './hostile-apdus.ts';
import { HostilePeer } from './hostile-peer.ts';

const times = 1000;
const told_max = 40;
const growth_octets_max = 8 * 1024 * 1024;

const poisons = {
  'a content that lies about its length': messageWithRawContent(
    Uint8Array.of(0x04, 0x82, 0x7f, 0xff, 1, 2, 3),
  ),
  'an APDU that is none': Uint8Array.of(0xa5, 3, 1, 2, 3),
};

for (const [name, poison] of Object.entries(poisons)) {
  test(`RT-A5: ${name}, a thousand times`, async (t) => {
    const peer = new HostilePeer();
    assert.equal(await peer.transfer(messageWith()), 'secured');
    for (let count = 0; count < 50; count += 1) await peer.transfer(poison);
    await peer.world.pass(1000);
    peer.forget();
    const before = { holdings: peer.holdings(), heap: heapInUse(), told: peer.mta.told.length };
    for (let count = 0; count < times; count += 1) {
      const outcome = await peer.transfer(poison);
      assert.ok(outcome === 'refused for good' || outcome === 'association lost', outcome);
      if (count % 100 !== 99) continue;
      peer.forget();
      assert.equal(await peer.transfer(messageWith()), 'secured', 'other messages of this peer');
    }
    await peer.world.pass(1000);
    peer.forget();
    assert.deepEqual(peer.holdings(), before.holdings);
    const growth = heapInUse() - before.heap;
    assert.ok(growth < growth_octets_max, `${growth} octets remain`);
    const bad = peer.mta.told.slice(before.told).filter((each) => each.name === 'apdu-malformed');
    t.diagnostic(`${bad.length} events for ${times} repetitions, ${growth} octets`);
    assert.ok(bad.length <= told_max, `${bad.length} events`);
    assert.equal(peer.mta.delivered.length, 1 + times / 100);
    assert.deepEqual(peer.mta.events('internal-error'), []);
    // A minute later it is told again, and how often it was kept back.
    await peer.world.pass(120_000);
    await peer.transfer(poison);
    const last = peer.mta.events('apdu-malformed').at(-1);
    assert.ok(Number(last?.fields.repeated) > 0, JSON.stringify(last));
  });
}
