// Walks the schema: which keys there are, with their facts. For suggestions, the documentation and the
// starter.

import { z } from 'zod';

import { type KeyFacts, keyFacts } from './key.ts';
import { configurationSchema } from './schema.ts';
import type { KeyPath } from './source.ts';

/** The names of the keys that may stand in the group at `path`; none where no group is. */
export function knownKeys(path: KeyPath): readonly string[] {
  let schema: z.core.$ZodType | undefined = configurationSchema;
  for (const step of path) {
    const inner = bare(schema);
    if (inner instanceof z.ZodArray) schema = inner.element;
    else if (inner instanceof z.ZodObject && Object.hasOwn(inner.shape, step)) schema = inner.shape[step];
    else return [];
  }
  const group = bare(schema);
  return group instanceof z.ZodObject ? Object.keys(group.shape) : [];
}

/** Every key with its facts, in the order of the schema; lists are written `links[]`. */
export function allKeys(): readonly { readonly path: string; readonly facts: KeyFacts }[] {
  const found: { path: string; facts: KeyFacts }[] = [];
  const walk = (schema: z.core.$ZodType, path: string) => {
    const facts = keyFacts.get(schema);
    if (facts !== undefined) found.push({ path, facts });
    const inner = bare(schema);
    if (inner instanceof z.ZodArray) walk(inner.element, `${path}[]`);
    if (!(inner instanceof z.ZodObject)) return;
    for (const [key, value] of Object.entries(inner.shape)) {
      walk(value as z.core.$ZodType, path === '' ? key : `${path}.${key}`);
    }
  };
  walk(configurationSchema, '');
  return found;
}

function bare(schema: z.core.$ZodType | undefined): unknown {
  let inner: unknown = schema;
  while (inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) inner = inner.unwrap();
  return inner;
}
