// What tells an arrival that was secured from one that was not: an arrival that failed is never met again,
// whatever came under its identifier meanwhile.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, instant, millis } from '../base/time.ts';
import { type Acquaintance, Duplicates } from './duplicates.ts';

const now = instant(1_000_000);
const first = { content: 'first', way: 'w' };
const second = { content: 'second', way: 'w' };
const third = { content: 'third', way: 'w' };

function met(duplicates: Duplicates, identity: typeof first): Acquaintance {
  return duplicates.meet('link id', identity, now);
}

function begun(duplicates: Duplicates, identity: typeof first): Extract<Acquaintance, { kind: 'new' }> {
  const made = met(duplicates, identity);
  assert.ok(made.kind === 'new');
  return made;
}

function memory(): Duplicates {
  return new Duplicates(() => ({ window: millis(60_000), messages: 100 }));
}

test('what was secured is the same within the window, and new after it', async () => {
  const duplicates = memory();
  begun(duplicates, first).secured();
  const again = met(duplicates, first);
  assert.ok(again.kind === 'same' && (await again.secured));
  assert.equal(duplicates.meet('link id', first, after(now, millis(60_000))).kind, 'new');
});

test('what failed is new when it comes again, also where another came under its identifier', async () => {
  const duplicates = memory();
  const failing = begun(duplicates, first);
  const other = begun(duplicates, second);
  const waiting = met(duplicates, first);
  failing.failed();
  assert.ok(waiting.kind === 'same' && !(await waiting.secured), 'who waited for it is told');
  // Before or after the other's end: it is not met, or whoever asks until it is not would ask for ever.
  begun(duplicates, first).failed();
  other.secured();
  const again = begun(duplicates, first);
  assert.equal(again.otherContent, true, 'the other is still known');
  again.secured();
  const both = [met(duplicates, first), met(duplicates, second)];
  for (const each of both) assert.ok(each.kind === 'same' && (await each.secured));
});

test('however the arrivals of one identifier end, and in which order: known is who was secured', async () => {
  const identities = [first, second, third];
  for (const order of [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]) {
    for (let outcomes = 0; outcomes < 8; outcomes += 1) {
      const duplicates = memory();
      const all = identities.map((identity) => begun(duplicates, identity));
      const isSecured = (index: number): boolean => (outcomes & (1 << index)) !== 0;
      for (const index of order) all[index][isSecured(index) ? 'secured' : 'failed']();
      for (const [index, identity] of identities.entries()) {
        const again = met(duplicates, identity);
        const known = again.kind === 'same' && (await again.secured);
        const how = `order ${order}, outcomes ${outcomes}, ${identity.content}`;
        assert.deepEqual([known, again.kind === 'same'], [isSecured(index), isSecured(index)], how);
        if (again.kind === 'new') again.failed();
      }
    }
  }
});
