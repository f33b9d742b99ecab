// Messages of the stores that are damaged, and what tracking says of them.

import { farAway, message, noon, octetsOf, taken } from '../../src/store/compliance-fixtures.ts';
import type { NewMessage, Store, TrackingRecord, Transition } from '../../src/store/index.ts';

const recipient = '/S=Bell/P=SITE-B/A= /C=GB/';

/** A message with this name and content. */
export function storedMessage(
  mtsIdentifier: string,
  octets: Uint8Array,
  special: Partial<NewMessage> = {},
): NewMessage {
  return message({
    mtsIdentifier,
    originator: '/S=A/P=SITE-A/A= /C=GB/',
    contentLength: octets.length,
    expiresAt: farAway,
    envelope: octetsOf(`envelope of ${mtsIdentifier}`),
    content: { kind: 'inline', octets },
    ...special,
  });
}

/** Takes a message in, and tracks that. */
export async function takeIn(store: Store, made: NewMessage, also: Transition = {}) {
  const came = { ...actOn(made.mtsIdentifier, 'transferred-in'), created: 0 };
  const tracking = [came, ...(also.tracking ?? [])];
  const { created } = await taken(store, { ...also, create: [made], tracking });
  return created[0];
}

/** Of a message with this name. */
export function actOn(mtsIdentifier: string, act: TrackingRecord['act']): TrackingRecord {
  const head = { at: noon, mtsIdentifier, kind: 'message', originator: '/S=A/' } as const;
  return { ...head, recipients: [recipient], detail: {}, act };
}

/** To come last: of that nobody can say whether a crash cut it off or it was damaged. */
export const lastTransition: Transition = {
  tracking: [{ ...actOn('x', 'held'), originator: '', recipients: [] }],
};
