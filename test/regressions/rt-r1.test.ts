// RT-R1: every form of O/R address (mnemonic, numeric, terminal, postal; printable, teletex and universal
// strings; domain-defined attributes) is written as text and read back as the same address, and goes through
// a relay octet for octet. The old MTA cut values at a sign of equality, lost second units, doubled surnames
// and refused numeric countries.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  attributesOf,
  type ExtensionAttributeName,
  extensionAttributeTable,
  normalKey,
  ORAddress,
  ORName,
  parseORAddress,
  printORAddress,
  readExtensionAttribute,
  sameORAddress,
} from '../../src/address/index.ts';
import { decode, encode, rawOf, type Type } from '../../src/asn1/index.ts';
import { seededRandom } from '../../src/base/random.ts';
import { anyAddress } from '../support/any-address.ts';

const seed = Number(process.env.SEED ?? 20_260_301);
const cases = Number(process.env.CASES ?? 600);

function read(text: string): ORAddress {
  const parsed = parseORAddress(text);
  assert.ok(parsed.ok, parsed.ok ? '' : `${text}: ${parsed.error.message} at ${parsed.error.offset}`);
  return parsed.value;
}

it('RT-R1: what is printed of any address is read as that address, in both forms', () => {
  const random = seededRandom(seed);
  for (let count = 0; count < cases; count += 1) {
    const address = anyAddress(random);
    const text = printORAddress(address);
    if (text === '/') continue;
    const again = read(text);
    const what = `case ${count} of seed ${seed}: ${text}`;
    assert.equal(normalKey(again), normalKey(address), what);
    assert.ok(sameORAddress(again, address), what);
    assert.equal(printORAddress(read(printORAddress(again))), printORAddress(again), what);
    // RFC 1685 F.3.2.1: the other delimiter, doubled where a value has it.
    const semicolons = attributesOf(address).map((each) => {
      const label = each.label === 'DD' ? `DDA:${quoted(each.type)}` : each.label;
      return `${label}=${quoted(each.value)}`;
    });
    assert.equal(normalKey(read(`X400:${semicolons.join(';')};`)), normalKey(address), what);
    // What is read from text can be sent, and is what comes out at the other end.
    const octets = encode(ORAddress, again);
    const received = decode(ORAddress, octets);
    assert.ok(received.ok, what);
    assert.equal(normalKey(received.value), normalKey(address), what);
  }
});

function quoted(value: string): string {
  return value.replace(/[$=]/g, '$$$&').replaceAll(';', '$;');
}

it('RT-R1: delimiters, signs of equality and dollars inside values, in each form', () => {
  const value = 'a/b;c=d$e//f;;g==h$$i';
  const texts = [
    `/CN=${value.replace(/[/$]/g, '$$$&')}/DD.t=${value.replace(/[/$=]/g, '$$$&')}/C=GB/`,
    `/CN=${value.replaceAll('/', '//').replaceAll('$', '$$$$')}/DD.t=${value.replace(/[/$]/g, '$$$&')}/C=GB/`,
    `CN=${value.replace(/[;$]/g, '$$$&')}; DDA:t=${value.replace(/[;$=]/g, '$$$&')}; C=GB`,
    `CN=${value.replaceAll(';', ';;').replaceAll('$', '$$$$')};DDA:t=${value.replace(/[;$]/g, '$$$&')};C=GB`,
  ];
  for (const text of texts) {
    const found = new Map(attributesOf(read(text)).map((each) => [each.label, each.value]));
    assert.equal(found.get('CN'), value, text);
    assert.equal(found.get('DD'), value, text);
  }
});

it('RT-R1: T.61 and universal strings of one text are one address, and what has no T.61 is universal', () => {
  const forms = ['/S=Müller/G=André/O=Çelik/OU1=Öst/CN=Straße/DD.Ort=Köln/C=DE/'].map(read);
  const [typed] = forms;
  assert.equal(readExtensionAttribute(typed, 'teletexCommonName'), 'Stra\xfbe');
  assert.equal(readExtensionAttribute(typed, 'teletexOrganizationName'), '\xcbCelik');
  assert.deepEqual(readExtensionAttribute(typed, 'teletexPersonalName'), {
    surname: 'M\xc8uller',
    givenName: 'Andr\xc2e',
  });
  assert.deepEqual(readExtensionAttribute(typed, 'teletexDomainDefinedAttributes'), [
    { type: 'Ort', value: 'K\xc8oln' },
  ]);
  const universal = (value: string) => ({ characterEncoding: { kind: 'twoOctets', value } }) as const;
  const made = (name: ExtensionAttributeName, value: unknown) => {
    const { number, type } = extensionAttributeTable[name];
    const declared: Type<unknown> = type;
    return { extensionAttributeType: number, extensionAttributeValue: rawOf(encode(declared, value)) };
  };
  const others: ORAddress = {
    builtInStandardAttributes: read('/C=DE/').builtInStandardAttributes,
    extensionAttributes: [
      made('universalPersonalName', { surname: universal('MÜLLER'), givenName: universal('Andre\u0301') }),
      made('universalOrganizationName', universal('Çelik')),
      made('universalOrganizationalUnitNames', [universal('Öst')]),
      made('universalCommonName', universal('Straße')),
      made('universalDomainDefinedAttributes', [{ type: universal('Ort'), value: universal('KÖLN') }]),
    ],
  };
  assert.ok(sameORAddress(typed, others), `${normalKey(typed)} ${normalKey(others)}`);
  const long = 'é'.repeat(40);
  assert.equal(readExtensionAttribute(read(`/CN=${long}/C=FR/`), 'teletexCommonName'), undefined);
  assert.equal(printORAddress(read(`/CN=${long}/C=FR/`)), `/CN=${long}/A= /C=FR/`);
  assert.equal(
    readExtensionAttribute(read('/CN=Łódź/C=PL/'), 'universalCommonName')?.characterEncoding.value,
    'Łódź',
  );
});

it('RT-R1: what the old MTA lost', () => {
  const kept = [
    '/DD.ID=a$=b$=c/P=p/A=a/C=GB/',
    '/S=Smith/O=o/OU1=one/OU2=two/OU3=three/OU4=four/P=p/A=a/C=GB/',
    '/G=Only/S=Name/C=GB/',
    '/CN=No Surname/C=GB/',
    '/S=a/P=p/A=a/C=234/',
    '/N-ID=123 456/A=a/C=GB/',
    '/X121=2342 1234/T-ID=x/A=a/C=GB/',
    '/DD.only=one/C=GB/',
  ];
  for (const text of kept) {
    const address = read(text);
    const values = attributesOf(address).map(({ value }) => value);
    assert.deepEqual(
      values.sort(),
      attributesOf(read(printORAddress(address)))
        .map(({ value }) => value)
        .sort(),
    );
    assert.equal(normalKey(read(printORAddress(address))), normalKey(address));
  }
  assert.ok(!parseORAddress('/S=a/S=b/C=GB/').ok);
  assert.ok(sameORAddress(read('/N-ID=123 456/A=a/C=GB/'), read('/N-ID=123456/A=a/C=GB/')));
});

it('RT-R1: an O/R name of unknown attributes and odd encodings is copied octet for octet', () => {
  const random = seededRandom(seed + 1);
  for (let count = 0; count < 300; count += 1) {
    const octets = encode(ORName, anyAddress(random));
    const decoded = decode(ORName, octets);
    assert.ok(decoded.ok);
    assert.deepEqual(encode(ORName, decoded.value), octets);
  }
});
