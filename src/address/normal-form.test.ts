// When two ways of writing an address are the same address.

import assert from 'node:assert/strict';
import test from 'node:test';
import { parseORAddress } from './address-text.ts';
import { normalKey, sameORAddress } from './normal-form.ts';
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
