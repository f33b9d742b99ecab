// The transfer time of X.218: so much for each KiB, by priority; and what comes of it in a whole MTA, over a
// way that is too slow for one priority and not for another.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from '../../test/sim/world.ts';
import { copyOfMessage, configured, envelopeOf, linkNamed } from '../../test/support/transfer.ts';
import { transferTime_ms } from './link-copies.ts';

const configuration = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
store: { directory: /nowhere/x }
links:
  - name: plain
    peer: { mta: MTA-P, password: p-secret }
  - name: set
    peer: { mta: MTA-S, password: s-secret }
    rts: { transferTimePerKiB: { urgent: 10ms, normal: 20ms, nonUrgent: 30ms } }
`);

test('time for each KiB begun, by priority, and never for less than 64 KiB', () => {
  const copy = copyOfMessage(envelopeOf([{ to: '/S=b/P=C/A= /C=GB/' }]), new Uint8Array(0));
  const time = (link: string, priority: typeof copy.priority, contentLength: number): number =>
    transferTime_ms(linkNamed(link, configuration), { ...copy, priority, contentLength });
  assert.equal(time('set', 'urgent', 0), 64 * 10);
  assert.equal(time('set', 'urgent', 64 * 1024), 64 * 10);
  assert.equal(time('set', 'urgent', 64 * 1024 + 1), 65 * 10);
  assert.equal(time('set', 'normal', 1024 * 1024), 1024 * 20);
  assert.equal(time('set', 'non-urgent', 1024 * 1024), 1024 * 30);
  // The defaults of the old MTA: 1,000, 2,000 and 3,000 seconds for each KiB.
  assert.deepEqual(
    (['urgent', 'normal', 'non-urgent'] as const).map((priority) => time('plain', priority, 65_536)),
    [64_000_000, 128_000_000, 192_000_000],
  );
});

test('a transfer that takes longer is given up, told, and done later', async () => {
  const extra = `retry: { openInterval: 5s, openRetries: 100, transferInterval: 5s, transferRetries: 100 }
rts: { checkpoint: 1KiB, window: 1, transferTimePerKiB: { urgent: 10ms, normal: 10s, nonUrgent: 10s } }
timers: { connect: 60s, open: 60s, activity: 60s, idle: 120s }`;
  const world = new World(1, [
    { name: 'A', links: [{ to: 'B', extra }] },
    { name: 'B', links: [{ to: 'A', extra }] },
  ]);
  const [a, b] = ['A', 'B'].map((name) => world.mta(name));
  // A checkpoint takes a second, there and back.
  world.network.setWeather(['A', 'B'], { delay: [500, 500] });
  const submit = (priority: 'urgent' | 'normal') =>
    a.submit({
      to: [`/S=${priority}/P=B/A= /C=GB/`],
      content: new Uint8Array(4000),
      contentType: '2.6.1.10.1',
      priority,
    });
  const [urgent] = [submit('urgent'), submit('normal')];
  await world.pass(40_000);
  const id = await urgent;
  assert.deepEqual(
    b.delivered.map(({ recipient }) => recipient),
    ['/S=normal/P=B/A= /C=GB/'],
  );
  const failed = a.events('transfer-failed');
  assert.ok(failed.length > 0);
  for (const { fields } of failed) {
    assert.equal(fields.mtsIdentifier, id);
    assert.match(String(fields.error), /transfer time/);
  }
  world.network.setWeather(['A', 'B'], {});
  await world.drain();
  assert.equal(b.delivered.length, 2);
  world.checkLaws();
  await world.stop();
});
