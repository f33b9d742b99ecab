// The escapes of RFC 2156 3.4 by its own table of examples; the rest is test/regressions/rt-r2.test.ts.

import assert from 'node:assert/strict';
import test from 'node:test';
import { escapeRFC822, unescapeRFC822 } from './rfc822-escape.ts';

test('RFC 2156 3.4: the examples that an address can be', () => {
  const examples = [
    ['foo(a)bar', 'foo@bar'],
    ['(q)(u)(p)(q)', '"_%"'],
    ['(a)', '@'],
    ['(126)', '~'],
  ];
  for (const [escaped, text] of examples) {
    assert.equal(escapeRFC822(text), escaped);
    assert.equal(unescapeRFC822(escaped), text);
  }
  assert.equal(unescapeRFC822('(A)'), '@');
  assert.equal(unescapeRFC822('('), '(');
  assert.equal(unescapeRFC822('a demo.'), 'a demo.');
});
