// RT-P3: a message that a peer sends again, because our confirmation was lost, is suppressed once within a
// window; another content under the same identifier is accepted and told (exchange-mta.md §3.P: Q152897,
// Q126304).

import assert from 'node:assert/strict';
import { it, test } from 'node:test';
import { externalTraceElement, type MTSAPDU } from '../../src/p1/index.ts';
import { memoryDisk } from '../../src/store/memory/store.ts';
import { agentInHand } from '../support/agent-in-hand.ts';
import { Caller } from '../support/caller.ts';
import { eventually } from '../support/mta-process.ts';
import { packetsIn, spdus, tcpRelay } from '../support/tcp-relay.ts';
import { domainNamed, envelopeOf, now, ours } from '../support/transfer.ts';
import { messageHere, oneMta } from './one-mta.ts';

const toC = [{ to: '/S=user/P=C/A= /C=GB/' }];

function message(octet: number, more: Parameters<typeof envelopeOf>[1] = {}, to = toC): MTSAPDU {
  return {
    kind: 'message',
    value: { envelope: envelopeOf(to, more), content: new Uint8Array(50).fill(octet) },
  };
}

async function stored(mta: Awaited<ReturnType<typeof agentInHand>>): Promise<number> {
  return (await mta.store.list({})).length;
}

test('RT-P3: the same message is confirmed again and stored once', async () => {
  const mta = await agentInHand();
  assert.deepEqual(await mta.arrive('b', message(1)), { ok: true });
  assert.deepEqual(await mta.arrive('b', message(1)), { ok: true });
  assert.equal(await stored(mta), 1);
  const [told, ...more] = mta.eventsNamed('duplicate-received');
  assert.deepEqual([told.kept, told.link, told.mtsIdentifier], [false, 'b', '/P=B/A= /C=GB/;id-1']);
  assert.equal(more.length, 0);
  const acts = (await mta.store.track({ mtsIdentifier: '/P=B/A= /C=GB/;id-1' })).map(({ act }) => act);
  assert.deepEqual(acts, ['transferred-in', 'discarded']);
});

test('RT-P3: two at once, over two associations, are one', async () => {
  const mta = await agentInHand();
  const verdicts = await Promise.all([mta.arrive('b', message(1)), mta.arrive('b', message(1))]);
  assert.deepEqual(verdicts, [{ ok: true }, { ok: true }]);
  assert.equal(await stored(mta), 1);
});

test('RT-P3: another content under the same identifier is accepted and told', async () => {
  const mta = await agentInHand();
  await mta.arrive('b', message(1));
  assert.deepEqual(await mta.arrive('b', message(2)), { ok: true });
  assert.equal(await stored(mta), 2);
  assert.deepEqual(
    mta.eventsNamed('duplicate-received').map(({ kept }) => kept),
    [true],
  );
  await mta.arrive('b', message(2));
  await mta.arrive('b', message(1));
  assert.equal(await stored(mta), 2, 'both are known now');
});

test('RT-P3: recipients of one number and other names are no duplicates: members of one list', async () => {
  const mta = await agentInHand();
  for (const member of ['ann', 'bob']) {
    await mta.arrive('b', message(1, {}, [{ to: `/S=${member}/P=C/A= /C=GB/` }]));
  }
  assert.equal(await stored(mta), 2);
  await mta.arrive('b', message(1, {}, [{ to: '/S=ann/P=C/A= /C=GB/' }]));
  assert.equal(await stored(mta), 2, 'the first again');
});

test('RT-P3: other recipients, another link and a circle are no duplicates', async () => {
  const mta = await agentInHand();
  const two = (first: boolean) => [
    { to: '/S=user/P=C/A= /C=GB/', responsible: first },
    { to: '/S=other/P=C/A= /C=GB/', responsible: !first },
  ];
  await mta.arrive('b', message(1, {}, two(true)));
  await mta.arrive('b', message(1, {}, two(false)));
  assert.equal(await stored(mta), 2, 'the peer sent its recipients by two ways');
  await mta.arrive('twin', message(1, {}, two(true)));
  assert.equal(await stored(mta), 3);
  assert.deepEqual(mta.eventsNamed('duplicate-received'), []);
  const at = { arrivalTime: now };
  const circle = [
    externalTraceElement(domainNamed('B'), at),
    externalTraceElement(domainNamed('X'), at),
    externalTraceElement(domainNamed('B'), at),
  ];
  await mta.arrive('b', message(1, { traceInformation: circle }, two(true)));
  assert.equal(mta.eventsNamed('loop-detected').length, 1, 'a loop is told as a loop');
});

test('RT-P3: the window ends, and a restart does not end it', async () => {
  const disk = memoryDisk();
  const first = await agentInHand({ disk });
  await first.arrive('b', message(1));
  const { clock } = first;
  await clock.pass(60_000);
  const second = await agentInHand({ disk, clock });
  await second.arrive('b', message(1));
  assert.equal(await stored(second), 1);
  await clock.pass(3_600_000);
  await second.arrive('b', message(1));
  assert.equal(await stored(second), 2);
});

test('RT-P3: what was not secured is not known', async () => {
  const mta = await agentInHand();
  const { commit } = mta.store;
  Object.assign(mta.store, {
    commit: async () => ({ ok: false, refusal: { kind: 'no-space', detail: 'full' } }),
  });
  assert.equal((await mta.arrive('b', message(1))).ok, false);
  Object.assign(mta.store, { commit });
  assert.deepEqual(await mta.arrive('b', message(1)), { ok: true });
  assert.equal(await stored(mta), 1);
  assert.deepEqual(mta.eventsNamed('duplicate-received'), []);
});

test('RT-P3: the number of messages that are remembered is bounded, and 0 turns it off', async () => {
  const limited = (messages: number) => ({
    ...ours,
    mta: { ...ours.mta, duplicates: { ...ours.mta.duplicates, messages } },
  });
  const one = await agentInHand({ configuration: limited(1) });
  const other = { messageIdentifier: { globalDomainIdentifier: domainNamed('B'), localIdentifier: 'id-2' } };
  for (const each of [message(1), message(1, other), message(1)]) await one.arrive('b', each);
  assert.equal(await stored(one), 3, 'the first was forgotten for the second');
  const none = await agentInHand({ configuration: limited(0) });
  for (const each of [message(1), message(1)]) await none.arrive('b', each);
  assert.equal(await stored(none), 2);
});

it('RT-P3: the confirmation is lost on a real connection, and the peer sends it again', {
  timeout: 180_000,
}, async (t) => {
  const { mta, port, counts, backTo } = await oneMta(t, { peers: [{ name: 'PEER' }] });
  const before = await counts();
  let cuts = true;
  const relay = await tcpRelay({
    targetPort: port,
    through: (piece, direction, connection) => {
      // ACTIVITY END ACK: what was secured is not confirmed.
      if (cuts && direction === 'to-caller' && packetsIn(piece).includes(spdus.AEA)) {
        connection.cut();
        return piece.subarray(0, 0);
      }
      return undefined;
    },
  });
  t.after(() => relay.stop());
  const apdu = messageHere('again', 3000);
  const plan = { port: relay.port, mta: 'MTA-PEER', password: 'PEER-secret' };
  const first = await Caller.call(plan);
  assert.equal(await first.transfer(apdu), undefined, 'no confirmation comes');
  cuts = false;
  const second = await Caller.call(plan);
  assert.equal((await second.transfer(apdu))?.kind, 'RTTRcnf+');
  await second.release();
  const [told] = await eventually('the event', 30_000, () => {
    const found = mta.eventsNamed('duplicate-received');
    return found.length > 0 ? found : undefined;
  });
  assert.deepEqual([told.kept, told.link], [false, 'PEER']);
  await eventually('the delivery', 30_000, async () => ((await mta.delivered())[0] ? true : undefined));
  const third = await Caller.call(plan);
  assert.equal((await third.transfer(messageHere('again', 3001)))?.kind, 'RTTRcnf+', 'other content');
  await third.release();
  await eventually('both, once each', 30_000, async () =>
    (await mta.delivered()).length === 2 ? true : undefined,
  );
  assert.deepEqual(
    mta.eventsNamed('duplicate-received').map(({ kept }) => kept),
    [false, true],
  );
  await backTo(before);
});
