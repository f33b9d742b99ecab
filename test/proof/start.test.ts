// A start that cannot be: who holds the port is not known, but which port it is, and which key sets it, is
// said in one event, and the process ends with 1. And a start that is asked to read its configuration again
// before it is ready, or to end, twice.

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { type TestContext, it } from 'node:test';
import { chappe, eventually, MtaProcess } from '../support/mta-process.ts';
import { temporaryDirectory } from '../support/network.ts';
import { freePorts } from '../support/ports.ts';

async function takenPort(t: TestContext): Promise<number> {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  t.after(() => holder.close());
  const address = holder.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

/** An MTA that is to start, on these ports. */
async function prepared(t: TestContext, [port, adminPort]: readonly number[]): Promise<MtaProcess> {
  return MtaProcess.prepare(
    await temporaryDirectory(t),
    `mta: { name: MTA-A, domain: { country: GB, admd: " ", prmd: A } }
listen: [ { address: 127.0.0.1, port: ${port} } ]
admin: { address: 127.0.0.1, port: ${adminPort} }
store: { directory: ./store }
deliver: []
`,
  );
}

for (const [what, event] of [
  ['admin', 'admin-failed'],
  ['listen', 'listen-failed'],
] as const) {
  it(`a start whose ${what} port is taken ends with 1 and says which`, { timeout: 60_000 }, async (t) => {
    const [taken, [free]] = [await takenPort(t), await freePorts(1)];
    const mta = await prepared(t, what === 'listen' ? [taken, free] : [free, taken]);
    const { code, stdout, stderr } = await chappe(['start', '--config', mta.configPath], {
      cwd: mta.directory,
    });
    assert.deepEqual([code, stdout], [1, '']);
    const events = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const failed = events.find(({ name }) => name === event);
    assert.deepEqual([failed.listen, failed.code], [`127.0.0.1:${taken}`, 'EADDRINUSE']);
    const last = events.at(-1);
    assert.equal(last.name, 'start-failed');
    assert.match(last.detail, new RegExp(`127.0.0.1:${taken}`));
  });
}

it('a SIGHUP during the start is answered when the MTA is ready', { timeout: 60_000 }, async (t) => {
  const mta = await prepared(t, await freePorts(2));
  const ready = mta.start();
  await eventually('the first event', 20_000, () => mta.eventsNamed('starting')[0]);
  mta.signal('SIGHUP');
  await ready;
  await eventually('the reload', 20_000, () => mta.eventsNamed('configuration-reloaded')[0]);
  assert.equal(await mta.stop(), 0);
});

it('asked to end twice during its start, it ends at once, and says so', { timeout: 60_000 }, async (t) => {
  const mta = await prepared(t, await freePorts(2));
  const ready = assert.rejects(mta.start());
  await eventually('the first event', 20_000, () => mta.eventsNamed('starting')[0]);
  mta.signal('SIGTERM');
  mta.signal('SIGINT');
  assert.equal(await mta.exited(), 1);
  await ready;
  const reasons = mta.eventsNamed('stopping').map(({ reason }) => reason);
  assert.match(String(reasons.at(-1)), /^SIG(TERM|INT) again: at once$/);
});
