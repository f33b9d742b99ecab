// A transfer that a restart broke off: while its association is being recovered nobody else may have the
// copy, or it would be in two transfers at once, or its association in nobody's hands.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmOpen } from '../../test/support/dialling.ts';
import { LinkBench } from '../../test/support/link-bench.ts';
import { linkNamed, now, quiet } from '../../test/support/transfer.ts';
import { toHex } from '../base/octets.ts';

const link = linkNamed('c');

/** A link after the death of a process in the middle of a transfer, of which the peer confirmed a point. */
async function restarted() {
  const bench = new LinkBench();
  const { clock, network, ledger, runner, heard } = bench;
  const [copy] = await bench.secure(1);
  const reference = (text: string): string => toHex(new TextEncoder().encode(text));
  const connection = [reference('u'), reference('c')];
  const point = { copy, activity: '01', connection, serialNumber: 1, headDigest: 'x' };
  const data = new TextEncoder().encode(JSON.stringify({ ...point, octetsConfirmed: 5, octetsTotal: 99 }));
  const row = { key: `out/${copy}`, link: 'c', direction: 'out', savedAt: now, data } as const;
  assert.ok((await ledger.commit({ saveRecovery: [row] })).ok);
  await runner.restart();
  await clock.pass(0);
  assert.equal(network.dials.length, 1, 'the recover bind');
  return { clock, network, runner, copy, told: heard.told };
}

test('while the recover bind is out the copy is in transfer, until that has ended', async () => {
  const { clock, network, runner, copy, told } = await restarted();
  assert.equal(await runner.letGo(copy), false);
  const { handle, user } = network.connect();
  confirmOpen({ handle, user }, link.peer.mta, link.peer.password);
  await quiet();
  assert.equal(await runner.letGo(copy), false);
  user.onIndication({ kind: 'RTTRcnf+' });
  await clock.pass(0);
  assert.equal(told.filter(([name]) => name === 'transfer-out').length, 1);
  assert.equal(await runner.letGo(copy), true);
});

test('where it cannot be recovered the copy is free again', async () => {
  const { clock, network, runner, copy } = await restarted();
  for (let seconds = 0; seconds < 7200; seconds += 10) {
    if (network.dials.length > 0) network.fail('ECONNREFUSED');
    await clock.pass(10_000);
    if (await runner.letGo(copy)) return;
  }
  assert.fail('it is never free');
});
