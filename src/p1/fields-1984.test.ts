// Fields in their other form, one by one.

import assert from 'node:assert/strict';
import test from 'node:test';
import { bitsOf, hasBit } from '../asn1/index.ts';
import type { EncodedInformationTypes } from './fields.ts';
import {
  downgradeEncodedInformationTypes,
  downgradePerMessageIndicators,
  downgradeTrace,
  eightBits,
  upgradeEncodedInformationTypes,
} from './fields-1984.ts';

function types(more: Partial<EncodedInformationTypes>): EncodedInformationTypes {
  return {
    builtInEncodedInformationTypes: bitsOf([2], 10),
    g3Facsimile: bitsOf([], 0),
    teletex: {},
    ...more,
  };
}

test('extended encoded information types become their bit, or undefined', () => {
  const same = downgradeEncodedInformationTypes(types({}));
  assert.deepEqual(same, { basic: bitsOf([2], 10) });
  const known = downgradeEncodedInformationTypes(types({ extendedEncodedInformationTypes: ['2.6.3.4.9'] }));
  assert.deepEqual(known.basic, bitsOf([2, 9]));
  const unknown = downgradeEncodedInformationTypes(types({ extendedEncodedInformationTypes: ['1.2.3'] }));
  assert.deepEqual(unknown.basic, bitsOf([0, 2]));
});

test('parameters of facsimile and teletex cross both ways', () => {
  const rich = types({ g3Facsimile: bitsOf([8]), teletex: { pageFormats: Uint8Array.of(1) } });
  assert.deepEqual(upgradeEncodedInformationTypes(downgradeEncodedInformationTypes(rich)), rich);
  assert.equal(upgradeEncodedInformationTypes(undefined), undefined);
});

test('four flags, none, or the very same', () => {
  assert.deepEqual(downgradePerMessageIndicators(bitsOf([7], 8)), bitsOf([], 0));
  assert.deepEqual(downgradePerMessageIndicators(bitsOf([0, 3, 7], 8)), bitsOf([0, 3], 4));
  const four = bitsOf([1], 4);
  assert.equal(downgradePerMessageIndicators(four), four);
});

test('per-recipient flags are eight bits', () => {
  assert.deepEqual(eightBits(bitsOf([0, 4], 5)), bitsOf([0, 4], 8));
  assert.deepEqual(eightBits(bitsOf([0, 9], 16)), bitsOf([0], 8));
  const eight = bitsOf([1], 8);
  assert.equal(eightBits(eight), eight);
});

test('converted types in the trace lose what is extended', () => {
  const element = {
    globalDomainIdentifier: {
      countryName: { kind: 'iso3166Alpha2Code', value: 'GB' },
      administrationDomainName: { kind: 'printable', value: 'y' },
    },
    domainSuppliedInformation: {
      arrivalTime: '900101000000Z',
      routingAction: 'relayed',
      deferredTime: '900101000000Z',
      convertedEncodedInformationTypes: types({ extendedEncodedInformationTypes: ['2.6.3.4.5'] }),
      otherActions: bitsOf([], 0),
    },
  } as const;
  const [downgraded] = downgradeTrace([element], 'since-last-expansion');
  const supplied = downgraded.domainSuppliedInformation;
  const converted = supplied.convertedEncodedInformationTypes;
  assert.equal(converted?.extendedEncodedInformationTypes, undefined);
  assert.ok(hasBit(converted?.builtInEncodedInformationTypes ?? bitsOf([], 0), 5));
  assert.equal(supplied.deferredTime, '900101000000Z');
});
