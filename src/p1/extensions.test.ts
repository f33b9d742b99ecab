// Extension fields in both forms of their type, by name, and the critical ones.

import assert from 'node:assert/strict';
import test from 'node:test';
import { bitsOf, decode, encode, rawOf } from '../asn1/index.ts';
import { fromHex, toHex } from '../base/octets.ts';
import {
  ExtensionField,
  ExtensionFields,
  extensionTypeOf,
  extensionTypeRaw,
  withExplicitType,
} from './extension-field.ts';
import { standardExtensions } from './extension-types.ts';
import {
  extensionNameOf,
  findExtension,
  isCritical,
  makeExtension,
  readExtension,
  unsupportedCritical,
  withExtension,
} from './extensions.ts';

function field(hex: string): ExtensionField {
  const decoded = decode(ExtensionField, fromHex(hex) ?? new Uint8Array());
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.message);
  return decoded.value;
}

test('both forms of the type are read, and relayed as they came', () => {
  for (const hex of ['300c800117a2071605686572650d', '300ea003020117a2071605686572650d']) {
    const one = field(hex);
    assert.deepEqual(extensionTypeOf(one), { kind: 'standardExtension', value: 23 });
    assert.deepEqual(readExtension([one], 'content-correlator'), {
      ok: true,
      value: { kind: 'ia5text', value: 'here\r' },
    });
    assert.equal(toHex(encode(ExtensionField, one)), hex);
  }
});

test('the standard form is written; the explicit one on request', () => {
  const made = makeExtension('dl-expansion-prohibited', 'dl-expansion-prohibited');
  assert.equal(toHex(encode(ExtensionField, made)), '300c800103810205 20a2030a0101'.replaceAll(' ', ''));
  assert.equal(toHex(encode(ExtensionField, withExplicitType(made))), '300ea00302010381020520a2030a0101');
  assert.equal(extensionNameOf(withExplicitType(made)), 'dl-expansion-prohibited');
});

test('X.411 numbers, each once', () => {
  const numbers = Object.values(standardExtensions).map((each) => each.number);
  assert.deepEqual(
    numbers,
    Array.from({ length: 46 }, (_, index) => index + 1),
  );
});

test('replacing, adding and taking away by name leaves the others alone', () => {
  const first = makeExtension('latest-delivery-time', '261231235959Z');
  const other = makeExtension('content-correlator', { kind: 'ia5text', value: 'x' });
  const replaced = withExtension([first, other], 'latest-delivery-time', '270101000000Z');
  assert.deepEqual(readExtension(replaced, 'latest-delivery-time'), { ok: true, value: '270101000000Z' });
  assert.equal(replaced[1], other);
  assert.equal(withExtension([first], 'content-correlator', { kind: 'ia5text', value: 'y' }).length, 2);
  assert.deepEqual(withExtension([first, other], 'latest-delivery-time', undefined), [other]);
  assert.equal(findExtension([other], 'latest-delivery-time'), undefined);
});

test('a critical extension is refused where it is unknown or malformed; others are relayed', () => {
  const critical = bitsOf([1]);
  const privateOne: ExtensionField = {
    type: extensionTypeRaw({ kind: 'privateExtension', value: '1.2.3' }),
    criticality: critical,
  };
  const unknown: ExtensionField = {
    type: extensionTypeRaw({ kind: 'standardExtension', value: 99 }),
    criticality: bitsOf([2]),
  };
  const malformed: ExtensionField = {
    ...makeExtension('latest-delivery-time', '270101000000Z'),
    criticality: critical,
    value: rawOf(Uint8Array.of(2, 1, 0)),
  };
  const known = {
    ...makeExtension('dl-expansion-prohibited', 'dl-expansion-allowed'),
    criticality: critical,
  };
  const all = [privateOne, unknown, malformed, known];
  assert.deepEqual(unsupportedCritical(all, 'for-transfer'), [privateOne, malformed]);
  assert.deepEqual(unsupportedCritical(all, 'for-delivery'), [unknown]);
  assert.ok(isCritical(known, 'for-transfer'));
  assert.ok(!readExtension([malformed], 'latest-delivery-time').ok);
  const relayed = decode(ExtensionFields, encode(ExtensionFields, all));
  assert.ok(relayed.ok);
  assert.equal(relayed.value.length, 4);
});
