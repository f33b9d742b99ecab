// The PPDUs of X.410-1984 mode (X.226 8.2): an RTSE APDU's components in a SET of their own, and data as it
// is. A value goes down and comes up here as one SET with its universal tag; CP and CPA give it the tag [1]
// beside the mode selector, CPR and ARU are that SET itself, and everything else has no PPDU around it.
// Not here: what is in the SETs.

import { elementHeader, rawOctets, retainedRaw } from '../../asn1/index.ts';
import { concat } from '../../base/octets.ts';
import { type PresentationDataReceived, type PresentationDataValue, X410_CONTEXT } from './service.ts';

const SET = 0x31;
const MODE_PARAMETERS = 0xa1;
/** mode-selector [0] {mode-value [0] x410-1984-mode}. */
const MODE_SELECTOR = Uint8Array.of(0xa0, 0x03, 0x80, 0x01, 0x00);
/** A SET without components: an abort or a refusal that says no more than that. */
const NOTHING_SAID = Uint8Array.of(SET, 0);

/** CP or CPA: both are the mode selector and the components of RTORQ or RTOAC as [1]. */
export function encodeX410Connect(values: readonly PresentationDataValue[]): Uint8Array {
  const parameters = retagged(concat(bareUserData(values)), MODE_PARAMETERS);
  const contents = MODE_SELECTOR.length + parameters.length;
  return concat([elementHeader(SET, contents), MODE_SELECTOR, parameters]);
}

/** CPR or ARU: the components of RTORJ or RTAB. */
export function encodeX410Set(values: readonly PresentationDataValue[]): Uint8Array {
  return values.length === 0 ? NOTHING_SAID : concat(bareUserData(values));
}

/** The pieces of the values, one after the other, with nothing around them. */
export function bareUserData(values: readonly PresentationDataValue[]): Uint8Array[] {
  return values.flatMap(({ value }) => [...value]);
}

/** What came without a PPDU around it; no value where nothing came. */
export function bareValues(octets: Uint8Array): readonly PresentationDataReceived[] {
  return octets.length === 0 ? [] : [{ context: X410_CONTEXT, value: octets }];
}

/** The value in the [1] of a CP or CPA; none where it has none. */
export function parametersOf(parameters: object | undefined): readonly PresentationDataReceived[] {
  const element = parameters === undefined ? undefined : retainedRaw(parameters);
  return element === undefined ? [] : bareValues(retagged(rawOctets(element), SET));
}

/** The same element under another tag: both are one octet, implicit and constructed. */
function retagged(element: Uint8Array, identifier: number): Uint8Array {
  if (element.length === 0) return Uint8Array.of(identifier, 0);
  const copy = element.slice();
  copy[0] = identifier;
  return copy;
}
