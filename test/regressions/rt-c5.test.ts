// RT-C5, disk quota: at the low-water mark nothing new is accepted (a temporary refusal, to peers and to
// local users), what is queued drains, at the high-water mark all resumes; the process never ends for it.
// The marks are moved round the free space of the real disk, which no test may fill.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MessageSink } from '../../bench/sink.ts';
import { eventually } from '../support/mta-process.ts';
import { call, messageHere, oneMta } from './one-mta.ts';

const plenty = 'space: { low: 0, high: 0 }';
const short = 'space: { low: 16000GiB, high: 16000GiB }';
const local = '/S=u/P=HERE/A= /C=GB/';

it('RT-C5: below the low-water mark it refuses for a time and drains', { timeout: 180_000 }, async (t) => {
  const sink = new MessageSink({ transit: false });
  const listener = await sink.answer({ mta: 'MTA-AWAY', password: 'AWAY-secret' }, 0);
  t.after(() => listener.stop());
  const away = {
    name: 'AWAY',
    inPeer: `address: 127.0.0.1, port: ${listener.port}`,
    yaml: '    addressSpaces: [ { address: "/P=AWAY/A= /C=GB/" } ]\n    associations: { lifetime: 1s }\n',
  };
  const { mta, port, page, counts, backTo, reload } = await oneMta(t, { peers: [{ name: 'PEER' }, away] });
  await reload((text) => text.replace('directory: ./store }', `directory: ./store, ${plenty} }`));
  const send = (to = local, ...more: string[]) =>
    mta.command('send', '--from', local, '--to', to, '--text', 'hello', ...more);
  assert.equal((await send('/S=u/P=AWAY/A= /C=GB/')).code, 0);
  await sink.until(1);
  await eventually('the link is idle', 15_000, async () =>
    (await counts()).associations === 0 ? true : undefined,
  );
  const toPeer = (await send('/S=u/P=AWAY/A= /C=GB/', '--deferred', '2040-01-01')).stdout.trim();
  const queued = (await send(local, '--deferred', '2040-01-01')).stdout.trim();
  const before = await counts();
  const caller = await call(port, 'PEER');
  assert.equal((await caller.transfer(messageHere('first', 500)))?.kind, 'RTTRcnf+');
  assert.equal((await send()).code, 0);
  await eventually('both delivered', 10_000, async () =>
    (await mta.delivered()).length === 2 ? true : undefined,
  );

  await reload((text) => text.replace(plenty, short));
  const low = await eventually('the event', 5000, () => mta.eventsNamed('store-space-low')[0]);
  assert.equal(low.severity, 'alert');
  assert.match(await page(), /^chappe_store_accepting 0$/m);
  for (const octets of [500, 300_000]) {
    const refused = await caller.transfer(messageHere(`refused-${octets}`, octets));
    assert.equal(refused?.kind, 'RTTRcnf-', `${octets} octets`);
    assert.ok(refused.kind === 'RTTRcnf-' && refused.transient, 'to be tried again');
  }
  const submitted = await send();
  assert.equal(submitted.code, 1);
  assert.match(submitted.stderr, /disk of the store has \d+ octets free, less than store\.space\.low/);

  const found = JSON.parse((await mta.command('queue', 'list', '--json')).stdout);
  assert.deepEqual(
    found.map((each: { mtsIdentifier: string }) => each.mtsIdentifier).sort(),
    [queued, toPeer].sort(),
  );
  const transferred = sink.until(2);
  for (const each of [queued, toPeer]) {
    const released = await mta.command('queue', 'release', each);
    assert.equal(released.code, 0, released.stderr);
  }
  await transferred;
  await eventually('what was queued is delivered', 10_000, async () =>
    (await mta.delivered()).length === 3 ? true : undefined,
  );

  await reload((text) => text.replace(short, plenty));
  await eventually('the event', 5000, () => mta.eventsNamed('store-space-enough')[0]);
  for (const octets of [500, 300_000]) {
    const again = await caller.transfer(messageHere(`refused-${octets}`, octets));
    assert.equal(again?.kind, 'RTTRcnf+', 'the same association, no restart');
  }
  assert.equal((await send()).code, 0);
  await eventually('all delivered', 10_000, async () =>
    (await mta.delivered()).length === 6 ? true : undefined,
  );
  assert.equal(mta.eventsNamed('store-space-low').length, 1, 'said once');
  await caller.release();
  await backTo(before);
});
