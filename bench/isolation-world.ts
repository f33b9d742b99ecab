// The world of the isolation proof: three Chappes of one configuration, two with nothing for the bad peers
// ('clean', 'clean-again') and one ('disturbed') with messages queued for each of them, calling them every
// second; one sink process that is all healthy peers; one source for each Chappe. All live as long as the
// world. Load is given to one Chappe at a time in short slices, and the other two are stopped (SIGSTOP)
// meanwhile, so that a slice has the machine to itself and what the machine does over minutes falls on all
// alike.

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../test/support/ports.ts';
import { type BadPeer, type BadPeerKind, startBadPeer } from './bad-peers.ts';
import { type BenchLink, type BenchMta, startChappe } from './chappe.ts';
import type { SinkReport } from './sink.ts';
import { MessageSource } from './source.ts';
import { now_us } from './transit.ts';

export const arms = ['clean', 'disturbed', 'clean-again'] as const;
export type Arm = (typeof arms)[number];

export interface WorldOptions {
  readonly bad: readonly BadPeerKind[];
  /** Configured links in all, bad ones included; the rest is healthy. The same in every Chappe. */
  readonly links: number;
  /** Messages queued for each bad peer before anything is measured. */
  readonly queuedForEach: number;
  readonly associations: number;
  readonly contentOctets: number;
}

export interface Slice {
  readonly perSecond: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** Processor time of the Chappe, all its threads, for a message, in microseconds. */
  readonly cpu_us: number;
}

/** Between waking a Chappe and loading it: what was due while it was stopped is done by then. */
const SETTLE_MS = 150;

interface Tower {
  readonly mta: BenchMta;
  readonly source: MessageSource;
  readonly adminPort: number;
}

export class IsolationWorld {
  readonly bad: readonly BadPeer[];
  readonly #healthy: readonly string[];
  readonly #sink: Sink;
  readonly #towers: ReadonlyMap<Arm, Tower>;

  private constructor(parts: {
    readonly bad: readonly BadPeer[];
    readonly healthy: readonly string[];
    readonly sink: Sink;
    readonly towers: ReadonlyMap<Arm, Tower>;
  }) {
    this.bad = parts.bad;
    this.#healthy = parts.healthy;
    this.#sink = parts.sink;
    this.#towers = parts.towers;
  }

  static async start(options: WorldOptions): Promise<IsolationWorld> {
    const bad = await Promise.all(options.bad.map(startBadPeer));
    const names = Array.from({ length: options.links - bad.length }, (_, index) => `SINK-${index}`);
    const sink = await Sink.start(names);
    const links = [
      source,
      ...names.map((name, at) => healthyLink(name, sink.ports[at])),
      ...bad.map(badLink),
    ];
    const healthy = names.map((name) => recipientAt(name));
    const towers = new Map<Arm, Tower>();
    for (const arm of arms) towers.set(arm, await startTower(options, links, healthy));
    const world = new IsolationWorld({ bad, healthy, sink, towers });
    const disturbed = world.#tower('disturbed');
    for (const peer of bad) await disturbed.source.run(options.queuedForEach, [badRecipient(peer)]);
    for (const arm of arms) world.#signal(arm, 'SIGSTOP');
    return world;
  }

  /**
   * Loads one Chappe with `count` messages at full speed until the sink has them all; the others stand still.
   */
  async slice(arm: Arm, count: number): Promise<Slice> {
    const { source } = this.#tower(arm);
    await this.#wake(arm);
    const cpuBefore_us = this.#cpu_us(arm);
    const begun_us = now_us();
    const [report] = await Promise.all([this.#sink.take(count), source.run(count, this.#healthy)]);
    this.#signal(arm, 'SIGSTOP');
    const seconds = (report.lastAt_us - begun_us) / 1e6;
    const { p50_ms = Number.NaN, p99_ms = Number.NaN } = report.transit ?? {};
    const cpu_us = (this.#cpu_us(arm) - cpuBefore_us) / count;
    return { perSecond: count / seconds, p50_ms, p99_ms, cpu_us };
  }

  /** Processor time that a Chappe has taken so far. */
  #cpu_us(arm: Arm): number {
    const tasks = `/proc/${this.#tower(arm).mta.process.pid}/task`;
    const nanoseconds = readdirSync(tasks).map((task) =>
      Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]),
    );
    return nanoseconds.reduce((sum, each) => sum + each, 0) / 1000;
  }

  /** How often each event was written by a Chappe so far. */
  events(arm: Arm): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const line of readFileSync(this.#tower(arm).mta.eventsFile, 'utf8').split('\n')) {
      const name = /"name":"([^"]+)"/.exec(line)?.[1];
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  /** A Chappe's own figures, by name and labels as its metrics page has them. */
  async metrics(arm: Arm): Promise<ReadonlyMap<string, number>> {
    await this.#wake(arm);
    const metrics = await this.#page(arm);
    this.#signal(arm, 'SIGSTOP');
    return metrics;
  }

  /**
   * The 99th percentile of the delay of a Chappe's event loop under load, without the time that it stood
   * still.
   */
  async loopDelayP99_ms(arm: Arm, count: number): Promise<number> {
    await this.#wake(arm);
    // Each page has the delays since the one before.
    await this.#page(arm);
    await Promise.all([this.#sink.take(count), this.#tower(arm).source.run(count, this.#healthy)]);
    const metrics = await this.#page(arm);
    this.#signal(arm, 'SIGSTOP');
    return 1000 * (metrics.get('chappe_event_loop_delay_seconds') ?? Number.NaN);
  }

  async #page(arm: Arm): Promise<ReadonlyMap<string, number>> {
    const page = await (await fetch(`http://127.0.0.1:${this.#tower(arm).adminPort}/metrics`)).text();
    const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    );
  }

  async stop(): Promise<void> {
    for (const { mta } of this.#towers.values()) await mta.stop();
    this.#sink.stop();
    for (const peer of this.bad) peer.stop();
  }

  #tower(arm: Arm): Tower {
    const tower = this.#towers.get(arm);
    if (tower === undefined) throw new Error(`no Chappe ${arm}`);
    return tower;
  }

  async #wake(arm: Arm): Promise<void> {
    this.#signal(arm, 'SIGCONT');
    await pause(SETTLE_MS);
  }

  #signal(arm: Arm, signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#tower(arm).mta.process.kill(signal);
  }
}

const source: BenchLink = { name: 'source', mta: 'SOURCE', password: 'source-secret' };

async function startTower(
  options: WorldOptions,
  links: readonly BenchLink[],
  recipients: readonly string[],
): Promise<Tower> {
  const [port, adminPort] = await freePorts(2);
  const mta = await startChappe({ port, adminPort }, links);
  const identity = { mta: source.mta, password: source.password };
  const { associations, contentOctets } = options;
  const opened = await MessageSource.open({
    port,
    identity,
    associations,
    contentOctets,
    recipients,
    transit: true,
  });
  return { mta, source: opened, adminPort };
}

function healthyLink(name: string, port: number): BenchLink {
  return {
    name: name.toLowerCase(),
    mta: name,
    password: 'sink-secret',
    port,
    space: `/P=${name}/A= /C=GB/`,
    yaml: '    associations: { max: 10, threshold: 1 }\n',
  };
}

/** A bad peer is called every second, and given up as soon as the configuration can have it. */
function badLink(peer: BadPeer): BenchLink {
  const name = peer.kind.toUpperCase();
  const open = peer.kind === 'trickling' ? '5s' : '1s';
  return {
    name: peer.kind,
    mta: name,
    password: 'bad-secret',
    port: peer.port,
    space: `/P=${name}/A= /C=GB/`,
    yaml: `    retry: { openInterval: 1s, transferInterval: 1s, openRetries: 5 }
    timers: { open: ${open} }
`,
  };
}

function badRecipient(peer: BadPeer): string {
  return recipientAt(peer.kind.toUpperCase());
}

function recipientAt(domain: string): string {
  return `/S=user/P=${domain}/A= /C=GB/`;
}

/** The process that is all healthy peers. */
class Sink {
  readonly ports: readonly number[];
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(process: ChildProcess, lines: AsyncIterator<string>, ports: readonly number[]) {
    this.#process = process;
    this.#lines = lines;
    this.ports = ports;
  }

  static async start(names: readonly string[]): Promise<Sink> {
    const path = fileURLToPath(new URL('p1-sink.ts', import.meta.url));
    const child = spawn(process.execPath, [path, '--names', names.join(','), '--control', '--transit'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { ports } = JSON.parse((await lines.next()).value ?? '{}');
    return new Sink(child, lines, ports);
  }

  /** Resolves to the report of the next `count` messages. */
  async take(count: number): Promise<SinkReport> {
    this.#process.stdin?.write(`${count}\n`);
    const { value } = await this.#lines.next();
    if (value === undefined) throw new Error('the sink is gone');
    return JSON.parse(value);
  }

  stop(): void {
    this.#process.kill('SIGKILL');
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
