// The reliable transfer protocol machine (X.228), both modes: opens, transfers APDUs each in an activity,
// confirms only what its user has secured, closes and aborts. The table decides, the actions perform; this
// file turns the crank. One machine, one association. Invariants: exactly one terminal indication; after
// `ended` nothing is said and no timer runs.

import { assert } from '../../base/assert.ts';
import { type Instant, type Millis, millis } from '../../base/time.ts';
import type { LayerInput, LayerMachine } from '../kernel/machine.ts';
import { chooseBranch } from '../kernel/table.ts';
import { actions } from './actions.ts';
import { Effects, type RtseHears, type RtseOutput, type RtseSays } from './effects.ts';
import { Ending } from './ending.ts';
import { Opening } from './opening.ts';
import type { RtseOptions } from './options.ts';
import type { RtseParts } from './parts.ts';
import { predicates } from './predicates.ts';
import { Receiver } from './receiver.ts';
import { Sender } from './sender.ts';
import type { RTIndication, RTRequest } from './service.ts';
import type { RtseEvent, RtseState } from './states.ts';
import { type RtseSubject, readHeard } from './subject.ts';
import { rtseTable } from './table.ts';
import { type RtseTimer, RtseTimers, rtseTimers } from './timers.ts';

export type RtseInput = LayerInput<RTRequest, RtseHears>;

/** Absent cells for these say that the timer is of the past. */
const timerEvents: ReadonlySet<RtseEvent> = new Set(Object.values(rtseTimers).map(({ event }) => event));
const spoke = { above: 'user', below: 'peer', timer: 'timer' } as const;

export class RtseMachine implements LayerMachine<RTRequest, RtseHears, RTIndication, RtseSays> {
  readonly #options: RtseOptions;
  readonly #effects = new Effects();
  readonly #timers = new RtseTimers();
  readonly #parts: Omit<RtseParts, 'state'>;
  #state: RtseState = 'idle';

  constructor(options: RtseOptions) {
    this.#options = options;
    const effects = this.#effects;
    this.#parts = {
      options,
      effects,
      opening: new Opening(options, effects),
      sender: new Sender(effects),
      receiver: new Receiver(effects, options.tolerates),
      ending: new Ending(effects),
    };
  }

  /** The state; states.ts says what each waits for. */
  get state(): RtseState {
    return this.#state;
  }

  handle(input: RtseInput, now: Instant): readonly RtseOutput[] {
    if (this.#state === 'ended') return [];
    switch (input.from) {
      case 'above':
        this.#take(input.primitive.kind, { request: input.primitive });
        break;
      case 'below':
        this.#hear(input.primitive);
        break;
      case 'timer': {
        const expired = this.#timers.expired(now);
        if (expired === undefined) return [];
        this.#timers.clear(expired);
        this.#take(rtseTimers[expired].event, {});
      }
    }
    this.#timers.adjust({ state: this.#state, now, spoke: spoke[input.from], durations: this.#durations() });
    return this.#effects.take();
  }

  nextTimeout(): Instant | undefined {
    return this.#timers.next();
  }

  /** Octets of the peer came, whether or not they make a whole word of it. */
  alive(now: Instant): void {
    this.#timers.alive(now, millis(this.#options.timers.activity_ms));
  }

  /** The timer that has run out by `now` and that the next `timer` input is about. */
  expired(now: Instant): RtseTimer | undefined {
    return this.#state === 'ended' ? undefined : this.#timers.expired(now);
  }

  #hear(heard: RtseHears): void {
    const { opening } = this.#parts;
    const read = readHeard(heard, {
      application: this.#options.application,
      asked: opening.asked,
      tolerates: this.#options.tolerates,
      rtseContext: opening.contexts?.rtse,
    });
    if (read !== undefined) this.#take(read.event, read.subject);
  }

  #take(event: RtseEvent, subject: RtseSubject): void {
    const parts: RtseParts = { ...this.#parts, state: this.#state };
    const branch = chooseBranch(rtseTable, { state: this.#state, event }, (predicate) =>
      predicates[predicate](parts, subject),
    );
    if (branch === undefined) {
      if (timerEvents.has(event)) return;
      assert(subject.heard !== undefined, `RTSE: ${event} in ${this.#state}`);
      actions.abortProtocol(parts, subject);
      this.#state = 'ended';
      return;
    }
    for (const action of branch.do ?? []) actions[action](parts, subject);
    this.#state = branch.next ?? this.#state;
    const raised = this.#effects.takeRaised();
    if (raised !== undefined) this.#take(raised, subject);
  }

  /** How long each timer runs in the present state, if it does. */
  #durations(): Readonly<Record<RtseTimer, Millis | undefined>> {
    const { timers, role } = this.#options;
    const { sender, receiver } = this.#parts;
    const peerIsDue = this.#state !== 'receiving' || !receiver.awaitsUser;
    return {
      open: millis(timers.open_ms),
      transfer: sender.transferTime,
      activity: peerIsDue ? millis(timers.activity_ms) : undefined,
      disconnect: millis(timers.disconnect_ms),
      idle: role === 'responder' ? millis(timers.idle_ms) : undefined,
    };
  }
}
