// RT-D6: a slow but living peer. One octet a second inside an activity, for longer than the activity timer,
// is no silence and aborts nothing; silence beyond the timer aborts, and the transfer goes on afterwards.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Caller } from '../support/caller.ts';
import { eventually } from '../support/mta-process.ts';
import { packetsIn, spdus, tcpRelay } from '../support/tcp-relay.ts';
import { messageHere, oneMta } from './one-mta.ts';

const ACTIVITY_MS = 3000;
const DRIPPED = 7;
const timers = `    timers: { activity: ${ACTIVITY_MS}ms }\n`;

it('RT-D6: slow is not silent, silent is aborted', { timeout: 60_000 }, async (t) => {
  const { mta, port, counts, backTo } = await oneMta(t, { peers: [{ name: 'SLOW', yaml: timers }] });
  const before = await counts();
  let mode: 'slow' | 'silent' | 'fast' = 'slow';
  let dripped = 0;
  const relay = await tcpRelay({
    targetPort: port,
    through: (piece, direction, connection) => {
      if (direction !== 'to-target' || mode === 'fast' || !packetsIn(piece).includes(spdus.AS))
        return undefined;
      if (mode === 'silent') {
        connection.freeze('to-target');
        return undefined;
      }
      // Its last octets at one a second, for more than twice the timer.
      connection.drip(piece, { octets: DRIPPED, every_ms: 1000 });
      dripped += 1;
      return piece.subarray(0, 0);
    },
  });
  t.after(async () => relay.stop());
  const calling = () => Caller.call({ port: relay.port, mta: 'MTA-SLOW', password: 'SLOW-secret' });

  const slow = await calling();
  const begunAt = performance.now();
  assert.equal((await slow.transfer(messageHere('slow', 3000)))?.kind, 'RTTRcnf+');
  const took_ms = performance.now() - begunAt;
  assert.ok(dripped > 0 && took_ms > 2 * ACTIVITY_MS, `${dripped} pieces one by one, ${took_ms} ms`);
  assert.deepEqual(mta.eventsNamed('association-timeout'), []);
  await slow.release();

  mode = 'silent';
  const silent = await calling();
  assert.equal(
    await silent.transfer(messageHere('silent', 200_000)),
    undefined,
    'the association is aborted',
  );
  const event = await eventually(
    'association-timeout',
    5000,
    () => mta.eventsNamed('association-timeout')[0],
  );
  assert.deepEqual([event.timer, event.limit, event.link], ['activity', ACTIVITY_MS, 'SLOW']);

  mode = 'fast';
  const again = await calling();
  assert.equal((await again.transfer(messageHere('silent', 200_000)))?.kind, 'RTTRcnf+');
  await again.release();
  await eventually('both, once each', 10_000, async () =>
    (await mta.delivered()).length === 2 ? true : undefined,
  );
  await backTo(before);
});
