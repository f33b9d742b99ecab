// The times of a request: deferred-delivery-time (X.411 8.2.1.1.1.12) and latest-delivery-time
// (8.2.1.1.1.13). A deferred time in the past asks for nothing; a latest time in the past can never be met.

import { type Instant, isoTime } from '../base/time.ts';
import type { SubmissionError, SubmissionRequest } from './request.ts';

/** What is wrong with the times of a request at `now`. */
export function timeErrors(request: SubmissionRequest, now: Instant): readonly SubmissionError[] {
  const { deferred, latest } = request;
  const errors: SubmissionError[] = [];
  if (deferred !== undefined && !isEnvelopeTime(deferred)) {
    errors.push({ field: 'deferred', problem: 'is no time that an envelope can carry' });
  }
  if (deferred !== undefined && request.probe === true) {
    errors.push({ field: 'deferred', problem: 'a probe cannot be deferred' });
  }
  if (latest === undefined) return errors;
  if (!isEnvelopeTime(latest)) {
    errors.push({ field: 'latest', problem: 'is no time that an envelope can carry' });
  } else if (latest <= now) {
    errors.push({ field: 'latest', problem: `${isoTime(latest)} is past` });
  } else if (deferred !== undefined && latest <= deferred) {
    errors.push({ field: 'latest', problem: `${isoTime(latest)} is not after the deferred delivery time` });
  }
  return errors;
}

/** A UTCTime has two digits for its year: readers take it within some decades of the present. */
function isEnvelopeTime(at: Instant): boolean {
  return Number.isFinite(at) && at >= 0 && at < Date.UTC(2100, 0, 1);
}
