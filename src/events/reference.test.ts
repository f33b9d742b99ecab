// The page in docs/ is the one that the catalogue makes. CHAPPE_WRITE_DOCS=1 writes it anew.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

import { eventReference } from './reference.ts';

test('docs/events.md is what the catalogue says', () => {
  const page = new URL('../../docs/events.md', import.meta.url);
  if (process.env.CHAPPE_WRITE_DOCS === '1') writeFileSync(page, eventReference());
  assert.equal(readFileSync(page, 'utf8'), eventReference());
});
