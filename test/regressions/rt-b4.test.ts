// RT-B4: late events (timer, data, close, an answer of the store) for an association that is over are
// ignored, because its number is never given again, and counted.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { it } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { instant, millis } from '../../src/base/time.ts';
import { listen, systemClock } from '../../src/net/index.ts';
import { LinkScheduler, type SchedulerInput } from '../../src/scheduler/index.ts';
import { Association } from '../../src/stack/association/index.ts';
import type { AssociationHandle } from '../../src/transfer/ports.ts';
import { peerOptions } from '../../bench/peer.ts';
import { eventually } from '../support/mta-process.ts';
import { call, messageHere, oneMta } from './one-mta.ts';

it('RT-B4: a connection that is gone ignores and counts what is still said', async (t) => {
  const clock = systemClock();
  let late = 0;
  const said: string[] = [];
  const opened = Promise.withResolvers<AssociationHandle>();
  const listener = await listen(
    { address: '127.0.0.1', port: 0 },
    {
      clock,
      associationOf: (options) => new Association(options),
      late: () => {
        late += 1;
      },
      admit: () => peerOptions('responder'),
      accepted: (handle) => {
        opened.resolve(handle);
        return {
          onIndication: ({ kind }) => said.push(kind),
          onViolation: () => said.push('violation'),
          onWritable: () => said.push('writable'),
          onClosed: () => said.push('closed'),
        };
      },
      acceptFailed: assert.fail,
    },
  );
  t.after(() => listener.stop());
  const before = clock.armed();
  const socketsBefore = sockets();
  const socket = connect({ port: listener.port, host: '127.0.0.1' });
  const handle = await opened.promise;
  assert.equal(clock.armed(), before + 1, 'the deadline of the open');
  socket.resetAndDestroy();
  await eventually('the end', 5000, () => (said.includes('closed') ? true : undefined));
  assert.equal(clock.armed(), before, 'no timer outlives its association');

  const heard = said.length;
  handle.request({ kind: 'RTsecured', serialNumber: 1 });
  handle.request({ kind: 'RTTRrsp+' });
  handle.request({ kind: 'RTUABreq' });
  handle.destroy('again');
  assert.equal(said.length, heard, JSON.stringify(said));
  assert.equal(late, 3);
  await eventually('the sockets of before', 5000, () => (sockets() <= socketsBefore ? true : undefined));
  assert.equal(clock.armed(), before);
});

/** TCP sockets of this process. */
function sockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
}

it('RT-B4: callers that are gone before the store has answered leave nothing', {
  timeout: 180_000,
}, async (t) => {
  const { mta, port, counts, backTo } = await oneMta(t, { peers: [{ name: 'GONE' }] });
  const before = await counts();
  for (let round = 0; round < 20; round += 1) {
    const caller = await call(port, 'GONE');
    const apdu = messageHere(`gone-${round}`, 200_000);
    caller.request({ kind: 'RTTRreq', octetsTotal: apdu.length, first: [apdu], transferTime_ms: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, round));
    caller.destroy();
  }
  const last = await call(port, 'GONE');
  assert.equal((await last.transfer(messageHere('last', 100)))?.kind, 'RTTRcnf+');
  await last.release();
  await backTo(before);
  const arrived = (await mta.delivered()).map(({ mtsIdentifier }) => mtsIdentifier);
  assert.equal(new Set(arrived).size, arrived.length, 'what was secured is there once');
  assert.deepEqual(mta.eventsNamed('internal-error'), []);
  assert.deepEqual(mta.strayLines, []);
});

it('RT-B4: a scheduler ignores and counts what is said of associations and transfers of the past', () => {
  const schedule = {
    name: 'peer',
    enabled: true,
    callable: true,
    retry: {
      openInterval: millis(1000),
      openRetries: 10,
      transferInterval: millis(1000),
      transferRetries: 2,
    },
    associations: { max: 1, threshold: 1, lifetime: millis(1000), disconnect: millis(1000) },
  };
  const scheduler = new LinkScheduler(schedule, seededRandom(1));
  const tell = (input: SchedulerInput) => scheduler.handle(input, instant(1_000_000));
  const held = () => [scheduler.snapshot().associations, scheduler.nextTimeout()];
  const before = held();
  tell({ kind: 'connect-now' });
  tell({ kind: 'association-opened', association: 1 });
  tell({ kind: 'association-lost', association: 1, detail: 'reset' });
  const settled = scheduler.snapshot();
  assert.equal(settled.lateInputs, 0);
  const late: readonly SchedulerInput[] = [
    { kind: 'association-opened', association: 1 },
    { kind: 'open-failed', association: 1, failure: 'timeout', detail: 'late' },
    { kind: 'association-lost', association: 1, detail: 'late' },
    { kind: 'association-closed', association: 1 },
    { kind: 'transfer-confirmed', association: 1, copy: 7 },
    { kind: 'transfer-failed', association: 1, copy: 7, failure: 'transient', detail: 'late' },
  ];
  for (const input of late) assert.deepEqual(tell(input), [], input.kind);
  assert.deepEqual(scheduler.snapshot(), { ...settled, lateInputs: late.length });
  assert.deepEqual(held(), before, 'no association and no timer');
});
