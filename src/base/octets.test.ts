// Octets: joining, comparing, and the text forms that round-trip.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import {
  concat,
  equalOctets,
  equalSecrets,
  fromHex,
  fromLatin1,
  latin1,
  toHex,
  totalOctets,
} from './octets.ts';

const octets = fc.uint8Array({ maxLength: 200 });

test('concat joins in order and copies nothing when there is one part', () => {
  fc.assert(
    fc.property(fc.array(octets, { maxLength: 8 }), (parts) => {
      const whole = concat(parts);
      assert.equal(whole.length, totalOctets(parts));
      assert.deepEqual(
        [...whole],
        parts.flatMap((part) => [...part]),
      );
    }),
  );
  const only = Uint8Array.of(1);
  assert.equal(concat([only]), only);
});

test('hexadecimal and Latin-1 lead back to the octets', () => {
  fc.assert(
    fc.property(octets, (value) => {
      assert.deepEqual(fromHex(toHex(value)), value);
      assert.deepEqual(fromLatin1(latin1(value)), value);
    }),
  );
});

test('hexadecimal passes over white space and refuses anything else', () => {
  assert.deepEqual(fromHex(' 0A\n0b '), Uint8Array.of(10, 11));
  assert.equal(fromHex('0'), undefined);
  assert.equal(fromHex('0g'), undefined);
});

test('two arrays are equal exactly where their octets are, secrets too', () => {
  fc.assert(
    fc.property(octets, octets, (a, b) => {
      const same = toHex(a) === toHex(b);
      assert.equal(equalOctets(a, b), same);
      assert.equal(equalSecrets(a, b), same);
      assert.ok(equalOctets(a, a.slice()) && equalSecrets(a, a.slice()));
    }),
  );
});

test('comparing secrets looks at as many octets wherever they differ', () => {
  const expected = new Uint8Array(32).fill(7);
  const looksAt = (presented: Uint8Array): number => {
    let looks = 0;
    const get = (octets: Uint8Array, key: string | symbol): unknown => {
      if (typeof key === 'string' && /^\d+$/.test(key)) looks += 1;
      return Reflect.get(octets, key);
    };
    equalSecrets(new Proxy(presented, { get }), expected);
    return looks;
  };
  const differingAt = (at: number) => expected.map((octet, index) => (index === at ? 0 : octet));
  const looks = [0, 1, 16, 31, 32].map((at) => looksAt(differingAt(at)));
  assert.deepEqual(looks, [32, 32, 32, 32, 32]);
});

test('a secret that repeats the expected one is not equal to it', () => {
  assert.equal(equalSecrets(Uint8Array.of(1, 2, 1, 2), Uint8Array.of(1, 2)), false);
  assert.equal(equalSecrets(new Uint8Array(), Uint8Array.of(0)), false);
  assert.equal(equalSecrets(Uint8Array.of(0), new Uint8Array()), false);
});
