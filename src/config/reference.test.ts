// The page in docs/ is the one that the schema makes. CHAPPE_WRITE_DOCS=1 writes it anew.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

import { configurationReference } from './reference.ts';

test('docs/configuration.md is what the schema says', () => {
  const page = new URL('../../docs/configuration.md', import.meta.url);
  if (process.env.CHAPPE_WRITE_DOCS === '1') writeFileSync(page, configurationReference());
  assert.equal(readFileSync(page, 'utf8'), configurationReference());
});
