// RT-R3: a country is its two letters or its X.121 code, and no other spelling of it is the same country; an
// ADMD of one space, of 0 and none are one for matching alone. The old MTA refused numeric countries, and
// put one ADMD for another in what it relayed.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  type AdministrationDomainName,
  matchesAddressSpace,
  type ORName,
  ORName as ORNameType,
  parseAddressSpace,
  parseORAddress,
  sameORAddress,
} from '../../src/address/index.ts';
import { decode, encode } from '../../src/asn1/index.ts';
import { buildRouteTable, chooseRoute } from '../../src/routing/index.ts';
import { configured } from '../support/transfer.ts';

const admds: Readonly<Record<string, AdministrationDomainName | undefined>> = {
  none: undefined,
  'one space': { kind: 'printable', value: ' ' },
  'no character': { kind: 'printable', value: '' },
  'a zero': { kind: 'printable', value: '0' },
  'a numeric zero': { kind: 'numeric', value: '0' },
};

function nameWith(admd: AdministrationDomainName | undefined, country = 'GB'): ORName {
  const parsed = parseORAddress(`/S=a/P=X/C=${country}/`);
  assert.ok(parsed.ok);
  const { administrationDomainName: _, ...rest } = parsed.value.builtInStandardAttributes;
  const built = { ...rest, ...(admd !== undefined && { administrationDomainName: admd }) };
  return { ...parsed.value, builtInStandardAttributes: built };
}

const configuration = configured(`
mta: { name: MTA-X, domain: { country: "234", admd: " ", prmd: OWN } }
store: { directory: /nowhere }
links:
  - name: letters
    peer: { mta: MTA-L, password: l, address: l, port: 102 }
    credentials: { mta: MTA-X, password: x }
    addressSpaces: [ { address: "/P=X/A= /C=GB/", cost: 1 } ]
  - name: digits
    peer: { mta: MTA-D, password: d, address: d, port: 102 }
    credentials: { mta: MTA-X, password: x }
    addressSpaces: [ { address: "/P=X/A=0/C=234/", cost: 1 } ]
  - name: provider
    peer: { mta: MTA-P, password: p, address: p, port: 102 }
    credentials: { mta: MTA-X, password: x }
    addressSpaces: [ { address: "/P=X/A=BT/C=GB/", cost: 1 } ]
deliver: []
`);

function hopOf(recipient: ORName): string {
  const decision = chooseRoute(buildRouteTable(configuration), {
    kind: 'message',
    priority: 'normal',
    contentType: '2.6.1.10.1',
    originator: recipient,
    recipient,
    arrivedBy: undefined,
    contentLength: 1,
    health: () => 'healthy',
    balanceBy: 'x',
  });
  return decision.kind === 'link' ? decision.link : decision.kind;
}

for (const [what, admd] of Object.entries(admds)) {
  it(`RT-R3: an ADMD that is ${what} routes as a blank one, and is sent as it came`, () => {
    assert.equal(hopOf(nameWith(admd)), 'letters');
    assert.equal(hopOf(nameWith(admd, '234')), 'digits');
    const octets = encode(ORNameType, nameWith(admd));
    const decoded = decode(ORNameType, octets);
    assert.ok(decoded.ok);
    assert.deepEqual(encode(ORNameType, decoded.value), octets);
  });
}

it('RT-R3: for anything but matching, 0 is another ADMD than a blank one', () => {
  const [none, space, empty, zero, numeric] = Object.values(admds).map((admd) => nameWith(admd));
  assert.ok(sameORAddress(none, space) && sameORAddress(space, empty) && sameORAddress(zero, numeric));
  assert.ok(!sameORAddress(space, zero));
});

it('RT-R3: a country in letters and in digits, in either case, and never one for the other', () => {
  assert.equal(hopOf(nameWith({ kind: 'printable', value: 'bt' }, 'gb')), 'provider');
  const british = parseAddressSpace('/C=GB/');
  const numeric = parseAddressSpace('/C=234/');
  assert.ok(british.ok && numeric.ok);
  assert.equal(matchesAddressSpace(british.value, nameWith(undefined, 'gb')), 1);
  assert.equal(matchesAddressSpace(british.value, nameWith(undefined, '234')), undefined);
  assert.equal(matchesAddressSpace(numeric.value, nameWith(undefined, '234')), 1);
  assert.equal(matchesAddressSpace(numeric.value, nameWith(undefined, '235')), undefined);
});
