// RT-B5: what the log does is no business of the mail's. Real processes whose standard error is closed, never
// read, or a full disk; whose standard output is closed; each goes on taking, relaying and delivering, and
// stops in order. The old MTA stopped when its log could not be written.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, sites, temporaryDirectory, userAt } from '../support/network.ts';

const entry = fileURLToPath(new URL('../../bin/chappe.js', import.meta.url));
const MESSAGES = 200;

interface Sink {
  readonly stderr: 'pipe' | number;
  /** What is done to the pipes once it says that it is ready. */
  readonly spoil: (child: ChildProcess) => void;
}

async function survives(t: TestContext, sink: Sink): Promise<void> {
  const [site, far] = await sites('HERE', 'FAR');
  const directory = join(await temporaryDirectory(t), 'here');
  // A link to nobody says something every second.
  const extra = '    retry: { openInterval: 1s }\n';
  const mta = await MtaProcess.prepare(directory, configurationOf(site, { links: [{ to: far, extra }] }));
  const child = spawn(process.execPath, [entry, 'start', '--config', mta.configPath], {
    cwd: directory,
    stdio: ['ignore', 'pipe', sink.stderr],
  });
  t.after(() => child.kill('SIGKILL'));
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  let out = '';
  child.stdout?.on('data', (piece: Buffer) => {
    out += piece.toString();
  });
  await eventually('ready', 30_000, () => (/^ready$/m.test(out) ? true : undefined));
  sink.spoil(child);
  const addressed = ['--to', userAt(site, 'one'), '--to', userAt(far)];
  const sent = await mta.command(
    ...['send', '--no-report', '--from', userAt(site), ...addressed, '--text', 'x', '--count', `${MESSAGES}`],
  );
  assert.equal(sent.code, 0, sent.stderr);
  await eventually('all delivered', 60_000, async () =>
    (await mta.delivered()).length === MESSAGES ? true : undefined,
  );
  const list = JSON.parse((await mta.command('queue', 'list', '--json')).stdout);
  assert.equal(list.length, MESSAGES, 'and what is for the other waits');
  const tracked = await mta.command('track', '--act', 'delivered', '--json');
  assert.ok(JSON.parse(tracked.stdout).length > 0, 'tracking does not depend on the log');
  assert.equal(child.exitCode, null);
  child.kill('SIGTERM');
  assert.equal(await exited, 0, 'it stops in order');
}

it('RT-B5: the reader of the log goes away', { timeout: 150_000 }, (t) =>
  survives(t, { stderr: 'pipe', spoil: (child) => child.stderr?.destroy() }),
);

it('RT-B5: the reader of the log never reads', { timeout: 150_000 }, (t) =>
  survives(t, { stderr: 'pipe', spoil: (child) => child.stderr?.pause() }),
);

it('RT-B5: standard output is closed once it has said that it is ready', { timeout: 150_000 }, (t) =>
  survives(t, {
    stderr: 'pipe',
    spoil: (child) => {
      child.stdout?.destroy();
      child.stderr?.resume();
    },
  }),
);

it('RT-B5: the log lies on a full disk', { timeout: 150_000 }, async (t) => {
  assert.ok(existsSync('/dev/full'), 'a device that is always full');
  const full = openSync('/dev/full', 'w');
  t.after(() => closeSync(full));
  await survives(t, { stderr: full, spoil: () => undefined });
});
