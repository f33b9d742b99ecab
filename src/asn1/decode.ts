// Octets into values: decode and decodePrefix. X.690. Whatever the octets are, the outcome is a value or a
// DecodeError, at a cost that DecodeLimits bounds. Values share memory with the octets, which must not
// change.

import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import { codecOf } from './compile.ts';
import type { DecodeError } from './error.ts';
import { type DecodeLimits, defaultLimits, depth_ceiling } from './limits.ts';
import type { Raw } from './raw.ts';
import { Malformed, Reader } from './reader.ts';
import { tagText } from './tag.ts';
import type { Type } from './type.ts';

export interface DecodeOptions {
  /** Allows octets after the value. */
  readonly trailing?: boolean;
  /**
   * What a violated size, range or character set does: `tolerant` (the default) takes the value as it is,
   * `strict` makes it an error. Limits and the structure are always strict.
   */
  readonly constraints?: 'strict' | 'tolerant';
  /** Is told of each violated constraint that was tolerated, up to `violations_max`. */
  readonly onViolation?: (violation: DecodeError) => void;
  readonly limits?: Partial<DecodeLimits>;
}

/** A value and where the octets after it begin. */
export interface Prefix<V> {
  readonly value: V;
  readonly end: number;
}

/** Violations that one decoding reports: each costs a decoding of its own, which finds its path. */
export const violations_max = 16;

const noOptions: DecodeOptions = {};

/** The value that `octets` are. */
export function decode<V>(
  type: Type<V>,
  octets: Uint8Array,
  options: DecodeOptions = noOptions,
): Result<V, DecodeError> {
  const trailing = options.trailing === true;
  const reader = readerOf(octets, options);
  const result = run(type, reader, trailing);
  if (result.ok && reader.tolerated > 0) {
    report({ type, octets, options, trailing, tolerated: reader.tolerated });
  }
  return result;
}

/** The value that `octets` begin with, and where it ends. */
export function decodePrefix<V>(
  type: Type<V>,
  octets: Uint8Array,
  options: DecodeOptions = noOptions,
): Result<Prefix<V>, DecodeError> {
  const reader = readerOf(octets, options);
  const result = run(type, reader, true);
  if (!result.ok) return result;
  report({ type, octets, options, trailing: true, tolerated: reader.tolerated });
  return ok({ value: result.value, end: reader.end });
}

/** The value of an element that was left raw. Offsets in errors count from the element's beginning. */
export function decodeRaw<V>(
  type: Type<V>,
  raw: Raw,
  options: DecodeOptions = noOptions,
): Result<V, DecodeError> {
  return decode(type, raw.buffer.subarray(raw.start, raw.end), options);
}

export function readerOf(octets: Uint8Array, options: DecodeOptions): Reader {
  const limits = options.limits === undefined ? defaultLimits : { ...defaultLimits, ...options.limits };
  assert(limits.depth_max <= depth_ceiling, `depth_max up to ${depth_ceiling}`);
  // A Buffer is looked at as what it extends, so that values hold plain arrays.
  const plain =
    octets.constructor === Uint8Array
      ? octets
      : new Uint8Array(octets.buffer, octets.byteOffset, octets.length);
  const reader = new Reader(plain, limits);
  const strict = options.constraints === 'strict';
  reader.checks = strict || options.onViolation !== undefined;
  if (strict) reader.tolerated_max = 0;
  return reader;
}

export function run<V>(type: Type<V>, reader: Reader, trailing: boolean): Result<V, DecodeError> {
  const { octets, limits } = reader;
  try {
    if (octets.length > limits.octets_max) reader.fail(0, `at most ${limits.octets_max} octets`, 'more');
    const codec = codecOf(type);
    reader.header(0, octets.length);
    const end = reader.next;
    if (!trailing && end !== octets.length)
      reader.fail(end, 'the end', `${octets.length - end} octets after it`);
    const { tags } = codec;
    if (tags === undefined ? reader.tag === 0 : !tags.includes(reader.tag)) {
      reader.fail(0, (tags ?? []).map(tagText).join(' or ') || 'an element', tagText(reader.tag));
    }
    const value = codec.read(reader) as V;
    reader.end = end;
    return ok(value);
  } catch (cause) {
    if (cause instanceof Malformed) return err(errorOf(cause, type));
    throw cause;
  }
}

interface Tolerated<V> {
  readonly type: Type<V>;
  readonly octets: Uint8Array;
  readonly options: DecodeOptions;
  readonly trailing: boolean;
  readonly tolerated: number;
}

/** Decodes again, refusing each violation in turn, so that the ordinary way need not know its path. */
function report<V>({ type, octets, options, trailing, tolerated }: Tolerated<V>): void {
  const { onViolation } = options;
  if (onViolation === undefined) return;
  for (let index = 0; index < Math.min(tolerated, violations_max); index += 1) {
    const reader = readerOf(octets, options);
    reader.tolerated_max = index;
    const result = run(type, reader, trailing);
    if (!result.ok) onViolation(result.error);
  }
}

export function errorOf({ offset, path, expected, got }: Malformed, type: Type<unknown>): DecodeError {
  const text = pathText(nameOf(type), path);
  const where = text === '' ? `octet ${offset}` : `${text} at octet ${offset}`;
  return { offset, path: text, expected, got, message: `${where}: expected ${expected}, got ${got}` };
}

/** The name that `named` gave to a type, or nothing. */
export function nameOf({ node }: Type<unknown>): string {
  if (node.form === 'named') return node.name;
  return node.form === 'retained' || node.form === 'tagged' ? nameOf(node.inner) : '';
}

/** A path as text, from fields that were noted from the innermost outwards. */
export function pathText(root: string, inwards: readonly string[]): string {
  return [...inwards, root]
    .reverse()
    .filter((part) => part !== '')
    .join('.')
    .replaceAll('.[', '[');
}
