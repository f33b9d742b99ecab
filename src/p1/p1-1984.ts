// MPDUs of 1984 whole, as apdu.ts has the MTS-APDUs of 1988; and the front of a large user MPDU, whose
// content stays where it was spooled.

import {
  type DecodeError,
  decode,
  decodeInSteps,
  encode,
  encodeInSteps,
  type EncodeOptions,
  print,
} from '../asn1/index.ts';
import type { Result } from '../base/result.ts';
import { atOnce, type Steps } from '../base/steps.ts';
import { encodeHeadOf, type EnvelopePrefixOf, envelopePrefixOf } from './envelope-prefix.ts';
import { MPDU, UMPDUEnvelope } from './mpdu-1984.ts';

/** The user MPDU, delivery report or probe of 1984 that the octets are. */
export function decodeP1_1984(octets: Uint8Array): Result<MPDU, DecodeError> {
  return decode(MPDU, octets);
}

/** The same in steps. */
export function mpduInSteps(octets: Uint8Array): Steps<Result<MPDU, DecodeError>> {
  return decodeInSteps(MPDU, octets);
}

/** Its octets; parts not changed since decoding are copied. What was tolerated goes on, as in 1988. */
export function encodeP1_1984(
  mpdu: MPDU,
  constraints: EncodeOptions['constraints'] = 'tolerant',
): Uint8Array {
  return encode(MPDU, mpdu, { constraints });
}

/** The same in steps. */
export function encodeP1_1984InSteps(mpdu: MPDU): Steps<Uint8Array> {
  return encodeInSteps(MPDU, mpdu, { constraints: 'tolerant' });
}

/** An indented tree; no line break at its end. */
export function printP1_1984(mpdu: MPDU): string {
  return print(MPDU, mpdu);
}

/** `envelopePrefix` for a user MPDU; reports and probes are `whole`. */
export function envelopePrefix1984(prefix: Uint8Array): EnvelopePrefixOf<UMPDUEnvelope> {
  return atOnce(envelopePrefix1984InSteps(prefix));
}

/** The same in steps. */
export function envelopePrefix1984InSteps(prefix: Uint8Array): Steps<EnvelopePrefixOf<UMPDUEnvelope>> {
  return envelopePrefixOf(UMPDUEnvelope, prefix);
}

/** The octets of a user MPDU before its content octets. */
export function encodeUMPDUHead(envelope: UMPDUEnvelope, contentLength: number): Uint8Array {
  return atOnce(umpduHeadInSteps(envelope, contentLength));
}

/** The same in steps. */
export function umpduHeadInSteps(envelope: UMPDUEnvelope, contentLength: number): Steps<Uint8Array> {
  return encodeHeadOf(UMPDUEnvelope, envelope, contentLength);
}
