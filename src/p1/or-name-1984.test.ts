// O/R names of 1988 in 1984 and back: the addresses of RT-E4 among them.

import assert from 'node:assert/strict';
import test from 'node:test';
import {
  makeExtensionAttribute,
  type ORName,
  parseORAddress,
  printORAddress,
  sameORAddress,
  universalText,
} from '../address/index.ts';
import { rawOf } from '../asn1/index.ts';
import { commonNameDomainDefinedType, downgradeORName, upgradeORName } from './or-name-1984.ts';

function named(text: string): ORName {
  const parsed = parseORAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

const directoryName: NonNullable<ORName['directoryName']> = { kind: 'rdnSequence', value: [] };
const mnemonic = named('/S=Smith/G=John/O=Acme/OU1=Sales/P=x/A=y/C=GB/');
const common = named('/CN=Postmaster/O=A/A=B/C=GB/');

/** What goes in, and what comes out: a text, or the refusal. */
const table: readonly (readonly [what: string, name: ORName, out: string | RegExp])[] = [
  ['mnemonic', mnemonic, '/G=John/S=Smith/OU1=Sales/O=Acme/P=x/A=y/C=GB/'],
  ['blank ADMD', named('/S=Smith/P=x/C=GB/'), '/S=Smith/P=x/A= /C=GB/'],
  ['X.121 country', named('/S=Smith/A=y/C=234/'), '/S=Smith/A=y/C=234/'],
  ['domain-defined', named('/DD.t=v/A=y/C=GB/'), '/DD.t=v/A=y/C=GB/'],
  ['common name (RFC 1328 3.2)', common, '/DD.Common=Postmaster/O=A/A=B/C=GB/'],
  ['numeric', named('/N-ID=123/A=y/C=GB/'), '/N-ID=123/A=y/C=GB/'],
  ['numeric with PRMD', named('/N-ID=123/P=x/A=y/C=GB/'), /numeric address of 1984 has no PRMD/],
  ['terminal', named('/X121=2345/A=y/C=GB/'), '/X121=2345/A=y/C=GB/'],
  ['terminal with PRMD', named('/X121=2345/P=x/A=y/C=GB/'), /X.121 address of 1984 has no PRMD/],
  ['directory name alone', { builtInStandardAttributes: {}, directoryName }, /a directory name alone/],
  ['directory name beside', { ...mnemonic, directoryName }, '/G=John/S=Smith/OU1=Sales/O=Acme/P=x/A=y/C=GB/'],
  ['nothing', { builtInStandardAttributes: {} }, /no attributes/],
  ['postal', named('/PD-PC=12345/P=x/A=y/C=GB/'), /9 \(postalCode\)/],
  ['terminal type', named('/X121=1/T-TY=g3fax/A=y/C=GB/'), /23 \(terminalType\)/],
  ['teletex surname alone', named('/S=Müller/P=x/A=y/C=DE/'), /4 \(teletexPersonalName\)/],
  ['universal surname alone', named('/S=Łuk/P=x/A=y/C=PL/'), /26 \(universalPersonalName\)/],
  [
    'teletex beside printable',
    {
      ...mnemonic,
      extensionAttributes: [
        makeExtensionAttribute('teletexPersonalName', { surname: 'Smith', givenName: 'John' }),
        makeExtensionAttribute('universalOrganizationName', universalText('Acme')),
      ],
    },
    '/G=John/S=Smith/OU1=Sales/O=Acme/P=x/A=y/C=GB/',
  ],
  [
    'unknown attribute',
    {
      ...mnemonic,
      extensionAttributes: [
        { extensionAttributeType: 99, extensionAttributeValue: rawOf(Uint8Array.of(5, 0)) },
      ],
    },
    /extension attribute 99 has no form/,
  ],
  [
    'malformed common name',
    {
      ...mnemonic,
      extensionAttributes: [
        { extensionAttributeType: 1, extensionAttributeValue: rawOf(Uint8Array.of(5, 0)) },
      ],
    },
    /1 \(commonName\)/,
  ],
  ['teletex common name alone', named('/CN=Büro/A=B/C=DE/'), /2 \(teletexCommonName\)/],
  [
    'common name and four others',
    named('/CN=x/DD.a=1/DD.b=2/DD.c=3/DD.d=4/A=B/C=GB/'),
    /no domain-defined attribute is left/,
  ],
  ['common name, and "Common" another', named('/CN=x/DD.common=y/A=B/C=GB/'), /is taken/],
  ['common name, and "Common" the same', named('/CN=x/DD.common=x/A=B/C=GB/'), '/DD.common=x/A=B/C=GB/'],
];

for (const [what, name, out] of table) {
  test(`RT-E4: ${what}`, () => {
    const downgraded = downgradeORName(name);
    if (typeof out === 'string') {
      assert.ok(downgraded.ok, downgraded.ok ? '' : downgraded.error);
      assert.ok(sameORAddress(downgraded.value, named(out)), printORAddress(downgraded.value));
      assert.equal(downgraded.value.extensionAttributes, undefined);
      assert.equal(downgraded.value.directoryName, undefined);
    } else {
      assert.ok(!downgraded.ok);
      assert.match(downgraded.error, out);
    }
  });
}

test('a name that 1984 has anyway stays the same object, and so keeps its octets', () => {
  const downgraded = downgradeORName(mnemonic);
  assert.ok(downgraded.ok && downgraded.value === mnemonic);
  assert.equal(upgradeORName(mnemonic), mnemonic);
});

test('Annex B alone refuses a common name', () => {
  assert.equal(downgradeORName(common, { commonName: 'refuse' }).ok, false);
});

test('common name survives the way through 1984', () => {
  const downgraded = downgradeORName(common);
  assert.ok(downgraded.ok);
  assert.equal(downgraded.value.builtInDomainDefinedAttributes?.[0].type, commonNameDomainDefinedType);
  assert.ok(sameORAddress(upgradeORName(downgraded.value), common));
  assert.equal(upgradeORName(downgraded.value, { commonName: 'domain-defined' }), downgraded.value);
});

test('"Common" beside others moves alone; twice, or too long, it stays', () => {
  const beside = upgradeORName(named('/DD.COMMON=x/DD.t=v/A=B/C=GB/'));
  assert.ok(sameORAddress(beside, named('/CN=x/DD.t=v/A=B/C=GB/')));
  for (const text of ['/DD.common=x/DD.Common=y/A=B/C=GB/', `/DD.common=${'x'.repeat(65)}/A=B/C=GB/`]) {
    const name = named(text);
    assert.equal(upgradeORName(name), name);
  }
});
