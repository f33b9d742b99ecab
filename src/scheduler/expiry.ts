// When a message expires (design: urgent 2 days, normal 7, non-urgent 10, as configured). Counted from the
// moment that we accepted it, or, where it is deferred, from its release; a latest delivery time of the
// originator's (X.411 06/1999, 8.2.1.1.1.13) may come earlier.

import { after, type Instant, type Millis, millis } from '../base/time.ts';
import type { Priority } from '../store/port.ts';

/** How long a message may wait, by priority: `mta.expiry` of the configuration. */
export interface ExpiryPeriods {
  readonly urgent: Millis;
  readonly normal: Millis;
  readonly nonUrgent: Millis;
}

const day = 24 * 60 * 60 * 1000;

export const defaultExpiry: ExpiryPeriods = {
  urgent: millis(2 * day),
  normal: millis(7 * day),
  nonUrgent: millis(10 * day),
};

export interface ExpirySubject {
  readonly priority: Priority;
  readonly acceptedAt: Instant;
  /** The deferred delivery time, if we hold the message until then. */
  readonly deferredUntil?: Instant | undefined;
  readonly latestDeliveryTime?: Instant | undefined;
}

/** The moment from which a copy that still waits is reported as not delivered. */
export function expiryOf(subject: ExpirySubject, periods: ExpiryPeriods = defaultExpiry): Instant {
  const { acceptedAt, deferredUntil, latestDeliveryTime } = subject;
  const from = deferredUntil !== undefined && deferredUntil > acceptedAt ? deferredUntil : acceptedAt;
  const expiry = after(from, periodOf(subject.priority, periods));
  return latestDeliveryTime !== undefined && latestDeliveryTime < expiry ? latestDeliveryTime : expiry;
}

function periodOf(priority: Priority, periods: ExpiryPeriods): Millis {
  switch (priority) {
    case 'urgent':
      return periods.urgent;
    case 'normal':
      return periods.normal;
    case 'non-urgent':
      return periods.nonUrgent;
  }
}
