// What a presentation indication is to the association control machine: an event of its table with its APDU,
// decoded. Never throws. Not here: state; what the event causes.

import type { External } from '../../asn1/index.ts';
import type { PresentationIndication } from '../presentation/service.ts';
import { findApdu } from './apdu-codec.ts';

export type AcseHears = Extract<
  PresentationIndication,
  { kind: 'PCONind' | 'PCONcnf+' | 'PCONcnf-' | 'PRELind' | 'PRELcnf+' | 'PUABind' | 'PPABind' }
>;
type Of<K extends AcseHears['kind']> = Extract<AcseHears, { kind: K }>;

interface Informed {
  readonly userInformation: readonly External[] | undefined;
}

export type AcseReceived =
  | ({
      readonly event: 'AARQ';
      readonly version1: boolean;
      readonly applicationContext: string;
      readonly from: Of<'PCONind'>;
    } & Informed)
  | ({
      readonly event: 'AARE+';
      readonly applicationContext: string;
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

/** Reads an indication; `context` is the presentation context of the APDUs. */
export function readIndication(indication: AcseHears, context: number | undefined): AcseReceived {
  switch (indication.kind) {
    case 'PCONind':
      return readAARQ(indication, context);
    case 'PCONcnf+':
      return readAARE(indication, context);
    case 'PCONcnf-':
      return readRejection(indication);
    case 'PRELind':
      return readRelease(indication, context, 'RLRQ');
    case 'PRELcnf+':
      return readRelease(indication, context, 'RLRE');
    case 'PUABind':
      return readABRT(indication);
    case 'PPABind':
      return { event: 'PPABind', from: indication };
  }
}

function readAARQ(from: Of<'PCONind'>, context: number | undefined): AcseReceived {
  const apdu = findApdu(from.userData, context);
  if (!apdu.ok) return invalid('an AARQ', apdu.error);
  if (apdu.value.kind !== 'aarq') return invalid('an AARQ', apdu.value.kind);
  const { protocolVersion: version, applicationContextName, userInformation } = apdu.value.value;
  const version1 = version === undefined || (version.bits > 0 && (version.octets[0] & 0x80) !== 0);
  return { event: 'AARQ', version1, applicationContext: applicationContextName, userInformation, from };
}

function readAARE(from: Of<'PCONcnf+'>, context: number | undefined): AcseReceived {
  const apdu = findApdu(from.userData, context);
  if (!apdu.ok) return invalid('an AARE', apdu.error);
  if (apdu.value.kind !== 'aare' || apdu.value.value.result !== 'accepted') {
    return invalid('an accepting AARE in a CPA', apdu.value.kind);
  }
  const { applicationContextName, userInformation } = apdu.value.value;
  return { event: 'AARE+', applicationContext: applicationContextName, userInformation, from };
}

/** A refusal carries its AARE in whichever context it names: no context set is defined then. */
function readRejection(from: Of<'PCONcnf-'>): AcseReceived {
  const apdu = findApdu(from.userData, from.userData[0]?.context);
  if (!apdu.ok || apdu.value.kind !== 'aare') return { event: 'PCONcnf-', from };
  const { result, resultSourceDiagnostic: diagnostic, userInformation } = apdu.value.value;
  return {
    event: 'AARE-',
    by: diagnostic.kind === 'serviceUser' ? 'user' : 'acse',
    diagnostic: String(diagnostic.value),
    transient: result !== 'rejected-permanent',
    userInformation,
  };
}

/** A release without an APDU is taken: there is nothing in it that is needed. */
function readRelease(
  from: Of<'PRELind' | 'PRELcnf+'>,
  context: number | undefined,
  event: 'RLRQ' | 'RLRE',
): AcseReceived {
  if (from.userData.length === 0) return { event };
  const apdu = findApdu(from.userData, context);
  if (!apdu.ok) return invalid(event, apdu.error);
  return apdu.value.kind === event.toLowerCase() ? { event } : invalid(event, apdu.value.kind);
}

function readABRT(from: Of<'PUABind'>): AcseReceived {
  const apdu = findApdu(from.userData, from.userData[0]?.context);
  if (!apdu.ok || apdu.value.kind !== 'abrt') {
    return { event: 'ABRT', source: 'user', userInformation: undefined };
  }
  const { abortSource, userInformation } = apdu.value.value;
  const source = abortSource === 'acse-service-provider' ? 'provider' : 'user';
  return { event: 'ABRT', source, userInformation };
}

function invalid(expected: string, got: string): AcseReceived {
  return { event: 'APDUinvalid', expected, got };
}
