// Makes the schema's leaves: one key is a kind of value, perhaps a default, whether a change counts at once
// or from the next start, and a sentence. The sentence and the rest stay with the schema (zod's metadata),
// so that the documentation and the starter file are made from it.

import { z } from 'zod';

import { type UserAddress, userAddress, type ValueType } from './value-types.ts';

/** What the documentation says of a key. */
export interface KeyFacts {
  readonly kind: string;
  readonly form: string;
  /** As written in the file; undefined where the key must be given or may be absent. */
  readonly default: unknown;
  readonly presence: 'required' | 'optional' | 'defaulted';
  readonly change: 'live' | 'restart';
  readonly what: string;
}

export interface KeyNote {
  readonly change: 'live' | 'restart';
  readonly what: string;
}

/** Facts of every leaf that was made, for the documentation. */
export const keyFacts = z.registry<KeyFacts>();

/** A key that must be given. */
export function required<T>(type: ValueType<T>, note: KeyNote) {
  const schema = leaf(type);
  schema.register(keyFacts, { ...facts(type, note), default: undefined, presence: 'required' });
  return schema;
}

/** A key that may be left out and has no default. */
export function optional<T>(type: ValueType<T>, note: KeyNote) {
  const schema = leaf(type).optional();
  schema.register(keyFacts, { ...facts(type, note), default: undefined, presence: 'optional' });
  return schema;
}

/** A key with a default, given as it would be written in the file. */
export function defaulted<T>(type: ValueType<T>, written: unknown, note: KeyNote) {
  const schema = leaf(type).prefault(written);
  schema.register(keyFacts, { ...facts(type, note), default: written, presence: 'defaulted' });
  return schema;
}

/** A list of values of one kind; each wrong one is an error of its own. */
export function listKey<T>(type: ValueType<T>, note: KeyNote) {
  const schema = z.array(leaf(type)).prefault([]);
  schema.register(keyFacts, {
    ...facts(type, note),
    kind: `list: ${type.kind}`,
    default: [],
    presence: 'defaulted',
  });
  return schema;
}

/** `any`, or a list of O/R addresses: each wrong one is an error of its own. */
export function usersKey(note: KeyNote) {
  const schema = z
    .unknown()
    .transform((value, context): 'any' | readonly UserAddress[] => {
      if (value === 'any') return 'any';
      if (!Array.isArray(value)) {
        context.issues.push({
          code: 'custom',
          message: 'any, or a list of O/R addresses, is wanted',
          input: value,
        });
        return z.NEVER;
      }
      return value.flatMap((each: unknown, index) => {
        const read = userAddress.read(each);
        if (read.ok) return [read.value];
        context.issues.push({ code: 'custom', message: read.error, input: each, path: [index] });
        return [];
      });
    })
    .prefault('any');
  const { kind, form } = userAddress;
  schema.register(keyFacts, {
    kind: `any or a list: ${kind}`,
    form,
    default: 'any',
    presence: 'defaulted',
    ...note,
  });
  return schema;
}

function facts<T>(type: ValueType<T>, note: KeyNote) {
  return { kind: type.kind, form: type.form, change: note.change, what: note.what };
}

function leaf<T>(type: ValueType<T>) {
  return z.unknown().transform((value, context): T => {
    const read = value === undefined ? undefined : type.read(value);
    if (read?.ok === true) return read.value;
    const message = read === undefined ? `this key is required (${type.form})` : read.error;
    context.issues.push({ code: 'custom', message, input: value });
    return z.NEVER;
  });
}
