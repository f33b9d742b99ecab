// The EXTERNAL around an APDU: put on, and taken off at every split.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encode, external, rawOf } from '../../asn1/index.ts';
import { concat, fromHex, toHex } from '../../base/octets.ts';
import { ExternalUnwrapper, wrapperHead } from './external-wrapper.ts';

function octets(hex: string): Uint8Array {
  const value = fromHex(hex);
  assert(value !== undefined);
  return value;
}

/** Feeds `pieces` and returns what came out, as hexadecimal, with the fault or 'complete' or 'more'. */
function unwrap(pieces: readonly Uint8Array[], context = 5): readonly [string, string] {
  const unwrapper = new ExternalUnwrapper(context);
  const out = pieces.flatMap((piece) => unwrapper.take(piece));
  const value = concat(out);
  assert.equal(unwrapper.octetsOut, value.length);
  return [toHex(value), unwrapper.fault ?? (unwrapper.complete ? 'complete' : 'more')];
}

const value = 'a0803003020101a0803000000004020000040100' + '0000';
const good: readonly (readonly [name: string, hex: string, value: string])[] = [
  ['definite throughout', '280c020105a00730050201010500', '30050201010500'],
  ['as PP sends it: indefinite throughout', `2880020105a080${value}00000000`, value],
  ['indefinite EXTERNAL, definite value', '2880020105a003020107' + '0000', '020107'],
  ['definite EXTERNAL, indefinite value', '280a020105a0800201070000', '020107'],
  ['with a direct reference and a descriptor', '2810060251010201050702414281030201' + '07', '020107'],
  ['long form lengths', '28820008020105a081020500', '0500'],
];

test('X.690 8.18: every form of the EXTERNAL gives the value alone, at every split', () => {
  for (const [name, hex, expected] of good) {
    const whole = octets(hex);
    assert.deepEqual(unwrap([whole]), [expected, 'complete'], name);
    for (let at = 1; at < whole.length; at += 1) {
      assert.deepEqual(unwrap([whole.subarray(0, at), whole.subarray(at)]), [expected, 'complete'], name);
    }
    const single = Array.from(whole, (_, index) => whole.subarray(index, index + 1));
    assert.deepEqual(unwrap(single), [expected, 'complete'], name);
  }
});

test('what is no such EXTERNAL is a fault, and nothing is taken after it', () => {
  const bad: readonly (readonly [hex: string, fault: string])[] = [
    ['3003020101', 'no EXTERNAL'],
    ['2808020103a0030201', 'a value of context 3'],
    ['2805a003020107', 'no indirect reference'],
    ['280a020105a20302010700', 'no encoding that carries an APDU'],
    ['2809020105a003020107', 'a length that does not agree'],
    ['2880020105a0030201070100', 'no end of the EXTERNAL'],
    ['2808020105a00302010705', 'octets after the EXTERNAL'],
    ['2880020105a0800001', 'an element that is not BER'],
    ['2880020105a0800480', 'an element that is not BER'],
    ['2880020105a080049000000000000000000000000000000000', 'an element that is not BER'],
    ['2880020105a000', 'an empty value'],
    ['28800205ffffffffff', 'no presentation context'],
  ];
  for (const [hex, fault] of bad) assert.equal(unwrap([octets(hex)])[1], fault, hex);
});

test('wrapping and unwrapping give the value back, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 400 }),
      fc.integer({ min: 1, max: 40_000 }),
      fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 5 }),
      (content, context, cuts) => {
        const wrapped = concat([wrapperHead(context, content.length), content]);
        const pieces: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) {
          pieces.push(wrapped.subarray(at, at + cut));
          at = Math.min(wrapped.length, at + cut);
        }
        pieces.push(wrapped.subarray(at));
        assert.deepEqual(unwrap(pieces, context), [toHex(content), 'complete']);
      },
    ),
    { numRuns: 300 },
  );
});

test('the wrapping is the EXTERNAL that the asn1 room writes', () => {
  for (const length of [1, 100, 127, 128, 300, 70_000]) {
    const content = new Uint8Array(length + 4);
    content.set([0x04, 0x83, (length >> 16) & 0xff, (length >> 8) & 0xff].slice(0, 2));
    const expected = encode(external(), {
      indirectReference: 5,
      encoding: { kind: 'singleASN1Type', value: rawOf(content) },
    });
    assert.equal(toHex(concat([wrapperHead(5, content.length), content])), toHex(expected));
  }
});

test('depth costs nothing: a million open elements are counted, not held', () => {
  const unwrapper = new ExternalUnwrapper(5);
  unwrapper.take(octets('2880020105a080'));
  const opens = new Uint8Array(200_000);
  for (let index = 0; index < opens.length; index += 2) opens.set([0x30, 0x80], index);
  for (let round = 0; round < 10; round += 1) unwrapper.take(opens);
  assert.equal(unwrapper.fault, undefined);
  assert.equal(unwrapper.octetsOut, 2_000_000);
});
