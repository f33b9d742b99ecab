// What an envelope tells of redirections, as tests hold it against the clause (X.411 06/1999, 8.3.1.1.1.4).

import assert from 'node:assert/strict';

import { printORAddress } from '../../src/address/index.ts';
import { hasBit } from '../../src/asn1/index.ts';
import {
  type ExtensionField,
  type MessageTransferEnvelope,
  otherActionBits,
  readExtension,
} from '../../src/p1/index.ts';

/** Whom the redirection history of a recipient names, and why: the first redirection first. */
export function redirectionHistory(
  extensions: readonly ExtensionField[],
): readonly (readonly [intendedRecipient: string, reason: string | number])[] {
  const history = readExtension(extensions, 'redirection-history');
  assert.ok(history.ok);
  return (history.value ?? []).map(({ intendedRecipientName: { intendedRecipient }, redirectionReason }) => [
    printORAddress(intendedRecipient),
    redirectionReason,
  ]);
}

/** Whether each element of the trace says that its domain redirected. */
export function redirectedMarks({
  traceInformation,
}: Pick<MessageTransferEnvelope, 'traceInformation'>): readonly boolean[] {
  return traceInformation.map(({ domainSuppliedInformation: { otherActions } }) =>
    hasBit(otherActions, otherActionBits.redirected),
  );
}
