// RT-L2: characters that a conversion lost or mixed up (Q147022, Q148234: © ® ¼ ½ ¾ Æ æ; Q176235 Cyrillic,
// Q193345 Greek, Q237421 the euro; Q263898 one code page for all). Each repertoire both ways by the octets
// that its standard gives; shift sequences over ends of lines; what cannot be said is substituted and
// counted.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  lostCharacters,
  reading6937,
  readingGeneral,
  readingIA5,
  readingT61,
  type ReadingState,
  type Repertoire,
  textIn,
  textOctets,
} from '../../src/content/index.ts';

const table: readonly (readonly [Repertoire, ReadingState, string, string])[] = [
  ['ia5', readingIA5(), 'Plain {text} #$@~', 'Plain {text} #$@~'],
  ['ia5-swedish', readingIA5(11), '[ngstr|m {', 'Ängström ä'],
  ['ia5-norwegian', readingIA5(60), 'Bl}b{r [', 'Blåbær Æ'],
  ['ia5-german', readingIA5(21), 'Gr|~e {}', 'Größe äü'],
  ['t61', readingT61, '\xe1\xf1 \xbc\xbd\xbe \xa3 \xa6\xa4 na\xc8ive', 'Ææ ¼½¾ £ #$ naïve'],
  ['iso-6937', reading6937, '\xd3\xd2 \xbc\xbd\xbe \xe1\xf1 \xd4 \xcfs', '©® ¼½¾ Ææ ™ š'],
  ['iso-8859-1', readingGeneral([1, 6, 100]), '\xa9\xae \xbc\xbd\xbe \xc6\xe6', '©® ¼½¾ Ææ'],
  ['iso-8859-2', readingGeneral([1, 6, 101]), 'Za\xbf\xf3\xb3\xe6', 'Zażółć'],
  ['iso-8859-5', readingGeneral([1, 6, 144]), '\xbc\xde\xe1\xda\xd2\xd0', 'Москва'],
  ['iso-8859-7', readingGeneral([1, 6, 126]), '\xc1\xe8\xde\xed\xe1', 'Αθήνα'],
  ['iso-8859-9', readingGeneral([1, 6, 148]), '\xdeehir \xf0\xfd', 'Şehir ğı'],
  ['iso-8859-15', readingGeneral([1, 6, 203]), '5 \xa4 \xbd', '5 € œ'],
];

for (const [repertoire, state, octets, text] of table) {
  test(`RT-L2: ${repertoire} both ways`, () => {
    assert.equal(textIn(state, octets), text);
    assert.deepEqual(textOctets(repertoire, text).octets, octets);
    assert.equal(lostCharacters(textOctets(repertoire, text).loss), 0);
  });
}

test('RT-L2: shift sequences that begin on one line and end or go on in another', () => {
  const general = '\x1b-L\xbc\xde\r\n\xe1\xda\x1b-F\r\n\xc1';
  assert.equal(textIn(readingGeneral(), general), 'Мо\r\nск\r\nΑ');
  assert.equal(textIn(readingT61, 'x\x0e\x61\r\n\x71\x0fy'), 'xÆ\r\næy', 'locked over the end of a line');
  assert.equal(textIn(readingT61, 'caf\xc2\r\ne'), 'caf´\r\ne', 'a mark does not reach over one');
});

test('RT-L2: what a repertoire lacks is substituted as configured, and every loss is counted', () => {
  const made = textOctets('iso-8859-1', 'Москва, 5 €', { substitution: '#', nearest: false });
  assert.equal(made.octets, '######, 5 #');
  const kinds = { alphabetic: 6, punctuation: 0, pictorial: 1, unknown: 0, line: 0 };
  assert.deepEqual(made.loss, { ...kinds, first: 'М' });
});

test('RT-L2: from one repertoire to another and back, where both have the characters', () => {
  const shared = fc.string({ unit: fc.constantFrom(...'aZ09 ,.é Üß£½æØñç¿'.split('')), maxLength: 40 });
  fc.assert(
    fc.property(shared, (text) => {
      const latin = textOctets('iso-8859-1', text).octets;
      const t61 = textOctets('t61', textIn(readingGeneral([1, 6, 100]), latin));
      assert.equal(lostCharacters(t61.loss), 0);
      const iso = textOctets('iso-6937', textIn(readingT61, t61.octets));
      assert.equal(textOctets('iso-8859-1', textIn(reading6937, iso.octets)).octets, latin);
    }),
    { numRuns: 500, seed: 408 },
  );
});
