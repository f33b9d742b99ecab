// A link's scheduler driven by hand on virtual time, in shorthand: for the tests beside this file, for
// nothing else.

import { assert } from '../base/assert.ts';
import { seededRandom } from '../base/random.ts';
import { type Instant, instant, seconds } from '../base/time.ts';
import type { Priority } from '../store/port.ts';
import { LinkScheduler } from './link-scheduler.ts';
import { jitter_percent_max } from './open-retry.ts';
import type {
  LinkSchedule,
  ScheduledCopy,
  SchedulerAction,
  SchedulerInput,
  TransferFailure,
} from './service.ts';

export const defaults: LinkSchedule = {
  name: 'site-b',
  enabled: true,
  callable: true,
  retry: {
    openInterval: seconds(600),
    openRetries: 144,
    transferInterval: seconds(120),
    transferRetries: 2,
  },
  associations: { max: 10, threshold: 50, lifetime: seconds(300), disconnect: seconds(120) },
};
export const retrying = (openRetries: number): LinkSchedule => ({
  ...defaults,
  retry: { ...defaults.retry, openRetries },
});
export const pool = (max: number, threshold: number): LinkSchedule => ({
  ...defaults,
  associations: { ...defaults.associations, max, threshold },
});

export const copyOf = (copy: number, more: Partial<ScheduledCopy> = {}): ScheduledCopy => ({
  copy,
  kind: 'message',
  priority: 'normal',
  octets: 2000,
  expiresAt: instant(1e12),
  attempts: 0,
  ...more,
});

/** A scheduler at a virtual time, in shorthand. */
export class Bench {
  readonly scheduler: LinkScheduler;
  now: Instant = instant(0);

  constructor(schedule: LinkSchedule = defaults, seed = 1) {
    this.scheduler = new LinkScheduler(schedule, seededRandom(seed));
  }

  do(input: SchedulerInput): readonly SchedulerAction[] {
    return this.scheduler.handle(input, this.now);
  }

  secured(...copies: readonly ScheduledCopy[]): readonly SchedulerAction[] {
    return copies.flatMap((copy) => this.do({ kind: 'copy-secured', copy }));
  }

  opened(association: number): readonly SchedulerAction[] {
    return this.do({ kind: 'association-opened', association });
  }

  failed(association: number): readonly SchedulerAction[] {
    return this.do({ kind: 'open-failed', association, failure: 'refused', detail: 'refused' });
  }

  lost(association: number): readonly SchedulerAction[] {
    return this.do({ kind: 'association-lost', association, detail: 'reset' });
  }

  confirmed(association: number, copy: number): readonly SchedulerAction[] {
    return this.do({ kind: 'transfer-confirmed', association, copy });
  }

  broke(association: number, copy: number, failure: TransferFailure): readonly SchedulerAction[] {
    return this.do({ kind: 'transfer-failed', association, copy, failure, detail: failure });
  }

  loaded(priority: Priority, copies: readonly ScheduledCopy[], more = false): readonly SchedulerAction[] {
    return this.do({ kind: 'copies-loaded', priority, copies, more });
  }

  /** Goes to the next timeout, which must be there. Returns how long that was. */
  wait(): { readonly actions: readonly SchedulerAction[]; readonly waited: number } {
    const next = this.scheduler.nextTimeout();
    assert(next !== undefined && next > this.now, `a timeout after ${this.now}, not ${next}`);
    const waited = next - this.now;
    this.now = next;
    return { actions: this.do({ kind: 'timer' }), waited };
  }
}

export const kinds = (actions: readonly SchedulerAction[]) => actions.map((action) => action.kind);
export const only = <K extends SchedulerAction['kind']>(actions: readonly SchedulerAction[], kind: K) =>
  actions.filter((action): action is Extract<SchedulerAction, { readonly kind: K }> => action.kind === kind);
export const started = (actions: readonly SchedulerAction[]) =>
  only(actions, 'start-transfer').map((action) => action.copy);
export const isJittered = (waited: number, interval: number) =>
  waited >= interval && waited <= interval * (1 + jitter_percent_max / 100);
