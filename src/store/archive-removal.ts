// The transition by which a copy leaves this store because an archive has it: another MTA answers for it from
// now on. Only for an archive that is written, synced and closed.

import type { Instant } from '../base/time.ts';
import type { CopySummary, Transition } from './port.ts';

/** Ends the copy, with the record that says where it went. */
export function removalOf(copy: CopySummary, archive: string, at: Instant): Transition {
  const { message, mtsIdentifier, kind, originator, priority, contentType, contentLength, nextHop } = copy;
  const record = {
    at,
    act: 'exported',
    message,
    mtsIdentifier,
    kind,
    originator,
    recipients: copy.recipients.map(({ address }) => address),
    priority,
    ...(contentType !== undefined && { contentType }),
    contentLength,
    detail: { archive, nextHop, by: 'command' },
  } as const;
  return { finish: [copy.copy], tracking: [record] };
}
