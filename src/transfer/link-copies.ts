// A copy of a link's queue as others see it: the scheduler, the transfer timer, tracking. Pure functions.

import { type Instant, isoTime } from '../base/time.ts';
import type { LinkConfiguration } from '../config/index.ts';
import type { ScheduledCopy } from '../scheduler/index.ts';
import type { QueuedCopy, TrackingRecord } from '../store/index.ts';
import { type CopyEnd, headOf } from './copy-end.ts';
import { speaks1984 } from './peer-protocol.ts';
import { textOf } from './strike-book.ts';

/** What the scheduler knows of a copy. */
export function scheduledCopy(copy: QueuedCopy): ScheduledCopy {
  const inline = copy.content.kind === 'inline' ? copy.content.octets.length : 0;
  return {
    copy: copy.copy,
    kind: copy.kind,
    priority: copy.priority,
    octets: copy.envelope.length + inline,
    contentOctets: copy.contentLength,
    acceptedAt: copy.acceptedAt,
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

/** The records that a copy was transferred, in the form of 1984 where the peer needs it. */
export function transferredOut(
  copy: QueuedCopy,
  { link, converted }: { readonly link: LinkConfiguration; readonly converted: string | undefined },
  at: Instant,
): TrackingRecord[] {
  const head = headOf(copy);
  const where = { link: link.name, peer: link.peer.mta, ...(converted !== undefined && { converted }) };
  const acceptedAt = isoTime(copy.acceptedAt);
  const record: TrackingRecord = { ...head, at, act: 'transferred-out', detail: { ...where, acceptedAt } };
  if (!speaks1984(link.mode)) return [record];
  return [{ ...head, at, act: 'downgraded', detail: { ...where, mode: link.mode } }, record];
}

/** Why a copy can never be transferred, in words. */
export function detailOf(
  end: Extract<CopyEnd, { kind: 'undowngradable' | 'unreadable' | 'mistaken' | 'inconvertible' }>,
): string {
  if (end.kind === 'mistaken') return `internal error: ${textOf(end.error)}`;
  if (end.kind === 'unreadable' || end.kind === 'inconvertible') return end.detail;
  return end.failed[0]?.explanation ?? 'P1 of 1984 has no form for it';
}
