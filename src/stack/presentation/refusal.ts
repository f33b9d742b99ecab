// Why a P-CONNECT was refused, in one form for all layers at and below presentation: who, which reason, and
// whether to try again makes sense (an unknown reason is taken for temporary).

import type { SessionIndication } from '../session/service.ts';
import type { RefusalRead } from './ppdu-codec.ts';
import type { PresentationRefusal } from './service.ts';

type Refused = Extract<SessionIndication, { kind: 'SCONcnf-' }>;

const permanent: ReadonlySet<string> = new Set([
  'address-unknown',
  'session-selector-unknown',
  'versions-not-supported',
  'called-presentation-address-unknown',
  'protocol-version-not-supported',
  'default-context-not-supported',
  'user-data-not-readable',
]);

/** X.410-1984 mode: busy, and cannot recover. */
const transientX410: ReadonlySet<number> = new Set([0, 1]);

/** What the refusal says, with the CPR that it carried if there was one. */
export function refusalOf(from: Refused, cpr: RefusalRead | undefined): PresentationRefusal {
  if (cpr === undefined) {
    const { reason: said, detail } = from;
    const by = said === 'transport' ? 'transport' : 'session';
    const reason = (by === 'transport' ? detail : undefined) ?? String(said);
    return { by, reason, transient: !permanent.has(reason) };
  }
  if (cpr.x410Reason !== undefined) {
    const reason = `refused in X.410-1984 mode, refuse reason ${cpr.x410Reason}`;
    return { by: 'user', reason, transient: transientX410.has(cpr.x410Reason) };
  }
  if (cpr.providerReason !== undefined) {
    const reason = String(cpr.providerReason);
    return { by: 'presentation', reason, transient: !permanent.has(reason) };
  }
  return { by: 'user', reason: 'refused by the called user', transient: true };
}
