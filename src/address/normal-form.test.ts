// When two ways of writing an address are the same address.

import assert from 'node:assert/strict';
import test from 'node:test';
import { encode, rawOf } from '../asn1/index.ts';
import { parseORAddress } from './address-text.ts';
import { TeletexDomainDefinedAttributes } from './extension-attributes.ts';
import { normalAddress, normalKey, sameORAddress } from './normal-form.ts';
import type { ORAddress } from './or-address.ts';

function address(text: string): ORAddress {
  const result = parseORAddress(text);
  assert.ok(result.ok, text);
  return result.value;
}

test('case and runs of spaces do not count, country codes are not translated', () => {
  assert.ok(sameORAddress(address('/S=van  der Berg/C=nl/'), address('/S=Van Der BERG /C=NL/')));
  assert.ok(!sameORAddress(address('/S=a/C=GB/'), address('/S=a/C=234/')));
  assert.ok(sameORAddress(address('/N-ID=12 34/C=GB/'), address('/N-ID=1234/C=GB/')));
});

test('a numeric and a printable domain of the same digits are the same', () => {
  const numeric = address('/S=a/P=400/A=BT/C=GB/');
  const printable: ORAddress = {
    builtInStandardAttributes: {
      ...numeric.builtInStandardAttributes,
      privateDomainName: { kind: 'printable', value: '400' },
    },
  };
  assert.ok(sameORAddress(numeric, printable));
});

test('one key per address', () => {
  assert.equal(normalKey(address('/S=a/P=b/C=GB/')), normalKey(address('C=gb; A=; P=B; S=A')));
  assert.notEqual(normalKey(address('/S=a/P=b/C=GB/')), normalKey(address('/S=a/P=b/A=0/C=GB/')));
});

test('very many attributes of one type: each has its place, in time linear in them', () => {
  const many = Array.from({ length: 50_000 }, (_, each) => ({ type: 'X', value: `v${each}` }));
  const named = [{ type: 'X#2', value: 'its own' }, ...many];
  const standard = address('/S=a/C=GB/').builtInStandardAttributes;
  const normal = normalAddress({
    builtInStandardAttributes: standard,
    builtInDomainDefinedAttributes: named,
  }).attributes;
  assert.equal(normal.size, 2 + named.length);
  assert.deepEqual(
    ['DD.X', 'DD.X#2', 'DD.X#3', 'DD.X#50001'].map((key) => normal.get(key)),
    ['V0', 'ITS OWN', 'V1', 'V49999'],
  );
  // Written without its bounds, as a peer might.
  const octets = encode(TeletexDomainDefinedAttributes, many, { constraints: 'tolerant' });
  const teletex = { extensionAttributeType: 6, extensionAttributeValue: rawOf(octets) };
  const extended: ORAddress = { builtInStandardAttributes: standard, extensionAttributes: [teletex] };
  assert.equal(normalAddress(extended).attributes.size, 2 + many.length);
});
