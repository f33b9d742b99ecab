// The state table of the presentation protocol machine (X.226 Annex A, kernel, both modes: after the CP they
// differ in their PPDUs alone). An absent cell: a PPDU or session indication aborts with ARP; a primitive
// from above is our mistake; in `ended` all is dropped.

import type { Cell, StateTable } from '../kernel/table.ts';
import {
  type PresentationAction,
  type PresentationEvent,
  type PresentationPredicate,
  type PresentationState,
  throughIndications,
  throughRequests,
} from './states.ts';

type PresentationCell = Cell<PresentationState, PresentationPredicate, PresentationAction>;

/** One row for all of `events`. */
function each<E extends string>(events: readonly E[], cell: PresentationCell): Record<E, PresentationCell> {
  return Object.fromEntries(events.map((event) => [event, cell])) as Record<E, PresentationCell>;
}

/** The abort rows that every state of a connection has. */
const aborts = {
  PUABreq: [{ do: ['sendARU'], next: 'ended' }],
  ARU: [{ do: ['indicateUserAbort'], next: 'ended' }],
  ARP: [{ do: ['indicateProviderAbort'], next: 'ended' }],
  SPABind: [{ do: ['indicateProviderAbort'], next: 'ended' }],
  PPDUinvalid: [{ do: ['abortInvalid'], next: 'ended' }],
} as const satisfies Partial<Record<PresentationEvent, PresentationCell>>;

export const presentationTable: StateTable<
  PresentationState,
  PresentationEvent,
  PresentationPredicate,
  PresentationAction
> = {
  STAI0: {
    PCONreq: [{ do: ['sendCP'], next: 'STAI1' }],
    CP: [
      { when: 'selectorUnknown', do: ['refuseSelector'], next: 'ended' },
      { when: 'versionUnsupported', do: ['refuseVersion'], next: 'ended' },
      { when: 'userDataUnreadable', do: ['refuseUserData'], next: 'ended' },
      { do: ['indicateConnect'], next: 'STAI2' },
    ],
    CPx410: [{ do: ['indicateConnect'], next: 'STAI2' }],
    PPDUinvalid: [{ do: ['refuseInvalid'], next: 'ended' }],
    SPABind: [{ do: ['indicateProviderAbort'], next: 'ended' }],
  },
  STAI1: {
    CPA: [
      { when: 'resultsMismatch', do: ['abortInvalid'], next: 'ended' },
      { do: ['confirmConnect'], next: 'STAt0' },
    ],
    CPR: [{ do: ['confirmRefusal'], next: 'ended' }],
    'SCONcnf-': [{ do: ['confirmRefusal'], next: 'ended' }],
    ...aborts,
  },
  STAI2: {
    'PCONrsp+': [{ do: ['sendCPA'], next: 'STAt0' }],
    'PCONrsp-': [{ do: ['sendCPR'], next: 'ended' }],
    ...aborts,
  },
  STAt0: {
    ...each(throughRequests, [{ do: ['passDown'] }]),
    ...each(throughIndications, [{ do: ['passUp'] }]),
    'PRELrsp+': [{ do: ['passDown'], next: 'ended' }],
    'SRELcnf+': [{ do: ['passUp'], next: 'ended' }],
    ...aborts,
  },
  ended: {},
};
