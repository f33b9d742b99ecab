// Lines wrapped after they were written: as many columns as they take then, in any repertoire.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { readingT61, textIn } from './text-reader.ts';
import { WrappedWriter } from './wrapped-writer.ts';

function lines(repertoire: 'ia5' | 't61' | 'iso-8859-1', text: string, wrap: number): readonly string[] {
  const writer = new WrappedWriter(repertoire, { wrap });
  return (writer.write(text) + writer.end()).split('\r\n');
}

test('what became longer in the writing is no longer than the line', () => {
  assert.deepEqual(lines('ia5', 'aß bß', 3), ['ass', ' ', 'bss']);
  assert.deepEqual(lines('ia5', 'ßß', 3), ['sss', 's']);
  assert.deepEqual(lines('iso-8859-1', 'aß bß', 5), ['aß bß']);
});

test('octets of marks take no column, and are not parted from their letters', () => {
  const made = lines('t61', 'éàü', 2);
  assert.deepEqual(
    made.map((line) => textIn(readingT61, line)),
    ['éà', 'ü'],
  );
});

test('no line is too long, nothing is lost, wherever the text is cut', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', 'ß', ' ', 'word', '\r\n', '©'), maxLength: 60 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 12 }), fc.nat(60), (said, wrap, cut) => {
      const whole = lines('t61', said, wrap);
      const writer = new WrappedWriter('t61', { wrap });
      const pieces = writer.write(said.slice(0, cut)) + writer.write(said.slice(cut)) + writer.end();
      assert.equal(pieces, whole.join('\r\n'));
      const plain = new WrappedWriter('t61');
      const unwrapped = plain.write(said) + plain.end();
      assert.equal(whole.join('').replaceAll('\r\n', ''), unwrapped.replaceAll('\r\n', ''));
      for (const line of whole) assert.ok([...textIn(readingT61, line)].length <= wrap, line);
    }),
    { numRuns: 1000, seed: 6937 },
  );
});
