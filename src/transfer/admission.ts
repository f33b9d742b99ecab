// What a link asks of a caller beyond its bind: TLS, a certificate, an address. Looked at once the bind has
// said whose link it is, so that no address ever tells who calls. Pure: the verdict is a value.

import { inAddressRanges, type LinkConfiguration } from '../config/index.ts';
import type { EventFields, EventName } from '../events/index.ts';
import { type BindRefusal, bindErrorRefusal } from './bind.ts';
import type { AssociationHandle } from './ports.ts';

/** Why this connection will not do for the link; undefined if it will. */
export function admissionRefusal(
  link: LinkConfiguration,
  handle: Pick<AssociationHandle, 'peerAddress' | 'tls'>,
): BindRefusal | undefined {
  const { addresses } = link.peer;
  if (addresses.length > 0 && !inAddressRanges(addresses, handle.peerAddress)) {
    return refusal(link, ['address-not-allowed', { allowed: addresses }]);
  }
  const { tls } = link;
  if (tls === undefined) return undefined;
  if (handle.tls === undefined) return tls.required ? refusal(link, ['tls-required', {}]) : undefined;
  if (!tls.requireClientCertificate) return undefined;
  const misfit = handle.tls.misfit(tls, tls.serverName);
  if (misfit === undefined) return undefined;
  const { expected, got } = misfit;
  return refusal(link, ['client-certificate-refused', { expected, got }]);
}

/** X.411 12.1.2: the security of the association is not what it should be. */
function refusal(link: LinkConfiguration, [event, fields]: readonly [EventName, EventFields]): BindRefusal {
  return {
    event,
    fields: { link: link.name, peer: link.peer.mta, ...fields },
    refuse: bindErrorRefusal('unacceptable-security-context'),
  };
}
