// What a link keeps of what it converted: while its transfer rests, for a few copies, and no longer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { textContent } from '../../test/support/ipm.ts';
import { configured, copyOfMessage, envelopeOf, promptly } from '../../test/support/transfer.ts';
import { oidOfP22 } from '../content/index.ts';
import { openMemoryStore, type QueuedCopy } from '../store/index.ts';
import { memoryDisk } from '../store/memory/store.ts';
import { conversionsOn } from './conversions.ts';
import { LinkConversions } from './link-conversion.ts';

const [link] = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
links: [ { name: c, peer: { mta: MTA-C }, conversion: { accepts: [ia5], text: ia5 } } ]
`).links;

function copyOf(copy: number, text: string): QueuedCopy {
  const { content } = textContent(text, '/S=Sender/P=B/A= /C=GB/');
  const address = '/S=u/P=C/A= /C=GB/';
  return copyOfMessage(envelopeOf([{ to: address }]), content, {
    copy,
    message: copy,
    mtsIdentifier: `/P=B/A= /C=GB/;${copy}`,
    recipients: [{ number: 0, address }],
    contentType: oidOfP22,
  });
}

function bench() {
  const disk = memoryDisk();
  const store = openMemoryStore({ disk });
  const conversions = new LinkConversions(link, conversionsOn({ store, spools: store }, { clock: promptly }));
  return { disk, conversions };
}

const long = 'Größe '.repeat(20_000);

test('what was converted is kept while its transfer rests, and is the same at the next', async () => {
  const { disk, conversions } = bench();
  const copy = copyOf(1, long);
  const first = await conversions.prepare(copy);
  assert.ok(first?.kind === 'copy');
  conversions.rest(1);
  assert.equal(disk.spools.size, 1);
  assert.equal(await conversions.prepare(copy), first);
  conversions.over(1);
  await setImmediate();
  assert.equal(disk.spools.size, 0);
  const again = await conversions.prepare(copy);
  assert.ok(again?.kind === 'copy' && again !== first);
  assert.equal(again.digest, first.digest, 'the same octets');
});

test('a few rest, the oldest go; what is in transfer stays; nothing rests on a link that stops', async () => {
  const { disk, conversions } = bench();
  for (let copy = 1; copy <= 8; copy += 1) {
    await conversions.prepare(copyOf(copy, long));
    if (copy > 1) conversions.rest(copy);
  }
  await setImmediate();
  assert.equal(disk.spools.size, 5, 'the first, in transfer, and four');
  conversions.stop();
  await setImmediate();
  assert.equal(disk.spools.size, 1);
  conversions.rest(1);
  await setImmediate();
  assert.equal(disk.spools.size, 0);
});

test('a conversion that a stop breaks off is none, and leaves nothing', async () => {
  const { disk, conversions } = bench();
  const preparing = conversions.prepare(copyOf(1, long));
  conversions.stop();
  assert.equal((await preparing)?.kind, 'refused');
  conversions.over(1);
  await setImmediate();
  assert.equal(disk.spools.size, 0);
});
