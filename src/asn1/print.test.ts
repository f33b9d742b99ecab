// The two printers: a value by the names of its declaration, and any BER by its tags.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fromHex } from '../base/octets.ts';
import * as asn1 from './index.ts';

test('a value prints as a tree with the names of its fields', () => {
  const Thing = asn1.named(
    'Thing',
    asn1.sequence({
      id: asn1.objectIdentifier(),
      flags: asn1.bitString({ names: { urgent: 0 } }),
      choice: asn1.choice({ text: asn1.ia5String(), nothing: asn1.nullType() }),
      list: asn1.sequenceOf(asn1.integer()),
      absent: asn1.optional(asn1.ctx(0, asn1.boolean())),
    }),
  );
  const value = {
    id: '2.6.1',
    flags: asn1.bitsOf([0, 3]),
    choice: { kind: 'text', value: 'a"b' },
    list: [1, 2],
    unknown: [asn1.rawOf(Uint8Array.of(0x85, 1, 0xaa))],
  } as const;
  assert.equal(
    asn1.print(Thing, value),
    [
      'Thing',
      '  id: 2.6.1',
      '  flags: {urgent, 3} (4 bits)',
      '  choice.text: "a\\"b"',
      '  list',
      '    [0]: 1',
      '    [1]: 2',
      '  (unknown)',
      '    [5] (1) aa',
    ].join('\n'),
  );
});

test('BER prints by its tags; what is none is shown as octets', () => {
  const octets = fromHex('3080 020105 6c03 160161 0101ff 06022a03 0000 04');
  assert.ok(octets);
  assert.equal(
    asn1.printBer(octets),
    [
      'SEQUENCE (15, indefinite)',
      '  INTEGER (1) 5',
      '  [APPLICATION 12] (3)',
      '    IA5String (1) "a"',
      '  BOOLEAN (1) TRUE',
      '  OBJECT IDENTIFIER (2) 1.2.3',
      '(no BER: octet 19: expected an element that ends within 1 octets, got one that does not) 04',
    ].join('\n'),
  );
});
