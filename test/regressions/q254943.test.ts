// Q254943: "Out of Semaphores": the old MTA kept semaphores in a fixed table of 6,601, lost some on paths of
// failure, and ended when it was full. Here more associations than that are opened to one real process and
// left at every stage; then its configured limits are filled, and refused beyond. Nothing of it stays: files,
// sockets, timers and associations are back where they were, and mail flows all the while.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { it } from 'node:test';
import type { Caller } from '../support/caller.ts';
import { eventually } from '../support/mta-process.ts';
import { goodExchange } from '../fuzz/good-exchange.ts';
import { call, messageHere, oneMta } from './one-mta.ts';

/** The size of the table that was full. */
const TABLE = 6601;
const TOGETHER = 40;
const LIMIT = 60;

const [connectRequest] = goodExchange().toResponder;

/** How far a caller gets before it is gone. */
const stages = ['connected', 'half a CR', 'CR', 'octets after CR'] as const;

function leaveAt(port: number, stage: (typeof stages)[number], reset: boolean): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      if (stage === 'half a CR') socket.write(connectRequest.subarray(0, 5));
      if (stage === 'CR' || stage === 'octets after CR') socket.write(connectRequest);
      if (stage === 'octets after CR') socket.write(Uint8Array.of(3, 0, 0, 9, 2, 0xf0, 0x80, 13, 0));
      if (reset) setImmediate(() => socket.resetAndDestroy());
      else socket.end();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
  });
}

it('Q254943: no count of associations, however they end, uses anything up', {
  timeout: 120_000,
}, async (t) => {
  const { mta, port, counts, backTo } = await oneMta(t, {
    peers: [{ name: 'PEER' }, { name: 'MANY', yaml: `    associations: { max: ${LIMIT} }\n` }],
    limits: 'inboundAssociations: 100',
  });
  const steady = await call(port, 'PEER');
  const before = await counts();
  const { pid } = mta;

  let opened = 0;
  let transferred = 0;
  while (opened < TABLE + 2 * TOGETHER) {
    const leaving = Array.from({ length: TOGETHER }, (_, index) =>
      leaveAt(port, stages[(opened + index) % stages.length], index % 3 === 0),
    );
    const sent = await steady.transfer(messageHere(`steady-${opened}`, 300));
    assert.equal(sent?.kind, 'RTTRcnf+', 'mail flows meanwhile');
    transferred += 1;
    await Promise.all(leaving);
    opened += TOGETHER;
  }

  for (let round = 0; round < 3; round += 1) {
    const callers = await Promise.all(Array.from({ length: LIMIT + 5 }, () => call(port, 'MANY')));
    const within: Caller[] = callers.filter((caller) => caller.opened);
    assert.equal(within.length, LIMIT, 'as many as are configured, and no more');
    for (const [index, caller] of within.entries()) {
      if (index % 2 === 0) caller.destroy();
      else caller.request({ kind: 'RTUABreq' });
    }
    await eventually('room again', 20_000, async () =>
      (await counts()).associations <= before.associations ? true : undefined,
    );
  }
  const limits = mta.eventsNamed('association-limit');
  assert.ok(
    limits.length > 0 && limits.every(({ key }) => key !== undefined),
    'the limit is told by its key',
  );

  assert.equal(mta.pid, pid);
  assert.deepEqual([mta.strayLines, mta.eventsNamed('internal-error')], [[], []]);
  await backTo(before);
  assert.equal((await steady.transfer(messageHere('last', 300)))?.kind, 'RTTRcnf+');
  await eventually('all delivered', 20_000, async () =>
    (await mta.delivered()).length === transferred + 1 ? true : undefined,
  );
  t.diagnostic(`${opened} associations left half way, ${transferred + 1} messages meanwhile`);
  await steady.release();
});
