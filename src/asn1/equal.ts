// Whether two values of one type are the same value: for DEFAULT, which is left out when equal.

import { equalOctets } from '../base/octets.ts';

/** Compares deeply. Bit strings are the same when they differ in trailing zero bits only. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && equalOctets(a, b);
  const left = Object.entries(a).filter(([, value]) => value !== undefined);
  const right = new Map(Object.entries(b).filter(([, value]) => value !== undefined));
  return left.length === right.size && left.every(([key, value]) => equalValues(value, right.get(key)));
}
