// What the actions of the state table do: SPDUs to the peer, primitives to the user and to transport,
// changes of the variables. The order of actions in a branch is the order of what is put out.

import { assert } from '../../base/assert.ts';

import {
  acceptConfirm,
  acceptSpdu,
  agreementAsAcceptor,
  agreementAsInitiator,
  connectIndication,
  connectSpdu,
  overflowSpdus,
  VERSION,
} from './connect.ts';
import { received, requested } from './connection.ts';
import type { Occasion, SessionConnection } from './connection.ts';
import { serialOf, tokensOf } from './predicates.ts';
import { exceptionName, exceptionNumber, refuseName, refuseNumber } from './reasons.ts';
import { DISCONNECT } from './spdu.ts';
import { segmentSsdu } from './ssdu.ts';
import type { SessionAction } from './states.ts';
import { tokensIn } from './tokens.ts';

type Meaning = (connection: SessionConnection, occasion: Occasion) => void;
type Meanings = Partial<Readonly<Record<SessionAction, Meaning>>>;

const NOTHING = new Uint8Array(0);

const connecting = {
  TCONreq: (connection, occasion) => {
    const { callingTransportSelector: calling, calledTransportSelector: called } = connection.options;
    assert(connection.asked === undefined && connection.cn === undefined, 'one connection a machine');
    connection.asked = requested(occasion, 'SCONreq');
    const selectors = { ...(called !== undefined && { called }), ...(calling !== undefined && { calling }) };
    connection.down({ kind: 'TCONreq', ...selectors });
  },
  TCONrsp: (connection) => connection.down({ kind: 'TCONrsp' }),
  TDISreq: (connection) => connection.down({ kind: 'TDISreq' }),
  CN: (connection) => connection.send(connectSpdu(asked(connection), connection.tsduOctetsMax)),
  CDO: (connection) => {
    for (const spdu of overflowSpdus(asked(connection))) connection.send(spdu);
  },
  OA: (connection) => connection.send({ kind: 'OA', versions: VERSION.two }),
  'keep CN': (connection, occasion) => {
    connection.cn = received(occasion);
  },
  'keep CDO': (connection, occasion) => {
    const { userData } = received(occasion);
    if (userData !== undefined) connection.overflow.push(userData);
  },
  '[5]': (connection, occasion) => agree(connection, occasion),
  AC: (connection, occasion) => {
    const { cn, agreement } = connection;
    assert(cn !== undefined && agreement !== undefined, 'an AC answers a CN');
    connection.send(acceptSpdu(requested(occasion, 'SCONrsp+'), cn, agreement));
  },
  RF: (connection, occasion) => {
    const { identifier, reason, userData = [] } = requested(occasion, 'SCONrsp-');
    connection.send({
      kind: 'RF',
      ...(identifier !== undefined && { identifier }),
      transportDisconnect: DISCONNECT.released,
      reason: refuseNumber(reason),
      userData,
    });
  },
  'RF selector': (connection) => {
    const reason = refuseNumber('session-selector-unknown');
    connection.send({ kind: 'RF', transportDisconnect: DISCONNECT.released, reason });
  },
  'RF version': (connection) => {
    const reason = refuseNumber('versions-not-supported');
    const versions = VERSION.one | VERSION.two;
    connection.send({ kind: 'RF', transportDisconnect: DISCONNECT.released, versions, reason });
  },
  SCONind: (connection) => {
    assert(connection.cn !== undefined, 'a CN was kept');
    connection.up({ kind: 'SCONind', ...connectIndication(connection.cn, connection.overflow) });
    connection.overflow = [];
  },
  'SCONcnf+': (connection, occasion) => {
    assert(connection.agreement !== undefined, 'the AC was agreed');
    connection.up({ kind: 'SCONcnf+', ...acceptConfirm(received(occasion), connection.agreement) });
  },
  'SCONcnf-': (connection, occasion) => {
    const { reason = 0, userData = NOTHING } = received(occasion);
    connection.up({ kind: 'SCONcnf-', reason: refuseName(reason), userData });
  },
  'SCONcnf- transport': (connection, occasion) =>
    connection.up({ kind: 'SCONcnf-', reason: 'transport', detail: refusalBy(occasion), userData: NOTHING }),
  'SCONcnf- timeout': (connection) => {
    const detail = 'no transport connection in time';
    connection.up({ kind: 'SCONcnf-', reason: 'transport', detail, userData: NOTHING });
  },
} as const satisfies Meanings;

const sending = {
  DT: (connection, occasion) => {
    const { userData } = requested(occasion, 'SDTreq');
    for (const spdu of segmentSsdu(userData, connection.sendOctetsMax)) connection.send(spdu);
  },
  GT: (connection, occasion) => connection.send({ kind: 'GT', tokens: tokensOf(occasion) }),
  PT: (connection, occasion) => {
    const { userData = [] } = requested(occasion, 'SPTreq');
    connection.send({ kind: 'PT', tokens: tokensOf(occasion), userData });
  },
  GTC: (connection) => connection.send({ kind: 'GTC' }),
  GTA: (connection) => connection.send({ kind: 'GTA' }),
  MIP: (connection, occasion) => {
    const { userData = [] } = requested(occasion, 'SSYNmreq');
    connection.send({ kind: 'MIP', serialNumber: connection.variables.VM, userData });
  },
  MIA: (connection, occasion) => connection.send({ kind: 'MIA', serialNumber: serialOf(occasion) }),
  ED: (connection, occasion) => {
    const { reason, userData = [] } = requested(occasion, 'SUERreq');
    connection.send({ kind: 'ED', reason: exceptionNumber(reason), userData });
  },
  AS: (connection, occasion) => {
    const { activity, userData = [] } = requested(occasion, 'SACTSreq');
    connection.send({ kind: 'AS', activity, userData });
  },
  AR: (connection, occasion) => {
    const { activity, link } = requested(occasion, 'SACTRreq');
    connection.send({ kind: 'AR', activity, link });
  },
  AI: (connection, occasion) => {
    connection.send({ kind: 'AI', reason: exceptionNumber(requested(occasion, 'SACTIreq').reason) });
  },
  AIA: (connection) => connection.send({ kind: 'AIA' }),
  AD: (connection, occasion) => {
    connection.send({ kind: 'AD', reason: exceptionNumber(requested(occasion, 'SACTDreq').reason) });
  },
  ADA: (connection) => connection.send({ kind: 'ADA' }),
  AE: (connection, occasion) => {
    const { userData = [] } = requested(occasion, 'SACTEreq');
    connection.send({ kind: 'AE', serialNumber: connection.variables.VM, userData });
  },
  AEA: (connection, occasion) => {
    const { userData = [] } = requested(occasion, 'SACTErsp');
    connection.send({ kind: 'AEA', serialNumber: connection.variables.VM - 1, userData });
  },
  FN: (connection, occasion) => {
    const { userData = [] } = requested(occasion, 'SRELreq');
    connection.send({ kind: 'FN', transportDisconnect: DISCONNECT.released, userData });
  },
  DN: (connection, occasion) => {
    const { userData = [] } = requested(occasion, 'SRELrsp+');
    connection.send({ kind: 'DN', userData });
  },
  'AB user': (connection, occasion) => {
    const { userData = [] } = requested(occasion, 'SUABreq');
    connection.send({
      kind: 'AB',
      transportDisconnect: DISCONNECT.released | DISCONNECT.userAbort,
      userData,
    });
  },
  'AB error': (connection) =>
    connection.send({ kind: 'AB', transportDisconnect: DISCONNECT.released | DISCONNECT.protocolError }),
  'AB timeout': (connection) =>
    connection.send({ kind: 'AB', transportDisconnect: DISCONNECT.released | DISCONNECT.noReason }),
} as const satisfies Meanings;

const indicating = {
  SDTind: (connection, occasion) => connection.up({ kind: 'SDTind', userData: dataOf(occasion) }),
  STGind: (connection, occasion) => connection.up({ kind: 'STGind', tokens: tokensIn(tokensOf(occasion)) }),
  SPTind: (connection, occasion) => {
    connection.up({ kind: 'SPTind', tokens: tokensIn(tokensOf(occasion)), userData: dataOf(occasion) });
  },
  SCGind: (connection) => connection.up({ kind: 'SCGind' }),
  SSYNmlocal: (connection) => {
    connection.up({ kind: 'SSYNmlocal', serialNumber: connection.variables.VM });
  },
  SSYNmind: (connection, occasion) => {
    const confirm = ((received(occasion).syncType ?? 0) & 1) === 0;
    const serialNumber = serialOf(occasion);
    connection.up({ kind: 'SSYNmind', serialNumber, confirm, userData: dataOf(occasion) });
  },
  SSYNmcnf: (connection, occasion) => {
    connection.up({ kind: 'SSYNmcnf', serialNumber: serialOf(occasion), userData: dataOf(occasion) });
  },
  SUERind: (connection, occasion) => {
    const reason = exceptionName(received(occasion).reason);
    connection.up({ kind: 'SUERind', reason, userData: dataOf(occasion) });
  },
  SPERind: (connection) => connection.up({ kind: 'SPERind', detail: 'the peer reports a protocol error' }),
  SACTSind: (connection, occasion) => {
    const { activity = NOTHING } = received(occasion);
    connection.up({ kind: 'SACTSind', activity, userData: dataOf(occasion) });
  },
  SACTRind: (connection, occasion) => {
    const { activity = NOTHING, link } = received(occasion);
    assert(link !== undefined, 'an AR has a link');
    connection.up({ kind: 'SACTRind', activity, link, userData: dataOf(occasion) });
  },
  SACTIind: (connection, occasion) => {
    connection.up({ kind: 'SACTIind', reason: exceptionName(received(occasion).reason) });
  },
  SACTIcnf: (connection) => connection.up({ kind: 'SACTIcnf' }),
  SACTDind: (connection, occasion) => {
    connection.up({ kind: 'SACTDind', reason: exceptionName(received(occasion).reason) });
  },
  SACTDcnf: (connection) => connection.up({ kind: 'SACTDcnf' }),
  SACTEind: (connection, occasion) => {
    connection.up({ kind: 'SACTEind', serialNumber: serialOf(occasion), userData: dataOf(occasion) });
  },
  SACTEcnf: (connection, occasion) => connection.up({ kind: 'SACTEcnf', userData: dataOf(occasion) }),
  SRELind: (connection, occasion) => connection.up({ kind: 'SRELind', userData: dataOf(occasion) }),
  'SRELcnf+': (connection, occasion) => connection.up({ kind: 'SRELcnf+', userData: dataOf(occasion) }),
  SUABind: (connection, occasion) => connection.up({ kind: 'SUABind', userData: dataOf(occasion) }),
  'SPABind peer': (connection) => {
    connection.up({
      kind: 'SPABind',
      cause: 'peer-provider',
      detail: "abort by the peer's session provider",
    });
  },
  'SPABind lost': (connection, occasion) => {
    connection.up({ kind: 'SPABind', cause: 'transport-lost', detail: lossOf(occasion) });
  },
  'SPABind error': (connection, { detail = '' }) => {
    connection.up({ kind: 'SPABind', cause: 'protocol-error', detail });
  },
  'SPABind timeout': (connection, { event }) => {
    const detail = event === 'TIM release' ? 'no DN in time' : 'no AC in time';
    connection.up({ kind: 'SPABind', cause: 'timeout', detail });
  },
} as const satisfies Meanings;

const keeping = {
  '[11] give': ({ variables }, occasion) => variables.give(tokensOf(occasion)),
  '[11] take': ({ variables }, occasion) => variables.take(tokensOf(occasion)),
  '[11] give all': ({ variables }) => variables.give(variables.available),
  '[11] take all': ({ variables }) => variables.take(variables.available),
  '[12]': ({ variables }) => variables.beginActivity(1),
  '[12] resumed': ({ variables }, { request, spdu }) => {
    const link = request?.kind === 'SACTRreq' ? request.link : spdu?.link;
    assert(link !== undefined, 'a resumed activity has a link');
    variables.beginActivity(link.serialNumber + 1);
  },
  '[22]': ({ variables }) => variables.pointSent(),
  '[23]': ({ variables }) => variables.pointReceived(),
  '[25]': ({ variables }, occasion) => variables.confirmed(serialOf(occasion)),
  '[19] ended': ({ variables }) => variables.endActivity(),
  '¬Vact': ({ variables }) => {
    variables.Vact = false;
  },
  'start open': (connection, { now }) => connection.start('open', now),
  'start release': (connection, { now }) => connection.start('release', now),
  'start TIM': (connection, { now }) => connection.start('abort', now),
  'stop TIM': (connection) => connection.stop(),
} as const satisfies Meanings;

/** Every action but 'violation', which needs the state and is the machine's. */
export const actions: Readonly<Record<Exclude<SessionAction, 'violation'>, Meaning>> = {
  ...connecting,
  ...sending,
  ...indicating,
  ...keeping,
};

function agree(connection: SessionConnection, { request, spdu }: Occasion): void {
  const { cn, variables, tsduOctetsMax } = connection;
  if (request?.kind === 'SCONrsp+') {
    assert(cn !== undefined, 'a CN was kept');
    connection.agreement = agreementAsAcceptor(cn, request, tsduOctetsMax);
    variables.agree('acceptor', connection.agreement);
    return;
  }
  assert(spdu !== undefined, 'an AC was received');
  connection.agreement = agreementAsInitiator(asked(connection), spdu, tsduOctetsMax);
  variables.agree('initiator', connection.agreement);
}

function asked(connection: SessionConnection) {
  assert(connection.asked !== undefined, 'the initiator was asked to connect');
  return connection.asked;
}

function dataOf(occasion: Occasion): Uint8Array {
  return received(occasion).userData ?? NOTHING;
}

/** The reason of a DR as it is: it is matched above. */
function refusalBy(occasion: Occasion): string {
  const { transport } = occasion;
  const refused = transport?.kind === 'TDISind' && transport.said.by === 'peer';
  return refused ? String(transport.said.reason) : lossOf(occasion);
}

function lossOf({ transport }: Occasion): string {
  if (transport?.kind !== 'TDISind') return '';
  const { said } = transport;
  return said.by === 'peer' ? `transport disconnect by the peer: ${said.reason}` : said.detail;
}
