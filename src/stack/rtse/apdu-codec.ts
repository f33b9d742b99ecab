// Reads and writes the APDUs of RTSE. RTTR is written as a header before octets that are not copied;
// everything else is small. Never throws on what came.

import { decode, elementHeader, encode, rawOctets, rawOf } from '../../asn1/index.ts';
import { fromLatin1, latin1, totalOctets } from '../../base/octets.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { type PresentationDataReceived, X410_CONTEXT } from '../acse/service.ts';
import {
  type AbortReason,
  type ConnectionData,
  type RefuseReason,
  RTSEapdus,
  type RTSEapdus as RTSEapdusValue,
} from './apdu.ts';
import type { RtseOptions } from './options.ts';
import type { DialogueMode, RecoveredConnection } from './service.ts';
import { type TaggedApdu, taggedApdu } from './x410-form.ts';

const OCTET_STRING = 0x04;
type Mode = RtseOptions['mode'];

export function encodeRTORQ(rtorq: {
  readonly checkpointSize: number;
  readonly window: number;
  readonly dialogueMode: DialogueMode;
  readonly recover?: RecoveredConnection;
  readonly userData: Uint8Array;
  /** Absent: normal mode. */
  readonly mode?: Mode;
  /** X.410-1984 mode only. */
  readonly applicationProtocol?: number;
}): Uint8Array {
  return encode(RTSEapdus, {
    kind: 'rtorq',
    value: {
      checkpointSize: rtorq.checkpointSize,
      windowSize: rtorq.window,
      dialogueMode: rtorq.dialogueMode === 'monologue' ? 'monologue' : 'twa',
      connectionDataRQ: connectionDataOf(rtorq),
      applicationProtocol: rtorq.applicationProtocol,
    },
  });
}

export function encodeRTOAC(rtoac: {
  readonly checkpointSize: number;
  readonly window: number;
  /** Of an answer to a recover bind: it has no user data. */
  readonly recover?: RecoveredConnection;
  readonly userData: Uint8Array;
  /** Absent: normal mode. */
  readonly mode?: Mode;
}): Uint8Array {
  return encode(RTSEapdus, {
    kind: 'rtoac',
    value: {
      checkpointSize: rtoac.checkpointSize,
      windowSize: rtoac.window,
      connectionDataAC: connectionDataOf(rtoac),
    },
  });
}

/** Normal mode: the bind error is the user data, other refusals have none; there is no refuse reason. */
export function encodeRTORJ(userData: Uint8Array | undefined): Uint8Array {
  const userDataRJ = userData === undefined ? undefined : rawOf(userData);
  return encode(RTSEapdus, { kind: 'rtorj', value: { userDataRJ } });
}

/** X.410-1984 mode: the reason and nothing else. */
export function encodeX410RTORJ(refuseReason: RefuseReason): Uint8Array {
  return encode(RTSEapdus, { kind: 'rtorj', value: { refuseReason } });
}

export function encodeRTAB(abortReason: AbortReason, userData?: Uint8Array): Uint8Array {
  const userdataAB = userData === undefined ? undefined : rawOf(userData);
  return encode(RTSEapdus, { kind: 'rtab', value: { abortReason, userdataAB } });
}

export function encodeRTTP(priority: number): Uint8Array {
  return encode(RTSEapdus, { kind: 'rttp', value: priority });
}

/** The pieces of an RTTR with these octets, as a value of this context. */
export function encodeRTTR(octets: readonly Uint8Array[], context?: number): readonly Uint8Array[] {
  if (context === X410_CONTEXT) return octets;
  return [elementHeader(OCTET_STRING, totalOctets(octets)), ...octets];
}

/**
 * The APDU in `context` among `values` (the first one), or why there is none. In X.410-1984 mode it does not
 * say itself which it is, so that one is `expected`.
 */
export function findApdu(
  values: readonly PresentationDataReceived[],
  context: number | undefined,
  expected?: TaggedApdu,
): Result<RTSEapdusValue, string> {
  const value = values.find((candidate) => candidate.context === context);
  if (value === undefined) return err('no data value in the context of RTSE');
  const bare = context === X410_CONTEXT && expected !== undefined;
  const decoded = decode(RTSEapdus, bare ? taggedApdu(value.value, expected) : value.value);
  return decoded.ok ? ok(decoded.value) : err(decoded.error.message);
}

/** The octets of the RTTRs in a P-DATA, in order; everything in it must be one. */
export function readRTTRs(
  values: readonly PresentationDataReceived[],
  context: number | undefined,
): Result<readonly Uint8Array[], string> {
  if (context === X410_CONTEXT) return ok(values.map(({ value }) => value));
  const octets: Uint8Array[] = [];
  for (const value of values) {
    const apdu = findApdu([value], context);
    if (!apdu.ok) return apdu;
    if (apdu.value.kind !== 'rttr') return err(apdu.value.kind.toUpperCase());
    octets.push(apdu.value.value);
  }
  return ok(octets);
}

/** The priority in a P-TOKEN-PLEASE; the lowest where it says none. */
export function readRTTP(values: readonly PresentationDataReceived[], context: number | undefined): number {
  const apdu = findApdu(values, context);
  return apdu.ok && apdu.value.kind === 'rttp' ? apdu.value.value : RTTP_PRIORITY_ABSENT;
}

/** The recover alternative of connection data, as its user sees it. */
export function recoveredOf(data: ConnectionData): RecoveredConnection | undefined {
  if (data.kind === 'open') return undefined;
  const { callingSSuserReference, commonReference, additionalReferenceInformation } = data.value;
  return {
    callingUserReference:
      callingSSuserReference.kind === 'octetString'
        ? callingSSuserReference.value
        : fromLatin1(callingSSuserReference.value),
    commonReference: fromLatin1(commonReference),
    additionalReference:
      additionalReferenceInformation === undefined ? undefined : fromLatin1(additionalReferenceInformation),
  };
}

/** The user data of connection data that opens; none of one that recovers. */
export function openedOf(data: ConnectionData): Uint8Array {
  return data.kind === 'open' ? rawOctets(data.value) : new Uint8Array(0);
}

/** The least urgent that X.411 names: priorities count from 0, the highest, to 2. */
const RTTP_PRIORITY_ABSENT = 2;

function connectionDataOf(open: {
  readonly recover?: RecoveredConnection;
  readonly userData: Uint8Array;
  /** Absent: normal mode. */
  readonly mode?: Mode;
}): ConnectionData {
  return open.recover === undefined
    ? { kind: 'open', value: rawOf(open.userData) }
    : { kind: 'recover', value: identifierOf(open.recover, open.mode ?? 'normal') };
}

/** X.228 9: the caller's reference is a T61String in X.410-1984 mode, an OCTET STRING in normal mode. */
function identifierOf(
  recover: RecoveredConnection,
  mode: Mode,
): Extract<ConnectionData, { kind: 'recover' }>['value'] {
  const { callingUserReference: calling, additionalReference: additional } = recover;
  return {
    callingSSuserReference:
      mode === 'normal'
        ? { kind: 'octetString', value: calling }
        : { kind: 't61String', value: latin1(calling) },
    commonReference: latin1(recover.commonReference),
    additionalReferenceInformation: additional === undefined ? undefined : latin1(additional),
  };
}
