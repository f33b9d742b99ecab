// The interpreter: the first branch that holds is taken; absent cells and cells without a holding branch
// are undefined.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cellsOf, chooseBranch } from './table.ts';
import type { StateTable } from './table.ts';

const table: StateTable<'open' | 'shut', 'push' | 'pull', 'locked' | 'heavy', 'creak'> = {
  open: { push: [{ do: ['creak'], next: 'shut' }] },
  shut: { pull: [{ when: 'locked' }, { when: 'heavy', next: 'open' }], push: [{}] },
};

test('the first branch whose predicate holds is taken', () => {
  const at = { state: 'shut', event: 'pull' } as const;
  const asked: string[] = [];
  const branch = chooseBranch(table, at, (predicate) => {
    asked.push(predicate);
    return predicate === 'heavy';
  });
  assert.deepEqual(branch, { when: 'heavy', next: 'open' });
  assert.deepEqual(asked, ['locked', 'heavy']);
  assert.equal(
    chooseBranch(table, at, () => false),
    undefined,
  );
});

test('an absent cell is undefined, an empty branch is a branch', () => {
  const never = (): boolean => assert.fail('no predicate is asked');
  assert.equal(chooseBranch(table, { state: 'open', event: 'pull' }, never), undefined);
  assert.deepEqual(chooseBranch(table, { state: 'shut', event: 'push' }, never), {});
});

test('every present cell is listed', () => {
  assert.deepEqual(
    cellsOf(table).map(({ state, event }) => `${state} ${event}`),
    ['open push', 'shut pull', 'shut push'],
  );
});
