// An APDU on its way out: RTTRs, points and window.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AssertionError } from '../../base/assert.ts';
import { concat, toHex, totalOctets } from '../../base/octets.ts';
import { ExternalUnwrapper } from './external-wrapper.ts';
import { OutboundApdu, rttr_octets_max } from './outbound.ts';

const base = { context: 5, octetsTotal: 5000, checkpointSize: 1, window: 3 };

test('RTTRs of a checkpoint each, a point after every one but the last, the window kept', () => {
  const apdu = new OutboundApdu(base);
  assert.deepEqual(apdu.next(), { kind: 'need', octets_max: 1024 - 11 });
  apdu.supply([new Uint8Array(5000)]);
  for (const _ of [1, 2, 3]) {
    const step = apdu.next();
    assert(step.kind === 'send');
    assert.deepEqual([totalOctets(step.rttr), step.after], [1024, 'sync']);
  }
  assert.deepEqual(apdu.next(), { kind: 'window-full' });
  for (const number of [1, 2, 3]) apdu.numbered(number);
  assert.deepEqual([apdu.awaits(2), apdu.awaits(4), apdu.checkpointConfirmed], [true, false, false]);
  // The second point confirms the first.
  assert.equal(apdu.confirmed(2), 2 * 1024 - 11);
  assert.deepEqual([apdu.awaits(1), apdu.checkpointConfirmed], [false, true]);
  const sizes = [apdu.next(), apdu.next()].map(
    (step) => step.kind === 'send' && [totalOctets(step.rttr), step.after],
  );
  assert.deepEqual(sizes, [
    [1024, 'sync'],
    [5000 + 11 - 4 * 1024, 'end'],
  ]);
});

test('without checkpoints one RTTR, and several only for an APDU that is very large', () => {
  for (const octetsTotal of [1, 5000, rttr_octets_max - 13, rttr_octets_max, 3 * rttr_octets_max]) {
    const apdu = new OutboundApdu({ ...base, checkpointSize: 0, octetsTotal });
    apdu.supply([new Uint8Array(octetsTotal)]);
    const steps: string[] = [];
    for (;;) {
      const step = apdu.next();
      assert(step.kind === 'send');
      steps.push(step.after);
      if (step.after === 'end') break;
    }
    assert.equal(steps.length, Math.ceil((octetsTotal + 13) / rttr_octets_max) || 1);
    assert.ok(!steps.includes('sync'));
  }
});

test('pieces are passed on, not copied; more than the APDU has is a mistake', () => {
  const piece = new Uint8Array(700);
  const apdu = new OutboundApdu({ ...base, octetsTotal: 700 });
  apdu.supply([piece, new Uint8Array(0)]);
  const step = apdu.next();
  assert(step.kind === 'send');
  assert.ok(step.rttr.includes(piece));
  assert.throws(() => apdu.supply([piece]), AssertionError);
});

test('however it is supplied and cut, the other side gets the APDU', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9000 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3000 }),
      (octetsTotal, checkpointSize, window, supply_octets_max) => {
        const content = Uint8Array.from({ length: octetsTotal }, (_, index) => index % 251);
        const apdu = new OutboundApdu({ context: 5, octetsTotal, checkpointSize, window });
        const unwrapper = new ExternalUnwrapper(5);
        const received: Uint8Array[] = [];
        let supplied = 0;
        let point = 0;
        for (;;) {
          const step = apdu.next();
          if (step.kind === 'need') {
            const count = Math.min(step.octets_max, supply_octets_max);
            apdu.supply([content.subarray(supplied, supplied + count)]);
            supplied += count;
          } else if (step.kind === 'window-full') {
            const confirmed = apdu.confirmed(point);
            assert.ok(confirmed <= unwrapper.octetsOut);
          } else {
            for (const octets of step.rttr) received.push(...unwrapper.take(octets));
            if (step.after === 'sync') {
              point += 1;
              apdu.numbered(point);
            }
            if (step.after === 'end') break;
          }
        }
        assert.ok(unwrapper.complete);
        assert.equal(toHex(concat(received)), toHex(content));
      },
    ),
    { numRuns: 100 },
  );
});
