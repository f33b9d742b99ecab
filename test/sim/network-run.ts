// Days in the life of a simulated network: mail, changing faults of network, disk and process, then
// everything heals and has to come to rest. Returns what was wrong instead of failing, so that whoever runs
// thousands of networks can say which, and planted bugs can be looked for. Repeated exactly by its seed.

import { after, type Instant, millis } from '../../src/base/time.ts';
import type { Random } from '../../src/base/random.ts';
import { deadLetterHop } from '../../src/routing/index.ts';
import { beyondBounds } from './network-bounds.ts';
import { type Posted, postSomething, wrongOutcomes } from './network-mail.ts';
import { NetworkObserver } from './network-observer.ts';
import { networkOf, type NetworkPlan, type NetworkSize } from './network-plan.ts';
import type { VirtualMta } from './virtual-mta.ts';
import type { Weather } from './virtual-socket.ts';
import { World } from './world.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** How long after its time an expired copy may still lie in the queue of an MTA that is well. */
const EXPIRY_SLACK_MS = 20 * MINUTE_MS;
/** Few looks make simulated days quick, and what nobody is woken for plain. */
const sweeps = { expirySweep_ms: 5 * MINUTE_MS, hopSweep_ms: 20 * MINUTE_MS };
/** Longer than the longest expiry, after which everything has its outcome. */
const DRAIN_MS = 72 * HOUR_MS;
/** How long something that is due may lie in a queue once everything has healed. */
const DUE_SLACK_MS = HOUR_MS;

export interface NetworkOptions extends NetworkSize {
  /** Changes of the weather; they come minutes to hours apart. */
  readonly steps: number;
  /** Plants a bug. */
  readonly prepare?: (mta: VirtualMta) => void;
}

export interface NetworkResult {
  readonly seed: number;
  readonly what: string;
  readonly breaches: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

/** The networks of every change. */
export const smallNetworks: NetworkOptions = { sitesMin: 3, sitesMax: 6, steps: 10 };
/** Those of the nights. */
export const largeNetworks: NetworkOptions = { sitesMin: 3, sitesMax: 30, steps: 30 };

/** Plays the network of a seed from beginning to end. */
export async function playNetwork(seed: number, options: NetworkOptions): Promise<NetworkResult> {
  const plan = networkOf(seed, options);
  const run = new NetworkRun(seed, plan, options);
  const what = `${plan.sites.length} MTAs, ${plan.shape}, ${plan.tables} tables`;
  try {
    await run.play();
  } catch (error) {
    run.breaches.push(error instanceof Error ? error.message : String(error));
  }
  const { posted, observer } = run;
  const hours = Math.round((run.world.now() - run.began) / HOUR_MS);
  const counts = { posted: posted.length, hours, deaths: run.deaths, ...observer.counts };
  return { seed, what, breaches: [...run.breaches, ...observer.breaches], counts };
}

class NetworkRun {
  readonly breaches: string[] = [];
  readonly posted: Posted[] = [];
  readonly world: World;
  readonly observer: NetworkObserver;
  readonly began: Instant;
  deaths = 0;
  readonly #plan: NetworkPlan;
  readonly #options: NetworkOptions;
  /** Since when each MTA has lived with a disk that takes everything. */
  readonly #wellSince = new Map<string, Instant>();

  constructor(seed: number, plan: NetworkPlan, options: NetworkOptions) {
    this.#plan = plan;
    this.#options = options;
    this.observer = new NetworkObserver((name) => this.world.mtas.get(name.replace(/^MTA-/, '')));
    const prepare = (mta: VirtualMta): void => {
      mta.observer = (...seen) => this.observer.see(...seen);
      options.prepare?.(mta);
    };
    const plans = plan.sites.map((site) => site.plan);
    this.world = new World(seed, plans, { ...sweeps, prepare });
    this.began = this.world.now();
  }

  async play(): Promise<void> {
    const { world, breaches } = this;
    await world.pass(10 * MINUTE_MS);
    const baseline = new Map(this.#mtas.map((mta) => [mta.host, mta.timers]));
    for (let step = 0; step < this.#options.steps; step += 1) await this.#step();
    this.#heal();
    await this.#drain();
    breaches.push(...wrongOutcomes(world, this.posted));
    world.checkBooks();
    for (const mta of this.#mtas) this.#checkLaws(mta);
    await world.pass(2 * HOUR_MS);
    await this.#checkRest(baseline);
    await world.stop();
  }

  get #mtas(): readonly VirtualMta[] {
    return [...this.world.mtas.values()];
  }

  async #step(): Promise<void> {
    const { world } = this;
    const { random } = world;
    for (const { between } of this.#plan.edges) {
      if (random.chance(0.3)) world.network.setWeather(between, weatherOf(random));
    }
    for (const mta of this.#mtas) this.#trouble(mta, random);
    for (let bursts = random.between(1, 3); bursts > 0; bursts -= 1) {
      for (let mail = random.between(0, 3); mail > 0; mail -= 1) {
        postSomething(world, this.#plan, (post) => this.posted.push(post));
      }
      await world.pass(duration(random));
      for (const mta of this.#mtas) this.breaches.push(...beyondBounds(mta));
    }
    this.#checkExpiry();
  }

  #trouble(mta: VirtualMta, random: Random): void {
    const refusals = random.chance(0.1);
    mta.diskWeather.refusalChance = refusals ? 0.3 : 0;
    mta.diskWeather.delay = random.chance(0.1) ? [0, 2000] : [0, 3];
    mta.deliveryFailureChance = random.chance(0.1) ? 0.3 : 0;
    if (!mta.alive) mta.start();
    else if (random.chance(0.08)) {
      mta.kill();
      this.deaths += 1;
    }
    if (refusals || !mta.alive) this.#wellSince.delete(mta.host);
    else if (!this.#wellSince.has(mta.host)) this.#wellSince.set(mta.host, this.world.now());
  }

  #heal(): void {
    for (const { between } of this.#plan.edges) this.world.network.setWeather(between, {});
    for (const mta of this.#mtas) {
      mta.diskWeather.refusalChance = 0;
      mta.diskWeather.delay = [0, 3];
      mta.deliveryFailureChance = 0;
      if (!mta.alive) mta.start();
      if (!this.#wellSince.has(mta.host)) this.#wellSince.set(mta.host, this.world.now());
    }
  }

  /** Time passes until nothing waits but dead letters; peers that never call are called. */
  async #drain(): Promise<void> {
    const { world } = this;
    await world.pass(SECOND_MS);
    const healedAt = world.now();
    const limit = after(world.now(), millis(DRAIN_MS));
    while (this.#waiting().length > 0 && world.now() < limit) {
      this.#callTheSilent();
      await world.pass(10 * MINUTE_MS);
      this.#checkExpiry();
      this.#checkDue(healedAt);
    }
    for (const each of this.#waiting()) this.breaches.push(`still in a queue: ${each}`);
  }

  #callTheSilent(): void {
    for (const { between, answered } of this.#plan.edges) {
      if (answered === undefined) continue;
      const caller = between[0] === answered ? between[1] : between[0];
      const waits = [...this.world.mta(answered).disk.copies.values()].some(
        ({ nextHop }) => nextHop === `link/to-${caller}`,
      );
      const runner = this.world.mta(caller).agent.hops.links.get(`to-${answered}`);
      if (waits) runner?.tell({ kind: 'connect-now' });
    }
  }

  #waiting(): readonly string[] {
    return this.#mtas.flatMap((mta) =>
      [...mta.disk.copies.values()]
        .filter(({ nextHop }) => nextHop !== deadLetterHop)
        .map(({ id, nextHop, state, message, lastError, notBefore }) =>
          [mta.host, id, message.fields.mtsIdentifier, nextHop, state, notBefore, lastError].join(' '),
        ),
    );
  }

  #checkExpiry(): void {
    const now = this.world.now();
    for (const mta of this.#mtas) {
      const well = this.#wellSince.get(mta.host);
      if (well === undefined || well + EXPIRY_SLACK_MS > now) continue;
      for (const { message, state } of mta.disk.copies.values()) {
        const { expiresAt, mtsIdentifier } = message.fields;
        if (state === 'quarantined' || expiresAt + EXPIRY_SLACK_MS > now) continue;
        this.breaches.push(`${mta.host}: ${mtsIdentifier} should have expired at ${expiresAt}, now ${now}`);
      }
    }
  }

  /** Everybody is well: what is due goes, and does not wait until it expires. */
  #checkDue(healedAt: Instant): void {
    const now = this.world.now();
    for (const mta of this.#mtas) {
      for (const { id, nextHop, notBefore = healedAt, message } of mta.disk.copies.values()) {
        const dueAt = Math.max(healedAt, notBefore, message.fields.acceptedAt);
        if (nextHop === deadLetterHop || dueAt + DUE_SLACK_MS > now) continue;
        const what = `${mta.host}: copy ${id} of ${message.fields.mtsIdentifier} for ${nextHop}`;
        this.breaches.push(`${what} has been due since ${dueAt}, now ${now}`);
      }
    }
  }

  #checkLaws(mta: VirtualMta): void {
    const { breaches } = this;
    breaches.push(...mta.breaches);
    for (const name of ['internal-error', 'quarantined'] as const) {
      for (const { fields } of mta.events(name))
        breaches.push(`${mta.host} ${name}: ${JSON.stringify(fields)}`);
    }
  }

  /** Nothing is left, or only what an MTA looked at in this very instant: it is over within seconds. */
  async #checkRest(baseline: ReadonlyMap<string, number>): Promise<void> {
    const left = () => this.#mtas.flatMap((mta) => this.#leftAt(mta, baseline.get(mta.host) ?? 0));
    for (let look = 0; look < 5 && left().length > 0; look += 1) await this.world.pass(SECOND_MS);
    this.breaches.push(...left());
  }

  /** What is left of all that has passed through: associations, timers, spools, points or strikes. */
  #leftAt(mta: VirtualMta, baseline: number): readonly string[] {
    const views = [...mta.agent.hops.links.values()].flatMap((runner) => runner.views);
    const left = {
      associations: views.length,
      callers: mta.agent.inboundAssociations,
      connections: this.world.network.connections(mta.host),
      timers: Math.max(0, mta.timers - baseline),
      points: mta.disk.recovery.size,
      spools: mta.disk.messages.size === 0 ? mta.disk.spools.size : 0,
      strikes: mta.disk.strikes.size,
    };
    return Object.entries(left)
      .filter(([, count]) => count > 0)
      .map(([what, count]) => `${mta.host} at rest: ${count} ${what} left (timers before: ${baseline})`);
  }
}

function duration(random: Random): number {
  const [low, high] = random.pick([
    [SECOND_MS, MINUTE_MS],
    [MINUTE_MS, 20 * MINUTE_MS],
    [30 * MINUTE_MS, 3 * HOUR_MS],
  ]);
  return random.between(low, high);
}

function weatherOf(random: Random): Partial<Weather> {
  return random.pick<Partial<Weather>>([
    {},
    {},
    {},
    { cuts: true },
    { resetChance: 0.05, cuts: true },
    { halfCloseChance: 0.05 },
    { connect: 'refuse' },
    { connect: 'silent' },
    { stalled: true },
    { delay: [200, 3000] },
  ]);
}
