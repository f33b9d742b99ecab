// Wrapped lines: where breaks go, and what they never do.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { LineWrapper, wrapLines } from './line-wrap.ts';

test('a break goes after the last space that fits, else where the line is full', () => {
  assert.equal(wrapLines('one two three', 8), 'one two \r\nthree');
  assert.equal(wrapLines('abcdefghij', 4), 'abcd\r\nefgh\r\nij');
  assert.equal(wrapLines('abcd\r\nefgh', 4), 'abcd\r\nefgh', 'a line that just fits');
  assert.equal(wrapLines('ab  cd', 3), 'ab \r\n cd');
  assert.equal(wrapLines('', 10), '');
  assert.equal(wrapLines('\r\n\r\n', 1), '\r\n\r\n');
});

test('no letter is parted from its marks, and no line is too long', () => {
  assert.equal(wrapLines('e\u0301e\u0301e\u0301', 2), 'e\u0301e\u0301\r\ne\u0301');
  assert.equal(wrapLines('\u{1f600}\u{1f600}', 1), '\u{1f600}\r\n\u{1f600}');
});

test('pieces make what the whole makes', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ' ', '\r', '\n', 'é', 'e\u0301', '\u{1f600}') });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 9 }), fc.nat(30), (whole, columns, cut) => {
      const wrapper = new LineWrapper(columns);
      const pieces = wrapper.write(whole.slice(0, cut)) + wrapper.write(whole.slice(cut)) + wrapper.end();
      assert.equal(pieces, wrapLines(whole, columns));
    }),
    { numRuns: 1000, seed: 80 },
  );
});
