// X.225 8: what is encoded decodes to itself; the octets of captures; concatenation; hostile octets.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { concat, fromHex, toHex } from '../../base/octets.ts';
import { decodeTsdu } from './spdu-decoder.ts';
import { encodeSpdu } from './spdu-encoder.ts';
import type { ParameterName, SpduKind, SpduToSend } from './spdu.ts';
import { spduForms } from './spdu.ts';

const hex = (text: string): Uint8Array => fromHex(text) ?? assert.fail(text);
const kindsIn = (text: string): string[] => {
  const decoded = decodeTsdu(hex(text));
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error);
  return decoded.value.map(({ kind }) => kind);
};

const record = <T>(fields: { [Name in keyof T]: fc.Arbitrary<T[Name]> }): fc.Arbitrary<T> =>
  fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>;
const octet = fc.integer({ min: 0, max: 255 });
const octets = (maxLength: number) => fc.uint8Array({ minLength: 1, maxLength });
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const serialNumber = fc.integer({ min: 0, max: 999_999 });
const references = record({ userReference: octets(64), commonReference: octets(64) });
const size = fc.integer({ min: 0, max: 65_535 });

const values: Readonly<Record<Exclude<ParameterName, 'userData'>, fc.Arbitrary<unknown>>> = {
  identifier: references,
  protocolOptions: octet,
  tsduMaximum: record({ toAcceptor: size, toInitiator: size }),
  versions: octet,
  initialSerialNumber: serialNumber,
  tokenSetting: octet,
  syncType: octet,
  tokens: octet,
  transportDisconnect: octet,
  requirements: size,
  enclosure: octet,
  link: record({
    oldActivity: octets(6),
    serialNumber,
    oldConnection: record({ commonReference: octets(64) }),
  }),
  activity: octets(6),
  serialNumber,
  reflected: octets(9),
  reason: octet,
  callingSelector: octets(16),
  calledSelector: octets(16),
  dataOverflow: octet,
};

/** Any SPDU of a kind, with its mandatory parameters and any of the others. */
function anySpdu(kind: SpduKind): fc.Arbitrary<SpduToSend> {
  const { parameters, mandatory } = spduForms[kind];
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const name of parameters) {
    if (name === 'userData') fields[name] = optional(fc.array(octets(400), { minLength: 1, maxLength: 3 }));
    else if (mandatory.includes(name) || (kind === 'RF' && name === 'reason')) fields[name] = values[name];
    else if (kind === 'GT' || kind === 'PT') fields[name] = values[name];
    else fields[name] = optional(values[name]);
  }
  return record(fields).map((spdu) => {
    const present = Object.entries(spdu).filter(([, value]) => value !== undefined);
    return { kind, ...Object.fromEntries(present) };
  });
}

for (const kind of Object.keys(spduForms) as SpduKind[]) {
  test(`${kind}: what is encoded decodes to itself`, () => {
    fc.assert(
      fc.property(anySpdu(kind), (spdu) => {
        const decoded = decodeTsdu(concat(encodeSpdu(spdu)));
        assert.ok(decoded.ok, decoded.ok ? '' : decoded.error);
        const userData = spdu.userData === undefined ? {} : { userData: concat(spdu.userData) };
        const wanted = {
          ...spdu,
          ...userData,
          ...(kind === 'DT' && { userData: concat(spdu.userData ?? []) }),
        };
        assert.deepEqual(decoded.value, [wanted]);
      }),
      { numRuns: 50 },
    );
  });
}

test('6.3.7: GIVE TOKENS goes before category 2, PLEASE TOKENS before its answers', () => {
  const activity = hex('020101');
  const sent = (spdu: SpduToSend): string => toHex(concat(encodeSpdu(spdu)));
  assert.equal(sent({ kind: 'AS', activity }), '01002d052903020101');
  assert.equal(sent({ kind: 'DT', userData: [hex('aabb')] }), '01000100aabb');
  assert.equal(sent({ kind: 'MIP', serialNumber: 12 }), '010031042a023132');
  assert.equal(sent({ kind: 'MIA', serialNumber: 1 }), '020032032a0131');
  assert.equal(sent({ kind: 'AE', serialNumber: 1 }), '010029032a0131');
  assert.equal(sent({ kind: 'AEA', serialNumber: 1 }), '02002a032a0131');
  assert.equal(sent({ kind: 'AI', reason: 3 }), '01001903320103');
  assert.equal(sent({ kind: 'AIA' }), '02001a00');
  assert.equal(sent({ kind: 'AD', reason: 0 }), '01003903320100');
  assert.equal(sent({ kind: 'ADA' }), '02003a00');
  assert.equal(sent({ kind: 'ED', reason: 1 }), '02003003320101');
  assert.equal(sent({ kind: 'AB', transportDisconnect: 3 }), '1903110103');
  assert.equal(sent({ kind: 'AA' }), '1a00');
  assert.equal(sent({ kind: 'GTC' }), '1500');
  assert.equal(sent({ kind: 'GTA' }), '1600');
  assert.equal(sent({ kind: 'GT', tokens: 0x15 }), '0103100115');
  assert.equal(sent({ kind: 'PT', tokens: 1, userData: [hex('020105')] }), '0208100101c103020105');
});

test('codes that mean two things', () => {
  assert.deepEqual(kindsIn('1903110103'), ['AB']);
  assert.deepEqual(kindsIn('0100 1903320103'), ['AI']);
  assert.deepEqual(kindsIn('1a00'), ['AA']);
  assert.deepEqual(kindsIn('0200 1a00'), ['AIA']);
  assert.deepEqual(kindsIn('0103100115'), ['GT']);
  assert.deepEqual(kindsIn('0103100115 0100 aabb'), ['GT', 'DT']);
  assert.deepEqual(kindsIn('0100 2903 2a0131'), ['AE']);
  assert.deepEqual(decodeTsdu(hex('0100 2906 0f0100 2a0131')), { ok: false, error: 'MAJOR SYNC POINT' });
});

test('extended concatenation: several category 2 SPDUs, alone or in pairs, a DT last', () => {
  assert.deepEqual(kindsIn('0100 2d052903020101 31032a0131 0100 3180'), ['AS', 'MIP', 'DT']);
  assert.deepEqual(kindsIn('0100 2d052903020101 0100 31032a0131'), ['AS', 'DT']);
  assert.deepEqual(kindsIn('0100 2d052903020101 0100 0100 3180'), ['AS', 'DT']);
  assert.deepEqual(kindsIn('0103100101 0203100104 2d052903020101'), ['GT', 'PT', 'AS']);
});

test('8.2: long lengths, unknown parameters and empty ones', () => {
  const text = `0100 2d ff0015 2903020101 c1ff0003 aabbcc 63020102 190d00`.replace('190d00', '1900');
  const decoded = decodeTsdu(hex(text.replace('ff0015', 'ff0012')));
  assert.ok(decoded.ok);
  const wanted = { kind: 'AS', activity: hex('020101'), userData: hex('aabbcc'), unknownParameter: 0x63 };
  assert.deepEqual(decoded.value, [wanted]);
});

test('what is no SPDU is an error', () => {
  for (const text of [
    '',
    'c800',
    '0d',
    '0d05',
    '0d0201',
    '0100 3100',
    '0100 31032a0141',
    '0d03140109',
    '0100 2d00',
  ]) {
    assert.equal(decodeTsdu(hex(text)).ok, false, text);
  }
});

test('groups within groups are passed over: depth is bounded', () => {
  const deep = new Uint8Array(60_000);
  for (let at = 0, left = 59_996; at + 4 <= deep.length && left >= 0; at += 4, left -= 4) {
    deep.set([at === 0 ? 13 : 5, 0xff, left >> 8, left & 255], at);
  }
  assert.equal(decodeTsdu(deep).ok, true);
});

test('any octets, and any change of real ones, give SPDUs or an error, never an exception', () => {
  const kinds = Object.keys(spduForms) as SpduKind[];
  const real = fc.constantFrom(...kinds).chain(anySpdu);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (value) => void decodeTsdu(value)));
  fc.assert(
    fc.property(real, fc.array(fc.tuple(fc.nat(), octet), { maxLength: 4 }), (spdu, changes) => {
      const value = concat(encodeSpdu(spdu));
      for (const [at, to] of changes) value[at % value.length] = to;
      decodeTsdu(value);
      decodeTsdu(value.subarray(0, (changes[0]?.[0] ?? 0) % value.length));
    }),
  );
});
