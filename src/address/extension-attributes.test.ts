// Every declared type of the room: random values come back from their encoding, and every extension attribute
// can be read by its name.

import assert from 'node:assert/strict';
import test from 'node:test';
import { arbitrary, decode, encode, rawOf, type Type } from '../asn1/index.ts';
import { seededRandom } from '../base/random.ts';
import { printORAddress } from './address-text.ts';
import { GlobalDomainIdentifier, MTSIdentifier } from './domains.ts';
import { makeExtensionAttribute, readExtensionAttribute } from './extension-attribute-values.ts';
import { type ExtensionAttributeName, extensionAttributeTable } from './extension-attributes.ts';
import { normalKey } from './normal-form.ts';
import { ORAddress, ORName } from './or-address.ts';

const names = Object.keys(extensionAttributeTable) as ExtensionAttributeName[];

test('the table has the numbers 1 to 40, each once (X.411 figure 2)', () => {
  const numbers = names.map((name) => extensionAttributeTable[name].number);
  assert.deepEqual(
    numbers,
    Array.from({ length: 40 }, (_, index) => index + 1),
  );
});

test('random values come back from their encoding', () => {
  const random = seededRandom(402);
  const types: readonly Type<unknown>[] = [
    ORAddress,
    ORName,
    GlobalDomainIdentifier,
    MTSIdentifier,
    ...names.map((name) => extensionAttributeTable[name].type),
  ];
  for (const type of types) {
    for (let run = 0; run < 20; run += 1) {
      const octets = encode(type, arbitrary(type, random, { size_max: 4 }));
      const decoded = decode(type, octets, { constraints: 'strict' });
      assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.message);
      assert.deepEqual(encode(type, structuredClone(decoded.value)), octets);
    }
  }
});

test('any address with any extension attributes prints and has a key', () => {
  const random = seededRandom(1685);
  for (let run = 0; run < 200; run += 1) {
    const value = arbitrary(ORAddress, random, { size_max: 3 });
    const attributes = names
      .filter(() => random.chance(0.2))
      .map((name) => {
        const { number, type }: { number: number; type: Type<unknown> } = extensionAttributeTable[name];
        const octets = encode(type, arbitrary(type, random));
        return { extensionAttributeType: number, extensionAttributeValue: rawOf(octets) };
      });
    const address = { ...value, extensionAttributes: attributes };
    assert.match(printORAddress(address), /^\/(.*\/)?$/s);
    assert.ok(normalKey(address).startsWith('['));
    for (const name of names) readExtensionAttribute(address, name);
  }
});

test('a value that is not of its type reads as absent', () => {
  const wrong = makeExtensionAttribute('terminalType', 'telex');
  const address: ORAddress = {
    builtInStandardAttributes: {},
    extensionAttributes: [{ ...wrong, extensionAttributeType: 1 }],
  };
  assert.equal(readExtensionAttribute(address, 'commonName'), undefined);
  assert.equal(readExtensionAttribute(address, 'terminalType'), undefined);
  assert.equal(printORAddress(address), '/');
});
