// The open of an RTSE association (X.228 7.1): what is asked, what a responder can take, what was agreed.
// Pure functions over the primitives of ACSE. The checkpoint size agreed is the lower of both, where 0 is
// "no limit" and so higher than any; the window is the lower, and never less than 1.

import { err, ok, type Result } from '../../base/result.ts';
import {
  ACSE_ABSTRACT_SYNTAX,
  type AcseIndication,
  type AcseRequest,
  type NegotiatedContext,
} from '../acse/service.ts';
import type { Tolerates } from '../kernel/tolerance.ts';
import { BASIC_ENCODING, type TokenPosition, type TokenPositions } from '../presentation/service.ts';
import { CHECKPOINT_SIZE_DEFAULT, type RTOAC, type RTORQ, WINDOW_SIZE_DEFAULT } from './apdu.ts';
import { encodeRTORQ, findApdu, openedOf, recoveredOf } from './apdu-codec.ts';
import type { ApplicationContext, RtseOptions } from './options.ts';
import type { RecoveredConnection, RTOpen, RTRequest } from './service.ts';
import { apduValue, type RtseContexts, x410Contexts } from './x410-form.ts';

/** X.225 8.3.1.16: half-duplex, minor synchronise, activity management, exceptions. */
export const session_requirements = 0x0249;
/** The same without exceptions, which an association can do without: it aborts instead. */
const session_requirements_min = 0x0049;
export const exceptions_requirement = 0x0200;

/** The contexts of the captures: identifiers 1, 3 and 5. */
const ACSE_CONTEXT = 1;
const RTSE_CONTEXT = 3;
const USER_CONTEXT = 5;

export interface PeerOpen {
  readonly contexts: RtseContexts;
  readonly requirements: number;
  readonly tokens: TokenPositions;
  readonly proposed: RTOpen;
  readonly recover: RecoveredConnection | undefined;
  readonly userData: Uint8Array;
}

export interface OpenAnswer {
  readonly contexts: RtseContexts;
  readonly requirements: number;
  readonly agreed: RTOpen;
  readonly userData: Uint8Array;
}

/** Why an open or its answer cannot be used, and the layer that is to blame. */
export interface OpenFault {
  readonly layer: 'session' | 'presentation' | 'acse' | 'rtse';
  readonly expected: string;
  readonly got: string;
}

/** The A-ASSOCIATE that an RTOPENreq is. */
export function associateRequest(
  request: Extract<RTRequest, { kind: 'RTOPENreq' }>,
  options: RtseOptions,
): AcseRequest {
  const { application, called, calling, identifier, mode } = options;
  const holder = request.initialTurn === 'initiator' ? 'initiator' : 'acceptor';
  const tokens = { data: holder, synchronizeMinor: holder, majorActivity: holder } as const;
  const session = { identifier, requirements: session_requirements, tokens };
  if (mode === 'x410-1984') {
    // X.226 6.2: there is no presentation selector.
    const userInformation = [apduValue(x410Contexts.rtse, encodeRTORQ({ ...request, mode }))];
    const selectors = { calledSessionSelector: called.session, callingSessionSelector: calling.session };
    return { kind: 'AASCreq', mode, ...selectors, ...session, contexts: [], userInformation };
  }
  const transferSyntaxes = [BASIC_ENCODING];
  return {
    kind: 'AASCreq',
    mode: 'normal',
    applicationContext: application.name,
    calledSelector: called.presentation,
    callingSelector: calling.presentation,
    calledSessionSelector: called.session,
    callingSessionSelector: calling.session,
    ...session,
    contexts: [
      { identifier: ACSE_CONTEXT, abstractSyntax: ACSE_ABSTRACT_SYNTAX, transferSyntaxes },
      { identifier: RTSE_CONTEXT, abstractSyntax: application.rtseAbstractSyntax, transferSyntaxes },
      { identifier: USER_CONTEXT, abstractSyntax: application.userAbstractSyntax, transferSyntaxes },
    ],
    userInformation: [
      {
        context: RTSE_CONTEXT,
        value: [encodeRTORQ({ ...request, mode: 'normal', applicationProtocol: undefined })],
      },
    ],
  };
}

/** What a caller asks, if it can be answered; a responder reads it before it tells its user. */
export function readOpen(
  indication: Extract<AcseIndication, { kind: 'AASCind' }>,
  application: ApplicationContext,
): Result<PeerOpen, OpenFault> {
  const { applicationContext } = indication;
  if (indication.mode === 'normal' && applicationContext !== application.name) {
    return fault('acse', `application context ${application.name}`, applicationContext ?? 'none');
  }
  const contexts = contextsIn(indication, application);
  if (!contexts.ok) return contexts;
  const { requirements } = indication;
  if ((requirements & session_requirements_min) !== session_requirements_min) {
    return fault('session', 'half-duplex, minor synchronise, activities', `requirements ${requirements}`);
  }
  const tokens = settled(indication.tokens);
  if (tokens === undefined) return fault('session', 'all tokens on one side', 'tokens on both');
  const apdu = findApdu(indication.userInformation, contexts.value.rtse, 'rtorq');
  if (!apdu.ok) return fault('rtse', 'an RTORQ', apdu.error);
  if (apdu.value.kind !== 'rtorq') return fault('rtse', 'an RTORQ', apdu.value.kind);
  const rtorq = apdu.value.value;
  const open = sizesOf(rtorq);
  if (open === undefined) return fault('rtse', 'sizes and dialogue mode of X.228', 'others');
  return ok({
    contexts: contexts.value,
    requirements: requirements & session_requirements,
    tokens,
    proposed: {
      ...open,
      dialogueMode: rtorq.dialogueMode === 'twa' ? 'two-way-alternate' : 'monologue',
      initialTurn: tokens.data === 'initiator' ? 'initiator' : 'responder',
      applicationProtocol: rtorq.applicationProtocol,
    },
    recover: recoveredOf(rtorq.connectionDataRQ),
    userData: openedOf(rtorq.connectionDataRQ),
  });
}

/** What it takes to read an answer. */
interface AnswerReading {
  readonly application: ApplicationContext;
  readonly tolerates?: Tolerates | undefined;
}

/** What the responder answered, if it agrees with what was asked. */
export function readAnswer(
  confirm: Extract<AcseIndication, { kind: 'AASCcnf+' }>,
  asked: RTOpen,
  { application, tolerates }: AnswerReading,
): Result<OpenAnswer, OpenFault> {
  const contexts = contextsIn(confirm, application);
  if (!contexts.ok) return contexts;
  const { requirements } = confirm;
  if ((requirements & session_requirements_min) !== session_requirements_min) {
    return fault('session', 'half-duplex, minor synchronise, activities', `requirements ${requirements}`);
  }
  const apdu = findApdu(confirm.userInformation, contexts.value.rtse, 'rtoac');
  if (!apdu.ok) return fault('rtse', 'an RTOAC', apdu.error);
  if (apdu.value.kind !== 'rtoac') return fault('rtse', 'an RTOAC', apdu.value.kind);
  const rtoac = apdu.value.value;
  const sizes = sizesOf(rtoac);
  if (sizes === undefined) return fault('rtse', 'sizes of X.228', 'others');
  const above = aboveProposal(sizes, asked);
  if (above !== undefined && tolerates?.('sizesAboveProposal', above) === false) {
    return fault('rtse', `checkpoint size ${asked.checkpointSize}, window ${asked.window} at most`, above);
  }
  return ok({
    contexts: contexts.value,
    requirements: requirements & session_requirements,
    agreed: { ...asked, ...lower(asked, sizes) },
    userData: openedOf(rtoac.connectionDataAC),
  });
}

/** An answer that says 0, or nothing, says that there are no checkpoints: that is no excess. */
function aboveProposal(answered: Sizes, asked: Sizes): string | undefined {
  const large = asked.checkpointSize > 0 && answered.checkpointSize > asked.checkpointSize;
  if (!large && answered.window <= asked.window) return undefined;
  return `checkpoint size ${answered.checkpointSize}, window ${answered.window}`;
}

interface Sizes {
  readonly checkpointSize: number;
  readonly window: number;
}

/** X.228 7.1: the lower of both sides. */
export function lower(a: Sizes, b: Sizes): Sizes {
  const checkpointSize =
    a.checkpointSize === 0 || b.checkpointSize === 0
      ? Math.max(a.checkpointSize, b.checkpointSize)
      : Math.min(a.checkpointSize, b.checkpointSize);
  return { checkpointSize, window: Math.max(1, Math.min(a.window, b.window)) };
}

function sizesOf(apdu: RTORQ | RTOAC): Sizes | undefined {
  const checkpointSize = apdu.checkpointSize ?? CHECKPOINT_SIZE_DEFAULT;
  const window = apdu.windowSize ?? WINDOW_SIZE_DEFAULT;
  const dialogueMode = 'dialogueMode' in apdu ? (apdu.dialogueMode ?? 'monologue') : 'monologue';
  if (checkpointSize < 0 || window < 0 || typeof dialogueMode === 'number') return undefined;
  return { checkpointSize, window };
}

/** X.410-1984 mode is told by its having no application context. */
function contextsIn(
  heard: Extract<AcseIndication, { kind: 'AASCind' | 'AASCcnf+' }>,
  application: ApplicationContext,
): Result<RtseContexts, OpenFault> {
  return heard.applicationContext === undefined ? ok(x410Contexts) : contextsOf(heard.contexts, application);
}

function contextsOf(
  contexts: readonly NegotiatedContext[],
  application: ApplicationContext,
): Result<RtseContexts, OpenFault> {
  const find = (syntax: string): number | undefined =>
    contexts.find(({ accepted, abstractSyntax }) => accepted && abstractSyntax === syntax)?.identifier;
  const rtse = find(application.rtseAbstractSyntax);
  const user = find(application.userAbstractSyntax);
  if (rtse === undefined) return missing(application.rtseAbstractSyntax);
  if (user === undefined) return missing(application.userAbstractSyntax);
  return ok({ rtse, user });
}

function missing(abstractSyntax: string): Result<never, OpenFault> {
  return fault('presentation', `a context of ${abstractSyntax}`, 'none accepted');
}

function fault(layer: OpenFault['layer'], expected: string, got: string): Result<never, OpenFault> {
  return err({ layer, expected, got });
}

/** All three tokens where the data token is; undefined if they are apart. A free choice leaves them there. */
function settled(tokens: TokenPositions): TokenPositions | undefined {
  const place = (position: TokenPosition): TokenPosition =>
    position === 'acceptor-chooses' ? 'initiator' : position;
  const data = place(tokens.data);
  if (place(tokens.synchronizeMinor) !== data || place(tokens.majorActivity) !== data) return undefined;
  return { data, synchronizeMinor: data, majorActivity: data };
}
