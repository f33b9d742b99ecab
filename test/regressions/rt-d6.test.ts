// RT-D6: a slow but living peer. One octet a second inside an activity, for longer than the activity timer,
// is no silence and aborts nothing; silence beyond the timer aborts, and the transfer goes on afterwards,
// from the last confirmed checkpoint where the sender has one.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { Caller } from '../support/caller.ts';
import { eventually } from '../support/mta-process.ts';
import { type Site, siteProcess, sites, temporaryDirectory, userAt } from '../support/network.ts';
import { backTo, countsAt } from '../support/process-counts.ts';
import { packetsIn, spdus, tcpRelay } from '../support/tcp-relay.ts';
import { messageHere, oneMta } from './one-mta.ts';

const ACTIVITY_MS = 3000;
const DRIPPED = 7;
const timers = `    timers: { activity: ${ACTIVITY_MS}ms }\n`;

it('RT-D6: slow is not silent, silent is aborted', { timeout: 180_000 }, async (t) => {
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

const CONTENT_OCTETS = 2_000_000;
const SILENT_AFTER_OCTETS = 1_200_000;
const CHECKPOINT_KIB = 64;
const WINDOW = 3;

it('RT-D6: after a silence inside an activity it is resumed at its last confirmed checkpoint', {
  timeout: 180_000,
}, async (t) => {
  const directory = await temporaryDirectory(t);
  const [siteA, siteB] = await sites('A', 'B');
  const relay = await tcpRelay({
    targetPort: siteB.port,
    through: (_, direction, connection) => {
      if (connection.number > 1 || connection.octets('to-target') < SILENT_AFTER_OCTETS) return undefined;
      // Nothing arrives any more on either side, and nobody is told.
      connection.freeze(direction);
      return undefined;
    },
  });
  const extra = `    retry: { openInterval: 1s, transferInterval: 1s }
    rts: { checkpoint: ${CHECKPOINT_KIB}KiB, window: ${WINDOW}, recoveryTimeout: 60s }
    timers: { activity: ${ACTIVITY_MS}ms }
    associations: { lifetime: 1s, disconnect: 1s }
`;
  const towards = (to: Site) => ({ to, extra });
  const [a, b] = await Promise.all([
    siteProcess(directory, siteA, { links: [towards({ ...siteB, port: relay.port })] }),
    siteProcess(directory, siteB, { links: [towards(siteA)] }),
  ]);
  t.after(async () => {
    relay.stop();
    await Promise.all([a.stop('SIGKILL'), b.stop('SIGKILL')]);
  });
  await Promise.all([a.start(), b.start()]);
  const counts = () => Promise.all([countsAt(a, siteA.adminPort), countsAt(b, siteB.adminPort)]);
  const before = await counts();

  const content = join(directory, 'content');
  await writeFile(content, Buffer.alloc(CONTENT_OCTETS, 'silence '));
  const to = ['--from', userAt(siteA), '--to', userAt(siteB), '--content-type', '1.3.9999.1'];
  const sent = await a.command('send', ...to, '--content', content);
  assert.equal(sent.code, 0, sent.stderr);
  const delivered = await eventually('the delivery', 60_000, async () => (await b.delivered())[0]);
  assert.equal(delivered.contentLength, CONTENT_OCTETS);
  const timeouts = [a, b].flatMap((mta) => mta.eventsNamed('association-timeout'));
  assert.ok(timeouts.length > 0 && timeouts.every(({ timer }) => timer === 'activity'));
  assert.ok(a.eventsNamed('recovery-started').length > 0);
  const octets = relay.connections
    .map((each) => each.octets('to-target'))
    .reduce((sum, each) => sum + each, 0);
  // Once more goes at most what was not confirmed, and what lay in sockets when the silence began.
  const again = (WINDOW + 2) * CHECKPOINT_KIB * 1024 + 256 * 1024;
  assert.ok(octets < CONTENT_OCTETS * 1.02 + again, `${octets} octets for ${CONTENT_OCTETS}`);
  assert.equal((await b.delivered()).length, 1);
  await backTo(before, counts, { limit_ms: 60_000, keys: ['sockets', 'timers', 'associations'] });
});
