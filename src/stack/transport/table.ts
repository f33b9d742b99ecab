// The state table of class 0 (X.224 Annex A, cut to class 0 and to one transport connection a network
// connection, which RFC 1006 demands). An absent cell is a protocol error for a TPDU, an assertion for a
// primitive from above, and passed over for a network event or a deadline.
//
// Class 0 has no explicit release (X.224 6.7.2): TDISreq closes the network connection. Peers that send a DR
// first are understood. A call to a selector that is not ours breaks no rule: who knows the selectors tells
// of it (`acceptsTransportSelector`), and the table only refuses. A protocol error is answered by an ER or,
// before the CC, a DR (6.22), then the close.

import type { StateTable } from '../kernel/table.ts';
import type { TransportAction, TransportEvent, TransportPredicate, TransportState } from './states.ts';

const lost = [{ do: ['stop open', 'TDISind network'], next: 'REFWAIT' }] as const;
const disconnected = [{ do: ['stop open', 'TDISind peer', 'NDISreq'], next: 'REFWAIT' }] as const;
const wrong = [
  { do: ['stop open', 'violation', 'ER', 'TDISind error', 'NDISreq'], next: 'REFWAIT' },
] as const;
const wrongUnseen = [{ do: ['stop open', 'violation', 'NDISreq'], next: 'REFWAIT' }] as const;
const quit = [{ do: ['stop open', 'NDISreq'], next: 'REFWAIT' }] as const;
const over = [{}] as const;

export const transportTable: StateTable<TransportState, TransportEvent, TransportPredicate, TransportAction> =
  {
    CLOSED: {
      TCONreq: [{ do: ['remember'], next: 'WFNC' }],
      NCONcnf: [
        { when: 'initiator', next: 'NCON' },
        { do: ['start open'], next: 'WFCR' },
      ],
      NDISind: [{ next: 'REFWAIT' }],
    },
    WFNC: {
      NCONcnf: [{ do: ['CR', 'start open'], next: 'WFCC' }],
      NDISind: lost,
      TDISreq: quit,
    },
    NCON: {
      TCONreq: [{ do: ['remember', 'CR', 'start open'], next: 'WFCC' }],
      NDISind: [{ next: 'REFWAIT' }],
      invalid: wrongUnseen,
    },
    WFCR: {
      CR: [
        { when: 'acceptable', do: ['remember', 'stop open', 'TCONind'], next: 'WFTRESP' },
        {
          when: 'address unknown',
          do: ['remember', 'stop open', 'DR address unknown', 'NDISreq'],
          next: 'REFWAIT',
        },
        { do: ['remember', 'stop open', 'violation', 'DR negotiation failed', 'NDISreq'], next: 'REFWAIT' },
      ],
      DR: quit,
      invalid: wrongUnseen,
      NDISind: [{ do: ['stop open'], next: 'REFWAIT' }],
      TDISreq: quit,
      open: [{ do: ['violation', 'NDISreq'], next: 'REFWAIT' }],
    },
    WFCC: {
      CC: [{ when: 'our class 0', do: ['remember', 'stop open', 'TCONcnf'], next: 'OPEN' }, ...wrong],
      DR: disconnected,
      ER: disconnected,
      invalid: wrong,
      NDISind: lost,
      TDISreq: quit,
      open: [{ do: ['violation', 'TDISind timeout', 'NDISreq'], next: 'REFWAIT' }],
    },
    WFTRESP: {
      TCONrsp: [{ do: ['CC'], next: 'OPEN' }],
      TDISreq: [{ do: ['DR', 'NDISreq'], next: 'REFWAIT' }],
      DR: disconnected,
      invalid: wrong,
      NDISind: lost,
    },
    OPEN: {
      TDTreq: [{ do: ['DT'] }],
      DT: [{ do: ['TDTind'] }],
      TDISreq: quit,
      DR: disconnected,
      ER: disconnected,
      invalid: wrong,
      NDISind: lost,
    },
    REFWAIT: {
      TDTreq: over,
      TCONrsp: over,
      TDISreq: over,
      NCONcnf: over,
      NDISind: over,
      CR: over,
      CC: over,
      DR: over,
      DC: over,
      DT: over,
      ER: over,
      invalid: over,
    },
  };
