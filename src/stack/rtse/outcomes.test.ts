// Refusals, aborts and exceptions in the words of X.218.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeRTAB, encodeRTORJ } from './apdu-codec.ts';
import { abortedOf, exceptionOf, failedOpenOf, failureOf, refusedOf, resultOf } from './outcomes.ts';

const refusal = { by: 'user', reason: 'no-reason-given', transient: false } as const;
const userData = Uint8Array.of(0xb2, 3, 2, 1, 2);

test('a refusal: of a layer below, of RTSE, of the user with its bind error', () => {
  const below = refusedOf({
    kind: 'AASCcnf-',
    refusal: { ...refusal, by: 'transport' },
    userInformation: [],
  });
  assert.deepEqual(below, { layer: 'transport', reason: 'no-reason-given', transient: false });
  const rtorj = (value: Uint8Array) =>
    refusedOf({ kind: 'AASCcnf-', refusal, userInformation: [{ context: 3, value }] });
  assert.deepEqual(rtorj(encodeRTORJ(undefined)).layer, 'rtse');
  assert.deepEqual(rtorj(encodeRTORJ(userData)), {
    layer: 'user',
    reason: 'bind-error',
    transient: false,
    userData,
  });
  // A peer that gives a reason although only X.410-1984 mode has one.
  assert.deepEqual(rtorj(Uint8Array.of(0xb2, 3, 0x80, 1, 0)).reason, 'rts-busy');
});

test('aborts: whose, why, and what a user said', () => {
  const abort = (value: Uint8Array) =>
    abortedOf({ kind: 'AABRind', source: 'user', userInformation: [{ context: 3, value }] });
  assert.deepEqual(abort(encodeRTAB('user-error', userData)), { kind: 'RTUABind', userData });
  assert.deepEqual(abort(encodeRTAB('user-error')), { kind: 'RTUABind', userData: new Uint8Array(0) });
  const transferCompleted = abort(encodeRTAB('transfer-completed'));
  assert(transferCompleted.kind === 'RTPABind');
  assert.deepEqual(
    [transferCompleted.abort.by, transferCompleted.abort.reason],
    ['peer-provider', 'transfer-completed'],
  );
  for (const value of [Uint8Array.of(0xb6, 0), Uint8Array.of(0xb6, 3, 0x80, 1, 99), Uint8Array.of(5, 0)]) {
    const unknown = abort(value);
    assert(unknown.kind === 'RTPABind');
    assert.equal(unknown.abort.reason, 'temporary-problem');
  }
  const causes = (['connection-lost', 'timeout', 'protocol-error', 'peer-provider'] as const).map((cause) => {
    const indicated = abortedOf({ kind: 'APABind', cause, detail: 'why' });
    assert(indicated.kind === 'RTPABind');
    return [indicated.abort.by, indicated.abort.reason, indicated.abort.detail];
  });
  assert.deepEqual(causes, [
    ['network', 'connection-lost', 'why'],
    ['provider', 'timeout', 'why'],
    ['provider', 'protocol-error', 'why'],
    ['peer-provider', 'protocol-error', 'why'],
  ]);
});

test('an abort before the open is answered is a refusal, and to try again makes sense', () => {
  const lost = failedOpenOf({ kind: 'APABind', cause: 'connection-lost', detail: 'cut' });
  assert.deepEqual(lost, { layer: 'network', reason: 'cut', transient: true });
  const provider = failedOpenOf({ kind: 'AABRind', source: 'provider', userInformation: [] });
  assert.deepEqual([provider.layer, provider.transient, provider.aborted], ['acse', true, true]);
});

test('exceptions say "later" or "never", and are read the same way', () => {
  for (const transient of [true, false]) {
    assert.equal(failureOf(exceptionOf(transient), '').transient, transient);
  }
  assert.equal(failureOf(99, '').transient, true);
  assert.equal(failureOf(undefined, '').transient, true);
});

test('the AARE of a refusal says whether it is for good', () => {
  assert.equal(resultOf({ kind: 'rts-busy' }), 'rejected-transient');
  assert.equal(resultOf({ kind: 'cannot-recover' }), 'rejected-transient');
  assert.equal(resultOf({ kind: 'validation-failure' }), 'rejected-permanent');
  assert.equal(resultOf({ kind: 'bind-error', userData }), 'rejected-permanent');
  assert.equal(resultOf({ kind: 'bind-error', userData, transient: true }), 'rejected-transient');
});
