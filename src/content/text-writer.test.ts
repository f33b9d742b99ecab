// Unicode in the octets of each repertoire: every character of each set comes back, what is lacking is
// replaced and counted, and pieces make what the whole makes.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Repertoire, repertoires, setsOf, writingTable } from './repertoires.ts';
import { reading6937, readingGeneral, readingIA5, readingT61, textIn } from './text-reader.ts';
import { lostCharacters } from './text-loss.ts';
import { textOctets, TextWriter } from './text-writer.ts';

function readingOf(repertoire: Repertoire) {
  const { left, right } = setsOf(repertoire);
  if (repertoire === 't61') return readingT61;
  if (repertoire === 'iso-6937') return reading6937;
  return right === undefined ? readingIA5(left) : readingGeneral([1, left, right]);
}

for (const repertoire of repertoires) {
  test(`every character of ${repertoire} comes back`, () => {
    const characters = [...writingTable(repertoire).octets.keys()];
    assert.ok(characters.length >= 95, `${characters.length} characters`);
    for (const character of characters) {
      const { octets, loss } = textOctets(repertoire, character);
      assert.equal(lostCharacters(loss), 0, character);
      assert.equal(textIn(readingOf(repertoire), octets), character);
    }
    const text = characters.join('\r\n');
    assert.equal(textIn(readingOf(repertoire), textOctets(repertoire, text).octets), text);
  });
}

test('RT-L2: T.61: the octets that the Recommendation gives', () => {
  assert.equal(textOctets('t61', 'café #$¤ ^ Łódź').octets, 'caf\xc2e \xa6\xa4\xa8 \xc3  \xe8\xc2od\xc2z');
  assert.equal(textOctets('iso-8859-5', 'Жук').octets, '\xb6\xe3\xda');
  assert.equal(textOctets('iso-8859-7', 'Αθήνα').octets, '\xc1\xe8\xde\xed\xe1');
  assert.equal(textOctets('iso-8859-15', '€').octets, '\xa4');
  assert.equal(textOctets('ia5-german', 'Größe §').octets, 'Gr|~e @');
});

test('letters and marks apart are one letter', () => {
  assert.equal(textOctets('iso-8859-1', 'e\u0301').octets, '\xe9');
  assert.equal(textOctets('t61', 'e\u0301').octets, '\xc2e');
});

test('what a repertoire lacks: the nearest letters or the substitution, counted by kind', () => {
  const near = textOctets('ia5', 'é ß € “Ж”');
  assert.equal(near.octets, 'e ss EUR "?"');
  const kinds = { alphabetic: 3, punctuation: 2, pictorial: 1, unknown: 0, line: 0 };
  assert.deepEqual(near.loss, { ...kinds, first: 'é' });
  const exact = textOctets('ia5', 'é ß Ж', { nearest: false, substitution: '#' });
  assert.equal(exact.octets, '# # #');
  assert.equal(textOctets('iso-8859-1', 'a\x1b-F\x0e').octets, 'a?-F?', 'no shift gets in by the text');
  assert.equal(textOctets('iso-8859-1', 'x\u0302y').octets, 'xy');
  assert.equal(textOctets('ia5', '\u{1f600}').loss.pictorial, 1);
  assert.equal(textOctets('ia5', 'a\0b\x1b').octets, 'a\0b\x1b');
});

test('pieces make what the whole makes', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  const each = fc.constantFrom(...repertoires);
  fc.assert(
    fc.property(each, text, fc.nat(60), (repertoire, whole, cut) => {
      const writer = new TextWriter(repertoire);
      const octets = writer.write(whole.slice(0, cut)) + writer.write(whole.slice(cut)) + writer.end();
      assert.deepEqual({ octets, loss: writer.loss }, textOctets(repertoire, whole));
    }),
    { numRuns: 1000, seed: 61 },
  );
});
