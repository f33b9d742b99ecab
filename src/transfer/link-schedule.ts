// What the scheduler needs to know of a link, made from its configuration. Pure.

import { millis } from '../base/time.ts';
import type { LinkConfiguration } from '../config/index.ts';
import type { LinkSchedule } from '../scheduler/index.ts';

/** What a socket may take to go after the stack let go of it, in milliseconds. */
const DISCONNECT_GRACE_MS = 5000;

/** The slice of `link` that is about when and how it is called. */
export function linkSchedule(link: LinkConfiguration): LinkSchedule {
  const { name, retry, batch } = link;
  // The stack ends a release by itself, in two steps of `disconnect` each: the scheduler only backs it up.
  const disconnect = millis(2 * link.associations.disconnect + DISCONNECT_GRACE_MS);
  return {
    name,
    retry,
    enabled: link.enabled,
    callable: link.peer.address !== undefined,
    associations: { ...link.associations, disconnect },
    turnSilence: link.timers.activity,
    hours: link.schedule,
    ...(holdsBack(batch) && {
      batch: { urgent: batch.urgent, normal: batch.normal, 'non-urgent': batch.nonUrgent },
    }),
  };
}

function holdsBack({ urgent, normal, nonUrgent }: LinkConfiguration['batch']): boolean {
  return [urgent, normal, nonUrgent].some(({ messages }) => messages > 1);
}

/** Whether the link is closed in both directions by its configuration: mail looks for another way. */
export function neverServes(link: LinkConfiguration): boolean {
  return !link.enabled || link.schedule.style === 'never';
}
