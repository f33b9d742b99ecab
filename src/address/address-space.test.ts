// What an address space matches, how long the match is, and when two addresses are the same.

import assert from 'node:assert/strict';
import test from 'node:test';
import { type AddressSpace, matchesAddressSpace, parseAddressSpace } from './address-space.ts';
import { parseORAddress } from './address-text.ts';
import { makeExtensionAttribute, universalText } from './extension-attribute-values.ts';
import { normalAddress, normalKey, sameORAddress } from './normal-form.ts';
import type { ORAddress } from './or-address.ts';

function address(text: string): ORAddress {
  const result = parseORAddress(text);
  assert.ok(result.ok, text);
  return result.value;
}

function space(text: string): AddressSpace {
  const result = parseAddressSpace(text);
  assert.ok(result.ok, text);
  return result.value;
}

function match(spaceText: string, addressText: string): number | undefined {
  return matchesAddressSpace(space(spaceText), address(addressText));
}

test('a space matches what has all its attributes, the longer the more it names', () => {
  const john = '/S=Smith/G=John/O=Org/OU1=One/P=SITE-B/A= /C=GB/';
  assert.equal(match('/', john), 0);
  assert.equal(match('/C=GB/', john), 1);
  assert.equal(match('/P=SITE-B/A= /C=GB/', john), 3);
  assert.equal(match('/O=Org/P=SITE-B/A= /C=GB/', john), 4);
  assert.equal(match('/OU1=One/O=Org/P=SITE-B/A= /C=GB/', john), 5);
  assert.equal(match('/S=smith/O=Org/P=SITE-B/A= /C=GB/', john), 5);
  assert.equal(match('/G=John/C=gb/', john), 2);
  assert.equal(match('/P=SITE-C/A= /C=GB/', john), undefined);
  assert.equal(match('/OU2=One/C=GB/', john), undefined);
  assert.equal(match('/DD.SMTP=x/C=GB/', john), undefined);
  assert.equal(match('/DD.smtp=X/C=GB/', '/DD.SMTP=x/C=GB/'), 2);
});

test('RT-R3: an ADMD of one space, of 0 and none match each other, and no other', () => {
  for (const given of ['A= ', 'A=0', 'A=']) {
    assert.equal(match(`/P=X/${given}/C=GB/`, '/S=a/P=X/C=GB/'), 3);
    assert.equal(match(`/P=X/${given}/C=GB/`, '/S=a/P=X/A=0/C=GB/'), 3);
    assert.equal(match(`/P=X/${given}/C=GB/`, '/S=a/P=X/A=BT/C=GB/'), undefined);
  }
  const bare: ORAddress = { builtInStandardAttributes: { personalName: { surname: 'a' } } };
  assert.equal(matchesAddressSpace(space('/A= /'), bare), 1);
  assert.equal(match('/P=X/C=GB/', '/S=a/P=X/A=BT/C=GB/'), 2);
  assert.ok(!sameORAddress(address('/S=a/P=X/A=0/C=GB/'), address('/S=a/P=X/A= /C=GB/')));
});

test('printable, teletex and universal forms of one value are the same', () => {
  const base = address('/P=X/C=GB/');
  const forms = [
    makeExtensionAttribute('commonName', 'Post Room'),
    makeExtensionAttribute('teletexCommonName', 'post room'),
    makeExtensionAttribute('universalCommonName', universalText('POST ROOM')),
  ].map((each): ORAddress => ({ ...base, extensionAttributes: [each] }));
  for (const one of forms) {
    for (const other of forms) assert.ok(sameORAddress(one, other));
    assert.equal(matchesAddressSpace(space('/CN=post room/C=GB/'), one), 2);
    assert.equal(normalKey(one), normalKey(forms[0]));
  }
  assert.equal(matchesAddressSpace(space('/CN=post room/C=GB/'), normalAddress(forms[1])), 2);
});

test('a space that is none says why', () => {
  for (const text of ['', '  ', '/Q', 'GB', '/C=GBR/', '/S=a/S=b/']) {
    assert.ok(!parseAddressSpace(text).ok, text);
  }
  assert.equal(space('c=gb;p=x').text, '/P=x/C=gb/');
});
