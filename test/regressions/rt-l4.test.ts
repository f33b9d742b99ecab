// RT-L4: word wrap that moved characters, dropped the first one, or cut at column 80 unasked (Q187643,
// Q217193, Q154719). Breaks are put in and nothing else happens: taking them out restores the text.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { lineBreak, LineWrapper, wrapLines } from '../../src/content/index.ts';

/** The text without the breaks that wrapping put in: those at which the original has none. */
function withoutInserted(wrapped: string, original: string): string {
  let text = '';
  for (let at = 0; at < wrapped.length; at += 1) {
    const inserted = wrapped.startsWith(lineBreak, at) && !original.startsWith(lineBreak, text.length);
    if (inserted) at += lineBreak.length;
    text += wrapped[at] ?? '';
  }
  return text;
}

test('RT-L4: removing the inserted breaks restores the text, and no line is longer than asked', () => {
  const unit = fc.constantFrom('a', 'word', ' ', '  ', '\t', 'é', 'e\u0301', '\u{1f600}', '\r\n', '-');
  const text = fc.string({ unit, maxLength: 60 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 20 }), (original, columns) => {
      const wrapped = wrapLines(original, columns);
      assert.equal(withoutInserted(wrapped, original), original);
      for (const line of wrapped.split(lineBreak)) {
        assert.ok([...line.normalize('NFC')].length <= columns, `${line} is longer than ${columns}`);
      }
    }),
    { numRuns: 2000, seed: 187643 },
  );
});

test('RT-L4: a line of a million characters, in pieces, keeps one line in hand', () => {
  const wrapper = new LineWrapper(80);
  const piece = 'x'.repeat(10_000);
  let written = 0;
  for (let at = 0; at < 100; at += 1) {
    const text = wrapper.write(piece);
    assert.ok(text.length >= piece.length - 80);
    written += text.replaceAll(lineBreak, '').length;
  }
  written += wrapper.end().replaceAll(lineBreak, '').length;
  assert.equal(written, 1_000_000);
  assert.equal(wrapper.breaks, 12_499);
});
