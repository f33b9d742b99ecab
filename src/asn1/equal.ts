// Whether a value is the same value as a DEFAULT, which is then left out (X.680 25.10). The test is made once
// for each default, because most of them are so simple that a general comparison costs more than writing the
// field.

import { equalOctets } from '../base/octets.ts';
import { type BitString, hasBit, significantBits } from './bit-string.ts';
import type { Type } from './type.ts';

/** The test whether a value of `type` equals `expected`. */
export function equalTo(type: Type<unknown>, expected: unknown): (value: unknown) => boolean {
  const { node } = type;
  switch (node.form) {
    case 'tagged':
    case 'retained':
    case 'named':
      return equalTo(node.inner, expected);
    case 'recursive':
      return (value) => equalValues(value, expected);
    case 'BIT STRING': {
      const bits = expected as BitString;
      return node.names === undefined
        ? (value) => (value as BitString).bits === bits.bits && sameBits(value as BitString, bits)
        : (value) => sameBits(value as BitString, bits);
    }
    case 'SEQUENCE OF':
    case 'SET OF':
      return (expected as readonly unknown[]).length === 0
        ? (value) => (value as readonly unknown[]).length === 0
        : (value) => equalValues(value, expected);
    default:
      return typeof expected === 'object'
        ? (value) => equalValues(value, expected)
        : (value) => value === expected;
  }
}

/** Whether the same bits are ones: trailing zeros count for nothing. */
function sameBits(a: BitString, b: BitString): boolean {
  const bits = significantBits(a);
  if (bits !== significantBits(b)) return false;
  for (let number = 0; number < bits; number += 1) if (hasBit(a, number) !== hasBit(b, number)) return false;
  return true;
}

/** Compares deeply. A field that is undefined is a field that is not there. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && equalOctets(a, b);
  const left = Object.entries(a).filter(([, value]) => value !== undefined);
  const right = new Map(Object.entries(b).filter(([, value]) => value !== undefined));
  return left.length === right.size && left.every(([key, value]) => equalValues(value, right.get(key)));
}
