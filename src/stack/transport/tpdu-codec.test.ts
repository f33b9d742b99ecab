// X.224 13: the TPDUs of class 0, from captures and from the text.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { concat, fromHex, toHex } from '../../base/octets.ts';
import { decodeTpdu, encodeConnect, encodeDataHeader, encodeDisconnect } from './tpdu-codec.ts';
import { encodeError, nameableTpduOctets } from './tpdu-codec.ts';
import type { ConnectTpdu } from './tpdu.ts';
import { disconnectReasonName, disconnectReasonNumber } from './tpdu.ts';

const hex = (text: string): Uint8Array => fromHex(text) ?? assert.fail(text);

test('13.3: the CR of PP: called selector, size 2048', () => {
  const cr: ConnectTpdu = {
    kind: 'CR',
    destination: 0,
    source: 0x19ee,
    class: 0,
    alternativeClasses: [],
    tpduOctets: 2048,
    called: hex('353931'),
  };
  const octets = hex('0e e0 0000 19ee 00 c203353931 c0010b');
  assert.deepEqual(decodeTpdu(octets), { ok: true, value: cr });
  assert.equal(toHex(encodeConnect(cr)), toHex(octets));
});

test('13.3: both selectors, no size; unknown parameters and preferred maximum size are passed over', () => {
  const decoded = decodeTpdu(
    hex('1f e0 0000 0de0 00 c10758343030 2d3838 c20758343030 2d3838 f00201ff 990155'),
  );
  assert.ok(decoded.ok && decoded.value.kind === 'CR');
  assert.equal(decoded.value.tpduOctets, undefined);
  assert.equal(toHex(decoded.value.calling ?? hex('')), '583430302d3838');
});

test('13.3.4: sizes of 2^7 to 2^16, cut at what a packet holds', () => {
  for (const [code, octets] of [
    [7, 128],
    [13, 8192],
    [15, 32_768],
    [16, 65_531],
  ]) {
    const decoded = decodeTpdu(Uint8Array.of(9, 0xd0, 0, 1, 0, 2, 0, 0xc0, 1, code));
    assert.ok(decoded.ok && decoded.value.kind === 'CC');
    assert.equal(decoded.value.tpduOctets, octets);
  }
  for (const code of [0, 6, 17]) {
    assert.equal(decodeTpdu(Uint8Array.of(9, 0xd0, 0, 1, 0, 2, 0, 0xc0, 1, code)).ok, false);
  }
  assert.equal(nameableTpduOctets(5000), 4096);
  assert.equal(nameableTpduOctets(65_000), 8192);
});

test('13.3.4: alternative classes', () => {
  const cr: ConnectTpdu = { kind: 'CR', destination: 0, source: 1, class: 4, alternativeClasses: [2, 0] };
  assert.deepEqual(decodeTpdu(encodeConnect(cr)), { ok: true, value: cr });
});

test('13.5, 13.6, 13.7, 13.12: DR, DC, DT, ER', () => {
  assert.deepEqual(decodeTpdu(hex('06 80 19ef 19ee 80')), {
    ok: true,
    value: { kind: 'DR', destination: 0x19ef, source: 0x19ee, reason: 128 },
  });
  assert.equal(
    toHex(encodeDisconnect({ destination: 0x19ef, source: 0x19ee, reason: 128 })),
    '068019ef19ee80',
  );
  assert.deepEqual(decodeTpdu(hex('05 c0 0001 0002')), {
    ok: true,
    value: { kind: 'DC', destination: 1, source: 2 },
  });
  assert.deepEqual(decodeTpdu(concat([encodeDataHeader(true), hex('aa')])), {
    ok: true,
    value: { kind: 'DT', endOfTsdu: true, userData: hex('aa') },
  });
  assert.deepEqual(decodeTpdu(hex('02f000')), {
    ok: true,
    value: { kind: 'DT', endOfTsdu: false, userData: hex('') },
  });
  const er = { kind: 'ER', destination: 9, cause: 2, invalidTpdu: hex('0102') } as const;
  assert.deepEqual(decodeTpdu(encodeError(er)), { ok: true, value: er });
});

test('what is no TPDU is an error', () => {
  for (const text of ['', '02', '02f0', '00f080', 'fff080', '06e0000000', '05e00000000100', '02 33 80']) {
    assert.equal(decodeTpdu(hex(text)).ok, false, text);
  }
  assert.equal(decodeTpdu(hex('08e000000001 00 c109')).ok, false);
});

test('reasons have names, or stay numbers', () => {
  assert.equal(disconnectReasonName(disconnectReasonNumber('address-unknown')), 'address-unknown');
  assert.equal(disconnectReasonNumber('address-unknown'), 3);
  assert.equal(disconnectReasonName(77), 77);
});

test('any octets give a TPDU or an error, never an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
      decodeTpdu(octets);
    }),
  );
});
