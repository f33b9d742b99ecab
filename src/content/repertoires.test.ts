// The repertoires that the configuration offers are those that texts can be written in.

import assert from 'node:assert/strict';
import test from 'node:test';
import { textRepertoires } from '../config/index.ts';
import { repertoires } from './repertoires.ts';

test('the configuration offers each repertoire, and no other', () => {
  assert.deepEqual(textRepertoires, repertoires);
});
