// Both text forms of O/R addresses: read, written, refused with a reason, and the round trip as a property.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseORAddress, printORAddress } from './address-text.ts';
import { readExtensionAttribute } from './extension-attribute-values.ts';
import { sameORAddress } from './normal-form.ts';
import type { ORAddress } from './or-address.ts';

function parsed(text: string): ORAddress {
  const result = parseORAddress(text);
  assert.ok(result.ok, result.ok ? '' : `${text}: ${result.error.message}`);
  return result.value;
}

function complaint(text: string): string {
  const result = parseORAddress(text);
  assert.ok(!result.ok, `${text} was taken for an address`);
  return result.error.message;
}

test('RFC 1685 F.3.2: both delimiters give the same address', () => {
  const slashes = parsed('/g=per/s=hansen/o=teledir/ou1=forskning/p=tele/a=telemax/c=no');
  assert.ok(sameORAddress(slashes, parsed('g=per;s=hansen;o=teledir;ou1=forskning;p=tele;a=telemax;c=no')));
  assert.ok(
    sameORAddress(
      slashes,
      parsed('X.400: G=Per; S=Hansen; O=Teledir; OU1=Forskning; P=Tele; A=Telemax; C=NO'),
    ),
  );
  assert.ok(
    sameORAddress(slashes, parsed('/PRMD=tele/ADMD=telemax/C=no/OU=forskning/O=teledir/G=per/S=hansen/')),
  );
});

test('the canonical form runs from the person to the country', () => {
  const text = '/S=Smith/G=John/I=Q/GQ=Jr/O=Org/OU1=One/OU2=Two/P=SITE-B/A= /C=GB/';
  assert.equal(printORAddress(parsed(text)), text);
  assert.equal(
    printORAddress(parsed('C=GB;A=;P=SITE-B;O=Org;OU2=Two;OU1=One;Q=Jr;I=Q;G=John;S=Smith')),
    text,
  );
});

test('RFC 1685 F.4: an ADMD left out or empty is one space', () => {
  for (const text of ['/S=a/P=b/C=GB/', 'S=a; A=; P=b; C=GB', '/S=a/A= /P=b/C=GB/', 'S=a;P=b;C=GB;A= ']) {
    assert.deepEqual(parsed(text).builtInStandardAttributes.administrationDomainName, {
      kind: 'printable',
      value: ' ',
    });
  }
  assert.equal(parsed('S=a; G=b').builtInStandardAttributes.administrationDomainName, undefined);
});

test('a country is alpha-2 or X.121; digits make numeric strings', () => {
  const address = parsed('/S=a/P=123/A=400/C=234/').builtInStandardAttributes;
  assert.deepEqual(address.countryName, { kind: 'x121DccCode', value: '234' });
  assert.deepEqual(address.administrationDomainName, { kind: 'numeric', value: '400' });
  assert.deepEqual(address.privateDomainName, { kind: 'numeric', value: '123' });
});

test('domain-defined attributes keep their order, delimiters and signs of equality', () => {
  const value = 'fred(a)widget.co.uk/x=y';
  const spellings = [
    '/DD.RFC-822=fred(a)widget.co.uk$/x$=y/C=GB/',
    '/RFC-822=fred(a)widget.co.uk//x=y/C=GB/',
    'DDA:RFC-822=fred(a)widget.co.uk/x=y; C=gb',
  ];
  for (const text of spellings) {
    assert.deepEqual(parsed(text).builtInDomainDefinedAttributes, [{ type: 'RFC-822', value }], text);
  }
  assert.deepEqual(parsed('/DDA:a==b=c/DD.x=1/DD.x=2/C=GB/').builtInDomainDefinedAttributes, [
    { type: 'a=b', value: 'c' },
    { type: 'x', value: '1' },
    { type: 'x', value: '2' },
  ]);
});

test('RFC 2156 4.1.2 and 4.2.3: encoded personal names; the last bare OU is the most significant', () => {
  const { personalName, organizationalUnitNames } = parsed(
    '/PN=Marshall.M.T.Rose/OU=dle/OU=cs/O=ucl/C=GB/',
  ).builtInStandardAttributes;
  assert.deepEqual(personalName, { surname: 'Rose', givenName: 'Marshall', initials: 'MT' });
  assert.deepEqual(organizationalUnitNames, ['cs', 'dle']);
});

test('numeric, terminal and postal forms', () => {
  const forms = [
    '/N-ID=1234567/A=BT/C=GB/',
    '/X121=234212345678/T-ID=tty1/T-TY=tlx/A= /C=GB/',
    '/NET-NUM=441712345678/NET-SUB=12/A= /C=GB/',
    "/PSAP='01'H$/'02'H$/'0304'H$/NS+49000152|NS+4701/A= /C=GB/",
    '/PD-PN=J. Smith/PD-S=1 High St/PD-A1=The Dome/PD-A2=The Square/PD-PC=N1 2AB/PD-SN=RM/PD-C=GB/A=BT/C=GB/',
    '/CN=Post Room/O=Org/P=P/A=A/C=GB/',
  ];
  for (const text of forms) assert.equal(printORAddress(parsed(text)), text);
  assert.equal(parsed('/UA-ID=12 34/A=BT/C=GB/').builtInStandardAttributes.numericUserIdentifier, '12 34');
});

test('characters beyond PrintableString go into the teletex or universal attribute', () => {
  assert.equal(readExtensionAttribute(parsed('/CN=Käse/C=DE/'), 'teletexCommonName'), 'K\xc8ase');
  assert.deepEqual(readExtensionAttribute(parsed('/CN=Łódź/C=PL/'), 'universalCommonName'), {
    characterEncoding: { kind: 'twoOctets', value: 'Łódź' },
  });
  const both = '/S=Łódź/G=Jan/DD.t=ö/O=Ö/OU1=Ł/C=PL/';
  assert.equal(printORAddress(parsed(both)), both.replace('/C=', '/A= /C='));
});

test('what is wrong is said with its place', () => {
  assert.match(complaint('/S=a/C=GBR/'), /two letters or three digits/);
  assert.match(complaint('/S=a/XX=b/'), /"XX" is no label/);
  assert.match(complaint('Smith'), /no "=" after/);
  assert.match(complaint('/S=a/S=b/'), /S is given twice/);
  assert.match(complaint('/G=a/C=GB/'), /needs a surname/);
  assert.match(complaint('/OU2=a/O=b/C=GB/'), /leave a gap/);
  assert.match(complaint('/N-ID=abc/C=GB/'), /digits only/);
  assert.match(complaint(`/O=${'x'.repeat(65)}/C=GB/`), /at most 64 characters, not 65/);
  assert.match(complaint('/P=a_b/C=GB/'), /PrintableString/);
  assert.match(complaint('/O=/C=GB/'), /empty/);
  assert.match(complaint('/DD.=x/C=GB/'), /type of 1 to 8/);
  assert.match(complaint('/S=a$'), /nothing follows/);
  assert.match(complaint('/'), /at least one/);
  assert.match(complaint('/DD.a=1/DD.b=1/DD.c=1/DD.d=1/DD.e=1/'), /at most 4/);
  assert.match(complaint(`/O=${'x'.repeat(5000)}/`), /at most 4096/);
  const late = parseORAddress('/S=a/XX=b/');
  assert.equal(!late.ok && late.error.offset, 5);
});

const printable = (max: number) =>
  fc.stringMatching(/^[A-Za-z0-9'()+,\-./:=?]([A-Za-z0-9 '()+,\-./:=?]*[A-Za-z0-9'()+,\-./:=?])?$/, {
    maxLength: max,
  });
const anything = (max: number) =>
  fc.oneof(
    printable(max),
    fc.string({
      minLength: 1,
      maxLength: max,
      unit: fc.constantFrom('a', 'Z', '/', '=', '$', ';', 'é', 'Ł', '#'),
    }),
  );
const option = (value: fc.Arbitrary<string>) => fc.option(value, { nil: undefined });

const texts = fc.record({
  C: fc.constantFrom('GB', 'de', '234', '310'),
  A: fc.oneof(printable(16), fc.constant(' '), fc.constant('0')),
  P: option(printable(16)),
  O: option(anything(64)),
  OU1: option(anything(32)),
  S: option(anything(16)),
  CN: option(anything(64)),
  'N-ID': option(fc.stringMatching(/^[0-9]{1,32}$/)),
  'PD-S': option(anything(30)),
  'PD-A': option(anything(30)),
  'DD.T1': option(anything(64)),
  'DD.a$=/b': option(anything(64)),
});

test('text → address → text → address is the same address', () => {
  fc.assert(
    fc.property(texts, fc.constantFrom('/', ';'), (values, delimiter) => {
      const written = Object.entries(values)
        .filter(([, value]) => value !== undefined)
        .map(([label, value]) => {
          const quoted = `${value}`.replace(/[/;=$]/g, '$$$&');
          return `${label.replace('/', '$/')}=${quoted}`;
        });
      const text = delimiter === '/' ? `/${written.join('/')}/` : written.join('; ');
      const address = parsed(text);
      const printed = printORAddress(address);
      assert.ok(sameORAddress(address, parsed(printed)), `${text} → ${printed}`);
      assert.equal(printORAddress(parsed(printed)), printed);
    }),
    { numRuns: 300 },
  );
});

test('any text is an address or an error', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'/;=$SGOUCDA.: \n12'), maxLength: 60 }), (text) => {
      parseORAddress(text);
    }),
    { numRuns: 1000 },
  );
});
