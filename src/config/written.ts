// Looks into a configuration as it is written, before it is checked: what is not of the kind that was asked
// for is as if it were not there.

import type { KeyPath } from './source.ts';

/** Says that something at this path is wrong. */
export type Complain = (path: KeyPath, message: string) => void;

/** What stands under these keys. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  let current = value;
  for (const key of keys) {
    if (typeof current !== 'object' || current === null || Array.isArray(current)) return undefined;
    current = Object.hasOwn(current, key) ? (current as Record<string, unknown>)[key] : undefined;
  }
  return current;
}

/** The text under these keys. */
export function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : undefined;
}

/** The list under these keys; an empty one where there is none. */
export function listAt(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
}
