// RT-E3 (Q189753): checkpoints of 64 K and of 1 K, with APDUs of one octet around every multiple of the
// checkpoint and of the session data unit: every one comes out as it went in, however the PDUs fall.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalOctets } from '../../src/base/octets.ts';
import { accepting, assertLeaveNothing, exchange, opened, sending } from '../support/associations.ts';

/** Octets around a RTTR of a checkpoint: headers of the layers and of the EXTERNAL, all sizes of them. */
const around = [-40, -20, -16, -15, -14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2];

for (const [checkpointSize, multiples] of [
  [64, [1, 2]],
  [1, [1, 2, 3, 7]],
] as const) {
  test(`RT-E3: sizes around multiples of a checkpoint of ${checkpointSize} K, and of the TPDU`, (t) => {
    const unit = checkpointSize * 1024;
    const sizes = multiples.flatMap((multiple) => around.map((more) => multiple * unit + more));
    if (checkpointSize === 64) sizes.push(...[65_530, 65_531, 65_532].flatMap((size) => [size, 2 * size]));
    const apdus = sizes.map((size) => Uint8Array.from({ length: size }, (_, index) => index * 31 + size));
    const { a, b } = opened({
      initiator: sending(apdus, 5000),
      responder: accepting,
      asked: { checkpointSize, window: 3 },
      responderOptions: { offer: { checkpointSize, window: 3 } },
    });
    exchange(a, b);
    const received = b.received();
    assert.equal(received.length, apdus.length);
    for (const [index, apdu] of apdus.entries()) {
      assert.ok(equalOctets(received[index], apdu), `${apdu.length} octets`);
    }
    assert.deepEqual(a.others, []);
    assert.deepEqual(b.others, []);
    assertLeaveNothing(a, b);
    t.diagnostic(`${apdus.length} sizes`);
  });
}
