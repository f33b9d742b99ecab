// The times of a request: deferred-delivery-time (X.411 8.2.1.1.1.12) and latest-delivery-time
// (8.2.1.1.1.13). A deferred time in the past asks for nothing; a latest time in the past can never be met.

import { type Instant, isoTime } from '../base/time.ts';
import { formatUTCTime, parseUTCTime } from '../p1/index.ts';
import type { SubmissionError, SubmissionRequest } from './request.ts';

const notCarried = 'is no time that an envelope can carry: it may be up to 40 years ahead';

/** What is wrong with the times of a request at `now`. */
export function timeErrors(request: SubmissionRequest, now: Instant): readonly SubmissionError[] {
  const { deferred, latest } = request;
  const errors: SubmissionError[] = [];
  if (deferred !== undefined && !isEnvelopeTime(deferred, now)) {
    errors.push({
      field: 'deferred',
      problem: notCarried,
    });
  }
  if (deferred !== undefined && request.probe === true) {
    errors.push({ field: 'deferred', problem: 'a probe cannot be deferred' });
  }
  if (latest === undefined) return errors;
  if (!isEnvelopeTime(latest, now)) {
    errors.push({ field: 'latest', problem: notCarried });
  } else if (latest <= now) {
    errors.push({ field: 'latest', problem: `${isoTime(latest)} is past` });
  } else if (deferred !== undefined && latest <= deferred) {
    errors.push({ field: 'latest', problem: `${isoTime(latest)} is not after the deferred delivery time` });
  }
  return errors;
}

/**
 * A UTCTime has two digits for its year, and whoever reads it takes it within some decades of the present:
 * what would be read as another time cannot be sent.
 */
function isEnvelopeTime(at: Instant, now: Instant): boolean {
  if (!Number.isFinite(at) || at < 0 || at >= Date.UTC(10_000, 0, 1)) return false;
  return parseUTCTime(formatUTCTime(at), now) === Math.floor(at / 1000) * 1000;
}
