// Every repertoire that the configuration offers can be written in, and is another than the others.

import assert from 'node:assert/strict';
import test from 'node:test';
import { textRepertoires } from '../config/index.ts';
import { writingTable } from './repertoires.ts';

test('each repertoire has the letters, and its own octets for something', () => {
  const written = textRepertoires.map((repertoire) => {
    const { octets, marks } = writingTable(repertoire);
    for (const letter of 'AZaz09') assert.equal(octets.get(letter), letter, repertoire);
    return JSON.stringify([...octets, ...marks]);
  });
  assert.equal(new Set(written).size, textRepertoires.length);
});
