// The parts that hold text: read as what they say they are, made in every repertoire, and left alone.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { encode, generalString, ia5String, integer, rawOf, setOf } from '../asn1/index.ts';
import type { BodyPart } from './ipm.ts';
import { repertoires } from './repertoires.ts';
import { lostCharacters } from './text-loss.ts';
import { makeTextPart, readTextPart } from './text-part.ts';

function generalText(registrations: readonly number[], data: string): BodyPart {
  const element = (oid: string, octets: Uint8Array) => ({
    directReference: oid,
    encoding: { kind: 'singleASN1Type', value: rawOf(octets) } as const,
  });
  return {
    kind: 'extended',
    value: {
      parameters: element('2.6.1.11.11', encode(setOf(integer()), registrations)),
      data: element('2.6.1.4.11', encode(generalString(), data)),
    },
  };
}

function textOf(part: BodyPart) {
  const found = readTextPart(part);
  assert.ok(typeof found === 'object', String(found));
  return { repertoires: found.repertoires, ...found.read() };
}

test('general text says its repertoires by its registrations (X.420, general-text)', () => {
  assert.deepEqual(textOf(generalText([1, 6, 144], '\x1b-L\xb6')), {
    repertoires: ['iso-8859-5'],
    text: 'Ж',
    unreadable: 0,
  });
  assert.deepEqual(textOf(generalText([1, 6, 101, 126], '\x1b-B\xb1\x1b-F\xe1')), {
    repertoires: ['iso-8859-2', 'iso-8859-7'],
    text: 'ąα',
    unreadable: 0,
  });
  assert.deepEqual(textOf(generalText([1, 6], 'plain')).repertoires, ['iso-8859-1']);
});

test('teletex pages are joined by form feeds, and made of them', () => {
  const part: BodyPart = {
    kind: 'teletex',
    value: { parameters: { telexCompatible: false }, data: ['caf\xc2e', '', '\xe1'] },
  };
  assert.deepEqual(textOf(part), { repertoires: ['t61'], text: 'café\f\fÆ', unreadable: 0 });
  assert.deepEqual(makeTextPart('t61', 'café\f\fÆ').part, part);
});

test('what is no text, or not what it says', () => {
  assert.equal(readTextPart({ kind: 'bilaterallyDefined', value: new Uint8Array() }), 'no-text');
  const odd = { directReference: '2.6.1.4.11', encoding: { kind: 'octetAligned', value: new Uint8Array() } };
  assert.equal(readTextPart({ kind: 'extended', value: { data: odd as never } }), 'unreadable');
  const ia5 = { kind: 'octetAligned', value: encode(ia5String(), 'a') } as const;
  const part: BodyPart = {
    kind: 'extended',
    value: { data: { directReference: '2.6.1.4.0', encoding: ia5 } },
  };
  assert.equal(textOf(part).text, 'a');
});

test('a text that a repertoire holds comes back from its body part', () => {
  const each = fc.constantFrom(...repertoires);
  const text = fc.string({ unit: fc.constantFrom('a', 'Z', ' ', '\r\n', '\t', '1', '\f'), maxLength: 30 });
  fc.assert(
    fc.property(each, text, (repertoire, whole) => {
      const { part, loss } = makeTextPart(repertoire, whole);
      assert.equal(lostCharacters(loss), 0);
      assert.equal(textOf(part).text, whole);
    }),
    { numRuns: 300, seed: 420 },
  );
});
