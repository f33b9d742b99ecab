// The primitives that presentation carries through without a protocol of its own (X.226 6.5 to 6.14): each
// becomes the session primitive of the same name, and back. Only user data is encoded and decoded, in normal
// mode as presentation data values, in X.410-1984 mode not at all.

import { unreachable } from '../../base/assert.ts';
import type { SessionIndication, SessionRequest } from '../session/service.ts';
import type {
  PresentationDataReceived,
  PresentationIndication,
  PresentationMode,
  PresentationRequest,
} from './service.ts';
import type { ThroughIndication, ThroughRequest } from './states.ts';
import { encodeUserData } from './user-data.ts';
import { bareUserData } from './x410-mode.ts';

export type RequestThrough = Extract<PresentationRequest, { kind: ThroughRequest | 'PRELrsp+' }>;
export type IndicationThrough = Extract<
  SessionIndication,
  { kind: ThroughIndication | 'SDTind' | 'SRELcnf+' }
>;

/** The session request that a P- request of the data phase is. */
export function toSession(request: RequestThrough, mode: PresentationMode = 'normal'): SessionRequest {
  const userDataOf = mode === 'normal' ? encodeUserData : bareUserData;
  switch (request.kind) {
    case 'PDTreq':
      return { kind: 'SDTreq', userData: userDataOf(request.userData) };
    case 'PSYNmreq':
      return { kind: 'SSYNmreq' };
    case 'PSYNmrsp':
      return { kind: 'SSYNmrsp', serialNumber: request.serialNumber };
    case 'PACTSreq':
      return { kind: 'SACTSreq', activity: request.activity };
    case 'PACTRreq':
      return { kind: 'SACTRreq', activity: request.activity, link: request.link };
    case 'PACTEreq':
      return { kind: 'SACTEreq' };
    case 'PACTErsp':
      return { kind: 'SACTErsp' };
    case 'PACTIreq':
      return { kind: 'SACTIreq', reason: request.reason };
    case 'PACTIrsp':
      return { kind: 'SACTIrsp' };
    case 'PACTDreq':
      return { kind: 'SACTDreq', reason: request.reason };
    case 'PACTDrsp':
      return { kind: 'SACTDrsp' };
    case 'PUERreq':
      return { kind: 'SUERreq', reason: request.reason };
    case 'PTGreq':
      return { kind: 'STGreq', tokens: request.tokens };
    case 'PTPreq':
      return { kind: 'SPTreq', tokens: request.tokens, userData: userDataOf(request.userData) };
    case 'PCGreq':
      return { kind: 'SCGreq' };
    case 'PRELreq':
      return { kind: 'SRELreq', userData: userDataOf(request.userData) };
    case 'PRELrsp+':
      return { kind: 'SRELrsp+', userData: userDataOf(request.userData) };
    default:
      return unreachable(request);
  }
}

/**
 * The P- indication that a session indication of the data phase is; `userData` is what it carried, decoded.
 */
export function toUser(
  indication: IndicationThrough,
  userData: readonly PresentationDataReceived[],
): PresentationIndication {
  switch (indication.kind) {
    case 'SDTind':
      return { kind: 'PDTind', userData };
    case 'SSYNmlocal':
      return { kind: 'PSYNmlocal', serialNumber: indication.serialNumber };
    case 'SSYNmind':
      return { kind: 'PSYNmind', serialNumber: indication.serialNumber, confirm: indication.confirm };
    case 'SSYNmcnf':
      return { kind: 'PSYNmcnf', serialNumber: indication.serialNumber };
    case 'SACTSind':
      return { kind: 'PACTSind', activity: indication.activity };
    case 'SACTRind':
      return { kind: 'PACTRind', activity: indication.activity, link: indication.link };
    case 'SACTEind':
      return { kind: 'PACTEind', serialNumber: indication.serialNumber };
    case 'SACTEcnf':
      return { kind: 'PACTEcnf' };
    case 'SACTIind':
      return { kind: 'PACTIind', reason: indication.reason };
    case 'SACTIcnf':
      return { kind: 'PACTIcnf' };
    case 'SACTDind':
      return { kind: 'PACTDind', reason: indication.reason };
    case 'SACTDcnf':
      return { kind: 'PACTDcnf' };
    case 'SUERind':
      return { kind: 'PUERind', reason: indication.reason };
    case 'SPERind':
      return { kind: 'PPERind', detail: indication.detail };
    case 'STGind':
      return { kind: 'PTGind', tokens: indication.tokens };
    case 'SPTind':
      return { kind: 'PTPind', tokens: indication.tokens, userData };
    case 'SCGind':
      return { kind: 'PCGind' };
    case 'SRELind':
      return { kind: 'PRELind', userData };
    case 'SRELcnf+':
      return { kind: 'PRELcnf+', userData };
    default:
      return unreachable(indication);
  }
}
