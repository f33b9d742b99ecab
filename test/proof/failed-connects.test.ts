// RT-C1: twenty links whose peers fail every way that a call can fail: refused, silent, reset, disconnected
// or refused at AC. Chappe calls them thousands of times in a row, a 21st link works at once all the while,
// and when the twenty are disabled its sockets, timers and associations are back at the count of before.
// CONNECTS sets how many failed opens in all: 2,000 by default, 100,000 in the nightly run.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { it } from 'node:test';
import { MessageSink } from '../../bench/sink.ts';
import { type FailingPeer, failures, startFailingPeer } from '../support/failing-peers.ts';
import { eventually, MtaProcess } from '../support/mta-process.ts';
import { freePorts } from '../support/ports.ts';
import { temporaryDirectory } from '../support/network.ts';
import {
  countsOf,
  metricsPage,
  type Metrics,
  parseMetrics,
  type ProcessCounts,
  sumOf,
} from '../support/process-counts.ts';

const CONNECTS = Number(process.env.CONNECTS ?? 2000);
const LINKS = 20;
/** Opens that fail at once come about this often, in milliseconds; jitter is added. */
const OPEN_INTERVAL_MS = 100;
/** A link that works takes less than this from submission to confirmation. */
const AT_ONCE_MS = 5000;
/** What the heap may hold more at the end than when the calls had warmed up. */
const GROWTH_OCTETS_MAX = 24 * 1024 * 1024;
const limit_ms = 60_000 + CONNECTS * 30;

it(`RT-C1: ${CONNECTS} failed opens over ${LINKS} links leave nothing behind`, {
  timeout: limit_ms,
}, async (t) => {
  const peers = await Promise.all(
    Array.from({ length: LINKS }, (_, index) => startFailingPeer(failures[index % failures.length])),
  );
  const sink = new MessageSink({ transit: false });
  const healthy = await sink.answer({ mta: 'HEALTHY', password: 'sink-secret' }, 0);
  // A heap that is collected early says what is held, not what has not been looked at yet.
  process.env.NODE_OPTIONS = '--max-old-space-size=80';
  const { mta, page } = await started(t, peers, healthy.port);
  t.after(async () => {
    await mta.stop('SIGKILL');
    for (const peer of peers) peer.stop();
    await healthy.stop();
  });
  const failed = async (): Promise<number> => openAttempts(parseMetrics(await page()));

  await reachesAtOnce(mta, sink);
  const before = await countsOf(mta, page);
  for (const index of peers.keys()) await send(mta, `/S=user/P=BAD-${index}/A= /C=GB/`);

  const warmAt = CONNECTS / 4;
  const warm = await eventually(`${warmAt} failed opens`, limit_ms, async () =>
    (await failed()) >= warmAt ? countsOf(mta, page) : undefined,
  );
  await reachesAtOnce(mta, sink);
  await eventually(`${CONNECTS} failed opens`, limit_ms, async () =>
    (await failed()) >= CONNECTS ? true : undefined,
  );
  const metrics = parseMetrics(await page());
  await reachesAtOnce(mta, sink);

  await enableBadLinks(mta, false);
  const after = await eventually('the counts of before', 20_000, async () => {
    const now = await countsOf(mta, page);
    return isBack(before, now) ? now : undefined;
  }).catch(async (error: unknown) => {
    throw new Error(`${error}: ${JSON.stringify({ before, now: await countsOf(mta, page) })}`);
  });
  await reachesAtOnce(mta, sink);

  for (const [index, peer] of peers.entries()) {
    const opens = metrics.get(`chappe_link_open_attempts{link="bad-${index}"}`) ?? 0;
    assert.ok(opens >= 2, `${peer.failure} failed ${opens} times`);
  }
  assert.ok(after.heap < warm.heap + GROWTH_OCTETS_MAX, `heap: ${warm.heap} warm, ${after.heap} at the end`);
  assert.deepEqual(mta.strayLines, []);
  assert.deepEqual(mta.eventsNamed('internal-error'), []);
  t.diagnostic(`${openAttempts(metrics)} failed opens over ${LINKS} links; floor ${CONNECTS}`);
  t.diagnostic(byFailure(peers, metrics));
  t.diagnostic(
    `before ${JSON.stringify(before)}, warm ${JSON.stringify(warm)}, after ${JSON.stringify(after)}`,
  );
});

function isBack(before: ProcessCounts, now: ProcessCounts): boolean {
  return (
    now.sockets <= before.sockets &&
    now.files <= before.files &&
    now.timers <= before.timers &&
    now.associations <= before.associations
  );
}

function openAttempts(metrics: Metrics): number {
  return sumOf(metrics, 'chappe_link_open_attempts');
}

function byFailure(peers: readonly FailingPeer[], metrics: Metrics): string {
  const opens = new Map<string, number>();
  for (const [index, { failure }] of peers.entries()) {
    const more = metrics.get(`chappe_link_open_attempts{link="bad-${index}"}`) ?? 0;
    opens.set(failure, (opens.get(failure) ?? 0) + more);
  }
  return [...opens].map(([failure, count]) => `${failure}: ${count}`).join(', ');
}

async function started(
  t: Parameters<typeof temporaryDirectory>[0],
  peers: readonly FailingPeer[],
  healthyPort: number,
): Promise<{ readonly mta: MtaProcess; readonly page: () => Promise<string> }> {
  const directory = await temporaryDirectory(t);
  const [port, adminPort] = await freePorts(2);
  const links = peers.map((peer, index) => badLink(`bad-${index}`, peer.port));
  const mta = await MtaProcess.prepare(
    directory,
    `mta:
  name: MTA-HERE
  domain: { country: GB, admd: " ", prmd: HERE }
listen: [ { address: 127.0.0.1, port: ${port} } ]
admin: { address: 127.0.0.1, port: ${adminPort} }
store: { directory: ./store }
links:
${links.join('')}  - name: healthy
    peer: { mta: HEALTHY, password: sink-secret, address: 127.0.0.1, port: ${healthyPort} }
    credentials: { mta: MTA-HERE, password: here-secret }
    addressSpaces: [ { address: "/P=HEALTHY/A= /C=GB/", cost: 10 } ]
    associations: { lifetime: 0s }
`,
  );
  await mta.start();
  return { mta, page: () => metricsPage(mta, adminPort) };
}

function badLink(name: string, port: number): string {
  return `  - name: ${name}
    peer: { mta: ${name.toUpperCase()}, password: bad-secret, address: 127.0.0.1, port: ${port} }
    credentials: { mta: MTA-HERE, password: here-secret }
    addressSpaces: [ { address: "/P=${name.toUpperCase()}/A= /C=GB/", cost: 10 } ]
    retry: { openInterval: ${OPEN_INTERVAL_MS}ms, openRetries: 100000 }
    timers: { open: 1s }
    associations: { disconnect: 1s }
`;
}

async function reachesAtOnce(mta: MtaProcess, sink: MessageSink): Promise<void> {
  const begunAt = performance.now();
  const arrived = sink.until(1).then(() => performance.now() - begunAt);
  await send(mta, '/S=user/P=HEALTHY/A= /C=GB/');
  const took_ms = await arrived;
  sink.report();
  assert.ok(took_ms < AT_ONCE_MS, `the healthy link took ${took_ms} ms`);
  // Its association is closed at once, so that it is in no count.
  await eventually('the release of the healthy link', 5000, () => {
    const opened = mta.eventsNamed('association-opened').length;
    return mta.eventsNamed('association-closed').length === opened ? true : undefined;
  });
}

async function send(mta: MtaProcess, to: string): Promise<void> {
  const from = '/S=user/P=HERE/A= /C=GB/';
  const result = await mta.command('send', '--from', from, '--to', to, '--text', 'x');
  assert.equal(result.code, 0, result.stderr);
}

/** By the configuration and SIGHUP, all at once. */
async function enableBadLinks(mta: MtaProcess, enabled: boolean): Promise<void> {
  const text = await readFile(mta.configPath, 'utf8');
  await writeFile(mta.configPath, text.replaceAll(/(- name: bad-\d+\n)/g, `$1    enabled: ${enabled}\n`));
  await mta.reload('configuration-reloaded', 20_000);
}
