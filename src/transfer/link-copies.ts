// A copy of a link's queue as others see it: the scheduler, the transfer timer, tracking. Pure functions.

import type { Instant } from '../base/time.ts';
import type { LinkConfiguration } from '../config/index.ts';
import type { ScheduledCopy } from '../scheduler/index.ts';
import type { QueuedCopy, TrackingRecord } from '../store/index.ts';
import type { CopyEnd } from './copy-end.ts';

/** What the scheduler knows of a copy. */
export function scheduledCopy(copy: QueuedCopy): ScheduledCopy {
  const inline = copy.content.kind === 'inline' ? copy.content.octets.length : 0;
  return {
    copy: copy.copy,
    kind: copy.kind,
    priority: copy.priority,
    octets: copy.envelope.length + inline,
    expiresAt: copy.expiresAt,
    attempts: copy.attempts,
  };
}

/** The time that a transfer may take: so much per KiB, by priority; never less than that of 64 KiB. */
export function transferTime_ms(link: LinkConfiguration, copy: QueuedCopy): number {
  const { urgent, normal, nonUrgent } = link.rts.transferTimePerKiB;
  const perKiB = copy.priority === 'urgent' ? urgent : copy.priority === 'normal' ? normal : nonUrgent;
  return perKiB * Math.max(64, Math.ceil(copy.contentLength / 1024));
}

/** The record that a copy was transferred. */
export function transferredOut(copy: QueuedCopy, link: LinkConfiguration, at: Instant): TrackingRecord {
  return {
    at,
    act: 'transferred-out',
    mtsIdentifier: copy.mtsIdentifier,
    kind: copy.kind,
    originator: copy.originator,
    recipients: copy.recipients.map((recipient) => recipient.address),
    priority: copy.priority,
    contentLength: copy.contentLength,
    ...(copy.contentType !== undefined && { contentType: copy.contentType }),
    detail: { link: link.name, peer: link.peer.mta },
  };
}

/** Why a copy can never be transferred, in words. */
export function detailOf(end: Extract<CopyEnd, { kind: 'undowngradable' | 'unreadable' }>): string {
  if (end.kind === 'unreadable') return end.detail;
  return end.failed[0]?.explanation ?? 'P1 of 1984 has no form for it';
}
