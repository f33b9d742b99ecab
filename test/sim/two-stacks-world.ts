// Two stacks and a network between them, everything from one seed: associations opened one after the other,
// refused, reset, stalled, half-closed, cut and coalesced at any octet; sites that die and live again on
// their disks; transfers that go on over all of that. After a while the mischief ends, and everything must
// come to its end in order. Not here: what is judged right.

import { type Random, seededRandom } from '../../src/base/random.ts';
import { after, type Instant, millis, seconds } from '../../src/base/time.ts';
import {
  Association,
  type AssociationMachine,
  type AssociationOptions,
} from '../../src/stack/association/index.ts';
import { Way } from '../fuzz/operations-pipe.ts';
import { bindArgument, startOfTest } from '../support/associations.ts';
import { complaints, judged } from './two-stacks-judge.ts';
import { Seat } from './two-stacks-seat.ts';
import { type Connection, connectionName, released, Site } from './two-stacks-site.ts';
import { apdus, optionsIn, type Terms, termsOf } from './two-stacks-terms.ts';

/** Bugs that are planted, to see that they are found. */
export interface Planted {
  readonly machine?: (machine: AssociationMachine, role: AssociationOptions['role']) => AssociationMachine;
  readonly site?: (site: Site) => void;
}

/** A connection between the two, and the associations at its ends. */
interface Pair {
  readonly a: Seat;
  readonly b: Seat;
  readonly there: Way;
  readonly back: Way;
  /** Whether it was opened after the mischief. */
  readonly calm: boolean;
  transfers: number;
}

/** A sender gives its point up after so long; a receiver keeps it twice as long. */
const recovery = seconds(300);
const steps_max = 60_000;
const on_the_way_octets_max = 512 * 1024;

export interface WorldCounts {
  associations: number;
  recoveries: number;
  refusedConnects: number;
  deaths: number;
  orderly: number;
}

export class TwoStacksWorld {
  readonly a: Site;
  readonly b: Site;
  readonly terms: Terms;
  readonly breaches: string[] = [];
  readonly counts: WorldCounts = {
    associations: 0,
    recoveries: 0,
    refusedConnects: 0,
    deaths: 0,
    orderly: 0,
  };
  readonly #random: Random;
  readonly #planted: Planted;
  readonly #troubled: number;
  #pairs: Pair[] = [];
  #now: Instant = startOfTest;
  #mischief = true;

  constructor(seed: number, planted: Planted = {}) {
    const random = seededRandom(seed);
    this.#random = random;
    this.#planted = planted;
    this.terms = termsOf(random);
    this.#troubled = random.between(8, 30);
    this.a = new Site('A', apdus(random, random.between(3, 8)));
    this.b = new Site('B', apdus(random, this.terms.alternate ? random.between(0, 6) : 0));
    for (const site of [this.a, this.b]) planted.site?.(site);
  }

  /** Plays the world to its end; `breaches` says what was wrong. */
  play(): void {
    for (let step = 0; step < steps_max && !this.#over(); step += 1) {
      if (this.#mischief && this.counts.associations >= this.#troubled) this.#heal();
      this.#step();
    }
    this.#judge();
  }

  #over(): boolean {
    return this.a.done && this.b.done && this.#pairs.length === 0;
  }

  /** From now on everything goes well; connections of before may still end badly. */
  #heal(): void {
    this.#mischief = false;
    for (const { there, back } of this.#pairs) for (const way of [there, back]) way.stalledUntil = undefined;
  }

  #step(): void {
    const random = this.#random;
    if (this.#mayOpen()) this.#open();
    const [pair] = this.#pairs.length === 0 ? [undefined] : [random.pick(this.#pairs)];
    if (pair === undefined) {
      this.#pass(1000);
      return;
    }
    const [seat, way] = random.chance(0.5) ? [pair.a, pair.back] : [pair.b, pair.there];
    const moved = this.#deliver(pair, seat, way);
    const dice = random.between(0, 99);
    if (dice < 60) this.#act(pair, () => seat.answer(this.#now));
    if (dice >= 30) this.#act(pair, () => seat.plan(this.#now));
    if (this.#mischief && random.chance(0.01)) this.#trouble(pair, seat);
    // Where nothing moves any more, only a timer can change that.
    const stuck = !moved && !this.#pairs.some((each) => this.#stirs(each));
    if (stuck) this.#pass(random.pick([20, 1000, 20_000]));
    else this.#pass(random.between(0, 5));
  }

  /** Whether something is on its way, or due from a user. */
  #stirs({ a, b, there, back }: Pair): boolean {
    const moves = (!b.closed && there.ready(this.#now)) || (!a.closed && back.ready(this.#now));
    return moves || a.owes || b.owes;
  }

  /** A opens another association once it knows of none, while there is something to do. */
  #mayOpen(): boolean {
    const open = this.#pairs.some(({ a }) => !a.closed);
    return !open && !(this.a.done && this.b.done);
  }

  #open(): void {
    const random = this.#random;
    if (this.#mischief && random.chance(0.05)) {
      this.counts.refusedConnects += 1;
      this.#refusedConnect();
      return;
    }
    this.#giveUpOld();
    this.counts.associations += 1;
    const { alternate, mode, asked } = this.terms;
    const ours = this.a.next()?.point?.connection;
    const theirs = alternate ? this.b.next()?.point?.connection : undefined;
    const recover = ours ?? theirs;
    // Who was sending goes on, and so has the turn at first.
    const responderFirst = alternate && (recover === undefined ? random.chance(0.2) : ours === undefined);
    const pair = this.#pair();
    this.#pairs.push(pair);
    for (const seat of [pair.a, pair.b]) this.#act(pair, () => seat.feed({ kind: 'connected' }, this.#now));
    if (recover !== undefined) this.counts.recoveries += 1;
    pair.a.recovering = recover;
    this.#act(pair, () =>
      pair.a.say(
        {
          kind: 'RTOPENreq',
          ...asked,
          dialogueMode: alternate ? 'two-way-alternate' : 'monologue',
          initialTurn: responderFirst ? 'responder' : 'initiator',
          ...(mode === 'x410-1984' && { applicationProtocol: 12 }),
          ...(recover !== undefined && { recover }),
          userData: recover === undefined ? bindArgument : new Uint8Array(0),
        },
        this.#now,
      ),
    );
  }

  /** The recovery timeout of a sender is over: it begins anew. Receivers forget later. */
  #giveUpOld(): void {
    for (const site of [this.a, this.b]) {
      const outgoing = site.next();
      const { lostAt } = outgoing ?? {};
      if (outgoing?.point !== undefined && lostAt !== undefined && this.#now - lostAt > recovery)
        site.beginAnew(outgoing, 'the recovery timeout is over');
      site.sweep(this.#now, 2 * recovery);
    }
  }

  #pair(): Pair {
    const quota = this.#random.between(1, 4);
    const pair: { -readonly [K in keyof Pair]?: Pair[K] } = { transfers: 0, calm: !this.#mischief };
    const seat = (role: Seat['parts']['role']): Seat => {
      const [site, peer] = role === 'initiator' ? [this.a, this.b] : [this.b, this.a];
      const machine = new Association(optionsIn(this.terms, role, this.counts.associations));
      return new Seat({
        site,
        peer,
        role,
        machine: this.#planted.machine?.(machine, role) ?? machine,
        random: this.#random,
        alternate: this.terms.alternate,
        mischief: () => this.#mischief,
        superseded: (connection) => this.#superseded(connection, pair),
        mayBegin: () => (pair.transfers ?? 0) < quota,
        begun: () => {
          pair.transfers = (pair.transfers ?? 0) + 1;
        },
      });
    };
    return Object.assign(pair, {
      a: seat('initiator'),
      b: seat('responder'),
      there: new Way(),
      back: new Way(),
    }) as Pair;
  }

  /** B lets go of what is carried on by another association. */
  #superseded(connection: Connection, by: object): void {
    const names = this.b.carriers(connection);
    const named = (each: Connection | undefined): boolean =>
      each !== undefined && names.has(connectionName(each));
    for (const pair of this.#pairs) {
      const { b } = pair;
      if (pair === by || b.closed || !(named(b.connection) || named(b.recovering))) continue;
      b.vanish(this.#now);
      this.#tidy(pair);
    }
  }

  /**
   * The network says no before there is anything: an association that is never connected ends like
   * others.
   */
  #refusedConnect(): void {
    const pair = this.#pair();
    this.#act(pair, () =>
      pair.a.say(
        {
          kind: 'RTOPENreq',
          ...this.terms.asked,
          dialogueMode: 'monologue',
          initialTurn: 'initiator',
          userData: bindArgument,
        },
        this.#now,
      ),
    );
    this.#act(pair, () => pair.a.feed({ kind: 'lost', detail: 'ECONNREFUSED' }, this.#now));
    if (!pair.a.closed) this.breaches.push('a refused connect does not end its association');
    this.#pass(this.#random.between(0, 20_000));
  }

  #deliver(pair: Pair, seat: Seat, way: Way): boolean {
    if (!way.ready(this.#now) || seat.closed) return false;
    if (way.held > 0) {
      const octets = way.take(this.#random);
      this.#act(pair, () => seat.feed({ kind: 'octets', octets }, this.#now));
      return true;
    }
    if (!way.takeEnd()) return false;
    this.#act(pair, () => seat.feed({ kind: 'lost', detail: 'closed by the peer' }, this.#now));
    return true;
  }

  #trouble(pair: Pair, seat: Seat): void {
    const random = this.#random;
    switch (random.between(0, 6)) {
      case 0:
      case 1:
        pair.there.cut();
        pair.back.cut();
        return;
      case 2:
        // Half-close: what this end has written still arrives, and it may go on hearing.
        (seat === pair.a ? pair.there : pair.back).end();
        return;
      case 3:
        random.pick([pair.there, pair.back]).stalledUntil = after(
          this.#now,
          millis(random.between(1, 100_000)),
        );
        return;
      case 4:
        // Nothing arrives any more, and nobody says so.
        for (const way of [pair.there, pair.back]) way.stalledUntil = after(this.#now, seconds(1_000_000));
        return;
      case 5:
        this.#act(pair, () => seat.abort(this.#now));
        return;
      default:
        this.#kill(random.pick([this.a, this.b]));
    }
  }

  /**
   * The process dies: its associations are gone without a word, and the last point may not be on the
   * disk.
   */
  #kill(site: Site): void {
    this.counts.deaths += 1;
    for (const pair of this.#pairs) {
      const seat = pair.a.parts.site === site ? pair.a : pair.b;
      if (seat.closed) continue;
      seat.vanish(this.#now);
      pair.there.cut();
      pair.back.cut();
    }
    for (const kept of site.kept) if (kept.carried) released(kept, this.#now);
    const outgoing = site.next();
    if (outgoing !== undefined && this.#random.chance(0.5)) {
      outgoing.point = outgoing.pointBefore;
      if (outgoing.point === undefined) outgoing.excuse = 'no point was on the disk';
    }
    for (const pair of [...this.#pairs]) this.#tidy(pair);
  }

  /** Time passes, and every timer that has run out is heard. */
  #pass(duration_ms: number): void {
    const until = after(this.#now, millis(duration_ms));
    for (let turn = 0; turn < 100; turn += 1) {
      let due: { readonly pair: Pair; readonly seat: Seat; readonly at: Instant } | undefined;
      for (const pair of this.#pairs) {
        for (const seat of [pair.a, pair.b]) {
          const at = seat.closed ? undefined : seat.parts.machine.nextTimeout();
          if (at !== undefined && at <= until && (due === undefined || at < due.at)) due = { pair, seat, at };
        }
      }
      if (due === undefined) break;
      const { pair, seat, at } = due;
      if (at > this.#now) this.#now = at;
      this.#act(pair, () => seat.feed({ kind: 'timer' }, this.#now));
      if (turn === 99) this.breaches.push('timers never rest');
    }
    this.#now = until;
  }

  /** Does it, and hands on what was written. */
  #act(pair: Pair, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.breaches.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
      for (const seat of [pair.a, pair.b]) seat.vanish(this.#now);
    }
    for (const [seat, way] of [
      [pair.a, pair.there],
      [pair.b, pair.back],
    ] as const) {
      way.put(seat.sent);
      seat.sent = [];
      if (way.held > on_the_way_octets_max) this.breaches.push(`${seat.parts.site.name} writes without end`);
    }
    this.#tidy(pair);
  }

  /** What is closed on one side ends on the other; what is closed on both is forgotten. */
  #tidy(pair: Pair): void {
    const { a, b, there, back } = pair;
    if (a.closed) there.end();
    if (b.closed) back.end();
    if (!a.closed || !b.closed || !this.#pairs.includes(pair)) return;
    this.#pairs = this.#pairs.filter((each) => each !== pair);
    const [how] = a.terminals;
    if (how === 'RTCLOSEcnf') this.counts.orderly += 1;
    for (const seat of [a, b]) {
      // Nobody here breaks the protocol; silence is the network's doing, until the mischief ends.
      for (const each of complaints(seat, pair.calm))
        this.breaches.push(`${seat.parts.site.name} complains: ${each}`);
    }
    const recoverRefused = how === 'RTOPENcnf-' && a.recovering !== undefined;
    if (pair.calm && how !== 'RTCLOSEcnf' && !recoverRefused)
      this.breaches.push(`an association in calm weather ends with ${how}`);
  }

  #judge(): void {
    if (!this.#over()) {
      const states = this.#pairs.map((pair) => [pair.a, pair.b].map(({ parts }) => parts.machine.states()));
      this.breaches.push(`not over: ${JSON.stringify(states)}`);
    }
    // What is remembered of activities goes when its time is over.
    for (const site of [this.a, this.b]) site.sweep(after(this.#now, millis(3 * recovery)), 2 * recovery);
    this.breaches.push(...judged(this.a, this.b), ...judged(this.b, this.a));
  }
}
