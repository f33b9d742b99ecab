// Why an association was refused, in one form for ACSE and all layers below it.

import type { AcseReceived } from './received.ts';
import type { AssociateRefusal, PresentationDataReceived } from './service.ts';

type Refused = Extract<AcseReceived, { event: 'AARE-' | 'PCONcnf-' }>;

/** What the refusal says, and the user information that came with it. */
export function refusalOf(received: Refused): {
  readonly refusal: AssociateRefusal;
  readonly userInformation: readonly PresentationDataReceived[];
} {
  if (received.event === 'PCONcnf-') {
    const { refusal, userData } = received.from;
    return { refusal, userInformation: userData };
  }
  const { by, diagnostic, transient, userInformation } = received;
  return {
    refusal: { by, reason: diagnostic, transient },
    userInformation,
  };
}
