// A transfer that a restart broke off: while its association is being recovered nobody else may have the
// copy, or it would be in two transfers at once, or its association in nobody's hands.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmOpen, NetworkInHand } from '../../test/support/dialling.ts';
import {
  arrivingMessage,
  ClockInHand,
  envelopeOf,
  judgeParts,
  linkNamed,
  listening,
  now,
  quiet,
  takingNothing,
} from '../../test/support/transfer.ts';
import { toHex } from '../base/octets.ts';
import { seededRandom } from '../base/random.ts';
import { openMemoryStore } from '../store/index.ts';
import { conversionsOn } from './conversions.ts';
import { judgeArrival } from './judge-arrival.ts';
import { Ledger } from './ledger.ts';
import { LinkRunner } from './link-runner.ts';

const link = linkNamed('c');

/** A link after the death of a process in the middle of a transfer, of which the peer confirmed a point. */
async function restarted() {
  const clock = new ClockInHand();
  const network = new NetworkInHand();
  const { emit, told } = listening();
  const store = openMemoryStore({ now: () => clock.now() });
  const ledger = new Ledger({ store, clock, emit, owner: 'me', directory: '/d' });
  const arriving = arrivingMessage(envelopeOf([{ to: '/S=u/P=C/A= /C=GB/' }]));
  const made = await ledger.commit({ create: judgeArrival(judgeParts(), arriving, now).create });
  assert.ok(made.ok);
  const [copy] = made.created[0].copies;
  const reference = (text: string): string => toHex(new TextEncoder().encode(text));
  const connection = [reference('u'), reference('c')];
  const point = { copy, activity: '01', connection, serialNumber: 1, headDigest: 'x' };
  const data = new TextEncoder().encode(JSON.stringify({ ...point, octetsConfirmed: 5, octetsTotal: 99 }));
  const row = { key: `out/${copy}`, link: 'c', direction: 'out', savedAt: now, data } as const;
  assert.ok((await ledger.commit({ saveRecovery: [row] })).ok);
  const runner = new LinkRunner({
    ...{ link, clock, network, emit, ledger },
    mtaName: 'MTA-X',
    random: seededRandom(1),
    tsduOctetsMax: 1_000_000,
    incoming: () => takingNothing,
    conversions: conversionsOn(ledger, { clock }),
    endCopy: async () => undefined,
    tryAlternates: async () => undefined,
  });
  await runner.restart();
  await clock.pass(0);
  assert.equal(network.dials.length, 1, 'the recover bind');
  return { clock, network, runner, copy, told };
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
