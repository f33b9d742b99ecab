// What a presentation indication is to the association control machine: an event of its table with its APDU,
// decoded. In X.410-1984 mode there are no APDUs: the primitive itself is the event, and its user data are
// the user's. Never throws. Not here: state; what the event causes.

import type { Tolerates } from '../kernel/tolerance.ts';
import type {
  PresentationDataReceived,
  PresentationIndication,
  PresentationMode,
} from '../presentation/service.ts';
import { findApdu, readUserInformation } from './apdu-codec.ts';

export type AcseHears = Extract<
  PresentationIndication,
  { kind: 'PCONind' | 'PCONcnf+' | 'PCONcnf-' | 'PRELind' | 'PRELcnf+' | 'PUABind' | 'PPABind' }
>;
type Of<K extends AcseHears['kind']> = Extract<AcseHears, { kind: K }>;

interface Informed {
  readonly userInformation: readonly PresentationDataReceived[];
}

export type AcseReceived =
  | ({
      readonly event: 'AARQ';
      readonly version1: boolean;
      readonly applicationContext?: string;
      readonly from: Of<'PCONind'>;
    } & Informed)
  | ({
      readonly event: 'AARE+';
      readonly applicationContext?: string;
      readonly from: Of<'PCONcnf+'>;
    } & Informed)
  | ({
      readonly event: 'AARE-';
      readonly by: 'user' | 'acse';
      readonly diagnostic: string;
      readonly transient: boolean;
    } & Informed)
  | { readonly event: 'PCONcnf-'; readonly from: Of<'PCONcnf-'> }
  | { readonly event: 'RLRQ' | 'RLRE' }
  | ({ readonly event: 'ABRT'; readonly source: 'user' | 'provider' } & Informed)
  | { readonly event: 'PPABind'; readonly from: Of<'PPABind'> }
  | { readonly event: 'APDUinvalid'; readonly expected: string; readonly got: string };

/** What of the association it takes to read an indication. */
export interface Reading {
  readonly mode: PresentationMode;
  /** The presentation context of the APDUs. */
  readonly context: number | undefined;
  /** Left out: every deviation of the peer is put up with. */
  readonly tolerates?: Tolerates | undefined;
}

/** Reads an indication. */
export function readIndication(indication: AcseHears, reading: Reading): AcseReceived {
  const { mode, context } = reading;
  if (mode === 'x410-1984') return passedThrough(indication);
  switch (indication.kind) {
    case 'PCONind':
      return readAARQ(indication, context);
    case 'PCONcnf+':
      return readAARE(indication, context);
    case 'PCONcnf-':
      return readRejection(indication);
    case 'PRELind':
      return readRelease(indication, reading, 'RLRQ');
    case 'PRELcnf+':
      return readRelease(indication, reading, 'RLRE');
    case 'PUABind':
      return readABRT(indication);
    case 'PPABind':
      return { event: 'PPABind', from: indication };
  }
}

/** X.227 6: in X.410-1984 mode the primitives of presentation are those of association control. */
function passedThrough(indication: AcseHears): AcseReceived {
  switch (indication.kind) {
    case 'PCONind':
      return { event: 'AARQ', version1: true, userInformation: indication.userData, from: indication };
    case 'PCONcnf+':
      return { event: 'AARE+', userInformation: indication.userData, from: indication };
    case 'PCONcnf-':
      return { event: 'PCONcnf-', from: indication };
    case 'PRELind':
      return { event: 'RLRQ' };
    case 'PRELcnf+':
      return { event: 'RLRE' };
    case 'PUABind':
      return { event: 'ABRT', source: 'user', userInformation: indication.userData };
    case 'PPABind':
      return { event: 'PPABind', from: indication };
  }
}

function readAARQ(from: Of<'PCONind'>, context: number | undefined): AcseReceived {
  const apdu = findApdu(from.userData, context);
  if (!apdu.ok) return invalid('an AARQ', apdu.error);
  if (apdu.value.kind !== 'aarq') return invalid('an AARQ', apdu.value.kind);
  const { protocolVersion: version, applicationContextName } = apdu.value.value;
  const userInformation = readUserInformation(apdu.value.value.userInformation);
  const version1 = version === undefined || (version.bits > 0 && (version.octets[0] & 0x80) !== 0);
  return { event: 'AARQ', version1, applicationContext: applicationContextName, userInformation, from };
}

function readAARE(from: Of<'PCONcnf+'>, context: number | undefined): AcseReceived {
  const apdu = findApdu(from.userData, context);
  if (!apdu.ok) return invalid('an AARE', apdu.error);
  if (apdu.value.kind !== 'aare' || apdu.value.value.result !== 'accepted') {
    return invalid('an accepting AARE in a CPA', apdu.value.kind);
  }
  const { applicationContextName } = apdu.value.value;
  const userInformation = readUserInformation(apdu.value.value.userInformation);
  return { event: 'AARE+', applicationContext: applicationContextName, userInformation, from };
}

/** A refusal carries its AARE in whichever context it names: no context set is defined then. */
function readRejection(from: Of<'PCONcnf-'>): AcseReceived {
  const apdu = findApdu(from.userData, from.userData[0]?.context);
  if (!apdu.ok || apdu.value.kind !== 'aare') return { event: 'PCONcnf-', from: { ...from, userData: [] } };
  const { result, resultSourceDiagnostic: diagnostic } = apdu.value.value;
  const userInformation = readUserInformation(apdu.value.value.userInformation);
  return {
    event: 'AARE-',
    by: diagnostic.kind === 'serviceUser' ? 'user' : 'acse',
    diagnostic: String(diagnostic.value),
    transient: result !== 'rejected-permanent',
    userInformation,
  };
}

/** A release without an APDU is taken where that is tolerated: there is nothing in it that is needed. */
function readRelease(
  from: Of<'PRELind' | 'PRELcnf+'>,
  { context, tolerates }: Reading,
  event: 'RLRQ' | 'RLRE',
): AcseReceived {
  if (from.userData.length === 0) {
    const got = `a release without ${event}`;
    return tolerates?.('releaseWithoutApdu', got) === false ? invalid(event, got) : { event };
  }
  const apdu = findApdu(from.userData, context);
  if (!apdu.ok) return invalid(event, apdu.error);
  return apdu.value.kind === event.toLowerCase() ? { event } : invalid(event, apdu.value.kind);
}

function readABRT(from: Of<'PUABind'>): AcseReceived {
  const apdu = findApdu(from.userData, from.userData[0]?.context);
  if (!apdu.ok || apdu.value.kind !== 'abrt') {
    return { event: 'ABRT', source: 'user', userInformation: [] };
  }
  const { abortSource } = apdu.value.value;
  const userInformation = readUserInformation(apdu.value.value.userInformation);
  const source = abortSource === 'acse-service-provider' ? 'provider' : 'user';
  return { event: 'ABRT', source, userInformation };
}

function invalid(expected: string, got: string): AcseReceived {
  return { event: 'APDUinvalid', expected, got };
}
