// The deadlines of the session machine. X.225 has one timer, TIM (7.9.4): here it is `abort`. At most one
// runs.

import type { Instant } from '../../base/time.ts';

export type SessionTimer =
  /** When the AC (from SCONreq on) or the CN (from TCONind on) is overdue. */
  | 'open'
  /** When the DN that answers our FN is overdue. */
  | 'release'
  /** TIM: when the peer, after our AB, RF or DN, should have closed the transport connection. */
  | 'abort';

export interface SessionDeadline {
  readonly timer: SessionTimer;
  readonly at: Instant;
}
