// The fuzzer of operations: small worlds of two associations and their users on a virtual clock, everything
// from one seed. Calm worlds: octets cut anywhere, nothing lost; everything that was to be sent is
// confirmed, and the release is orderly. Faulty worlds: stalls, resets, closes, users who abort, refuse, or
// say what makes no sense now. Hostile worlds: octets of the peer's making. Run by itself: node
// test/fuzz/operations.ts --cases N --seed S

import { parseArgs } from 'node:util';
import { AssertionError } from '../../src/base/assert.ts';
import { concat } from '../../src/base/octets.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { after, type Instant, instant, millis } from '../../src/base/time.ts';
import {
  Association,
  type AssociationMachine,
  type AssociationOptions,
  type RTRequest,
} from '../../src/stack/association/index.ts';
import { bindArgument, bindError, bindResult, optionsOf } from '../support/associations.ts';
import { goodExchange } from './good-exchange.ts';
import { mutated } from './mutations.ts';
import { confirmationsHold, FuzzedEnd } from './operations-end.ts';
import { Way } from './operations-pipe.ts';

export type WorldKind = 'calm' | 'faulty' | 'hostile';
const kinds: readonly WorldKind[] = ['calm', 'faulty', 'faulty', 'hostile'];

/** What a test may plant: a wrapper around an association, or around its user. */
export interface Planted {
  readonly machine?: (machine: AssociationMachine, role: AssociationOptions['role']) => AssociationMachine;
  readonly kinds?: readonly WorldKind[];
}

export const startOfWorlds = instant(1_000_000);
const steps_max = 400;
/** After the play nothing is stalled any more and time passes; by then everything has ended. */
const ending_steps_max = 3000;
/**
 * The most that one end may have written without the other having read it: bounded windows, bounded APDUs.
 */
const on_the_way_octets_max = 512 * 1024;
const exchange = goodExchange();
const junk = [...exchange.toResponder, ...exchange.toInitiator];

export class OperationsWorld {
  readonly kind: WorldKind;
  readonly breaches: string[] = [];
  readonly a: FuzzedEnd;
  readonly b: FuzzedEnd;
  /** Whether an end was given up because its user said what made no sense. */
  contained = 0;
  readonly #random: Random;
  #now: Instant = startOfWorlds;
  readonly #there = new Way();
  readonly #back = new Way();

  constructor(seed: number, planted: Planted = {}) {
    const random = seededRandom(seed);
    this.#random = random;
    this.kind = random.pick(planted.kinds ?? kinds);
    const alternate = random.chance(0.6);
    const mode = random.pick(['normal', 'x410-1984'] as const);
    const apdus = (count: number): Uint8Array[] =>
      Array.from({ length: count }, () => random.octets(random.pick([2, 10, 200, 1500, 5000])));
    const plant = planted.machine ?? ((machine: AssociationMachine): AssociationMachine => machine);
    const end = (role: AssociationOptions['role'], count: number): FuzzedEnd => {
      const machine = plant(new Association(optionsOf(role, { ...limits(random), mode })), role);
      return new FuzzedEnd({
        name: role,
        role,
        machine,
        random,
        apdus: apdus(count).map(asElement),
        alternate,
      });
    };
    this.a = end('initiator', random.between(0, 3));
    this.b = end('responder', alternate ? random.between(0, 2) : 0);
    for (const each of [this.a, this.b]) this.#feed(each, () => each.feed({ kind: 'connected' }, this.#now));
    this.#say(this.a, {
      kind: 'RTOPENreq',
      checkpointSize: random.pick([0, 1, 30]),
      window: random.between(1, 5),
      dialogueMode: alternate ? 'two-way-alternate' : 'monologue',
      initialTurn: 'initiator',
      userData: bindArgument,
    });
  }

  /** Plays the world to its end; `breaches` says what was wrong. */
  play(): void {
    for (let step = 0; step < steps_max && !this.#over(); step += 1) this.#step();
    for (let step = 0; step < ending_steps_max && !this.#over(); step += 1) this.#wind(step);
    this.#judge();
  }

  #over(): boolean {
    return this.a.closed && this.b.closed;
  }

  #step(): void {
    const random = this.#random;
    const [end, peer] = random.chance(0.5) ? [this.a, this.b] : [this.b, this.a];
    const long = this.kind !== 'calm' && random.chance(0.02);
    this.#pass(long ? random.between(0, 30_000) : random.between(0, 20));
    const dice = random.between(0, 99);
    if (dice < 55) this.#deliver(end);
    else if (dice < 80) this.#answer(end);
    else if (dice < 90) this.#plan(end, peer);
    else if (this.kind === 'calm') this.#deliver(end);
    else if (dice < 92) this.#fault(end);
    else if (this.kind === 'hostile') this.#disturb(end);
    else this.#misuse(end);
  }

  /** No more mischief: what is on its way arrives, users do what they owe, and time passes. */
  #wind(step: number): void {
    for (const way of [this.#there, this.#back]) way.stalledUntil = undefined;
    for (const [end, peer] of [
      [this.a, this.b],
      [this.b, this.a],
    ] as const) {
      this.#deliver(end);
      this.#answer(end);
      this.#plan(end, peer);
    }
    if (step % 8 === 7) this.#pass(this.kind === 'calm' && step < 800 ? 10 : 45_000);
  }

  #wayTo(end: FuzzedEnd): Way {
    return end === this.b ? this.#there : this.#back;
  }

  #wayFrom(end: FuzzedEnd): Way {
    return end === this.a ? this.#there : this.#back;
  }

  #deliver(end: FuzzedEnd): void {
    const way = this.#wayTo(end);
    if (!way.ready(this.#now) || end.closed) return;
    if (way.held > 0) {
      const octets = way.take(this.#random);
      this.#feed(end, () => end.feed({ kind: 'octets', octets }, this.#now));
    } else if (way.takeEnd()) {
      this.#feed(end, () => end.feed({ kind: 'lost', detail: 'closed by the peer' }, this.#now));
    }
  }

  /** The user gives an answer that it owes; now and then another one than hoped for. */
  #answer(end: FuzzedEnd): void {
    const answer = end.owed.shift();
    if (answer === undefined || end.closed) return;
    const random = this.#random;
    if (this.kind === 'calm' || random.chance(0.9)) {
      this.#say(end, answer);
      return;
    }
    if (answer.kind === 'RTTRrsp+') {
      this.#say(end, { kind: 'RTTRrsp-', transient: random.chance(0.5), detail: 'no' });
      return;
    }
    if (answer.kind === 'RTsupply') {
      this.#say(end, { kind: 'RTsupplyfailed' });
      return;
    }
    if (answer.kind === 'RTOPENrsp+') {
      this.#say(end, { kind: 'RTOPENrsp-', refuse: { kind: 'bind-error', userData: bindError } });
      return;
    }
    this.#say(end, answer);
  }

  /** What a user of good will does next: send, ask for the turn, give it, release when all is done. */
  #plan(end: FuzzedEnd, peer: FuzzedEnd): void {
    if (!end.opened || end.closed || end.sending || end.ending) return;
    const { role, alternate } = end.parts;
    if (!end.hasTurn) {
      const wants = !end.done || (role === 'initiator' && peer.done);
      if (!alternate || !wants || end.askedForTurn || end.owed.length > 0) return;
      end.askedForTurn = true;
      this.#say(end, { kind: 'RTTPreq', priority: this.#random.between(0, 2) });
      return;
    }
    const transfer = end.nextTransfer();
    if (transfer !== undefined && !(end.wantsTurn && this.#random.chance(0.3))) {
      this.#say(end, transfer);
      return;
    }
    if (end.wantsTurn) {
      this.#say(end, { kind: 'RTTGreq' });
      return;
    }
    if (role === 'initiator' && end.done && peer.done) {
      this.#say(end, { kind: 'RTCLOSEreq' });
    }
  }

  #fault(end: FuzzedEnd): void {
    const random = this.#random;
    switch (random.between(0, 3)) {
      case 0:
        this.#wayTo(end).stalledUntil = after(this.#now, millis(random.between(1, 100_000)));
        return;
      case 1:
        this.#there.cut();
        this.#back.cut();
        return;
      case 2:
        // Half-close: what this end has written still arrives, and it hears no more.
        this.#wayFrom(end).end();
        return;
      default:
        this.#say(end, { kind: 'RTUABreq' });
    }
  }

  /** Octets that the peer never sent: a mutation of good ones, in place of what is on its way or among it. */
  #disturb(end: FuzzedEnd): void {
    const random = this.#random;
    const octets = mutated(random.pick(junk), random.pick(junk), random).subarray(0, 4096);
    this.#wayTo(end).put([octets]);
  }

  /** Any primitive, whether or not it makes sense now. */
  #misuse(end: FuzzedEnd): void {
    const random = this.#random;
    const transfer = end.nextTransfer();
    const requests: RTRequest[] = [
      { kind: 'RTOPENrsp+', userData: bindResult },
      { kind: 'RTOPENrsp-', refuse: { kind: 'rts-busy' } },
      { kind: 'RTsupplyfailed' },
      { kind: 'RTsecured', serialNumber: random.between(1, 9) },
      { kind: 'RTTRrsp+' },
      { kind: 'RTTRrsp-', transient: random.chance(0.5), detail: 'a whim' },
      { kind: 'RTresumersp-' },
      { kind: 'RTTPreq', priority: random.between(0, 9) },
      { kind: 'RTTGreq' },
      { kind: 'RTCLOSEreq' },
      { kind: 'RTCLOSErsp' },
      { kind: 'RTUABreq' },
    ];
    if (transfer !== undefined) requests.push(transfer);
    const resumption = end.nextResumption();
    if (resumption !== undefined) requests.push(resumption);
    if (end.owed.every(({ kind }) => kind !== 'RTsupply')) {
      requests.push({ kind: 'RTsupply', octets: random.octets(random.between(1, 50)) });
    }
    const request = random.pick(requests);
    end.owed = end.owed.filter(({ kind }) => kind !== request.kind);
    this.#say(end, request);
  }

  /** Time passes, and every timer that has run out is heard. */
  #pass(duration_ms: number): void {
    const until = after(this.#now, millis(duration_ms));
    for (let turn = 0; turn < 100; turn += 1) {
      const due = [this.a, this.b]
        .filter((end) => !end.closed)
        .map((end) => ({ end, at: end.parts.machine.nextTimeout() }))
        .find(({ at }) => at !== undefined && at <= until);
      if (due?.at === undefined) break;
      if (due.at > this.#now) this.#now = due.at;
      this.#feed(due.end, () => due.end.feed({ kind: 'timer' }, this.#now));
      if (turn === 99) this.breaches.push(`the timers of ${due.end.parts.name} never rest`);
    }
    this.#now = until;
  }

  /** A user that makes no sense is answered by an assertion, which ends this association and nothing else. */
  #say(end: FuzzedEnd, primitive: RTRequest): void {
    this.#feed(end, () => {
      try {
        end.say(primitive, this.#now);
      } catch (error) {
        if (!(error instanceof AssertionError) || this.kind === 'calm') throw error;
        this.contained += 1;
        end.giveUp();
      }
    });
  }

  /** Does it, and hands what was written to the pipe. */
  #feed(end: FuzzedEnd, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.breaches.push(`${end.parts.name}: ${error instanceof Error ? error.stack : String(error)}`);
      end.giveUp();
    }
    const way = this.#wayFrom(end);
    way.put(end.sent);
    end.sent = [];
    if (way.held > on_the_way_octets_max) this.breaches.push(`${end.parts.name} writes without end`);
    if (end.closed) way.end();
  }

  #judge(): void {
    const { a, b } = this;
    if (!this.#over())
      this.breaches.push(`not over: ${JSON.stringify([a, b].map((end) => end.parts.machine.states()))}`);
    this.breaches.push(...a.breaches, ...b.breaches);
    if (this.kind === 'hostile') return;
    if (!confirmationsHold(a, b) || !confirmationsHold(b, a))
      this.breaches.push('confirmed, but not given whole');
    if (this.kind !== 'calm') return;
    for (const end of [a, b]) {
      const { name, apdus } = end.parts;
      if (end.violations > 0) this.breaches.push(`${name} complains of a peer of good will`);
      if (end.confirmed.length !== apdus.length) {
        this.breaches.push(`${name}: ${end.confirmed.length} of ${apdus.length} transfers are confirmed`);
      }
    }
    if (a.terminals[0] !== 'RTCLOSEcnf') this.breaches.push(`a calm world ends with ${a.terminals[0]}`);
  }
}

function limits(random: Random): Partial<AssociationOptions> {
  return {
    limits: { tpdu_octets_max: random.pick([128, 1024, 65_531]), tsdu_octets_max: 64 * 1024 },
    offer: { checkpointSize: random.pick([0, 1, 30]), window: random.between(1, 5) },
  };
}

/** Octets as the contents of an element: RTSE takes one value, as P1 gives it. */
function asElement(octets: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(0xa0, 0x82, octets.length >> 8, octets.length & 0xff), octets]);
}

export interface OperationsRun {
  readonly seed: number;
  readonly associations: number;
  readonly transfers: number;
  readonly orderly: number;
  readonly contained: number;
  readonly failures: readonly {
    readonly seed: number;
    readonly kind: WorldKind;
    readonly breaches: readonly string[];
  }[];
}

/** Plays `cases` worlds; world number n has the seed `seed * 1,000,003 + n`. */
export function fuzzOperations(plan: {
  readonly cases: number;
  readonly seed: number;
  readonly planted?: Planted;
}): OperationsRun {
  const failures: { seed: number; kind: WorldKind; breaches: readonly string[] }[] = [];
  const counts = { associations: 0, transfers: 0, orderly: 0, contained: 0 };
  for (let index = 0; index < plan.cases && failures.length < 10; index += 1) {
    const seed = (plan.seed * 1_000_003 + index) % 2 ** 31;
    const world = new OperationsWorld(seed, plan.planted);
    world.play();
    counts.associations += 1;
    counts.transfers += world.a.confirmed.length + world.b.confirmed.length;
    counts.contained += world.contained;
    if (world.a.terminals[0] === 'RTCLOSEcnf') counts.orderly += 1;
    if (world.breaches.length > 0) failures.push({ seed, kind: world.kind, breaches: world.breaches });
  }
  return { seed: plan.seed, ...counts, failures };
}

/** The run in words. */
export function operationsReport(run: OperationsRun): string {
  const { seed, associations, transfers, orderly, contained, failures } = run;
  return [
    `${associations} associations, ${transfers} transfers, ${orderly} orderly ends, ` +
      `${contained} contained, seed ${seed}`,
    ...failures.map((each) => `FAILED world ${each.seed} (${each.kind}): ${each.breaches.join('; ')}`),
  ].join('\n');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { cases: { type: 'string' }, seed: { type: 'string' }, world: { type: 'string' } },
  });
  if (values.world !== undefined) {
    const world = new OperationsWorld(Number(values.world));
    world.play();
    process.stdout.write(`${world.kind}: ${world.breaches.join('\n') || 'nothing wrong'}\n`);
  } else {
    const run = fuzzOperations({
      cases: Number(values.cases ?? 5000),
      seed: Number(values.seed ?? Date.now() % 1_000_000),
    });
    process.stdout.write(`${operationsReport(run)}\n`);
    process.exitCode = run.failures.length === 0 ? 0 : 1;
  }
}
