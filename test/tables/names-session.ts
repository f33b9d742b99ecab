// What the names of the session table mean in the transcription of X.225 Annex A: a declaration module. The
// program writes predicates as formulas, the transcription as the numbers of the Annex.

import { sessionTable } from '../../src/stack/session/table.ts';
import { spduForms } from '../../src/stack/session/spdu.ts';
import type { TableNames } from './compare.ts';

const same = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, name]));
const said = (names: readonly string[]): Record<string, readonly string[]> =>
  Object.fromEntries(names.map((name) => [name, [name]]));

const pdus = Object.keys(spduForms);
const requests = 'SCONreq SCONrsp+ SCONrsp- SDTreq SPTreq SCGreq SSYNmreq SSYNmrsp SUERreq SACTSreq SACTRreq';
const moreRequests = 'SACTIreq SACTIrsp SACTDreq SACTDrsp SACTEreq SACTErsp SRELreq SRELrsp+ SUABreq';

/** Variables that serve reuse of the transport connection, resynchronization or collisions: none is kept.
 * [3] stops TIM: the program does, wherever a timer may run. [50] keeps user data of CN. */
const unkept = new Set(['[1]', '[2]', '[3]', '[6]', '[8]', '[16]', '[17]', '[50]']);

export const sessionNames: TableNames = {
  table: 'session',
  code: sessionTable,
  states: same(Object.keys(sessionTable)),
  ownStates: {},
  events: {
    ...same(pdus),
    ...same(requests.split(' ')),
    ...same(moreRequests.split(' ')),
    ...same(['TCONind', 'TCONcnf', 'TDISind']),
    STGreq: 'SGTreq',
    'TIM abort': 'TIM',
    'TIM open': null,
    'TIM release': null,
    invalid: null,
  },
  invalid: { event: 'invalid', pdus },
  predicates: {
    p204: 'p204',
    'TCONcnf else': '!p204',
    'CN overflow&version 2': '!p01&!p76&p204',
    // p76: what is proposed is not acceptable: the address called, or the version.
    'CN selector unknown': '!p01&p76',
    'CN version': '!p01&!p76&!p204',
    'STA01C CN else': '!p01&p76',
    last: 'p202',
    'CDO else': '!p202',
    agreed: '',
    user: '',
    'I(dk)': 'p03',
    'A(dk)': 'p05',
    'PT ALL(II,tokens)': 'p53',
    'SPTreq ALL(AA,tokens)': 'p53',
    'ALL(II,tokens)': 'p54',
    'STA20 STGreq ALL(II,tokens)': 'p57',
    'ALL(II,tokens)&dk': 'p58',
    'ALL(AA,tokens)': 'p59',
    'STA19 GT ALL(AA,tokens)': 'p60',
    'STA20 GT ALL(AA,tokens)': 'p60',
    'ALL(AA,tokens)&dk': 'p61',
    '¬Vact&ALL(II,tk-dom)': 'p55',
    '¬Vact&ALL(AA,tk-dom)': 'p62',
    '¬Vact&ALL(I,tk-dom)': 'p63',
    '¬Vact&ALL(A,tk-dom)': 'p68',
    'act&I(dk)&II(mi)': 'p15',
    'act&A(dk)&AA(mi)&sn=V(M)': 'p14&p19',
    'Vsc&V(A)≤sn<V(M)': 'p18&p21',
    '¬Vsc&V(A)≤sn<V(M)': 'p17&p21',
    'ACT&¬Vact&I(dk)&I(mi)&II(ma)': 'p45',
    'ACT&¬Vact&A(dk)&A(mi)&AA(ma)': 'p44',
    'Vact&I(dk)&I(mi)&II(ma)': 'p71',
    'Vact&A(dk)&A(mi)&AA(ma)&sn=V(M)': 'p72&p19',
    'sn=V(M)-1': 'p20',
    'Vact&II(ma)': 'p34&p39',
    'STA04B SACTIreq Vact&II(ma)': 'p39',
    'STA04B SACTDreq Vact&II(ma)': 'p39',
    'STA20 SACTIreq Vact&II(ma)': 'p34&p11',
    'STA20 SACTDreq Vact&II(ma)': 'p34&p11',
    'Vact&AA(ma)': 'p38&p40',
    'EXC&act&AA(dk)': 'p50',
    'EXC&act&II(dk)': 'p51',
    'STA04B ED EXC&act&II(dk)': 'p48&p03',
    'STA04B ER EXC&act&II(dk)': 'p48&p03',
    // True in the state itself: activities are selected; the transport connection is not used again.
    'STA05B AIA else': 'p38',
    'STA05C ADA else': 'p38',
    'STA03 DN else': '!p66',
  },
  actions: {
    ...said(['TCONreq', 'TCONrsp', 'TDISreq', 'CN', 'OA', 'CDO', 'AC', 'DN', 'DT', 'GT', 'PT', 'GTC', 'GTA']),
    ...said(['MIP', 'MIA', 'ED', 'AS', 'AR', 'AI', 'AIA', 'AD', 'ADA', 'AE', 'AEA']),
    ...said(['SCONind', 'SCONcnf+', 'SCONcnf-', 'SDTind', 'SPTind', 'SCGind', 'SSYNmind', 'SSYNmcnf']),
    ...said(['SUERind', 'SPERind', 'SACTSind', 'SACTRind', 'SACTIind', 'SACTIcnf', 'SACTDind', 'SACTDcnf']),
    ...said(['SACTEind', 'SACTEcnf', 'SRELind', 'SRELcnf+', '[25]', '[23]']),
    RF: ['RF-nr'],
    'RF selector': ['RF-nr'],
    'RF version': ['RF-nr'],
    FN: ['FN-nr'],
    'AB user': ['AB-nr'],
    'AB error': ['AB-nr'],
    'AB timeout': ['AB-nr'],
    STGind: ['SGTind'],
    'SCONcnf- transport': ['SCONcnf-'],
    'SCONcnf- timeout': ['SCONcnf-'],
    SUABind: ['SxABind'],
    'SPABind peer': ['SxABind'],
    'SPABind lost': ['SPABind'],
    'SPABind error': ['SPABind'],
    'SPABind timeout': ['SPABind'],
    'start TIM': ['[4]'],
    '[5]': ['[5]', '[11]'],
    '[11] give': ['[15]'],
    '[11] take': ['[11]'],
    // With the end of an activity by interruption the tokens move as [29] says.
    'AIA [11] take all': [],
    'ADA [11] take all': [],
    'SACTIrsp [11] give all': [],
    'SACTDrsp [11] give all': [],
    '[11] take all': ['[11]'],
    '[11] give all': ['[11]'],
    '[12]': ['[12]', '[26]'],
    '[12] resumed': ['[12]', '[27]'],
    '[22]': ['[24]'],
    // [31] is [23] without Vsc; no point can be answered before the next activity sets it anew.
    'AE [23]': ['[31]'],
    '[19] ended': ['[14]', '[22]'],
    '¬Vact': ['[29]'],
    // The number of the point, told to our own user; a deadline; a word for the log; user data to keep.
    SSYNmlocal: [],
    'start open': [],
    'start release': [],
    'stop TIM': [],
    violation: [],
    'keep CN': [],
    'keep CDO': [],
  },
  actionsOf: (field) => (field.match(/\[\d+\]|[^\s[\]]+/g) ?? []).filter((action) => !unkept.has(action)),
};
