// X.224 6.5: class, size and selectors.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { answer, offersClass0, proposal } from './negotiation.ts';
import type { ConnectTpdu } from './tpdu.ts';

const cr: ConnectTpdu = { kind: 'CR', destination: 0, source: 7, class: 0, alternativeClasses: [] };

test('6.5.5: class 0 answers class 0, class 1, or an alternative 0', () => {
  assert.ok(offersClass0(cr));
  assert.ok(offersClass0({ ...cr, class: 1 }));
  assert.ok(!offersClass0({ ...cr, class: 2 }));
  assert.ok(offersClass0({ ...cr, class: 4, alternativeClasses: [3, 0] }));
  assert.ok(!offersClass0({ ...cr, kind: 'CC' }));
});

test('RFC 1006 5: no size in the CR means 65,531, and none is proposed for it', () => {
  assert.equal(proposal({ reference: 1, tpduOctets: 65_531 }).tpduOctets, undefined);
  assert.equal(proposal({ reference: 1, tpduOctets: 3000 }).tpduOctets, 2048);
  assert.equal(answer(cr, { reference: 1, tpduOctets: 65_531 }).tpduOctets, undefined);
});

test('6.5.6: the CC is at most the CR and at most ours', () => {
  assert.equal(answer({ ...cr, tpduOctets: 2048 }, { reference: 1, tpduOctets: 65_531 }).tpduOctets, 2048);
  assert.equal(answer({ ...cr, tpduOctets: 8192 }, { reference: 1, tpduOctets: 1024 }).tpduOctets, 1024);
  assert.equal(answer(cr, { reference: 1, tpduOctets: 1024 }).tpduOctets, 1024);
});

test('the CC repeats the selectors and answers the reference', () => {
  const called = Uint8Array.of(1);
  const cc = answer({ ...cr, called }, { reference: 9, tpduOctets: 65_531 });
  assert.deepEqual([cc.destination, cc.source, cc.called], [7, 9, called]);
});
