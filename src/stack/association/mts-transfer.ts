// The application context of MTS transfer in normal mode (X.419 8 and its object identifiers), for RTSE and
// for the choice of presentation contexts.

import { ACSE_ABSTRACT_SYNTAX } from '../acse/service.ts';

export const mtsTransfer = {
  /** id-ac-mts-transfer. */
  name: '2.6.0.1.6',
  /** id-as-mta-rtse: RTSE with the bind of MTAs. */
  rtseAbstractSyntax: '2.6.0.2.12',
  /** id-as-mtse: the MTS-APDUs. */
  userAbstractSyntax: '2.6.0.2.7',
} as const;

const supported: ReadonlySet<string> = new Set([
  ACSE_ABSTRACT_SYNTAX,
  mtsTransfer.rtseAbstractSyntax,
  mtsTransfer.userAbstractSyntax,
]);

/** Whether a presentation context of this abstract syntax is accepted. */
export function supportsAbstractSyntax(abstractSyntax: string): boolean {
  return supported.has(abstractSyntax);
}
