// Who refused a presentation connection, and whether to try again makes sense.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalOf } from './refusal.ts';

const userData = new Uint8Array(0);

test('a refusal without a CPR is of session or transport', () => {
  assert.deepEqual(
    refusalOf({ kind: 'SCONcnf-', reason: 'transport', detail: 'address-unknown', userData }, undefined),
    { by: 'transport', reason: 'address-unknown', transient: false },
  );
  assert.deepEqual(refusalOf({ kind: 'SCONcnf-', reason: 'session-selector-unknown', userData }, undefined), {
    by: 'session',
    reason: 'session-selector-unknown',
    transient: false,
  });
  assert.equal(refusalOf({ kind: 'SCONcnf-', reason: 99, userData }, undefined).transient, true);
});

test('a CPR says whether the provider, the user or the other mode refused', () => {
  const from = { kind: 'SCONcnf-', reason: 'user-data-follows', userData } as const;
  assert.deepEqual(refusalOf(from, { providerReason: 'user-data-not-readable', userData: [] }), {
    by: 'presentation',
    reason: 'user-data-not-readable',
    transient: false,
  });
  assert.equal(refusalOf(from, { providerReason: 'temporary-congestion', userData: [] }).transient, true);
  assert.deepEqual(refusalOf(from, { userData: [] }), {
    by: 'user',
    reason: 'refused by the called user',
    transient: true,
  });
  const x410 = refusalOf(from, { x410Reason: 2, userData: [] });
  assert.deepEqual([x410.by, x410.transient], ['user', false]);
  assert.match(x410.reason, /X\.410-1984 mode/);
});
