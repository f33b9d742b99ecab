// The timers of RTSE: in which states each runs, and what starts it again. A timer is a deadline; whoever
// owns the machine asks for the earliest. Invariant: in `idle` and `ended` none runs.

import { type Instant, type Millis, after } from '../../base/time.ts';
import type { RtseEvent, RtseState } from './states.ts';

export type RtseTimer = 'open' | 'transfer' | 'activity' | 'disconnect' | 'idle';

interface TimerRule {
  /** The states in which it runs; in the others it is cleared. */
  readonly states: readonly RtseState[];
  /** Whether a word of the peer, or of either side, starts it again. */
  readonly restartedBy: 'nobody' | 'peer' | 'anybody';
  readonly event: RtseEvent;
}

export const rtseTimers: Readonly<Record<RtseTimer, TimerRule>> = {
  /** From the network connection to the answered open. */
  open: {
    states: ['connected', 'openSent', 'openReceived'],
    restartedBy: 'nobody',
    event: 'openTimeout',
  },
  /** X.218 transfer time: from RTTRreq to its confirmation; then the activity is given up. */
  transfer: {
    states: ['sending', 'windowFull', 'ending'],
    restartedBy: 'nobody',
    event: 'transferTimeout',
  },
  /** Silence of the peer while its word is due. `receiving` counts only while our user owes nothing. */
  activity: {
    states: ['windowFull', 'ending', 'interrupting', 'discarding', 'receiving', 'repeating', 'excepted'],
    restartedBy: 'peer',
    event: 'activityTimeout',
  },
  /** From a release until it is answered. */
  disconnect: {
    states: ['closing', 'closeReceived'],
    restartedBy: 'nobody',
    event: 'disconnectTimeout',
  },
  /** Nothing in transfer and no word from either side. */
  idle: { states: ['turn', 'noTurn'], restartedBy: 'anybody', event: 'idleTimeout' },
};

const names = Object.keys(rtseTimers) as RtseTimer[];

export interface TimerSituation {
  readonly state: RtseState;
  readonly now: Instant;
  readonly spoke: 'user' | 'peer' | 'timer';
  /** How long each runs; one that is undefined does not run now. */
  readonly durations: Readonly<Record<RtseTimer, Millis | undefined>>;
}

export class RtseTimers {
  readonly #deadlines = new Map<RtseTimer, Instant>();

  /** After every input: starts, starts again and clears what the rules say. */
  adjust({ state, now, spoke, durations }: TimerSituation): void {
    for (const name of names) {
      const rule = rtseTimers[name];
      const duration = durations[name];
      if (duration === undefined || !rule.states.includes(state)) {
        this.#deadlines.delete(name);
        continue;
      }
      const again =
        (rule.restartedBy === 'peer' && spoke === 'peer') ||
        (rule.restartedBy === 'anybody' && spoke !== 'timer');
      if (again || !this.#deadlines.has(name)) this.#deadlines.set(name, after(now, duration));
    }
  }

  /** Octets of the peer came, be it only a part of its next word: it is slow, not silent. */
  alive(now: Instant, activity: Millis): void {
    if (this.#deadlines.has('activity')) this.#deadlines.set('activity', after(now, activity));
  }

  /** A timer that has run out by `now`, the earliest first. */
  expired(now: Instant): RtseTimer | undefined {
    let first: RtseTimer | undefined;
    let firstAt: Instant | undefined;
    for (const [name, at] of this.#deadlines) {
      if (at <= now && (firstAt === undefined || at < firstAt)) {
        first = name;
        firstAt = at;
      }
    }
    return first;
  }

  /** A timer that ran out is over, until a rule starts it again. */
  clear(name: RtseTimer): void {
    this.#deadlines.delete(name);
  }

  /** The earliest deadline. */
  next(): Instant | undefined {
    let first: Instant | undefined;
    for (const at of this.#deadlines.values()) if (first === undefined || at < first) first = at;
    return first;
  }
}
