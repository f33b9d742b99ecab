// What searches of tracking cost with so many acts kept, and what they cost others: by identifier, by an
// hour, by address over everything, and by address in an hour; the worst that a commit waited meanwhile, and
// beside a pruning that removes half of them.
//
//   node bench/tracking.ts [--acts 1000000] [--directory DIR] [--json]

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { type Instant, instant } from '../src/base/time.ts';
import { openSqliteStore, type Store, type TrackingRecord } from '../src/store/index.ts';
import { percentile } from './statistics.ts';

const { values } = parseArgs({
  options: {
    acts: { type: 'string', default: '1000000' },
    directory: { type: 'string', default: process.cwd() },
    json: { type: 'boolean', default: false },
  },
});
const acts = Number(values.acts);
/** Acts of a day, so that all of them lie within the thirty days that are kept by default. */
const span_ms = 30 * 86_400_000;
const begin = Date.now() - span_ms;

function record(serial: number): TrackingRecord {
  return {
    at: instant(begin + Math.floor((serial / acts) * span_ms)),
    act: serial % 2 === 0 ? 'transferred-in' : 'transferred-out',
    mtsIdentifier: `/P=RELAY/A= /C=GB/;tracked-${serial >> 1}`,
    kind: 'message',
    originator: `/S=source${serial % 977}/P=SITE-A/A= /C=GB/`,
    recipients: [`/S=sink${serial % 1009}/P=SITE-0/A= /C=GB/`],
    priority: 'normal',
    contentType: '2.6.1.10.1',
    contentLength: 2048,
    detail: { link: 'site-a', peer: 'MTA-A', remote: '192.0.2.1:102', submittedAt: '2031-01-31T12:00:00Z' },
  };
}

interface Row {
  readonly what: string;
  readonly found: number;
  readonly seconds: number;
  /** What a commit waited while it ran. */
  readonly commitP50_ms: number;
  readonly commitP99_ms: number;
}

/** Runs it beside commits that are awaited in turn. */
async function measured(store: Store, what: string, run: () => Promise<number>): Promise<Row> {
  const waits: number[] = [];
  let isOver = false;
  const committing = (async () => {
    while (!isOver) {
      const startedAt = performance.now();
      await store.commit({ strikes: [{ key: 'bench', count: 1, at: instant(begin), detail: '' }] });
      waits.push(performance.now() - startedAt);
      await sleep(2);
    }
  })();
  const startedAt = performance.now();
  const found = await run();
  const seconds = Math.round(performance.now() - startedAt) / 1000;
  isOver = true;
  await committing;
  const [commitP50_ms, commitP99_ms] = [50, 99].map((of) => Math.round(percentile(waits, of) * 10) / 10);
  return { what, found, seconds, commitP50_ms, commitP99_ms };
}

const directory = mkdtempSync(join(values.directory, '.bench-tracking-'));
const store = await openSqliteStore({ directory });
try {
  for (let first = 0; first < acts; first += 2000) {
    const tracking = Array.from({ length: Math.min(2000, acts - first) }, (_, n) => record(first + n));
    const result = await store.commit({ tracking });
    if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  }
  const middle = instant(begin + span_ms / 2);
  const hour = { since: middle, until: (middle + 3_600_000) as Instant };
  const count = async (query: Parameters<Store['track']>[0]): Promise<number> =>
    (await store.track({ limit: acts, ...query })).length;
  const id = record(acts >> 1).mtsIdentifier;
  const rows = [
    await measured(store, 'nothing, for five seconds', () => sleep(5000, 0)),
    await measured(store, 'by identifier', () => count({ mtsIdentifier: id })),
    await measured(store, 'an hour', () => count(hour)),
    await measured(store, 'by address, an hour', () => count({ ...hour, recipient: '/S=SINK77/' })),
    await measured(store, 'by address, everything', () => count({ recipient: '/S=SINK77/' })),
    await measured(store, 'nobody, everything', () => count({ originator: '/S=nobody/' })),
    await measured(store, 'pruning of half', () => store.prune(middle)),
  ];
  if (values.json) console.log(JSON.stringify({ bench: 'tracking', acts, rows }, undefined, 2));
  else console.table(rows);
} finally {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
}
