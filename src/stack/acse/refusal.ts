// Why an association was refused, in one form for ACSE and all layers below it.

import { readUserInformation } from './apdu-codec.ts';
import type { AcseReceived } from './received.ts';
import type { AssociateRefusal, PresentationDataReceived } from './service.ts';

type Refused = Extract<AcseReceived, { event: 'AARE-' | 'PCONcnf-' }>;

/** What the refusal says, and the user information that came with it. */
export function refusalOf(received: Refused): {
  readonly refusal: AssociateRefusal;
  readonly userInformation: readonly PresentationDataReceived[];
} {
  if (received.event === 'PCONcnf-') return { refusal: received.from.refusal, userInformation: [] };
  const { by, diagnostic, transient, userInformation } = received;
  return {
    refusal: { by, reason: diagnostic, transient },
    userInformation: readUserInformation(userInformation),
  };
}
