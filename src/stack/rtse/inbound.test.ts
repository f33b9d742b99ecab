// An APDU on its way in, and the points that its user has not secured.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat } from '../../base/octets.ts';
import { wrapperHead } from './external-wrapper.ts';
import { InboundApdu } from './inbound.ts';

test('octets come out as they come in; points wait for the user, a later one stands for those before', () => {
  const apdu = new InboundApdu(5);
  const content = new Uint8Array(100).fill(7);
  const wrapped = concat([wrapperHead(5, 100), content]);
  assert.equal(concat(apdu.take(wrapped.subarray(0, 50))).length, 50 - 7);
  assert.equal(apdu.octetsSoFar, 43);
  apdu.checkpoint(1);
  apdu.checkpoint(2);
  apdu.checkpoint(3);
  assert.deepEqual([apdu.awaitsUser, apdu.awaits(2), apdu.awaits(9)], [true, true, false]);
  apdu.secured(2);
  assert.deepEqual([apdu.awaitsUser, apdu.awaits(1), apdu.awaits(3)], [true, false, true]);
  apdu.secured(3);
  assert.equal(apdu.awaitsUser, false);
  assert.equal(apdu.complete, false);
  apdu.take(wrapped.subarray(50));
  assert.deepEqual([apdu.complete, apdu.octetsSoFar, apdu.fault], [true, 100, undefined]);
  apdu.take(wrapped);
  assert.equal(apdu.fault, 'octets after the EXTERNAL');
});
