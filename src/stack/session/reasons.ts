// The reason codes of RF (X.225 8.3.5) and of ED, AI and AD (8.3.30 ff.), by name and number.

import type { ExceptionReason, SessionRefuseReason } from './service.ts';

const refuse: Readonly<Record<SessionRefuseReason, number>> = {
  'rejected-by-called-user': 0,
  'temporary-congestion': 1,
  'user-data-follows': 2,
  'session-selector-unknown': 129,
  'user-not-attached': 130,
  'provider-congestion': 131,
  'versions-not-supported': 132,
  'provider-rejection': 133,
};

const exception: Readonly<Record<ExceptionReason, number>> = {
  'no-specific-reason': 0,
  'user-receiving-ability-jeopardized': 1,
  'user-sequence-error': 3,
  'local-user-error': 5,
  'unrecoverable-procedural-error': 6,
  'demand-data-token': 128,
};

export function refuseNumber(reason: SessionRefuseReason): number {
  return refuse[reason];
}

export function exceptionNumber(reason: ExceptionReason): number {
  return exception[reason];
}

/** The name, or the number itself where the Recommendation has none. */
export function refuseName(reason: number): SessionRefuseReason | number {
  return (Object.keys(refuse) as SessionRefuseReason[]).find((name) => refuse[name] === reason) ?? reason;
}

/**
 * The name, or the number itself where the Recommendation has none. An absent reason is no specific reason.
 */
export function exceptionName(reason = 0): ExceptionReason | number {
  return (Object.keys(exception) as ExceptionReason[]).find((name) => exception[name] === reason) ?? reason;
}
