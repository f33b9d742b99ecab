// Refusals, aborts and exceptions in the words of the reliable transfer service (X.218), whichever layer
// they come from; and the answers that ours become. Pure functions.

import { rawOctets } from '../../asn1/index.ts';
import type {
  AcseIndication,
  AssociateDiagnostic,
  AssociateResult,
  PresentationDataReceived,
  PresentationMode,
  ProviderRefusal,
} from '../acse/service.ts';
import type { ExceptionReason } from '../presentation/service.ts';
import type { RefuseReason } from './apdu.ts';
import { findApdu } from './apdu-codec.ts';
import type { RTAbort, RTIndication, RTRefuse, RTRefused } from './service.ts';
import type { TaggedApdu } from './x410-form.ts';

/** What an initiator is told when the open was refused. */
export function refusedOf(confirm: Extract<AcseIndication, { kind: 'AASCcnf-' }>): RTRefused {
  const { refusal, userInformation } = confirm;
  const rtorj = firstApdu(userInformation, 'rtorj');
  if (rtorj?.kind !== 'rtorj') {
    return { layer: refusal.by, reason: refusal.reason, transient: refusal.transient };
  }
  const { refuseReason, userDataRJ } = rtorj.value;
  if (userDataRJ !== undefined) {
    const userData = rawOctets(userDataRJ);
    const { transient, reason: diagnostic } = refusal;
    const more = diagnostic !== 'no-reason-given' && diagnostic !== 'null' && { diagnostic };
    return { layer: 'user', reason: 'bind-error', transient, userData, ...more };
  }
  const reason = refuseReason === undefined ? refusal.reason : String(refuseReason);
  return { layer: 'rtse', reason, transient: refusal.transient };
}

/** The refuse reason that X.410-1984 mode has for a refusal; a bind error finds no other place. */
export function refuseReasonOf(refuse: RTRefuse): RefuseReason {
  switch (refuse.kind) {
    case 'bind-error':
      return refuse.transient === true ? 'rts-busy' : 'validation-failure';
    case 'called-selector-unknown':
    case 'mode-not-served':
      return 'validation-failure';
    default:
      return refuse.kind;
  }
}

/**
 * What a layer below says in RTSE's place, where that is exacter. Session has one word for its own address
 * and those below it; that no user of this mode is attached is all that X.410-1984 mode has for a mode.
 */
export function providerRefusalOf(refuse: RTRefuse, mode: PresentationMode): ProviderRefusal | undefined {
  if (refuse.kind === 'called-selector-unknown') {
    return refuse.layer === 'presentation'
      ? { by: 'presentation', reason: 'called-presentation-address-unknown' }
      : { by: 'session', reason: 'session-selector-unknown' };
  }
  const unattached = refuse.kind === 'mode-not-served' && mode === 'x410-1984';
  return unattached ? { by: 'session', reason: 'user-not-attached' } : undefined;
}

/** What the AARE that carries a refusal says of the reason. */
export function diagnosticOf(refuse: RTRefuse): AssociateDiagnostic {
  if (refuse.kind === 'mode-not-served') return 'application-context-name-not-supported';
  const unknownCaller = refuse.kind === 'bind-error' && refuse.caller === 'address-not-recognized';
  return unknownCaller ? 'calling-AP-title-not-recognized' : 'no-reason-given';
}

/** Whether the AARE that carries a refusal says "permanent" or "transient". */
export function resultOf(refuse: RTRefuse): AssociateResult {
  switch (refuse.kind) {
    case 'rts-busy':
    case 'cannot-recover':
      return 'rejected-transient';
    case 'validation-failure':
    case 'unacceptable-dialogue-mode':
    case 'called-selector-unknown':
    case 'mode-not-served':
      return 'rejected-permanent';
    case 'bind-error':
      return refuse.transient === true ? 'rejected-transient' : 'rejected-permanent';
  }
}

/** What the user is told of an abort that came through ACSE. */
export function abortedOf(
  indication: Extract<AcseIndication, { kind: 'AABRind' | 'APABind' }>,
): Extract<RTIndication, { kind: 'RTUABind' | 'RTPABind' }> {
  if (indication.kind === 'APABind') return { kind: 'RTPABind', abort: providerAbort(indication) };
  const rtab = firstApdu(indication.userInformation, 'rtab');
  if (indication.source === 'provider') {
    return aborted('peer-provider', 'protocol-error', 'aborted by the association control of the peer');
  }
  if (rtab?.kind !== 'rtab') return aborted('peer-user', 'temporary-problem', 'aborted without an RTAB');
  const { abortReason, userdataAB } = rtab.value;
  if (abortReason === 'user-error') {
    return {
      kind: 'RTUABind',
      userData: userdataAB === undefined ? new Uint8Array(0) : rawOctets(userdataAB),
    };
  }
  if (abortReason === undefined || typeof abortReason === 'number') {
    return aborted('peer-provider', 'temporary-problem', `RTAB with reason ${abortReason ?? 'none'}`);
  }
  return aborted('peer-provider', abortReason, 'RTAB of the peer');
}

/** The same for an open that is not answered yet: an abort is a refusal then. */
export function failedOpenOf(
  indication: Extract<AcseIndication, { kind: 'AABRind' | 'APABind' }>,
): RTRefused {
  if (indication.kind === 'APABind') {
    const { cause, detail } = indication;
    return { layer: cause === 'connection-lost' ? 'network' : 'session', reason: detail, transient: true };
  }
  const aborted = abortedOf(indication);
  const reason = aborted.kind === 'RTUABind' ? 'aborted by the user' : aborted.abort.detail;
  return {
    layer: indication.source === 'provider' ? 'acse' : 'rtse',
    reason,
    transient: true,
    aborted: true,
  };
}

export interface TransferFailure {
  readonly transient: boolean;
  readonly detail: string;
}

/** What a sender makes of an exception: only an unrecoverable procedural error says "do not try again". */
export function failureOf(reason: ExceptionReason | number | undefined, detail: string): TransferFailure {
  return { transient: reason !== 'unrecoverable-procedural-error', detail };
}

/** The exception that a receiver reports for a transfer that its user cannot take. */
export function exceptionOf(transient: boolean): ExceptionReason {
  return transient ? 'user-receiving-ability-jeopardized' : 'unrecoverable-procedural-error';
}

/** The abort by which it says the same where exceptions were not negotiated. */
export function abortReasonOf(transient: boolean): 'temporary-problem' | 'permanent-problem' {
  return transient ? 'temporary-problem' : 'permanent-problem';
}

function providerAbort(indication: Extract<AcseIndication, { kind: 'APABind' }>): RTAbort {
  const { detail } = indication;
  switch (indication.cause) {
    case 'connection-lost':
      return { by: 'network', reason: 'connection-lost', detail };
    case 'timeout':
      return { by: 'provider', reason: 'timeout', detail };
    case 'protocol-error':
      return { by: 'provider', reason: 'protocol-error', detail };
    case 'peer-provider':
      return { by: 'peer-provider', reason: 'protocol-error', detail };
  }
}

function aborted(
  by: RTAbort['by'],
  reason: RTAbort['reason'],
  detail: string,
): Extract<RTIndication, { kind: 'RTPABind' }> {
  return { kind: 'RTPABind', abort: { by, reason, detail } };
}

/** An RTSE APDU in whichever context it came: refusals and aborts may come before contexts are agreed. */
function firstApdu(values: readonly PresentationDataReceived[], expected: TaggedApdu) {
  const apdu = findApdu(values, values[0]?.context, expected);
  return apdu.ok ? apdu.value : undefined;
}
