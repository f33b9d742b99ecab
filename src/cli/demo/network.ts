// The network of the demonstration: three MTAs in a row, A – B – C, as processes of this very program with
// configurations in a temporary directory, and at A a link to a peer that takes the connection and never
// says a word.

import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Configuration, loadConfiguration } from '../../config/index.ts';
import { CommandFailure } from '../failure.ts';
import { type LocalMta, localMta } from '../local-mta.ts';

export interface DemoSite {
  readonly name: 'A' | 'B' | 'C';
  readonly configuration: Configuration;
  readonly mta: LocalMta;
  /** Messages and reports in its delivery directory. */
  delivered(): { readonly messages: number; readonly reports: number };
  /** The last events of its process. */
  lastEvents(): string;
}

export interface DemoNetwork {
  readonly sites: readonly DemoSite[];
  close(): Promise<void>;
}

const names = ['A', 'B', 'C'] as const;
/** How long a process may take to say `ready`. */
const ready_ms_max = 15_000;
const stop_ms_max = 15_000;

/** Starts everything; resolves when all three are ready. What was started is ended again if one is not. */
export async function startNetwork(): Promise<DemoNetwork> {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-demo-'));
  const children: ChildProcess[] = [];
  const dead = await silentPeer();
  const close = async () => {
    await Promise.all(children.map(endOf));
    await dead.close();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const ports = await freePorts(names.length);
    const places = Object.fromEntries(names.map((name, index) => [name, ports[index]])) as Record<
      string,
      number
    >;
    const sites = names.map((name) => prepare(join(directory, name), name, { ...places, DEAD: dead.port }));
    await Promise.all(sites.map((site) => run(site, children)));
    return { sites: sites.map(demoSite), close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Prepared {
  readonly name: 'A' | 'B' | 'C';
  readonly directory: string;
  readonly file: string;
}

function prepare(
  directory: string,
  name: Prepared['name'],
  ports: Readonly<Record<string, number>>,
): Prepared {
  mkdirSync(directory);
  const file = join(directory, 'chappe.yaml');
  writeFileSync(file, configurationText(name, ports));
  return { name, directory, file };
}

/** Which domains each MTA reaches by which neighbour. */
const routes: Readonly<Record<Prepared['name'], Readonly<Record<string, readonly string[]>>>> = {
  A: { B: ['B', 'C'], DEAD: ['DEAD'] },
  B: { A: ['A'], C: ['C'] },
  C: { B: ['B', 'A'] },
};

function configurationText(name: Prepared['name'], ports: Readonly<Record<string, number>>): string {
  const links = Object.entries(routes[name]).map(
    ([peer, domains]) => `  - name: to-${peer.toLowerCase()}
    peer: { mta: MTA-${peer}, password: of-${peer}, address: 127.0.0.1, port: ${ports[peer]} }
    credentials: { mta: MTA-${name}, password: of-${name} }
    addressSpaces: ${JSON.stringify(domains.map((domain) => ({ address: domainOf(domain), cost: 10 })))}
    retry: { openInterval: 2s, transferInterval: 2s }
    timers: { open: 5s }`,
  );
  return `mta: { name: MTA-${name}, domain: { country: GB, admd: " ", prmd: ${name} } }
listen: [ { address: 127.0.0.1, port: ${ports[name]} } ]
admin: { address: 127.0.0.1, port: 0 }
store: { directory: store }
links:
${links.join('\n')}
deliver: [ { addressSpace: "${domainOf(name)}", users: any, directory: delivered } ]
`;
}

/** The domain of a site. */
export function domainOf(name: string): string {
  return `/P=${name}/A= /C=GB/`;
}

async function run({ name, directory, file }: Prepared, children: ChildProcess[]): Promise<void> {
  const events = openSync(join(directory, 'events.jsonl'), 'a');
  const child = spawn(process.execPath, [process.argv[1], 'start', '--config', file], {
    stdio: ['ignore', 'pipe', events],
  });
  children.push(child);
  const ready = Promise.withResolvers<void>();
  const fail = (why: string) => ready.reject(new CommandFailure(`MTA-${name} ${why}\n${tail(directory)}`));
  const timer = setTimeout(() => fail('is not ready in time'), ready_ms_max);
  let text = '';
  child.stdout?.on('data', (piece: Buffer) => {
    text += piece.toString();
    if (/^ready$/m.test(text)) ready.resolve();
  });
  child.once('error', (error) => fail(`does not start: ${error.message}`));
  child.once('exit', (code) => fail(`ended with ${code}`));
  await ready.promise.finally(() => clearTimeout(timer));
}

function demoSite({ name, directory, file }: Prepared): DemoSite {
  const read = loadConfiguration(file);
  if (!read.ok) throw new CommandFailure(`the configuration of MTA-${name} has an error`);
  return {
    name,
    configuration: read.value,
    mta: localMta(read.value),
    delivered: () => deliveredIn(join(directory, 'delivered')),
    lastEvents: () => tail(directory),
  };
}

function deliveredIn(directory: string): { messages: number; reports: number } {
  if (!existsSync(directory)) return { messages: 0, reports: 0 };
  const files = readdirSync(directory, { withFileTypes: true }).filter((entry) =>
    entry.name.endsWith('.json'),
  );
  let reports = 0;
  for (const { name } of files) {
    if (JSON.parse(readFileSync(join(directory, name), 'utf8')).kind === 'report') reports += 1;
  }
  return { messages: files.length - reports, reports };
}

function tail(directory: string): string {
  const lines = readFileSync(join(directory, 'events.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.slice(-5).join('\n');
}

/** Asks the process to stop, and makes it if it does not. */
async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stop_ms_max);
  await gone;
  clearTimeout(timer);
}

/** A peer that accepts connections and never answers. */
async function silentPeer(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).resume();
  });
  const port = await listening(server);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(servers.map(listening));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
