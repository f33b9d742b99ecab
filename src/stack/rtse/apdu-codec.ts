// Reads and writes the APDUs of RTSE. RTTR is written as a header before octets that are not copied;
// everything else is small. Never throws on what came.

import { decode, encode, rawOctets, rawOf } from '../../asn1/index.ts';
import { fromLatin1, latin1, totalOctets } from '../../base/octets.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { PresentationDataReceived } from '../acse/service.ts';
import { elementHeader } from '../kernel/element-header.ts';
import {
  type AbortReason,
  type ConnectionData,
  RTSEapdus,
  type RTSEapdus as RTSEapdusValue,
} from './apdu.ts';
import type { DialogueMode, RecoveredConnection } from './service.ts';

const OCTET_STRING = 0x04;

export function encodeRTORQ(rtorq: {
  readonly checkpointSize: number;
  readonly window: number;
  readonly dialogueMode: DialogueMode;
  readonly recover?: RecoveredConnection;
  readonly userData: Uint8Array;
}): Uint8Array {
  return encode(RTSEapdus, {
    kind: 'rtorq',
    value: {
      checkpointSize: rtorq.checkpointSize,
      windowSize: rtorq.window,
      dialogueMode: rtorq.dialogueMode === 'monologue' ? 'monologue' : 'twa',
      connectionDataRQ: connectionDataOf(rtorq),
    },
  });
}

export function encodeRTOAC(rtoac: {
  readonly checkpointSize: number;
  readonly window: number;
  /** Of an answer to a recover bind: it has no user data. */
  readonly recover?: RecoveredConnection;
  readonly userData: Uint8Array;
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

/** Normal mode has no refuse reason in it: the bind error is the user data, other refusals have none. */
export function encodeRTORJ(userData: Uint8Array | undefined): Uint8Array {
  const userDataRJ = userData === undefined ? undefined : rawOf(userData);
  return encode(RTSEapdus, { kind: 'rtorj', value: { userDataRJ } });
}

export function encodeRTAB(abortReason: AbortReason, userData?: Uint8Array): Uint8Array {
  const userdataAB = userData === undefined ? undefined : rawOf(userData);
  return encode(RTSEapdus, { kind: 'rtab', value: { abortReason, userdataAB } });
}

export function encodeRTTP(priority: number): Uint8Array {
  return encode(RTSEapdus, { kind: 'rttp', value: priority });
}

/** The pieces of an RTTR with these octets. */
export function encodeRTTR(octets: readonly Uint8Array[]): Uint8Array[] {
  return [elementHeader(OCTET_STRING, totalOctets(octets)), ...octets];
}

/** The APDU in `context` among `values` (the first one), or why there is none. */
export function findApdu(
  values: readonly PresentationDataReceived[],
  context: number | undefined,
): Result<RTSEapdusValue, string> {
  const value = values.find((candidate) => candidate.context === context);
  if (value === undefined) return err('no data value in the context of RTSE');
  const decoded = decode(RTSEapdus, value.value);
  return decoded.ok ? ok(decoded.value) : err(decoded.error.message);
}

/** The octets of the RTTRs in a P-DATA, in order; everything in it must be one. */
export function readRTTRs(
  values: readonly PresentationDataReceived[],
  context: number | undefined,
): Result<readonly Uint8Array[], string> {
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
}): ConnectionData {
  return open.recover === undefined
    ? { kind: 'open', value: rawOf(open.userData) }
    : { kind: 'recover', value: identifierOf(open.recover) };
}

function identifierOf(recover: RecoveredConnection): Extract<ConnectionData, { kind: 'recover' }>['value'] {
  const additional = recover.additionalReference;
  return {
    callingSSuserReference: { kind: 'octetString', value: recover.callingUserReference },
    commonReference: latin1(recover.commonReference),
    additionalReferenceInformation: additional === undefined ? undefined : latin1(additional),
  };
}
