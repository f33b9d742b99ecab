// Leases: who holds a copy, until when, and what is taken back with a transaction.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Claims } from './claims.ts';
import { at, claimFor, noon } from './compliance-fixtures.ts';

test('a claim keeps others out while its lease runs', () => {
  const claims = new Claims();
  claims.take(1, claimFor('one', at(10)));
  assert.deepEqual(
    [claims.isBusy(1, 'one', noon), claims.isBusy(1, 'two', noon), claims.isBusy(1, undefined, noon)],
    [false, true, true],
  );
  assert.equal(claims.isBusy(1, 'two', at(10)), false);
  claims.end(1, 'two');
  assert.equal(claims.isBusy(1, 'two', noon), true);
  claims.end(1, 'one');
  assert.equal(claims.running(1, noon), undefined);
});

test('what is taken back never was, however often it changed', () => {
  const claims = new Claims();
  claims.take(1, claimFor('one'));
  claims.keep();
  claims.end(1);
  claims.take(1, claimFor('two'));
  claims.take(2, claimFor('two'));
  claims.end(1, 'two');
  claims.takeBack();
  assert.equal(claims.running(1, noon)?.owner, 'one');
  assert.equal(claims.running(2, noon), undefined);
});
