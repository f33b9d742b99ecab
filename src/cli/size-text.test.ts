// Sizes as the commands print them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sizeText } from './size-text.ts';

test('sizes for people', () => {
  assert.deepEqual(
    [0, 2 ** 20 - 1, 2 ** 20, 26.4 * 2 ** 20, 1024 * 2 ** 20, 2.6 * 2 ** 30].map((octets) =>
      sizeText(octets),
    ),
    ['0 octets', '1048575 octets', '1 MiB', '26 MiB', '1.0 GiB', '2.6 GiB'],
  );
});
