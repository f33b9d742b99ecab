// Durable relay of 2 KB messages: p1-source → one Chappe → p1-sink, alternating with smtp-source → Postfix →
// smtp-sink, round by round in one run, with the same number of connections. Prints each round, the medians
// and their ratio. A round is timed at the sink, from the message that ends the warming-up (a fifth more, not
// counted) to the last.
//
//   node bench/relay.ts [--rounds 5] [--count 5000] [--associations 10] [--json]

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePorts } from '../test/support/ports.ts';
import { startChappe } from './chappe.ts';
import { hasPostfix, startPostfix } from './postfix.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    count: { type: 'string', default: '5000' },
    associations: { type: 'string', default: '10' },
    size: { type: 'string', default: '2048' },
    json: { type: 'boolean', default: false },
    'chappe-only': { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const count = Number(values.count);
const { associations, size } = values;
/** Messages before the clock starts, for both: programs are read, connections opened, code compiled. */
const warm = Math.ceil(count / 5);

/** Messages per second through one Chappe. */
async function chappeRound(): Promise<number> {
  const [port, adminPort, sinkPort] = await freePorts(3);
  const sink = bench('p1-sink.ts', '--port', String(sinkPort), '--control');
  const reports = linesOf(sink);
  await reports.next();
  const mta = await startChappe(
    { port, adminPort },
    [
      { name: 'source', mta: 'SOURCE', password: 'source-secret' },
      { name: 'sink', mta: 'SINK', password: 'sink-secret', port: sinkPort, space: '/P=SINK/A= /C=GB/' },
    ],
    `    associations: { max: ${associations}, threshold: 1 }\n`,
  );
  const all = String(warm + count);
  const load = ['--port', String(port), '--count', all, '--associations', associations, '--size', size];
  const source = bench('p1-source.ts', ...load);
  const lastAt_us = async (messages: number): Promise<number> => {
    sink.stdin?.write(`${messages}\n`);
    return JSON.parse((await reports.next()).value ?? '{}').lastAt_us;
  };
  const warmAt_us = await lastAt_us(warm);
  const seconds = ((await lastAt_us(count)) - warmAt_us) / 1e6;
  source.kill();
  sink.kill();
  await mta.stop();
  return count / seconds;
}

/** Messages per second through one Postfix. */
async function postfixRound(): Promise<number> {
  const [port, sinkPort] = await freePorts(2);
  const sink = spawn('smtp-sink', ['-c', '-u', 'nobody', `127.0.0.1:${sinkPort}`, '1024'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const postfix = startPostfix(port, sinkPort);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const load = ['-s', associations, '-m', String(warm + count), '-l', size, '-f', 'a@bench', '-t', 'b@bench'];
  const source = spawn('smtp-source', [...load, `127.0.0.1:${port}`], { stdio: 'ignore' });
  await counted(sink, warm);
  const startedAt = performance.now();
  await counted(sink, warm + count);
  const seconds = (performance.now() - startedAt) / 1000;
  source.kill();
  sink.kill();
  postfix.stop();
  return count / seconds;
}

/** Resolves when smtp-sink's running counter has come to so many messages. */
function counted(sink: ChildProcess, messages: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (chunk: Buffer): void => {
      const seen = [...chunk.toString().matchAll(/mesg=(\d+)/g)].at(-1);
      if (seen === undefined || Number(seen[1]) < messages) return;
      sink.stdout?.off('data', look);
      resolve();
    };
    sink.stdout?.on('data', look);
  });
}

function bench(file: string, ...args: string[]): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

function linesOf(child: ChildProcess): AsyncIterator<string> {
  if (child.stdout === null) throw new Error('a bench process writes to a pipe');
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const withPostfix = !values['chappe-only'] && hasPostfix();
if (!withPostfix) console.error('Postfix is not here (or this is not root): Chappe alone');
const chappe: number[] = [];
const postfix: number[] = [];
for (let round = 1; round <= rounds; round += 1) {
  chappe.push(await chappeRound());
  if (withPostfix) postfix.push(await postfixRound());
  const other = withPostfix ? `, Postfix ${postfix[round - 1].toFixed(0)}/s` : '';
  if (!values.json) console.log(`round ${round}: Chappe ${chappe[round - 1].toFixed(0)}/s${other}`);
}
const result = {
  count,
  associations: Number(associations),
  size: Number(size),
  chappePerSecond: median(chappe),
  ...(withPostfix && { postfixPerSecond: median(postfix), ratio: median(chappe) / median(postfix) }),
};
console.log(values.json ? JSON.stringify(result) : result);
