// Extended body parts as basic ones, general text as IA5 or teletex, and what 1984 has no form for.

import assert from 'node:assert/strict';
import test from 'node:test';
import { headingWith } from '../../test/support/ipm.ts';
import {
  encode,
  generalString,
  ia5String,
  octetString,
  rawOf,
  sequenceOf,
  teletexString,
} from '../asn1/index.ts';
import { err, ok } from '../base/result.ts';
import { downgradeBodyPart, encodedInformationTypeBitsOf } from './downgrade-body.ts';
import { type BodyPart, type ExtendedBodyPart, IA5TextParameters, IPM } from './ipm.ts';

const rules = { conversion: 'allowed', message: ok<IPM> } as const;

function single(type: string, octets: Uint8Array): ExtendedBodyPart['data'] {
  return { directReference: type, encoding: { kind: 'singleASN1Type', value: rawOf(octets) } };
}

function extended(type: string, data: Uint8Array, parameters?: Uint8Array): BodyPart {
  const given = parameters && { parameters: single('2.6.1.11.0', parameters) };
  return { kind: 'extended', value: { ...given, data: single(type, data) } };
}

const heading = headingWith();
const text = encode(ia5String(), 'hello');
const generalText = (value: string) => extended('2.6.1.4.11', encode(generalString(), value));

test('IA5 text with and without its parameters', () => {
  const parameters = encode(IA5TextParameters, { repertoire: 'ita2' });
  for (const [given, repertoire] of [
    [undefined, 'ia5'],
    [parameters, 'ita2'],
  ] as const) {
    const part = downgradeBodyPart(extended('2.6.1.4.0', text, given), rules);
    assert.deepEqual(part, ok({ kind: 'ia5Text', value: { parameters: { repertoire }, data: 'hello' } }));
  }
});

test('teletex, bilaterally and nationally defined parts', () => {
  const pages = encode(sequenceOf(teletexString()), ['a', 'b']);
  const teletex = downgradeBodyPart(extended('2.6.1.4.4', pages), rules);
  assert.ok(teletex.ok && teletex.value.kind === 'teletex');
  assert.deepEqual(teletex.value.value.data, ['a', 'b']);
  const octets = encode(octetString(), Uint8Array.of(1, 2));
  const bilateral = downgradeBodyPart(extended('2.6.1.4.9', octets), rules);
  assert.deepEqual(bilateral, ok({ kind: 'bilaterallyDefined', value: Uint8Array.of(1, 2) }));
  const national = downgradeBodyPart(extended('2.6.1.4.10', text), rules);
  assert.ok(national.ok && national.value.kind === 'nationallyDefined');
  const g4 = downgradeBodyPart(extended('2.6.1.4.3', encode(sequenceOf(ia5String()), ['x'])), rules);
  assert.ok(g4.ok && g4.value.kind === 'g4Class1' && g4.value.value.length === 1);
});

test('a forwarded message, extended or not, goes through the rules of messages', () => {
  const data = encode(IPM, { heading, body: [] });
  const refused = { ...rules, message: () => err('inner') };
  const part = extended('2.6.1.4.7', data);
  const made = downgradeBodyPart(part, rules);
  assert.ok(made.ok && made.value.kind === 'message');
  assert.deepEqual(downgradeBodyPart(part, refused), err('inner'));
  assert.deepEqual(downgradeBodyPart(made.value, refused), err('inner'));
});

test('general text: IA5 if it can, else teletex, else none', () => {
  const ascii = downgradeBodyPart(generalText('plain\r\n'), rules);
  assert.ok(ascii.ok && ascii.value.kind === 'ia5Text' && ascii.value.value.data === 'plain\r\n');
  const latin = downgradeBodyPart(generalText('\x1b-Agr\xfcn'), rules);
  assert.ok(latin.ok && latin.value.kind === 'teletex');
  assert.deepEqual(latin.value.value.data, ['gr\xc8un']);
  assert.equal(downgradeBodyPart(generalText('\x1b-L\xb6'), rules).ok, false, 'Cyrillic');
  assert.equal(downgradeBodyPart(generalText('a'), { ...rules, conversion: 'prohibited' }).ok, false);
});

test('what has no form, or is malformed, is refused', () => {
  const bits = { kind: 'arbitrary', value: { octets: Uint8Array.of(1), bits: 8 } } as const;
  const refused: readonly BodyPart[] = [
    extended('2.6.1.4.12', text),
    extended('1.2.3', text),
    extended('2.6.1.4.0', Uint8Array.of(4, 9)),
    extended('2.6.1.4.2', text),
    { kind: 'extended', value: { data: { directReference: '2.6.1.4.0', encoding: bits } } },
  ];
  for (const part of refused) assert.equal(downgradeBodyPart(part, rules).ok, false);
});

test('the types of a message are those of its parts, voice and telex of 1984 among them', () => {
  const voice: BodyPart = { kind: 'other', value: rawOf(Uint8Array.of(0xa2, 0)) };
  const telex: BodyPart = { kind: 'other', value: rawOf(Uint8Array.of(0xa1, 0)) };
  const odd: BodyPart = { kind: 'other', value: rawOf(Uint8Array.of(0x05, 0)) };
  const ia5: BodyPart = { kind: 'ia5Text', value: { parameters: { repertoire: 'ia5' }, data: '' } };
  const inner: IPM = { heading, body: [ia5, voice, telex] };
  const message: BodyPart = { kind: 'message', value: { parameters: {}, data: inner } };
  assert.deepEqual(encodedInformationTypeBitsOf({ heading, body: [message, ia5] }), [1, 2, 7]);
  assert.deepEqual(encodedInformationTypeBitsOf({ heading, body: [odd] }), [0]);
  assert.deepEqual(encodedInformationTypeBitsOf({ heading }), []);
});
