// What a running Chappe holds, seen from outside: open files and sockets of its process (Linux /proc),
// resident memory, and by its metrics page timers, associations and failed opens. For proofs that nothing
// grows.

import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, type MtaProcess } from './mta-process.ts';

export interface ProcessCounts {
  /** Open file descriptors of any kind, except sockets. */
  readonly files: number;
  readonly sockets: number;
  /** Pages in memory, in octets. */
  readonly resident: number;
  /** Octets in use on the heap of JavaScript. */
  readonly heap: number;
  /** Timers that are armed, of the whole process. */
  readonly timers: number;
  /** Associations of all links, either direction. */
  readonly associations: number;
}

export type Metrics = ReadonlyMap<string, number>;

/** The counts of now. The question itself costs a connection, which is not counted. */
export async function countsOf(mta: MtaProcess, metricsPage: () => Promise<string>): Promise<ProcessCounts> {
  const metrics = parseMetrics(await metricsPage());
  const { files, sockets } = await descriptors(mta);
  return {
    files,
    sockets,
    resident: await residentOctets(mta),
    heap: metrics.get('nodejs_heap_size_used_bytes') ?? Number.NaN,
    timers: metrics.get('chappe_timers') ?? Number.NaN,
    associations: sumOf(metrics, 'chappe_link_associations'),
  };
}

/** Those of an MTA with this admin port, which can be reached from here. */
export function countsAt(mta: MtaProcess, adminPort: number): Promise<ProcessCounts> {
  return countsOf(mta, () => metricsPage(mta, adminPort));
}

/** What must not grow, as far as a proof can say. */
type Kept = 'files' | 'sockets' | 'timers' | 'associations';

/**
 * Waits until none of `keys` is more than it was `before`, for any of the processes whose counts `now` reads,
 * in the same order.
 */
export async function backTo(
  before: readonly ProcessCounts[],
  now: () => Promise<readonly ProcessCounts[]>,
  { limit_ms, keys }: { readonly limit_ms: number; readonly keys: readonly Kept[] },
): Promise<void> {
  let seen = before;
  await eventually(`${keys.join(', ')} as before`, limit_ms, async () => {
    seen = await now();
    const isBack = seen.every((each, index) => keys.every((key) => each[key] <= before[index][key]));
    return isBack ? true : undefined;
  }).catch((error: unknown) => {
    throw new Error(`${error}: ${JSON.stringify({ before, now: seen })}`);
  });
}

/** The metrics page of an MTA whose admin port can be reached from here. */
export async function metricsPage(mta: MtaProcess, adminPort: number): Promise<string> {
  const token = (await readFile(join(mta.directory, 'store', 'admin.token'), 'utf8')).trim();
  const headers = { authorization: `Bearer ${token}`, connection: 'close' };
  const answer = await fetch(`http://127.0.0.1:${adminPort}/metrics`, { headers });
  if (!answer.ok) throw new Error(`/metrics answers ${answer.status}`);
  return answer.text();
}

/** Values by name and labels as the page has them. */
export function parseMetrics(page: string): Metrics {
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** The sum over all labels of one metric. */
export function sumOf(metrics: Metrics, name: string): number {
  return [...metrics].reduce((sum, [key, value]) => (key.startsWith(`${name}{`) ? sum + value : sum), 0);
}

/** The sum of one event's occurrences over all links; what the log kept back is not among them. */
export function eventsCounted(metrics: Metrics, event: string): number {
  const wanted = `name="${event}"`;
  return [...metrics].reduce(
    (sum, [key, value]) =>
      key.startsWith('chappe_events_total{') && key.includes(wanted) ? sum + value : sum,
    0,
  );
}

export async function residentOctets(mta: MtaProcess): Promise<number> {
  const status = await readFile(`/proc/${mta.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

async function descriptors(mta: MtaProcess): Promise<{ files: number; sockets: number }> {
  const directory = `/proc/${mta.pid}/fd`;
  const names = await readdir(directory);
  const targets = await Promise.all(names.map((name) => readlink(join(directory, name)).catch(() => 'gone')));
  const sockets = targets.filter((target) => target.startsWith('socket:')).length;
  const gone = targets.filter((target) => target === 'gone').length;
  return { files: targets.length - sockets - gone, sockets };
}
