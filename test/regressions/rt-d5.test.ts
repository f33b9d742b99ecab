// RT-D5: the conversion of a text body of 100 MB in one line, which held up the old MTA's I/O (Q154719). A
// real MTA converts and wraps it for its users in a thread of its own, in bounded memory, while its event
// loop stays free; a text over the limit is returned. TEXT_OCTETS: 4 MiB by default, 100 MiB in the nightly
// run.  The loop is watched from inside (test/support/loop-monitor.ts): what is asserted is processor time
// of the main thread in one turn, which a busy machine does not change.

import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { textContent } from '../support/ipm.ts';
import { chappe, eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, type Site, sites, temporaryDirectory, userAt } from '../support/network.ts';
import { residentOctets } from '../support/process-counts.ts';

const TEXT_OCTETS = Number(process.env.TEXT_OCTETS ?? 4 * 1024 * 1024);
/** What one turn of the loop may take of the processor. */
const TURN_P99_MS_MAX = 5;
/** What the MTA may have resident more than before, whatever the size: the thread, and pieces. */
const GROWTH_OCTETS_MAX = 200 * 1024 * 1024;
const COLUMNS = 72;
const limit_ms = 60_000 + TEXT_OCTETS / 100;

const monitor = fileURLToPath(new URL('../support/loop-monitor.ts', import.meta.url));
const unit = { before: 'Größe ', after: 'Grosse ' };

/** An MTA whose users take IA5 in lines of 72 columns. */
async function converting(t: TestContext, site: Site, textSize: number): Promise<MtaProcess> {
  const directory = join(await temporaryDirectory(t), 'a');
  const conversion = `{ accepts: [ia5], text: ia5, wrap: ${COLUMNS}, textSize: ${textSize}, time: 1h }`;
  const configuration = `${configurationOf(site, { links: [] })}    conversion: ${conversion}\n`;
  const environment = [`LOOP_MONITOR_FILE=${join(directory, 'loop')}`, `NODE_OPTIONS=--import=${monitor}`];
  const mta = await MtaProcess.prepare(directory, configuration, ['env', ...environment]);
  await mta.start();
  t.after(() => mta.stop('SIGKILL'));
  return mta;
}

async function send(mta: MtaProcess, site: Site, octets: number): Promise<void> {
  const text = unit.before.repeat(Math.ceil(octets / unit.before.length));
  const file = join(mta.directory, 'content');
  await writeFile(file, textContent(text, userAt(site, 'from')).content);
  const who = ['--from', userAt(site, 'from'), '--to', userAt(site)];
  const { code, stderr } = await chappe(['send', ...who, '--content', file, '--config', mta.configPath], {
    cwd: mta.directory,
  });
  assert.equal(code, 0, stderr);
}

async function turnsOf(mta: MtaProcess): Promise<{ readonly turns: number; readonly p99_ms: number }> {
  const file = join(mta.directory, 'loop');
  const lines = async () => (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').filter(Boolean);
  const before = (await lines()).length;
  mta.signal('SIGUSR2');
  const line = await eventually('the figures of the loop', 20_000, async () => (await lines())[before]);
  return JSON.parse(line).cpu;
}

async function contentFile(mta: MtaProcess, octets: number): Promise<string> {
  const directory = join(mta.directory, 'delivered');
  for (const name of (await readdir(directory)).filter((each) => each.endsWith('.content'))) {
    const file = join(directory, name);
    if ((await stat(file)).size === octets) return file;
  }
  return assert.fail(`no content of ${octets} octets`);
}

/** Checks the converted text in a file, whatever its size: the words, and the lines. */
async function checkText(file: string, octets: number): Promise<void> {
  const expected = unit.after.length * Math.ceil(octets / unit.before.length);
  let [found, column, longest, begun] = [0, 0, 0, false];
  for await (const piece of createReadStream(file)) {
    const text = (piece as Buffer).toString('latin1');
    const from = begun ? 0 : text.indexOf(unit.after);
    assert.ok(from >= 0, 'the text begins in the first piece');
    begun = true;
    for (const character of text.slice(from)) {
      if (character === '\r') continue;
      if (character === '\n') {
        column = 0;
        continue;
      }
      assert.equal(character, unit.after[found % unit.after.length]);
      found += 1;
      column += 1;
      longest = Math.max(longest, column);
    }
  }
  assert.equal(found, expected);
  assert.ok(longest <= COLUMNS && longest > COLUMNS - unit.after.length, `${longest} columns`);
}

it(`RT-D5: a line of ${TEXT_OCTETS} octets is converted beside the event loop`, {
  timeout: limit_ms,
}, async (t) => {
  const [site] = await sites('A');
  const mta = await converting(t, site, 2 ** 30);
  await send(mta, site, 20_000);
  await eventually('the first delivery', limit_ms, async () => (await mta.delivered())[0]);
  const idle = await residentOctets(mta);
  await turnsOf(mta);
  await send(mta, site, TEXT_OCTETS);
  const large = await eventually('the delivery', limit_ms, async () =>
    (await mta.delivered()).find(({ contentLength }) => contentLength >= TEXT_OCTETS),
  );
  const { turns, p99_ms } = await turnsOf(mta);
  const status = await readFile(`/proc/${mta.pid}/status`, 'utf8');
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  t.diagnostic(`${turns} turns, p99 ${p99_ms.toFixed(1)} ms; resident ${idle >> 20} → ${peak >> 20} MiB`);
  assert.ok(p99_ms < TURN_P99_MS_MAX, `p99 of a turn is ${p99_ms} ms`);
  assert.ok(peak - idle < GROWTH_OCTETS_MAX, 'the MTA holds the text in memory');
  await checkText(await contentFile(mta, large.contentLength), TEXT_OCTETS);
});

it('RT-D5: a text over the limit is returned, and nothing is read of it', { timeout: 60_000 }, async (t) => {
  const [site] = await sites('A');
  const mta = await converting(t, site, 64 * 1024);
  await send(mta, site, 1024 * 1024);
  const report = await eventually('the report', 30_000, async () =>
    (await mta.delivered()).find(({ kind }) => kind === 'report'),
  );
  const [{ nonDelivered }] = report.outcomes ?? assert.fail();
  assert.equal(nonDelivered?.reasonName, 'conversion-not-performed');
  assert.equal(nonDelivered?.diagnosticName, 'conversion-impractical');
});
