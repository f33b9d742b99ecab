// What S-CONNECT and its answer become as SPDUs, and the other way round (X.225 7.1 to 7.5): versions,
// functional units, tokens, TSDU size and overflowing user data. Pure functions.

import { concat, totalOctets } from '../../base/octets.ts';

import type {
  SessionAccept,
  SessionAcceptConfirm,
  SessionConnect,
  SessionConnectIndication,
} from './service.ts';
import { EXTENDED_USER_DATA_OCTETS_MAX, USER_DATA_OCTETS_MAX } from './spdu.ts';
import type { ReceivedSpdu, SpduToSend } from './spdu.ts';
import { positionsIn, settled, tokenSetting } from './tokens.ts';
import { DEFAULT_UNITS, SUPPORTED_UNITS } from './variables.ts';

/** Bits of the version number parameter (X.225 8.3.1.10). */
export const VERSION = { one: 1, two: 2 } as const;

const NOTHING = new Uint8Array(0);
/** The user data of one CDO (X.225 8.3.3). */
const OVERFLOW_SEGMENT_OCTETS = 65_000;

/** Whether the user data need CDO SPDUs (p204). */
export function overflows(connect: SessionConnect): boolean {
  return totalOctets(connect.userData) > EXTENDED_USER_DATA_OCTETS_MAX;
}

/** The CN. Versions 1 and 2 are proposed; version 2 alone where the user data need it. */
export function connectSpdu(connect: SessionConnect, tsduOctetsMax: number): SpduToSend {
  const octets = totalOctets(connect.userData);
  const userData = overflows(connect)
    ? [concat(connect.userData).subarray(0, EXTENDED_USER_DATA_OCTETS_MAX)]
    : connect.userData;
  return {
    kind: 'CN',
    identifier: connect.identifier,
    protocolOptions: 0,
    ...(tsduOctetsMax > 0 && {
      tsduMaximum: { toAcceptor: tsduOctetsMax, toInitiator: tsduOctetsMax },
    }),
    versions: octets > USER_DATA_OCTETS_MAX ? VERSION.two : VERSION.one | VERSION.two,
    ...(connect.initialSerialNumber !== undefined && { initialSerialNumber: connect.initialSerialNumber }),
    tokenSetting: tokenSetting(connect.tokens),
    requirements: connect.requirements,
    ...(connect.callingSelector !== undefined && { callingSelector: connect.callingSelector }),
    ...(connect.calledSelector !== undefined && { calledSelector: connect.calledSelector }),
    ...(overflows(connect) && { dataOverflow: 1 }),
    userData,
  };
}

/** The user data that the CN had no room for, as CDO SPDUs. */
export function overflowSpdus(connect: SessionConnect): SpduToSend[] {
  const rest = concat(connect.userData).subarray(EXTENDED_USER_DATA_OCTETS_MAX);
  const spdus: SpduToSend[] = [];
  for (let at = 0; at < rest.length; at += OVERFLOW_SEGMENT_OCTETS) {
    const last = at + OVERFLOW_SEGMENT_OCTETS >= rest.length;
    const userData = [rest.subarray(at, at + OVERFLOW_SEGMENT_OCTETS)];
    spdus.push({ kind: 'CDO', enclosure: last ? 2 : 0, userData });
  }
  return spdus;
}

/** The version in force for the versions that a CN proposes; undefined if none is ours. */
export function chooseVersion(proposed: number = VERSION.one): number | undefined {
  if ((proposed & VERSION.two) !== 0) return VERSION.two;
  return (proposed & VERSION.one) !== 0 ? VERSION.one : undefined;
}

export function connectIndication(
  cn: ReceivedSpdu,
  overflow: readonly Uint8Array[],
): SessionConnectIndication {
  const begun = cn.userData ?? NOTHING;
  return {
    identifier: cn.identifier ?? {},
    ...(cn.calledSelector !== undefined && { calledSelector: cn.calledSelector }),
    ...(cn.callingSelector !== undefined && { callingSelector: cn.callingSelector }),
    requirements: cn.requirements ?? DEFAULT_UNITS,
    tokens: positionsIn(cn.tokenSetting ?? 0),
    ...(cn.initialSerialNumber !== undefined && { initialSerialNumber: cn.initialSerialNumber }),
    userData: overflow.length === 0 ? begun : concat([begun, ...overflow]),
  };
}

/** What connect and accept settle together. */
export interface Agreement {
  readonly units: number;
  readonly tokens: SessionAccept['tokens'];
  readonly serialNumber: number | undefined;
  /** The largest TSDUs to the acceptor and to the initiator; 0: no limit. */
  readonly tsduMaximum: { readonly toAcceptor: number; readonly toInitiator: number };
}

const unlimited = { toAcceptor: 0, toInitiator: 0 };

/** What our acceptance of `cn` settles; `tsduOctetsMax` is what we can take, 0 for anything. */
export function agreementAsAcceptor(
  cn: ReceivedSpdu,
  accept: SessionAccept,
  tsduOctetsMax: number,
): Agreement {
  const proposed = cn.tsduMaximum;
  const segmenting = proposed !== undefined && tsduOctetsMax > 0;
  return {
    units: accept.requirements & (cn.requirements ?? DEFAULT_UNITS) & SUPPORTED_UNITS,
    tokens: settled(positionsIn(cn.tokenSetting ?? 0), accept.tokens),
    serialNumber: accept.initialSerialNumber ?? cn.initialSerialNumber,
    tsduMaximum: segmenting
      ? {
          toAcceptor: smaller(proposed.toAcceptor, tsduOctetsMax),
          toInitiator: smaller(proposed.toInitiator, tsduOctetsMax),
        }
      : unlimited,
  };
}

/** What the peer's acceptance of our connect settles. Segmenting needs the parameter in both. */
export function agreementAsInitiator(
  connect: SessionConnect,
  ac: ReceivedSpdu,
  tsduOctetsMax: number,
): Agreement {
  const answered = ac.tsduMaximum;
  return {
    units: (ac.requirements ?? DEFAULT_UNITS) & connect.requirements & SUPPORTED_UNITS,
    tokens: settled(connect.tokens, positionsIn(ac.tokenSetting ?? 0)),
    serialNumber: ac.initialSerialNumber ?? connect.initialSerialNumber,
    tsduMaximum:
      answered === undefined || tsduOctetsMax === 0
        ? unlimited
        : {
            toAcceptor: smaller(answered.toAcceptor, tsduOctetsMax),
            toInitiator: smaller(answered.toInitiator, tsduOctetsMax),
          },
  };
}

/** The AC. The TSDU maximum is in it only where segmenting was agreed. */
export function acceptSpdu(accept: SessionAccept, cn: ReceivedSpdu, agreement: Agreement): SpduToSend {
  const { tsduMaximum } = agreement;
  const segmenting = tsduMaximum.toAcceptor > 0 || tsduMaximum.toInitiator > 0;
  return {
    kind: 'AC',
    identifier: accept.identifier,
    protocolOptions: 0,
    ...(segmenting && { tsduMaximum }),
    versions: chooseVersion(cn.versions) ?? VERSION.two,
    ...(accept.initialSerialNumber !== undefined && { initialSerialNumber: accept.initialSerialNumber }),
    tokenSetting: tokenSetting(agreement.tokens),
    requirements: agreement.units,
    ...(accept.respondingSelector !== undefined && { calledSelector: accept.respondingSelector }),
    userData: accept.userData,
  };
}

export function acceptConfirm(ac: ReceivedSpdu, agreement: Agreement): SessionAcceptConfirm {
  return {
    identifier: ac.identifier ?? {},
    ...(ac.calledSelector !== undefined && { respondingSelector: ac.calledSelector }),
    requirements: agreement.units,
    tokens: agreement.tokens,
    ...(agreement.serialNumber !== undefined && { initialSerialNumber: agreement.serialNumber }),
    userData: ac.userData ?? NOTHING,
  };
}

/** The smaller of two sizes where 0 means no limit. */
function smaller(a: number, b: number): number {
  if (a === 0) return b;
  return b === 0 ? a : Math.min(a, b);
}
