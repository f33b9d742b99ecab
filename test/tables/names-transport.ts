// What the names of the transport table mean in the transcription of X.224 class 0: a declaration module.

import { transportTable } from '../../src/stack/transport/table.ts';
import type { TableNames } from './compare.ts';

const same = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, name]));
const said = (names: readonly string[]): Record<string, readonly string[]> =>
  Object.fromEntries(names.map((name) => [name, [name]]));

export const transportNames: TableNames = {
  table: 'transport',
  code: transportTable,
  states: { ...same(['CLOSED', 'WFNC', 'NCON', 'WFCR', 'WFCC', 'WFTRESP', 'OPEN']), REFWAIT: 'CLOSED' },
  ownStates: {
    REFWAIT: 'CLOSED after a connection: one machine lives for one, so what still comes is passed over',
    NCON: 'the network connection may stand before TCONreq: an initiator of RFC 1006 dials first',
  },
  events: {
    ...same(['TCONreq', 'TDTreq', 'TDISreq', 'NDISind', 'CR', 'CC', 'DR', 'DC', 'DT', 'ER']),
    TCONrsp: 'TCONresp',
    NCONcnf: 'NCONconf',
    'CLOSED NCONcnf': 'NCONind',
    open: 'timer',
    invalid: null,
  },
  predicates: {
    initiator: 'initiator',
    acceptable: 'acceptable',
    'address unknown': 'not acceptable',
    'CR else': 'not acceptable',
    'our class 0': 'acceptable',
    'CC else': 'not acceptable',
  },
  actions: {
    ...said(['CR', 'CC', 'DT', 'DR', 'ER', 'NDISreq', 'TCONind', 'TDTind']),
    TCONcnf: ['TCONconf'],
    'DR address unknown': ['DR'],
    'DR negotiation failed': ['DR'],
    'TDISind peer': ['TDISind'],
    'TDISind network': ['TDISind'],
    'TDISind error': ['TDISind'],
    'TDISind timeout': ['TDISind'],
    remember: [],
    'start open': [],
    'stop open': [],
    violation: [],
  },
  actionsOf: (field) => field.split(' ').filter((action) => action !== ''),
};
