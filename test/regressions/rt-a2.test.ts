// RT-A2 (Q151395, Q152914): the content's OCTET STRING claims a hundred times what remains, in every form
// of length. The transfer is refused for good, nothing is written, memory stays bounded, and a valid
// message goes through afterwards.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat } from '../../src/base/octets.ts';
import { messageWith, messageWithRawContent } from './hostile-apdus.ts';
import { HostilePeer } from './hostile-peer.ts';

const some = Uint8Array.from({ length: 300 }, (_, index) => index & 0xff);
const claimed = 100 * some.length;
const definite = concat([Uint8Array.of(0x04, 0x83, 0, claimed >> 8, claimed & 0xff), some]);
const constructed = concat([
  Uint8Array.of(0x24, 0x83, 0, claimed >> 8, claimed & 0xff, 0x04, 0x82, 1, 44),
  some,
]);
const absurd = concat([Uint8Array.of(0x04, 0x84, 0x7f, 0xff, 0xff, 0xff), some]);
const segmentBeyond = concat([Uint8Array.of(0x24, 0x80, 0x04, 0x83, 0, claimed >> 8, claimed & 0xff), some]);
const missingEoc = concat([Uint8Array.of(0x24, 0x80, 0x04, 0x82, 1, 44), some]);
const large = new Uint8Array(6000);
const largeClaimed = 100 * large.length;
const three = (length: number): number[] => [length >> 16, (length >> 8) & 0xff, length & 0xff];
const spooled = concat([Uint8Array.of(0x04, 0x83, ...three(largeClaimed)), large]);
const spooledMissingEoc = concat([Uint8Array.of(0x24, 0x80, 0x04, 0x83, ...three(large.length)), large]);

const lies = { definite, constructed, absurd, segmentBeyond, missingEoc, spooled, spooledMissingEoc };

test('RT-A2: a content that claims more than there is', async () => {
  const peer = new HostilePeer();
  assert.equal(await peer.transfer(messageWith()), 'secured');
  await peer.world.pass(1000);
  const before = peer.holdings();
  for (const [name, content] of Object.entries(lies)) {
    for (const indefinite of [false, true]) {
      const where = `${name}, ${indefinite ? 'indefinite' : 'definite'} APDU`;
      const told = peer.mta.events('apdu-malformed').length;
      const outcome = await peer.transfer(messageWithRawContent(content, indefinite));
      assert.ok(outcome === 'refused for good' || outcome === 'association lost', `${where}: ${outcome}`);
      await peer.world.pass(1000);
      assert.equal(peer.mta.events('apdu-malformed').length, told + 1, where);
      assert.equal(
        peer.mta.disk.messages.size + peer.mta.disk.spools.size,
        0,
        `${where}: nothing is written`,
      );
      const delivered = peer.mta.delivered.length;
      assert.equal(await peer.transfer(messageWith()), 'secured', `a valid message after ${where}`);
      await peer.world.pass(1000);
      assert.equal(peer.mta.delivered.length, delivered + 1, where);
      assert.deepEqual(peer.holdings(), before, where);
    }
  }
  assert.deepEqual(peer.mta.events('internal-error'), []);
  await peer.release();
  assert.equal(peer.holdings().associations + peer.holdings().connections, 0);
});
