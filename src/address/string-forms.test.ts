// The least form of string that holds a text: by its characters, and by how many the form may have.

import assert from 'node:assert/strict';
import test from 'node:test';
import { formOf, isNumeric, isPrintable, teletex } from './string-forms.ts';

test('X.680 table 10: the characters of PrintableString and NumericString', () => {
  assert.ok(isPrintable("Az09 '()+,-./:=?") && isPrintable(''));
  for (const sign of '@_*#&!"%$;<>[]') assert.ok(!isPrintable(sign), sign);
  assert.ok(isNumeric('12 3') && !isNumeric('') && !isNumeric('12-3'));
});

test('printable, else teletex, else universal, and all of a name in one form', () => {
  assert.equal(formOf(['Smith', 40], ['John', 16]), 'printable');
  assert.equal(formOf(['Müller', 40], ['Jan', 16]), 'teletex');
  assert.equal(formOf(['Müller', 40], ['Łukasz', 16]), 'universal');
  assert.equal(teletex('Müller'), 'M\xc8uller');
});

test('a text that has too many characters for a form takes the next', () => {
  assert.equal(formOf(['x'.repeat(17), 16]), 'universal');
  assert.equal(formOf(['é'.repeat(8), 16]), 'teletex', 'two octets each');
  assert.equal(formOf(['é'.repeat(9), 16]), 'universal');
});
