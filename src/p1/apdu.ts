// MTS-APDUs whole: decoding and encoding with the errors of the asn1 room. Messages above the inline limit go
// through envelope-prefix.ts instead.

import {
  type DecodeError,
  decode,
  decodeInSteps,
  encode,
  encodeInSteps,
  type EncodeOptions,
} from '../asn1/index.ts';
import type { Result } from '../base/result.ts';
import type { Steps } from '../base/steps.ts';
import { MTSAPDU } from './envelopes.ts';

/** The message, report or probe that the octets are. */
export function decodeMTSAPDU(octets: Uint8Array): Result<MTSAPDU, DecodeError> {
  return decode(MTSAPDU, octets);
}

/** The same in steps: reports and probes are whole, however many recipients they have. */
export function mtsAPDUInSteps(octets: Uint8Array): Steps<Result<MTSAPDU, DecodeError>> {
  return decodeInSteps(MTSAPDU, octets);
}

/**
 * The octets of a message, report or probe; those of parts not changed since decoding are copied. Sizes and
 * characters that were tolerated when they came in go on as they are; with `strict`, for what is ours, they
 * are an EncodeError.
 */
export function encodeMTSAPDU(
  apdu: MTSAPDU,
  constraints: EncodeOptions['constraints'] = 'tolerant',
): Uint8Array {
  return encode(MTSAPDU, apdu, { constraints });
}

/** The same in steps. */
export function encodeMTSAPDUInSteps(apdu: MTSAPDU): Steps<Uint8Array> {
  return encodeInSteps(MTSAPDU, apdu, { constraints: 'tolerant' });
}
