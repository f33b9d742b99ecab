// `chappe send --content FILE` of a large file: streamed by the command, the MTA and the delivery, in
// constant memory, octet for octet. CONTENT_OCTETS: 200 MiB by default, 2,147,483,647 in the nightly run.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';

import { seededRandom } from '../../src/base/random.ts';
import { chappe, eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, sites, temporaryDirectory, userAt } from '../support/network.ts';
import { residentOctets } from '../support/process-counts.ts';

const CONTENT_OCTETS = Number(process.env.CONTENT_OCTETS ?? 200 * 1024 * 1024);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** What the MTA and the command may have resident more than with a small content, whatever its size. */
const GROWTH_OCTETS_MAX = 120 * 1024 * 1024;
const limit_ms = 60_000 + CONTENT_OCTETS / 2000;
/** Says on standard error how much the command had resident at most, in KiB. */
const tell = 'process.on("exit",()=>process.stderr.write("peak="+process.resourceUsage().maxRSS))';
const telling = ['env', `NODE_OPTIONS=--import=data:text/javascript,${encodeURIComponent(tell)}`];

it(`${CONTENT_OCTETS} octets are sent from a file in constant memory`, { timeout: limit_ms }, async (t) => {
  const directory = await temporaryDirectory(t);
  const [site] = await sites('A');
  const mta = await MtaProcess.prepare(join(directory, 'a'), configurationOf(site, { links: [] }));
  t.after(() => mta.stop('SIGKILL'));
  await mta.start();
  const [large, small] = [join(directory, 'large'), join(directory, 'small')];
  const sha256 = await write(large, CONTENT_OCTETS);
  await write(small, 1000);
  const send = async (file: string): Promise<number> => {
    const who = ['--from', userAt(site, 'from'), '--to', userAt(site)];
    const args = ['send', ...who, '--content', file, '--config', mta.configPath];
    const { code, stderr } = await chappe(args, { cwd: mta.directory, within: telling });
    assert.equal(code, 0, stderr);
    return Number(/peak=(\d+)/.exec(stderr)?.[1]) * 1024;
  };
  const peakSmall = await send(small);
  const idle = await residentOctets(mta);
  const peakLarge = await send(large);
  const delivered = await eventually('the delivery', limit_ms, async () =>
    (await mta.delivered()).find(({ contentLength }) => contentLength === CONTENT_OCTETS),
  );
  assert.equal(delivered.contentSha256, sha256);
  const status = await readFile(`/proc/${mta.pid}/status`, 'utf8');
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  t.diagnostic(`seed ${SEED}: command ${mb(peakSmall)} → ${mb(peakLarge)}, MTA ${mb(idle)} → ${mb(peak)}`);
  assert.ok(peakLarge - peakSmall < GROWTH_OCTETS_MAX, 'the command holds the content in memory');
  assert.ok(peak - idle < GROWTH_OCTETS_MAX, 'the MTA holds the content in memory');
});

/** Writes a file of random octets; its SHA-256. */
async function write(file: string, octets_count: number): Promise<string> {
  const block = seededRandom(SEED).octets(1024 * 1024);
  const hash = createHash('sha256');
  const handle = await open(file, 'w');
  for (let left = octets_count; left > 0; left -= block.length) {
    const piece = block.subarray(0, Math.min(left, block.length));
    hash.update(piece);
    await handle.writeFile(piece);
  }
  await handle.close();
  return hash.digest('hex');
}

function mb(octets: number): string {
  return `${Math.round(octets / 1e6)} MB`;
}
