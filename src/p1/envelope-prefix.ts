// Large messages: the envelope decoded from the first octets of an MTS-APDU, while the content stays where it
// was spooled; and the octets that go before a content that is streamed out unmodified (X.419 MTS-APDU; X.690
// 8.1.3, 8.7). Reports and probes have no content to leave out: they are decoded whole.

import { type DecodeError, decodeInSteps, elementHeader, encodeInSteps, type Type } from '../asn1/index.ts';
import { concat } from '../base/octets.ts';
import { atOnce, type Steps } from '../base/steps.ts';
import { MessageTransferEnvelope } from './envelopes.ts';

/**
 * The longest envelope that is read, in octets. Default 16 MiB: 32,767 recipients with long addresses
 * take 8 MB; more is no envelope but an attack on memory.
 */
export const envelope_octets_max = 16 * 1024 * 1024;

/** Where the content is. It begins with the header of its OCTET STRING at `at`. */
export interface ContentPlace {
  readonly at: number;
  /**
   * Primitive and definite: the content octets are these, as they lie. Otherwise a ContentReader takes them
   * out.
   */
  readonly octets?: { readonly start: number; readonly length: number };
  /** Octets of the content's encoding, as the APDU's length has it; absent where that is indefinite. */
  readonly encodedOctets?: number;
}

export type EnvelopePrefixOf<E> =
  /** The prefix ends before the content's header. Give one twice as long, so as not to scan often. */
  | { readonly kind: 'incomplete' }
  | {
      readonly kind: 'message';
      readonly envelope: E;
      readonly content: ContentPlace;
      /** The content comes inside an EXTERNAL, which whoever takes it in opens. */
      readonly opensExternal?: boolean;
    }
  /** A report or a probe. */
  | { readonly kind: 'whole' }
  | Malformed;

export type EnvelopePrefix = EnvelopePrefixOf<MessageTransferEnvelope>;

interface Malformed {
  readonly kind: 'malformed';
  readonly error: DecodeError;
}

/**
 * Reads the envelope of a message from the front of its APDU. `prefix` begins with the APDU's identifier
 * octet. An APDU that is there in full and still `incomplete` is malformed: its lengths lie.
 */
export function envelopePrefix(prefix: Uint8Array): EnvelopePrefix {
  return atOnce(envelopePrefixInSteps(prefix));
}

/** The same in steps, for envelopes with many recipients. */
export function envelopePrefixInSteps(prefix: Uint8Array): Steps<EnvelopePrefix> {
  return envelopePrefixOf(MessageTransferEnvelope, prefix);
}

/** The same for any envelope that stands where the message's does: that of 1984 too. */
export function* envelopePrefixOf<E>(type: Type<E>, prefix: Uint8Array): Steps<EnvelopePrefixOf<E>> {
  const apdu = headerAt(prefix, 0);
  if (apdu === undefined) return { kind: 'incomplete' };
  if (apdu.identifier === 0xa1 || apdu.identifier === 0xa2) return { kind: 'whole' };
  if (apdu.identifier !== 0xa0) return malformed(0, 'message [0], report [1] or probe [2]', apdu.identifier);
  const envelope = headerAt(prefix, apdu.contents);
  if (envelope === undefined) return { kind: 'incomplete' };
  if (envelope.identifier !== 0x31) return malformed(apdu.contents, 'a SET', envelope.identifier);
  const end = endOf(prefix, apdu.contents);
  if (typeof end === 'object') return end;
  if ((end ?? prefix.length) - apdu.contents > envelope_octets_max) {
    return malformed(apdu.contents, `an envelope of at most ${envelope_octets_max} octets`, undefined);
  }
  if (end === undefined || end > prefix.length) return { kind: 'incomplete' };
  const content = headerAt(prefix, end);
  if (content === undefined) return { kind: 'incomplete' };
  if (content.identifier !== 0x04 && content.identifier !== 0x24) {
    return malformed(end, 'an OCTET STRING', content.identifier);
  }
  const decoded = yield* decodeInSteps(type, prefix.subarray(apdu.contents, end));
  if (!decoded.ok) return { kind: 'malformed', error: decoded.error };
  const { length } = content;
  const octets =
    content.identifier === 0x04 && length !== undefined ? { start: content.contents, length } : undefined;
  const encodedOctets = apdu.length === undefined ? undefined : apdu.contents + apdu.length - end;
  return {
    kind: 'message',
    envelope: decoded.value,
    content: {
      at: end,
      ...(octets !== undefined && { octets }),
      ...(encodedOctets !== undefined && { encodedOctets }),
    },
  };
}

/**
 * The octets of the APDU before the content octets; with these after them it is complete. Sizes and
 * characters that were tolerated when the envelope came in go on as they are.
 */
export function encodeMessageHead(envelope: MessageTransferEnvelope, contentLength: number): Uint8Array {
  return atOnce(encodeHeadOf(MessageTransferEnvelope, envelope, contentLength));
}

/** The same in steps. */
export function messageHeadInSteps(
  envelope: MessageTransferEnvelope,
  contentLength: number,
): Steps<Uint8Array> {
  return encodeHeadOf(MessageTransferEnvelope, envelope, contentLength);
}

/** The same for an envelope of another type. */
export function* encodeHeadOf<E>(
  type: Type<E>,
  envelope: NoInfer<E>,
  contentLength: number,
): Steps<Uint8Array> {
  const set = yield* encodeInSteps(type, envelope, { constraints: 'tolerant' });
  const content = elementHeader(0x04, contentLength);
  const whole = set.length + content.length + contentLength;
  return concat([elementHeader(0xa0, whole), set, content]);
}

interface Header {
  readonly identifier: number;
  /** Where the contents begin. */
  readonly contents: number;
  /** Undefined for the indefinite form. */
  readonly length: number | undefined;
}

/**
 * The header at `at`, undefined if it goes on beyond the octets. Tags above 30 are passed over octet by
 * octet.
 */
export function headerAt(octets: Uint8Array, at: number): Header | undefined {
  let position = at + 1;
  if ((octets[at] & 31) === 31) {
    while (octets[position] >= 0x80) position += 1;
    position += 1;
  }
  if (position >= octets.length) return undefined;
  const first = octets[position];
  const count = first > 0x80 ? first & 0x7f : 0;
  const contents = position + 1 + count;
  if (contents > octets.length) return undefined;
  if (first === 0x80) return { identifier: octets[at], contents, length: undefined };
  let length = count === 0 ? first : 0;
  for (let index = position + 1; index < contents; index += 1) length = length * 256 + octets[index];
  return { identifier: octets[at], contents, length };
}

/** Where the element at `start` ends: undefined if beyond what can be seen. Never recurses. */
function endOf(octets: Uint8Array, start: number): number | undefined | Malformed {
  let at = start;
  let open = 0;
  for (;;) {
    if (open > 0 && octets[at] === 0 && octets[at + 1] === 0) {
      open -= 1;
      at += 2;
    } else {
      const header = headerAt(octets, at);
      if (header === undefined) return undefined;
      if (header.length === undefined && (header.identifier & 0x20) === 0) {
        return malformed(at, 'a definite length for primitive contents', undefined);
      }
      at = header.contents + (header.length ?? 0);
      if (header.length === undefined) open += 1;
    }
    if (open === 0) return at;
    if (at >= octets.length) return undefined;
  }
}

function malformed(offset: number, expected: string, identifier: number | undefined): Malformed {
  const got = identifier === undefined ? 'something else' : `identifier octet ${identifier.toString(16)}`;
  const message = `MTS-APDU at octet ${offset}: expected ${expected}, got ${got}`;
  return { kind: 'malformed', error: { offset, path: 'MTS-APDU', expected, got, message } };
}
