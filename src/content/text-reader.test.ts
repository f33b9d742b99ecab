// Octets of registered sets as Unicode: shifts and sequences, marks, what has no meaning, and any cut.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  reading6937,
  readingGeneral,
  readingIA5,
  type ReadingState,
  readingT61,
  textIn,
  TextReader,
} from './text-reader.ts';

const cases: readonly (readonly [string, ReadingState, string, string])[] = [
  ['IA5 as it is, NUL and escape too', readingIA5(), 'a\0b\x1b[\r\n#$@~', 'a\0b\x1b[\r\n#$@~'],
  ['IA5 of Germany', readingIA5(21), '[\\] {|}~ @', 'ÄÖÜ äöüß §'],
  ['T.61: marks before letters', readingT61, 'caf\xc2e \xc8u \xcfZ', 'café ü Ž'],
  ['T.61: letters of one octet', readingT61, '\xe1\xe9\xec\xf1\xf9\xfb\xfe\xe4', 'ÆØÞæøßŋĦ'],
  ['T.61: a mark alone, and before the end of a line', readingT61, '\xc3 \xc2\r\n\xc8', '^´\r\n¨'],
  ['T.61: both marks of a letter', readingT61, '\xcc\xc2e', 'é\u0332'],
  ['T.61: SS2', readingT61, '\x19\x42e \x19\x23', 'é £'],
  ['ISO 6937', reading6937, '\xa9\xd3\xd2\xbc\xbd\xbe\xe1\xf1\xb9$~', '‘©®¼½¾Ææ’$~'],
  ['general text without designation: Latin-1', readingGeneral([1, 6, 100]), 'Gr\xfc\xdfe', 'Grüße'],
  ['Cyrillic, named in the parameters alone', readingGeneral([1, 6, 144]), '\xbf\xe0\xd8', 'При'],
  ['ISO 6937 of 1983, named alone', readingGeneral([1, 6, 90]), '\xc8a', 'ä'],
  ['of two right halves neither is taken undesignated', readingGeneral([1, 6, 101, 126]), '\xe6', '\ufffd'],
  ['nor one that is not known here (Thai)', readingGeneral([1, 6, 166]), 'a\xa1', 'a\ufffd'],
  ['Greek', readingGeneral(), '\x1b-F\xc1\xe8\xde\xed\xe1', 'Αθήνα'],
  ['designations within the text', readingGeneral(), 'a\x1b-B\xb1\x1b-L\xb6\x1b-A\xe4', 'aąЖä'],
  ['a left half of Sweden, then ASCII', readingGeneral(), '\x1b(G[\\]\x1b(B[\\]', 'ÄÖÅ[\\]'],
  ['SO and SI over lines', readingGeneral(), '\x1b-A\x0edi\r\nli\x0f di', 'äé\r\nìé di'.normalize('NFC')],
  ['LS2R, and SS2 of seven bits', readingGeneral(), '\x1b.L\x1b}\xb6 \x1bN6 \x1b~\xe4', 'Ж Ж ä'],
  ['a set of ISO 6937 designated as G1', readingGeneral(), '\x1b-R\xc8a \x1b)l\xc8o', 'ä ö'],
  ['the next line', readingGeneral(), 'a\x85b', 'a\r\nb'],
];

for (const [name, state, octets, text] of cases) {
  test(name, () => {
    assert.equal(textIn(state, octets), text);
  });
}

test('what has no meaning is a replacement, and is counted', () => {
  const reader = new TextReader(readingGeneral());
  assert.equal(reader.read('\x1b-F\xa4\x1b$A!!\x1b(Bok\x1b') + reader.end(), '\ufffd\ufffd\ufffdok');
  assert.equal(reader.unreadable, 5);
  const ia5 = new TextReader(readingIA5());
  assert.equal(ia5.read('\xe4') + ia5.end(), '\ufffd');
  const t61 = new TextReader(readingT61);
  assert.equal(t61.read('a\x9b1;2mb\x8bc') + t61.end(), 'abc');
  assert.equal(t61.unreadable, 2);
});

test('any octets, cut anywhere, read the same, and no faster sequence grows', () => {
  const octet = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0x1b, 0x2d, 0x28, 0x41, 0x4c, 0x0e, 0x0f, 0xc8, 0x61, 0x9b, 0x19, 0x0d, 0x0a),
  );
  const states = fc.constantFrom(readingIA5(), readingT61, reading6937, readingGeneral());
  fc.assert(
    fc.property(states, fc.array(octet, { maxLength: 60 }), fc.nat(60), (state, codes, cut) => {
      const octets = String.fromCharCode(...codes);
      const whole = new TextReader(state);
      const expected = whole.read(octets) + whole.end();
      const pieces = new TextReader(state);
      const text = pieces.read(octets.slice(0, cut)) + pieces.read(octets.slice(cut)) + pieces.end();
      assert.equal(text, expected);
      assert.equal(pieces.unreadable, whole.unreadable);
    }),
    { numRuns: 2000, seed: 2022 },
  );
});
