// T.61 characters to Unicode and back.

import assert from 'node:assert/strict';
import test from 'node:test';
import { t61OfText, textOfT61 } from './t61.ts';

test('letters with diacritics, special letters, and Latin-1 in their place', () => {
  assert.equal(textOfT61('caf\xc2e \xc8u \xfb'), 'café ü ß');
  assert.equal(t61OfText('café ü ß'), 'caf\xc2e \xc8u \xfb');
  assert.equal(textOfT61('\xe4'), 'ä', 'Latin-1 in its place');
  assert.equal(t61OfText('Ж'), undefined);
});
