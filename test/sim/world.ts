// A simulated world of whole MTAs on one clock: who is there, who knows whom, and the checkers that must hold
// whatever happened. Everything follows from the seed.

import assert from 'node:assert/strict';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { after, type Instant, millis, seconds } from '../../src/base/time.ts';
import { auditEntry, emptyCount } from '../../src/store/index.ts';
import { entriesOf } from '../../src/store/memory/entries.ts';
import { VirtualClock } from './virtual-clock.ts';
import { digest, type Sweeps, VirtualMta } from './virtual-mta.ts';
import { VirtualNetwork } from './virtual-network.ts';

export interface LinkPlan {
  readonly to: string;
  /** Address spaces with cost; `/P=TO/A= /C=GB/` at 10 where none are named. */
  readonly spaces?: readonly { readonly address: string; readonly cost: number }[];
  /** Further keys of the link, as YAML flow: `sameDomain: true`. */
  readonly extra?: string;
  /** The peer has no address: it is only answered. */
  readonly onlyAnswered?: boolean;
}

export interface SitePlan {
  readonly name: string;
  readonly links: readonly LinkPlan[];
  /** The private domain; the name where none is given. */
  readonly domain?: string;
  /** What it delivers; its domain where nothing is said. */
  readonly delivers?: string;
  readonly users?: readonly string[];
  /** Further keys of `mta`. */
  readonly extra?: string;
  /** Further keys beside `mta`: lines of YAML. */
  readonly beside?: readonly string[];
  readonly groups?: readonly GroupPlan[];
}

export interface GroupPlan {
  readonly name: string;
  /** The sites whose links it is made of. */
  readonly to: readonly string[];
  readonly spaces: readonly { readonly address: string; readonly cost: number }[];
}

export interface WorldOptions extends Sweeps {
  /** What is done to each MTA before it starts. */
  readonly prepare?: (mta: VirtualMta) => void;
}

export interface Submitted {
  readonly from: string;
  readonly to: string;
  readonly address: string;
  readonly mtsIdentifier: string;
  readonly content: string;
}

/**
 * Seeds for a test: `count` of them from `first`; SIM_SEEDS=n in the environment asks for n times as many.
 */
export function seeds(first: number, count: number): readonly number[] {
  const times = Number(process.env.SIM_SEEDS ?? 1);
  return Array.from({ length: count * times }, (_, index) => first + index);
}

/** An address in a domain. */
export function userAt(domain: string, surname = 'user'): string {
  return `/S=${surname}/P=${domain}/A= /C=GB/`;
}

/** Octets of content up to which a simulated MTA keeps a message in one piece. */
export const inlineOctetsMax = 4096;

export class World {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly network: VirtualNetwork;
  readonly mtas = new Map<string, VirtualMta>();
  readonly submitted: Submitted[] = [];

  constructor(seed: number, plans: readonly SitePlan[], { prepare, ...sweeps }: WorldOptions = {}) {
    this.random = seededRandom(seed);
    this.network = new VirtualNetwork(this.clock.of(this), this.random);
    for (const plan of plans) {
      const { clock, network, random } = this;
      const parts = { host: plan.name, yaml: yamlOf(plan), clock, network, random, inlineOctetsMax };
      const mta = new VirtualMta({ ...parts, sweeps });
      prepare?.(mta);
      this.mtas.set(plan.name, mta);
    }
    for (const mta of this.mtas.values()) mta.start();
  }

  mta(name: string): VirtualMta {
    const mta = this.mtas.get(name);
    assert.ok(mta !== undefined, name);
    return mta;
  }

  now(): Instant {
    return this.clock.now();
  }

  async pass(duration_ms: number): Promise<void> {
    await this.clock.runUntil(after(this.now(), millis(duration_ms)));
  }

  /** Submits a message of random content from one to a user of another, and remembers it if it was taken. */
  submit(from: string, to: string, octets: number, at?: string): void {
    const content = this.random.octets(octets);
    const address = at ?? userAt(to, `U${this.random.between(1, 3)}`);
    const priority = this.random.pick(['urgent', 'normal', 'non-urgent'] as const);
    void this.mta(from)
      .submit({ to: [address], content, contentType: '2.6.1.10.1', priority })
      .then((mtsIdentifier) => {
        if (mtsIdentifier === undefined) return;
        this.submitted.push({ from, to, address, mtsIdentifier, content: digest(content) });
      });
  }

  /** Time passes until every queue is empty; fails if that takes longer than `limit_ms`. */
  async drain(limit_ms = 3_600_000): Promise<void> {
    // What was just submitted is still on its way into a queue.
    await this.pass(100);
    const limit = after(this.now(), millis(limit_ms));
    const drained = await this.clock.runWhile(() => this.queued() > 0, limit);
    assert.ok(drained, `queues drain: ${this.#queues()}`);
    await this.pass(seconds(5));
    assert.equal(this.queued(), 0, 'nothing comes back into a queue');
  }

  queued(): number {
    let queued = 0;
    for (const { disk } of this.mtas.values()) queued += disk.copies.size;
    return queued;
  }

  /** Every submitted message has been delivered, whole; more than once only where a loss explains it. */
  checkNothingLost(): void {
    for (const { to, address, mtsIdentifier, content } of this.submitted) {
      const copies = this.mta(to).delivered.filter(
        (each) => each.mtsIdentifier === mtsIdentifier && each.recipient === address,
      );
      assert.ok(copies.length > 0, `${mtsIdentifier} to ${address} is lost`);
      for (const copy of copies) assert.equal(copy.content, content, `${mtsIdentifier} is whole`);
      let allowed = 1;
      for (const mta of this.mtas.values()) allowed += mta.mayRepeat.get(mtsIdentifier) ?? 0;
      assert.ok(copies.length <= allowed, `${mtsIdentifier}: ${copies.length} times, allowed ${allowed}`);
    }
  }

  /** Every recipient that an MTA accepted has exactly one outcome, or waits (RT-I1): by its own books. */
  checkBooks(): void {
    for (const mta of this.mtas.values()) {
      const count = emptyCount();
      const entries = entriesOf(mta.disk, 0, Number.POSITIVE_INFINITY);
      const contradictions = entries.flatMap((entry) => auditEntry(entry, count));
      assert.deepEqual(contradictions, [], `the books of ${mta.host}`);
    }
  }

  /** The books balance; no acknowledgement before security; spools are gone with their messages. */
  checkLaws(): void {
    this.checkBooks();
    for (const mta of this.mtas.values()) {
      assert.deepEqual(mta.breaches, []);
      assert.deepEqual(mta.events('internal-error'), []);
      assert.deepEqual(mta.events('quarantined'), []);
      // A transfer that was broken off keeps its spool until nobody can go on with it.
      const named = new Set([...mta.disk.recovery.values()].map(({ spool }) => spool));
      const spools = [...mta.disk.spools.keys()].filter((name) => !named.has(name));
      assert.deepEqual(spools, mta.disk.messages.size === 0 ? [] : mta.disk.spools);
    }
  }

  /**
   * The turn of an association lies at one end: never at both, and while nothing is under way at exactly one
   * (X.218).
   */
  checkTurns(atRest = false): void {
    for (const pair of this.network.pairs) {
      const views = pair.map(({ host, association }) => this.mtas.get(host)?.viewOf(association));
      const [one, other] = views;
      if (one?.open !== true || other?.open !== true) continue;
      const ours = views.filter((view) => view?.turn === 'ours').length;
      assert.ok(ours <= 1, `both ends have the turn: ${JSON.stringify(views)}`);
      if (atRest) assert.equal(ours, 1, `the turn is lost: ${JSON.stringify(views)}`);
    }
  }

  /** Stops everybody; afterwards no association, timer or connection remains. */
  async stop(): Promise<void> {
    const living = [...this.mtas.values()].filter(({ alive }) => alive);
    const stopped = living.map(({ agent }) => agent.stop(after(this.now(), seconds(10))));
    let done = false;
    void Promise.all(stopped).then(() => {
      done = true;
    });
    assert.ok(await this.clock.runWhile(() => !done, after(this.now(), seconds(60))), 'everybody stops');
    await this.pass(seconds(10));
    for (const mta of living) {
      assert.equal(mta.timers, 0, `timers of ${mta.host}`);
      assert.equal(mta.agent.inboundAssociations, 0, `callers of ${mta.host}`);
      assert.equal(this.network.connections(mta.host), 0, `connections of ${mta.host}`);
    }
  }

  #queues(): string {
    return JSON.stringify(
      [...this.mtas.values()].flatMap(({ host, disk }) =>
        [...disk.copies.values()].map((copy) => [
          host,
          copy.id,
          copy.nextHop,
          copy.state,
          copy.notBefore,
          copy.lastError,
        ]),
      ),
    );
  }
}

const quick = [
  'retry: { openInterval: 20s, openRetries: 100, transferInterval: 5s, transferRetries: 2 }',
  'rts: { checkpoint: 1KiB, window: 3 }',
  'associations: { max: 3, threshold: 3, lifetime: 30s, disconnect: 10s }',
  'timers: { connect: 10s, open: 20s, activity: 20s, idle: 120s }',
];

function yamlOf(plan: SitePlan): string {
  const domain = plan.domain ?? plan.name;
  return [
    'mta:',
    `  name: MTA-${plan.name}`,
    `  domain: { country: GB, admd: " ", prmd: ${domain} }`,
    ...(plan.extra === undefined ? [] : [`  ${plan.extra}`]),
    'listen: [ { address: 127.0.0.1, port: 0 } ]',
    `store: { directory: /nowhere/${plan.name} }`,
    `links:${plan.links.length === 0 ? ' []' : ''}`,
    ...plan.links.flatMap((link) => linkYaml(plan, link)),
    ...groupsYaml(plan.groups ?? []),
    'deliver:',
    `  - addressSpace: "${plan.delivers ?? `/P=${domain}/A= /C=GB/`}"`,
    `    users: ${plan.users === undefined ? 'any' : JSON.stringify(plan.users)}`,
    `    directory: /nowhere/${plan.name}/delivered`,
    ...(plan.beside ?? []),
    '',
  ].join('\n');
}

function groupsYaml(groups: readonly GroupPlan[]): readonly string[] {
  if (groups.length === 0) return [];
  const lines = groups.map(({ name, to, spaces }) => {
    const links = JSON.stringify(to.map((site) => `to-${site}`));
    return `  - { name: ${name}, links: ${links}, addressSpaces: ${JSON.stringify(spaces)} }`;
  });
  return ['groups:', ...lines];
}

function linkYaml(plan: SitePlan, { to, spaces, extra, onlyAnswered }: LinkPlan): readonly string[] {
  const routes = spaces ?? [{ address: `/P=${to}/A= /C=GB/`, cost: 10 }];
  const given = extra === undefined ? [] : extra.split('\n');
  const keys = given.map((line) => line.split(':')[0]);
  const rest = quick.filter((line) => !keys.includes(line.split(':')[0]));
  const address = onlyAnswered === true ? '' : `, address: ${to}, port: 102`;
  const fixed = [
    `peer: { mta: MTA-${to}, password: ${to}-secret${address} }`,
    `credentials: { mta: MTA-${plan.name}, password: ${plan.name}-secret }`,
  ].filter((line) => !keys.includes(line.split(':')[0]));
  return [
    `  - name: to-${to}`,
    `    addressSpaces: ${JSON.stringify(routes)}`,
    ...[...fixed, ...rest, ...given].map((line) => `    ${line}`),
  ];
}
