// What the names of the presentation and association control tables mean in the transcriptions of X.226 and
// X.227: a declaration module. The primitives differ by a hyphen; what goes through changes its first letter.

import { acseTable } from '../../src/stack/acse/table.ts';
import { throughIndications, throughRequests } from '../../src/stack/presentation/states.ts';
import { presentationTable } from '../../src/stack/presentation/table.ts';
import type { TableNames } from './compare.ts';

/** 'PSYNmreq' → 'P-SYNmreq'; the token primitives have shorter names in the Annex. */
function hyphened(name: string): string {
  return `${name.slice(0, 1)}-${name.slice(1).replace(/^TG/, 'GT').replace(/^TP/, 'PT')}`;
}
function sessionNamed(name: string): string {
  if (name === 'TD') return 'TD';
  return `S-${name.slice(1).replace(/^TG/, 'GT')}`;
}
function below(request: string): string {
  return request === 'PDTreq' ? 'TD' : `S-${hyphened(request).slice(2)}`;
}
function above(indication: string): string {
  return indication === 'TD' ? 'P-DTind' : `P-${sessionNamed(indication).slice(2)}`;
}

const split = (field: string): readonly string[] => field.split(' ').filter((action) => action !== '');

export const presentationNames: TableNames = {
  table: 'presentation',
  code: presentationTable,
  states: { STAI0: 'STAI0', STAI1: 'STAI1', STAI2: 'STAI2', STAt0: 'STAt0', ended: 'STAI0' },
  ownStates: { ended: 'STAI0 after a connection: one machine lives for one' },
  events: {
    ...Object.fromEntries(throughRequests.map((name) => [name, hyphened(name)])),
    ...Object.fromEntries(throughIndications.map((name) => [name, sessionNamed(name)])),
    ...{ PCONreq: 'P-CONreq', 'PCONrsp+': 'P-CONrsp+', 'PCONrsp-': 'P-CONrsp-', PUABreq: 'P-UABreq' },
    ...{ 'PRELrsp+': 'P-RELrsp+', 'SRELcnf+': 'S-RELcnf+', 'SCONcnf-': 'S-CONcnf-', SPABind: 'S-PABind' },
    ...{ CP: 'CP', CPA: 'CPA', CPR: 'CPR', ARU: 'ARU', ARP: 'ARP' },
    // The number of a synchronization point, told to our own user; user data that are no PPDU.
    SSYNmlocal: null,
    PPDUinvalid: null,
    // X.410-1984 mode has no PPDUs: compared by its own tests.
    CPx410: null,
  },
  predicates: {
    'CP selectorUnknown': '!p01',
    'CP versionUnsupported': '!p01',
    'CP userDataUnreadable': '!p01',
    'CP else': 'p01&p02',
    resultsMismatch: 'results do not answer the definition list',
  },
  actions: {
    ...{ sendCP: ['CP'], sendCPA: ['CPA'], sendCPR: ['CPR'], sendARU: ['ARU'] },
    ...{ refuseVersion: ['CPR'], refuseUserData: ['CPR'], refuseSelector: ['CPR'], refuseInvalid: ['CPR'] },
    ...{ indicateConnect: ['P-CONind'], confirmConnect: ['P-CONcnf+'], confirmRefusal: ['P-CONcnf-'] },
    ...{ indicateUserAbort: ['P-UABind'], indicateProviderAbort: ['P-PABind'] },
    abortInvalid: ['ARP', 'P-PABind'],
    ...Object.fromEntries(throughRequests.map((name) => [`${name} passDown`, [below(name)]])),
    ...Object.fromEntries(throughIndications.map((name) => [`${name} passUp`, [above(name)]])),
    'PRELrsp+ passDown': ['S-RELrsp+'],
    'SRELcnf+ passUp': ['P-RELcnf+'],
  },
  actionsOf: split,
};

export const acseNames: TableNames = {
  table: 'acse',
  code: acseTable,
  states: {
    ...{ STA0: 'STA0', STA1: 'STA1', STA2: 'STA2', STA3: 'STA3', STA4: 'STA4', STA5: 'STA5' },
    ended: 'STA0',
  },
  ownStates: { ended: 'STA0 after an association: one machine lives for one' },
  events: {
    ...{ AASCreq: 'A-ASCreq', 'AASCrsp+': 'A-ASCrsp+', 'AASCrsp-': 'A-ASCrsp-', ARLSreq: 'A-RLSreq' },
    ...{ 'ARLSrsp+': 'A-RLSrsp+', AABRreq: 'A-ABRreq', AARQ: 'AARQ', 'AARE+': 'AARE+', 'AARE-': 'AARE-' },
    ...{ 'PCONcnf-': 'P-CONcnf-', RLRQ: 'RLRQ', RLRE: 'RLRE+', ABRT: 'ABRT', PPABind: 'P-PABind' },
    APDUinvalid: null,
  },
  predicates: { versionUnsupported: '!p1', 'AARQ else': 'p1', 'AASCreq else': 'p1' },
  actions: {
    ...{ sendAARQ: ['AARQ'], indicateAssociate: ['A-ASCind'], rejectVersion: ['AARE-'] },
    ...{ rejectInvalid: ['AARE-'], sendAAREaccepted: ['AARE+'], sendAARErejected: ['AARE-'] },
    ...{ confirmAssociate: ['A-ASCcnf+'], confirmRefusal: ['A-ASCcnf-'], sendRLRQ: ['RLRQ'] },
    ...{ indicateRelease: ['A-RLSind'], sendRLRE: ['RLRE+'], confirmRelease: ['A-RLScnf+'] },
    ...{ sendABRT: ['ABRT'], indicateAbort: ['A-ABRind'], indicateProviderAbort: ['A-PABind'] },
    abortInvalid: ['ABRT', 'A-ABRind'],
  },
  actionsOf: split,
};
