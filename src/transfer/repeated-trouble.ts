// Keeps one link's trouble from filling the event log: a peer that is called every second and fails each time
// says the same thing for days. Warnings and errors of one name are told as they come up to a bound, then
// once a minute, with the number that was kept back in `repeated`. Everything else passes. Invariant: what is
// kept back is counted, and the count is told with the next of that name.

import { type Clock, type Instant, millis, after } from '../base/time.ts';
import { catalogue, type Emit, type EventName } from '../events/index.ts';

/** Told as they come, so that a whole pool of associations that is lost at once is seen in full. */
export const told_at_once_max = 20;
/** Afterwards, one in this time; retries at the usual intervals are slower and always told. */
export const told_again_ms = 60_000;

interface Told {
  /** How many may be told now. */
  left: number;
  /** Since when `left` has been filling up again. */
  since: Instant;
  keptBack: number;
}

/** `emit`, for one link. */
export function withoutRepeats(emit: Emit, clock: Pick<Clock, 'now'>): Emit {
  const told = new Map<EventName, Told>();
  return (name, fields) => {
    const { severity } = catalogue[name];
    if (severity !== 'warning' && severity !== 'error') {
      emit(name, fields);
      return;
    }
    const now = clock.now();
    const trouble = told.get(name) ?? { left: told_at_once_max, since: now, keptBack: 0 };
    told.set(name, trouble);
    refill(trouble, now);
    if (trouble.left === 0) {
      trouble.keptBack += 1;
      return;
    }
    trouble.left -= 1;
    emit(name, trouble.keptBack === 0 ? fields : { ...fields, repeated: trouble.keptBack });
    trouble.keptBack = 0;
  };
}

/**
 * `emit`, for everybody who calls: each link by itself, and strangers together. What is said of one message
 * and of no link is no repetition and passes.
 */
export function withoutRepeatsOfPeers(emit: Emit, clock: Pick<Clock, 'now'>): Emit {
  const links = new Map<string, Emit>();
  return (name, fields) => {
    if (fields.link === undefined && fields.mtsIdentifier !== undefined) {
      emit(name, fields);
      return;
    }
    const link = fields.link ?? '';
    const told = links.get(link) ?? withoutRepeats(emit, clock);
    links.set(link, told);
    told(name, fields);
  };
}

function refill(trouble: Told, now: Instant): void {
  const gained = Math.max(0, Math.floor((now - trouble.since) / told_again_ms));
  trouble.left = Math.min(told_at_once_max, trouble.left + gained);
  trouble.since =
    trouble.left === told_at_once_max ? now : after(trouble.since, millis(gained * told_again_ms));
}
