// The state table of the session machine: X.225 Annex A for kernel, half-duplex, minor synchronize,
// activity management and exceptions, without reuse of the transport connection (p02 is false, so STA01A is
// never entered) and without transport expedited data (so PREPARE and STA06, STA15x do not occur). An
// absent cell is a protocol error for an SPDU (AB to the peer, S-P-ABORT to the user, STA16), and an
// assertion for a primitive from above.
//
// Beyond the Annex, marked `crossed`: a request that our user may have made before it saw what arrived in
// the same TSDU is passed over. The cells for AR and SACTRreq are complete; RTSE drives them once it
// resumes transfers.

import type { Cell, StateTable } from '../kernel/table.ts';
import type { SessionAction, SessionEvent, SessionPredicate, SessionState } from './states.ts';

type SessionCell = Cell<SessionState, SessionPredicate, SessionAction>;
type Row = { readonly [Event in SessionEvent]?: SessionCell };

const discard: SessionCell = [{}];
const crossed: SessionCell = [{}];

/** A PT for tokens that have just been given crossed them: there is nothing to ask any more. */
const pleased: SessionCell = [{ when: 'ALL(II,tokens)', do: ['SPTind'] }, {}];

/** What happens in every state with a session connection or one that is being made. */
const connected = {
  AB: [
    { when: 'user', do: ['stop TIM', 'SUABind', 'TDISreq'], next: 'STA01' },
    { do: ['stop TIM', 'SPABind peer', 'TDISreq'], next: 'STA01' },
  ],
  SUABreq: [{ do: ['stop TIM', 'AB user', 'start TIM'], next: 'STA16' }],
  TDISind: [{ do: ['stop TIM', 'SPABind lost'], next: 'STA01' }],
  invalid: [{ do: ['stop TIM', 'violation', 'AB error', 'SPABind error', 'start TIM'], next: 'STA16' }],
} as const satisfies Row;

/** The peer has said nothing that our user knows of: no indication. */
const unseen = {
  AB: [{ do: ['stop TIM', 'TDISreq'], next: 'STA01' }],
  TDISind: [{ do: ['stop TIM'], next: 'STA01' }],
  invalid: [{ do: ['stop TIM', 'violation', 'TDISreq'], next: 'STA01' }],
  'TIM open': [{ do: ['violation', 'TDISreq'], next: 'STA01' }],
} as const satisfies Row;

const awaitingAccept = {
  ...connected,
  RF: [{ do: ['stop TIM', 'SCONcnf-', 'TDISreq'], next: 'STA01' }],
  'TIM open': [{ do: ['violation', 'AB timeout', 'SPABind timeout', 'start TIM'], next: 'STA16' }],
} as const satisfies Row;

/** X.225 7.9, A.5: after an abort, refusal or release everything is discarded until the transport ends. */
const over: Row = {
  ...discardAll([
    'CN',
    'OA',
    'CDO',
    'AC',
    'RF',
    'FN',
    'DN',
    'NF',
    'DT',
    'GT',
    'PT',
    'GTC',
    'GTA',
    'MIP',
    'MIA',
  ]),
  ...discardAll(['ER', 'ED', 'AS', 'AR', 'AI', 'AIA', 'AD', 'ADA', 'AE', 'AEA', 'AB', 'AA', 'invalid']),
  ...discardAll(['SDTreq', 'STGreq', 'SPTreq', 'SCGreq', 'SSYNmreq', 'SSYNmrsp', 'SUERreq', 'SACTSreq']),
  ...discardAll(['SACTRreq', 'SACTIreq', 'SACTIrsp', 'SACTDreq', 'SACTDrsp', 'SACTEreq', 'SACTErsp']),
  ...discardAll(['SRELreq', 'SRELrsp+', 'SCONrsp+', 'SCONrsp-', 'SUABreq']),
};

function discardAll(events: readonly SessionEvent[]): Row {
  return Object.fromEntries(events.map((event) => [event, discard]));
}

const recovery = {
  SACTIreq: [{ when: 'Vact&II(ma)', do: ['AI'], next: 'STA05B' }],
  SACTDreq: [{ when: 'Vact&II(ma)', do: ['AD'], next: 'STA05C' }],
} as const satisfies Row;

const recovered = {
  AI: [{ when: 'Vact&AA(ma)', do: ['SACTIind'], next: 'STA11B' }],
  AD: [{ when: 'Vact&AA(ma)', do: ['SACTDind'], next: 'STA11C' }],
} as const satisfies Row;

const reported = {
  ED: [{ when: 'EXC&act&II(dk)', do: ['SUERind'], next: 'STA20' }],
  ER: [{ when: 'EXC&act&II(dk)', do: ['SPERind'], next: 'STA20' }],
} as const satisfies Row;

/** An exception that crossed the data token: told, but the peer has the token, and so the next word. */
const crossedReport = {
  ED: [{ when: 'EXC&act&AA(dk)', do: ['SUERind'] }],
  ER: [{ when: 'EXC&act&AA(dk)', do: ['SPERind'] }],
} as const satisfies Row;

/** While AIA or ADA is due, what the peer sent before it saw AI or AD. */
const underway = {
  ...connected,
  ...{
    DT: discard,
    GT: discard,
    PT: discard,
    MIP: discard,
    MIA: discard,
    ED: discard,
    ER: discard,
    AEA: discard,
  },
} as const satisfies Row;

const crossedByInterruption = {
  ...{ SSYNmrsp: crossed, SACTErsp: crossed, SPTreq: crossed, SUERreq: crossed },
} as const satisfies Row;

export const sessionTable: StateTable<SessionState, SessionEvent, SessionPredicate, SessionAction> = {
  STA01: {
    ...over,
    SCONreq: [{ do: ['TCONreq', 'start open'], next: 'STA01B' }],
    TCONind: [{ do: ['TCONrsp', 'start open'], next: 'STA01C' }],
    TDISind: discard,
  },
  STA01B: {
    TCONcnf: [
      { when: 'p204', do: ['CN'], next: 'STA02B' },
      { do: ['CN'], next: 'STA02A' },
    ],
    TDISind: [{ do: ['stop TIM', 'SCONcnf- transport'], next: 'STA01' }],
    SUABreq: [{ do: ['stop TIM', 'TDISreq'], next: 'STA01' }],
    'TIM open': [{ do: ['stop TIM', 'SCONcnf- timeout', 'TDISreq'], next: 'STA01' }],
  },
  STA01C: {
    ...unseen,
    CN: [
      { when: 'selector unknown', do: ['stop TIM', 'RF selector', 'start TIM'], next: 'STA16' },
      { when: 'overflow&version 2', do: ['keep CN', 'OA'], next: 'STA01D' },
      { when: 'version', do: ['stop TIM', 'keep CN', 'SCONind'], next: 'STA08' },
      { do: ['stop TIM', 'violation', 'RF version', 'start TIM'], next: 'STA16' },
    ],
  },
  STA01D: {
    ...unseen,
    CDO: [{ when: 'last', do: ['stop TIM', 'keep CDO', 'SCONind'], next: 'STA08' }, { do: ['keep CDO'] }],
  },
  STA02A: {
    ...awaitingAccept,
    AC: [{ when: 'agreed', do: ['stop TIM', '[5]', 'SCONcnf+'], next: 'STA713' }],
  },
  STA02B: {
    ...awaitingAccept,
    OA: [{ do: ['CDO'], next: 'STA02A' }],
  },
  STA03: {
    ...connected,
    DN: [{ do: ['stop TIM', 'SRELcnf+', 'TDISreq'], next: 'STA01' }],
    PT: pleased,
    'TIM release': [{ do: ['violation', 'AB timeout', 'SPABind timeout', 'start TIM'], next: 'STA16' }],
  },
  STA04B: {
    ...connected,
    ...recovery,
    ...reported,
    AEA: [{ when: 'sn=V(M)-1', do: ['[19] ended', 'SACTEcnf'], next: 'STA713' }],
    MIA: [{ when: '¬Vsc&V(A)≤sn<V(M)', do: ['[25]', 'SSYNmcnf'] }],
    PT: pleased,
  },
  STA05B: {
    ...underway,
    AIA: [{ do: ['¬Vact', '[11] take all', 'SACTIcnf'], next: 'STA713' }],
  },
  STA05C: {
    ...underway,
    ADA: [{ do: ['¬Vact', '[11] take all', 'SACTDcnf'], next: 'STA713' }],
  },
  STA08: {
    ...connected,
    'SCONrsp+': [{ do: ['[5]', 'AC'], next: 'STA713' }],
    'SCONrsp-': [{ do: ['RF', 'start TIM'], next: 'STA16' }],
  },
  STA09: {
    ...connected,
    'SRELrsp+': [{ do: ['DN', 'start TIM'], next: 'STA16' }],
    SPTreq: [{ when: 'ALL(AA,tokens)', do: ['PT'] }],
  },
  STA10B: {
    ...connected,
    ...recovered,
    SACTErsp: [{ do: ['AEA', '[19] ended'], next: 'STA713' }],
    SSYNmrsp: [{ when: 'Vsc&V(A)≤sn<V(M)', do: ['[25]', 'MIA'] }],
    GT: [{ when: 'ALL(AA,tokens)', do: ['[11] take', 'STGind'] }],
    SPTreq: [{ when: 'ALL(AA,tokens)', do: ['PT'] }],
    SUERreq: [{ when: 'EXC&act&AA(dk)', do: ['ED'], next: 'STA19' }],
  },
  STA11B: {
    ...connected,
    ...crossedByInterruption,
    SACTIrsp: [{ do: ['AIA', '¬Vact', '[11] give all'], next: 'STA713' }],
  },
  STA11C: {
    ...connected,
    ...crossedByInterruption,
    SACTDrsp: [{ do: ['ADA', '¬Vact', '[11] give all'], next: 'STA713' }],
  },
  STA16: {
    ...over,
    AA: [{ do: ['stop TIM', 'TDISreq'], next: 'STA01' }],
    AB: [{ do: ['stop TIM', 'TDISreq'], next: 'STA01' }],
    CN: [{ do: ['stop TIM', 'TDISreq'], next: 'STA01' }],
    TDISind: [{ do: ['stop TIM'], next: 'STA01' }],
    'TIM abort': [{ do: ['stop TIM', 'TDISreq'], next: 'STA01' }],
  },
  STA18: {
    ...connected,
    GTA: [{ next: 'STA713' }],
    PT: discard,
  },
  STA19: {
    ...connected,
    ...recovered,
    ...crossedReport,
    GT: [
      { when: 'ALL(AA,tokens)&dk', do: ['[11] take', 'STGind'], next: 'STA713' },
      { when: 'ALL(AA,tokens)', do: ['[11] take', 'STGind'] },
    ],
    DT: discard,
    PT: discard,
    MIA: [{ when: '¬Vsc&V(A)≤sn<V(M)', do: ['[25]'] }],
    MIP: [{ do: ['[23]'] }],
    AE: [{ do: ['[23]'] }],
    SPTreq: [{ when: 'ALL(AA,tokens)', do: ['PT'] }],
    SSYNmrsp: crossed,
    SACTErsp: crossed,
    SUERreq: crossed,
  },
  STA20: {
    ...connected,
    ...recovery,
    ...recovered,
    STGreq: [
      { when: 'ALL(II,tokens)&dk', do: ['GT', '[11] give'], next: 'STA713' },
      { when: 'ALL(II,tokens)', do: ['GT', '[11] give'] },
    ],
    GT: [{ when: 'ALL(AA,tokens)', do: ['[11] take', 'STGind'] }],
    PT: pleased,
    MIA: discard,
    AEA: discard,
    ED: discard,
    ER: discard,
  },
  STA713: {
    ...connected,
    ...recovery,
    ...recovered,
    ED: [...reported.ED, ...crossedReport.ED],
    ER: [...reported.ER, ...crossedReport.ER],
    SDTreq: [{ when: 'I(dk)', do: ['DT'] }],
    DT: [{ when: 'A(dk)', do: ['SDTind'] }],
    STGreq: [{ when: 'ALL(II,tokens)', do: ['GT', '[11] give'] }],
    GT: [{ when: 'ALL(AA,tokens)', do: ['[11] take', 'STGind'] }],
    SPTreq: [{ when: 'ALL(AA,tokens)', do: ['PT'] }],
    PT: pleased,
    SCGreq: [{ when: '¬Vact&ALL(II,tk-dom)', do: ['GTC', '[11] give all'], next: 'STA18' }],
    GTC: [{ when: '¬Vact&ALL(AA,tk-dom)', do: ['GTA', '[11] take all', 'SCGind'] }],
    SSYNmreq: [{ when: 'act&I(dk)&II(mi)', do: ['MIP', 'SSYNmlocal', '[22]'] }],
    MIP: [{ when: 'act&A(dk)&AA(mi)&sn=V(M)', do: ['[23]', 'SSYNmind'] }],
    SSYNmrsp: [{ when: 'Vsc&V(A)≤sn<V(M)', do: ['[25]', 'MIA'] }],
    MIA: [{ when: '¬Vsc&V(A)≤sn<V(M)', do: ['[25]', 'SSYNmcnf'] }],
    SUERreq: [{ when: 'EXC&act&AA(dk)', do: ['ED'], next: 'STA19' }],
    SACTSreq: [{ when: 'ACT&¬Vact&I(dk)&I(mi)&II(ma)', do: ['AS', '[12]'] }],
    AS: [{ when: 'ACT&¬Vact&A(dk)&A(mi)&AA(ma)', do: ['[12]', 'SACTSind'] }],
    SACTRreq: [{ when: 'ACT&¬Vact&I(dk)&I(mi)&II(ma)', do: ['AR', '[12] resumed'] }],
    AR: [{ when: 'ACT&¬Vact&A(dk)&A(mi)&AA(ma)', do: ['[12] resumed', 'SACTRind'] }],
    SACTEreq: [{ when: 'Vact&I(dk)&I(mi)&II(ma)', do: ['AE', 'SSYNmlocal', '[22]'], next: 'STA04B' }],
    AE: [{ when: 'Vact&A(dk)&A(mi)&AA(ma)&sn=V(M)', do: ['[23]', 'SACTEind'], next: 'STA10B' }],
    SRELreq: [{ when: '¬Vact&ALL(I,tk-dom)', do: ['FN', 'start release'], next: 'STA03' }],
    FN: [{ when: '¬Vact&ALL(A,tk-dom)', do: ['SRELind'], next: 'STA09' }],
  },
};
