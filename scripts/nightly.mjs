// The long runs, one after the other: what is too much for every change and not for every night. Prints a
// table and keeps the last result of each run, with its seed, size, day and commit, in nightly-results.json.
// `--scale 0.01` makes all of them shorter, `--only NAME,NAME` runs some, `--seed N` repeats one.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    only: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const scale = Number(values.scale);
const seed = Number(values.seed);

/** What is spread over a hundred links. */
const hundreds = (cases) => Math.max(1000, Math.round(cases / 100) * 100);

/** A run: the program with its arguments, given how many cases and which seed. */
const runs = [
  {
    name: 'octets',
    cases: 10_000_000,
    command: (cases) => ['test/fuzz/octets.ts', '--cases', `${cases}`, '--seed', `${seed}`],
  },
  {
    name: 'operations',
    cases: 100_000,
    command: (cases) => ['test/fuzz/operations.ts', '--cases', `${cases}`, '--seed', `${seed}`],
  },
  {
    name: 'two-stacks',
    cases: 100_000,
    command: (cases) => ['test/sim/two-stacks.ts', '--associations', `${cases}`, '--seed', `${seed}`],
  },
  {
    name: 'simulation',
    cases: 20,
    // As many times the seeds of every simulated world.
    environment: (cases) => ({ SIM_SEEDS: `${cases}` }),
    command: () => ['--test', '--test-concurrency=2', 'test/sim/*.test.ts'],
  },
  {
    // Networks of up to 30 MTAs, each through a day or two.
    name: 'networks',
    cases: 5000,
    command: (cases) => ['test/sim/networks.ts', '--cases', `${cases}`, '--seed', `${seed}`, '--jobs', '2'],
  },
  {
    // Messages an hour, through a day with 50 links.
    name: 'day-of-50',
    cases: 200,
    environment: (cases) => ({ BURST: `${Math.max(4, cases)}`, SEED: `${seed}` }),
    command: () => ['--test', 'test/regressions/rt-q1.test.ts'],
  },
  {
    // Power failures, each in the middle of a recorded run of the store.
    name: 'power-loss',
    cases: 10_000,
    command: (cases) => [
      'test/crash/power-loss.ts',
      ...['--cases', `${cases}`, '--seed', `${seed}`, '--jobs', '2'],
    ],
  },
  {
    // Kills of an MTA under mixed load, its books audited after each.
    name: 'mixed-kills',
    cases: 1000,
    environment: (cases) => ({ KILLS: `${Math.max(10, cases)}`, SEED: `${seed}` }),
    command: () => ['--test', 'test/proof/mixed-kills.test.ts'],
  },
  {
    // A repair that dies at every one of its file operations, and by so many real kills.
    name: 'repair-kills',
    cases: 100,
    environment: (cases) => ({ POINTS: 'all', KILLS: `${cases}`, SEED: `${seed}` }),
    command: () => ['--test', 'test/crash/repair-kills.test.ts'],
  },
  {
    // The same under an MTA that messages are transferred to.
    name: 'power-mta',
    cases: 1000,
    environment: (cases) => ({ POINTS: `${cases}`, SEED: `${seed}` }),
    command: () => ['--test', 'test/crash/mta-power-loss.test.ts'],
  },
  {
    // Deaths of a process in the middle of a write.
    name: 'write-kills',
    cases: 300,
    environment: (cases) => ({ KILLS: `${cases}`, SEED: `${seed}` }),
    command: () => ['--test', 'test/regressions/rt-j1.test.ts'],
  },
  {
    // Octets of two small stores flipped, each started on, repaired and started on again: all that there are.
    name: 'damage',
    cases: 183_000,
    command: (cases) => [
      'test/damage/every-octet.ts',
      ...['--cases', scale >= 1 ? 'all' : `${cases}`, '--seed', `${seed}`, '--jobs', '2'],
    ],
  },
  {
    // Messages in the queue of a real MTA, numbered across 2^32.
    name: 'entries',
    cases: 1_000_000,
    environment: (cases) => ({ ENTRIES: `${Math.max(41_000, cases)}` }),
    command: () => ['--test', 'test/regressions/rt-j2.test.ts'],
  },
  {
    // Seconds of seven lost packets in eight.
    name: 'lossy-link',
    cases: 600,
    environment: (cases) => ({ LOSS_SECONDS: `${Math.max(30, cases)}` }),
    command: () => ['--test', 'test/regressions/q152941.test.ts'],
  },
  {
    // Failed opens over twenty links.
    name: 'connects',
    cases: 100_000,
    environment: (cases) => ({ CONNECTS: `${Math.max(2000, cases)}` }),
    command: () => ['--test', 'test/proof/failed-connects.test.ts'],
  },
  {
    // Octets of one content, over a link that breaks 20 times.
    name: 'large',
    cases: 1024 ** 3,
    environment: (cases) => ({
      CONTENT_OCTETS: `${Math.max(2 ** 26, cases)}`,
      BREAKS: '20',
      SEED: `${seed}`,
    }),
    command: () => ['--test', 'test/proof/large-content.test.ts'],
  },
  {
    // Octets of one content, sent from a file by the command.
    name: 'send-streamed',
    cases: 2 ** 31 - 1,
    environment: (cases) => ({ CONTENT_OCTETS: `${Math.max(2 ** 26, cases)}`, SEED: `${seed}` }),
    command: () => ['--test', 'test/proof/send-streamed.test.ts'],
  },
  {
    // Octets of one line of text, converted for the users of a real MTA.
    name: 'conversion',
    cases: 100 * 1024 * 1024,
    environment: (cases) => ({ TEXT_OCTETS: `${Math.max(2 ** 22, cases)}` }),
    command: () => ['--test', 'test/regressions/rt-d5.test.ts'],
  },
  {
    // Pairs of rounds, with and without four bad peers among a hundred links.
    name: 'isolation',
    cases: 12,
    command: (cases) => [
      'bench/isolation.ts',
      ...['--hostile', '--links', '100', '--pairs', `${Math.max(5, cases)}`],
    ],
  },
  {
    // Routes among which next hops are chosen.
    name: 'routing',
    cases: 100_000,
    command: (cases) => ['bench/routing.ts', '--routes', `${hundreds(cases)}`],
  },
  {
    // Routes that are reloaded three times under a stream of messages.
    name: 'reload-traffic',
    cases: 100_000,
    environment: (cases) => ({ ROUTES: `${hundreds(cases)}` }),
    command: () => ['--test', 'test/regressions/rt-h7-traffic.test.ts'],
  },
  {
    // Members and routes, beside the most recipients that there may be: turns of the event loop.
    name: 'loop-delay',
    cases: 100_000,
    command: (cases) => [
      'bench/loop-delay.ts',
      ...['--members', `${hundreds(cases)}`, '--routes', `${hundreds(cases)}`],
      ...['--recipients', `${Math.min(32_767, hundreds(cases))}`],
    ],
  },
  {
    // Messages that are secured and released, with 1, 16 and 256 callers, beside raw SQLite.
    name: 'store-rates',
    cases: 20_000,
    command: (cases) => ['bench/store.ts', '--messages', `${hundreds(cases)}`],
  },
  {
    // Messages that wait for a dead link: the start, and the memory of each.
    name: 'queued',
    cases: 1_000_000,
    command: (cases) => ['bench/queued.ts', '--counts', `0,${hundreds(cases / 10)},${hundreds(cases)}`],
  },
  {
    // Messages of the largest store that is checked, audited, copied and repaired: what it costs.
    name: 'check-costs',
    cases: 1_000_000,
    command: (cases) => ['bench/check.ts', '--counts', `${hundreds(cases / 10)},${hundreds(cases)}`],
  },
  {
    // Octets of one content, moved from MTA to MTA by archives.
    name: 'archives',
    cases: 2 ** 31 - 1,
    environment: (cases) => ({ CONTENT_OCTETS: `${Math.max(2 ** 26, cases)}`, SEED: `${seed}` }),
    command: () => ['--test', 'test/proof/archives.test.ts'],
  },
];

const chosen = values.only === undefined ? runs.map(({ name }) => name) : values.only.split(',');
const unknown = chosen.filter((name) => !runs.some((run) => run.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `no run is called ${unknown.join(', ')}: ${runs.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(2);
}
const described = spawnSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' });
const commit = described.status === 0 ? described.stdout.trim() : 'unknown';

/** Processes that are started by the thousand begin with compiled code. */
const compiled = `${root}/node_modules/.cache/compiled`;

/** The last result of every run, by its name. */
const file = `${root}/nightly-results.json`;
function lastResults() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

const results = [];
for (const run of runs.filter(({ name }) => chosen.includes(name))) {
  const cases = Math.max(1, Math.round(run.cases * scale));
  process.stdout.write(`\n${run.name}: ${cases} cases, seed ${seed}\n`);
  const began = performance.now();
  const ended = spawnSync(process.execPath, run.command(cases), {
    cwd: root,
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: compiled, ...process.env, ...run.environment?.(cases) },
  });
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  const result = ended.status === 0 ? 'passed' : 'FAILED';
  results.push({ name: run.name, cases, seed, seconds, result });
  const kept = { cases, seed, seconds, result, commit, ended: new Date().toISOString() };
  writeFileSync(file, `${JSON.stringify({ ...lastResults(), [run.name]: kept }, null, 2)}\n`);
}

const row = ({ name, cases, seed: of, seconds, result }) =>
  `${String(name).padEnd(13)} ${String(cases).padStart(10)} ${String(of).padStart(8)} ${String(seconds).padStart(9)}  ${result}`;
process.stdout.write(
  `\n${row({ name: 'name', cases: 'cases', seed: 'seed', seconds: 'seconds', result: 'result' })}\n`,
);
for (const result of results) process.stdout.write(`${row(result)}\n`);
process.exitCode = results.every(({ result }) => result === 'passed') ? 0 : 1;
