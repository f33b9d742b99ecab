// RT-O2: whether the originator discloses its recipients to each other changes what they are told, and
// nothing of who gets the message: plain recipients, redirected ones, members of a list. Members are never
// told of each other.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { bitsOf } from '../../src/asn1/index.ts';
import { DirectoryDelivery } from '../../src/delivery/index.ts';
import { hasPerMessageIndicator, perMessageIndicatorBits } from '../../src/p1/index.ts';
import { memoryDisk } from '../../src/store/memory/store.ts';
import { openMemoryStore } from '../../src/store/index.ts';
import { decodeStored } from '../../src/transfer/index.ts';
import { agentInHand } from '../support/agent-in-hand.ts';
import { checkBooks, expanded, sendTo, waiting } from '../support/lists.ts';
import { temporaryDirectory } from '../support/network.ts';
import { ClockInHand, configured } from '../support/transfer.ts';

const at = (surname: string, prmd = 'C'): string => `/S=${surname}/P=${prmd}/A= /C=GB/`;

const configuration = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
links:
  - { name: b, peer: { mta: MTA-B }, addressSpaces: [ { address: "/P=B/A= /C=GB/" } ] }
  - { name: c, peer: { mta: MTA-C }, addressSpaces: [ { address: "/P=C/A= /C=GB/" } ] }
redirections: [ { from: "${at('moved', 'X')}", to: "${at('there')}" } ]
lists:
  - { name: crew, address: "${at('crew', 'X')}", members: [ "${at('ann')}", "${at('bob', 'B')}" ] }
`);

const to = [at('one'), at('two', 'B'), at('moved', 'X'), at('crew', 'X')].map((each) => ({ to: each }));
const disclosing = bitsOf([perMessageIndicatorBits['disclosure-of-other-recipients']], 8);

async function sent(perMessageIndicators = bitsOf([], 0)): Promise<ReturnType<typeof memoryDisk>> {
  const disk = memoryDisk();
  const mta = await agentInHand({ disk, configuration });
  // By link b: the second is no way back, and reported; the member at B goes there.
  await sendTo(mta, to, { perMessageIndicators });
  await expanded(mta);
  await mta.agent.stop(mta.clock.now());
  checkBooks(disk);
  return disk;
}

test('RT-O2 the same recipients get it, disclosed or not', async () => {
  const [open, closed] = [await sent(disclosing), await sent()];
  const who = (disk: typeof open): readonly string[] => [...waiting(disk).keys()].sort();
  assert.deepEqual(who(open), who(closed));
  assert.deepEqual(who(open), [at('ann'), at('bob', 'B'), at('one'), at('there')]);
});

test('RT-O2 members of a list are not told of each other, whatever the originator discloses', async () => {
  for (const copy of (await sent(disclosing)).copies.values()) {
    const stored = decodeStored(copy.message.fields);
    assert.ok(stored.ok);
    if (stored.value.kind !== 'message') continue;
    const names = copy.message.fields.recipients;
    const disclosed = hasPerMessageIndicator(
      stored.value.envelope.perMessageIndicators,
      'disclosure-of-other-recipients',
    );
    assert.equal(disclosed, !names.includes(at('ann')) && !names.includes(at('bob', 'B')));
  }
});

test('RT-O2 a user is told of others only where they are disclosed', async (t) => {
  const store = openMemoryStore();
  for (const [disclosure, told] of [
    [disclosing, [at('two', 'B'), at('moved', 'X'), at('crew', 'X')]],
    [undefined, undefined],
  ] as const) {
    const disk = await sent(disclosure);
    const [copy] = [...disk.copies.values()].filter(({ message }) =>
      message.fields.recipients.some((each, number) => each === at('one') && number === 0),
    );
    const stored = decodeStored(copy.message.fields);
    assert.ok(stored.ok);
    const directory = await temporaryDirectory(t);
    const delivery = new DirectoryDelivery({ directory, store, clock: new ClockInHand() });
    const queued = await openMemoryStore({ disk, now: () => new ClockInHand().now() }).show(copy.id);
    assert.ok(queued !== undefined);
    await delivery.deliver(queued, stored.value);
    const [json] = (await readdir(directory)).filter((name) => name.endsWith('.json'));
    const record = JSON.parse(await readFile(join(directory, json), 'utf8'));
    assert.deepEqual(record.otherRecipients, told);
  }
});
