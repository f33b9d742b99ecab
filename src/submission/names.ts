// The originator and the recipients of a request, from text. An address given twice is one recipient: it
// keeps its first place.

import { normalKey, type ORAddress, parseORAddress } from '../address/index.ts';
import type { SubmissionError, SubmissionRequest } from './request.ts';

export interface SubmissionNames {
  readonly originator: ORAddress | undefined;
  readonly recipients: readonly ORAddress[];
  readonly errors: readonly SubmissionError[];
}

/** Every name that can be read, and every error. */
export function readNames(request: SubmissionRequest, recipients_max: number): SubmissionNames {
  const errors: SubmissionError[] = [];
  const originator = parseORAddress(request.from);
  if (!originator.ok) errors.push({ field: 'from', problem: originator.error.message });
  if (request.to.length === 0) errors.push({ field: 'to', problem: 'names no recipient' });
  if (request.to.length > recipients_max) {
    errors.push({ field: 'to', problem: `${request.to.length} recipients are more than ${recipients_max}` });
    return { originator: originator.ok ? originator.value : undefined, recipients: [], errors };
  }
  const recipients = new Map<string, ORAddress>();
  request.to.forEach((text, index) => {
    const address = parseORAddress(text);
    if (!address.ok) {
      errors.push({ field: 'to', index, problem: address.error.message });
      return;
    }
    const key = normalKey(address.value);
    if (!recipients.has(key)) recipients.set(key, address.value);
  });
  return {
    originator: originator.ok ? originator.value : undefined,
    recipients: [...recipients.values()],
    errors,
  };
}
