// The state table of the association control protocol machine (X.227 Annex A, kernel, both modes: where
// normal mode has an APDU, X.410-1984 mode has the primitive of presentation alone). An absent cell: an APDU
// aborts with ABRT of the provider; a primitive from above is our mistake; in `ended` all is dropped.

import type { Cell, StateTable } from '../kernel/table.ts';
import type { AcseAction, AcseEvent, AcsePredicate, AcseState } from './states.ts';

const aborts = {
  AABRreq: [{ do: ['sendABRT'], next: 'ended' }],
  ABRT: [{ do: ['indicateAbort'], next: 'ended' }],
  PPABind: [{ do: ['indicateProviderAbort'], next: 'ended' }],
  APDUinvalid: [{ do: ['abortInvalid'], next: 'ended' }],
} as const satisfies Partial<Record<AcseEvent, Cell<AcseState, AcsePredicate, AcseAction>>>;

export const acseTable: StateTable<AcseState, AcseEvent, AcsePredicate, AcseAction> = {
  STA0: {
    AASCreq: [{ do: ['sendAARQ'], next: 'STA1' }],
    AARQ: [
      { when: 'versionUnsupported', do: ['rejectVersion'], next: 'ended' },
      { do: ['indicateAssociate'], next: 'STA2' },
    ],
    APDUinvalid: [{ do: ['rejectInvalid'], next: 'ended' }],
    PPABind: [{ do: ['indicateProviderAbort'], next: 'ended' }],
  },
  STA1: {
    'AARE+': [{ do: ['confirmAssociate'], next: 'STA5' }],
    'AARE-': [{ do: ['confirmRefusal'], next: 'ended' }],
    'PCONcnf-': [{ do: ['confirmRefusal'], next: 'ended' }],
    ...aborts,
  },
  STA2: {
    'AASCrsp+': [{ do: ['sendAAREaccepted'], next: 'STA5' }],
    'AASCrsp-': [{ do: ['sendAARErejected'], next: 'ended' }],
    ...aborts,
  },
  STA3: {
    RLRE: [{ do: ['confirmRelease'], next: 'ended' }],
    ...aborts,
  },
  STA4: {
    'ARLSrsp+': [{ do: ['sendRLRE'], next: 'ended' }],
    ...aborts,
  },
  STA5: {
    ARLSreq: [{ do: ['sendRLRQ'], next: 'STA3' }],
    RLRQ: [{ do: ['indicateRelease'], next: 'STA4' }],
    ...aborts,
  },
  ended: {},
};
