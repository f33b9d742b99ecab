// The event loop of one Chappe under the three longest jobs that mail and operators can give it: a message
// with 32,767 recipients (taken, relayed, reported on), the expansion of a list with 100,000 members, and a
// reload of 100,000 routes. Turns of the loop are measured inside the process (test/support/loop-monitor.ts),
// by the wall and by the processor time of its main thread: the second is what the program itself takes, and
// the first is that on a machine which does nothing else. Exits with 1 if a 99th percentile of the processor
// is 5 ms or more.
//
//   node bench/loop-delay.ts [--recipients 32767] [--members 100000] [--routes 100000] [--json]

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type ORAddress, parseORAddress } from '../src/address/index.ts';
import { encode } from '../src/asn1/index.ts';
import { MTSAPDU } from '../src/p1/index.ts';
import { Caller } from '../test/support/caller.ts';
import { eventually, MtaProcess } from '../test/support/mta-process.ts';
import { freePorts } from '../test/support/ports.ts';
import { manyLinks } from './many-links.ts';
import { MessageSink } from './sink.ts';
import { templateMessage } from './template.ts';

const P99_MS_MAX = 5;
const LIMIT_MS = 600_000;
const LINKS = 50;

const { values } = parseArgs({
  options: {
    recipients: { type: 'string', default: '32767' },
    members: { type: 'string', default: '100000' },
    routes: { type: 'string', default: '100000' },
    json: { type: 'boolean', default: false },
  },
});

interface Turns {
  readonly turns: number;
  readonly p99_ms: number;
  readonly max_ms: number;
}
interface Seen {
  readonly wall: Turns;
  readonly cpu: Turns;
}

const directory = await mkdtemp(join(tmpdir(), 'chappe-bench-'));
const [port, adminPort] = await freePorts(2);
const sink = new MessageSink({ transit: false });
const answering = await sink.answer({ mta: 'SINK', password: 'sink-secret' }, 0);
const loopFile = join(directory, 'loop');
const membersFile = join(directory, 'members.txt');

function address(text: string): ORAddress {
  const parsed = parseORAddress(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.message}`);
  return parsed.value;
}

/** With so many routes over links of which nobody is ever called. */
function configuration(routes: number): string {
  const others = routes === 0 ? '' : manyLinks(routes, LINKS);
  return `mta: { name: MTA-HERE, domain: { country: GB, admd: " ", prmd: HERE } }
listen: [ { address: 127.0.0.1, port: ${port} } ]
admin: { address: 127.0.0.1, port: ${adminPort} }
store: { directory: ./store }
links:
  - { name: in, peer: { mta: MTA-IN, password: in-secret } }
  - name: sink
    peer: { mta: SINK, password: sink-secret, address: 127.0.0.1, port: ${answering.port} }
    credentials: { mta: MTA-RELAY, password: relay-secret }
    addressSpaces: [ { address: "/P=SINK/A= /C=GB/" } ]
${others}deliver:
  - { addressSpace: "/P=HERE/A= /C=GB/", users: [ "/S=sender/P=HERE/A= /C=GB/" ], directory: ./delivered }
lists:
  - { name: all, address: "/S=all/P=HERE/A= /C=GB/", file: "${membersFile}", reports: none }
`;
}

function messageTo(localIdentifier: string, names: readonly string[]): Uint8Array {
  const recipient = address('/S=sender/P=HERE/A= /C=GB/');
  const message = templateMessage({ recipient, contentOctets: 2000, localIdentifier });
  if (message.kind !== 'message') throw new Error('no message');
  const { envelope, content } = message.value;
  const [fields] = envelope.perRecipientFields;
  const perRecipientFields = names.map((name, index) => ({
    ...fields,
    recipientName: address(name),
    originallySpecifiedRecipientNumber: index + 1,
  }));
  return encode(MTSAPDU, {
    kind: 'message',
    value: { envelope: { ...envelope, perRecipientFields }, content },
  });
}

async function look(mta: MtaProcess): Promise<Seen> {
  const lines = async () => (await readFile(loopFile, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const before = (await lines()).length;
  mta.signal('SIGUSR2');
  return JSON.parse(await eventually('the figures', LIMIT_MS, async () => (await lines())[before]));
}

/** Does something, and gives the turns of the loop meanwhile. */
async function during(mta: MtaProcess, work: () => Promise<unknown>): Promise<Seen> {
  await look(mta);
  await work();
  return look(mta);
}

async function recipients(mta: MtaProcess, caller: Caller): Promise<void> {
  const names = Array.from(
    { length: Number(values.recipients) },
    (_, index) => `/S=u${index}/P=${index % 2 === 0 ? 'SINK' : 'HERE'}/A= /C=GB/`,
  );
  const sunk = sink.until(1);
  await caller.transfer(messageTo('recipients', names));
  await sunk;
  await eventually('the report', LIMIT_MS, () => mta.eventsNamed('delivered')[0]);
}

async function members(mta: MtaProcess, caller: Caller): Promise<void> {
  await caller.transfer(messageTo('members', ['/S=all/P=HERE/A= /C=GB/']));
  await eventually('the expansion', LIMIT_MS, () => mta.eventsNamed('list-expanded')[0]);
}

async function reload(mta: MtaProcess): Promise<void> {
  await writeFile(mta.configPath, configuration(Number(values.routes)));
  mta.signal('SIGHUP');
  await eventually('the reload', LIMIT_MS, () => mta.eventsNamed('configuration-reloaded')[0]);
}

const monitor = fileURLToPath(new URL('../test/support/loop-monitor.ts', import.meta.url));
const environment = ['env', `LOOP_MONITOR_FILE=${loopFile}`, `NODE_OPTIONS=--import=${monitor}`];
const mta = await MtaProcess.prepare(join(directory, 'here'), configuration(0), environment);
try {
  const lines = Array.from({ length: Number(values.members) }, (_, n) => `/S=m${n}/P=SINK/A= /C=GB/`);
  await writeFile(membersFile, `${lines.join('\n')}\n`);
  await mta.start();
  const caller = await Caller.call({ port, mta: 'MTA-IN', password: 'in-secret' });
  const seen = {
    [`${values.recipients} recipients`]: await during(mta, () => recipients(mta, caller)),
    [`${values.members} members`]: await during(mta, () => members(mta, caller)),
    [`${values.routes} routes`]: await during(mta, () => reload(mta)),
  };
  if (values.json) console.log(JSON.stringify(seen));
  else console.table(Object.fromEntries(Object.entries(seen).map(([name, each]) => [name, rowOf(each)])));
  process.exitCode = Object.values(seen).every(({ cpu }) => cpu.p99_ms < P99_MS_MAX) ? 0 : 1;
} finally {
  await mta.stop('SIGKILL');
  await rm(directory, { recursive: true });
}
process.exit();

function rowOf({ wall, cpu }: Seen): Record<string, string | number> {
  const shown = (turns: Turns): string => `${turns.p99_ms.toFixed(1)} / ${turns.max_ms.toFixed(1)}`;
  return { turns: cpu.turns, 'processor p99 / max ms': shown(cpu), 'wall p99 / max ms': shown(wall) };
}
