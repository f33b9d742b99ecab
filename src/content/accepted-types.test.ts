// Encoded information types against what is taken.

import assert from 'node:assert/strict';
import test from 'node:test';
import { acceptsTypes } from './accepted-types.ts';
import { makeTextPart } from './text-part.ts';
import { typesOf } from './encoded-types.ts';
import type { Repertoire } from './repertoires.ts';

const heading = { thisIPM: { userRelativeIdentifier: 'x' } } as never;
const typesIn = (...all: readonly Repertoire[]) =>
  typesOf({ heading, body: all.map((each) => makeTextPart(each, 'x').part) });

test('each repertoire is taken where it is accepted, and nowhere else', () => {
  for (const each of ['ia5', 't61', 'iso-8859-1', 'iso-8859-5', 'iso-8859-7'] as const) {
    assert.ok(acceptsTypes(typesIn(each), new Set([each])), each);
    assert.ok(!acceptsTypes(typesIn(each), new Set(['iso-8859-2'])), each);
  }
  assert.ok(!acceptsTypes(typesIn('ia5', 't61'), new Set(['ia5'])));
  assert.ok(acceptsTypes(undefined, new Set()));
});
