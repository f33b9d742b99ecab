// Extended body parts as basic ones, general text as IA5 or teletex, and what 1984 has no form for.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { headingWith } from '../../test/support/ipm.ts';
import {
  encode,
  generalString,
  ia5String,
  integer,
  octetString,
  rawOf,
  sequenceOf,
  setOf,
  teletexString,
} from '../asn1/index.ts';
import { err, ok } from '../base/result.ts';
import { downgradeBodyPart, encodedInformationTypeBitsOf } from './downgrade-body.ts';
import { type BodyPart, type ExtendedBodyPart, IA5TextParameters, IPM } from './ipm.ts';
import { makeTextPart, readTextPart } from './text-part.ts';

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

/** Its parameters name the registrations of its sets; without any it has no parameters. */
function generalText(value: string, registrations?: readonly number[]): BodyPart {
  const data = single('2.6.1.4.11', encode(generalString(), value));
  const named = registrations && single('2.6.1.11.11', encode(setOf(integer()), registrations));
  return { kind: 'extended', value: { ...(named !== undefined && { parameters: named }), data } };
}

/** The kind of the part that the general text becomes, and its octets page by page. */
function kindAndPages(part: BodyPart): readonly [string, ...string[]] {
  const made = downgradeBodyPart(part, rules);
  assert.ok(made.ok, made.ok ? '' : made.error);
  const { value } = made;
  assert.ok(value.kind === 'ia5Text' || value.kind === 'teletex', value.kind);
  return value.kind === 'ia5Text' ? ['ia5Text', value.value.data] : ['teletex', ...value.value.data];
}

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

test('general text is read in the sets that it names or designates, and keeps every character', () => {
  for (const [part, expected] of [
    [generalText('\x1b(K{|}~\x1b(B ok', [1, 6, 21]), ['teletex', '\xc8a\xc8o\xc8u\xfb ok']],
    [generalText('ma\xe6', [1, 6, 101]), ['teletex', 'ma\xc2c']],
    [generalText('\x1b-M\xf0\xfd\xfe \xdd\xde'), ['teletex', '\xc6g\xf5\xcbs \xc7I\xcbS']],
    [makeTextPart('iso-6937', 'é ø').part, ['teletex', '\xc2e \xf9']],
    [makeTextPart('iso-8859-10', 'ąēį').part, ['teletex', '\xcea\xc5e\xcei']],
    [generalText('\x1b)l\xc8a', [1, 6, 90]), ['teletex', '\xc8a']],
    [generalText('\xc8a', [1, 6, 90]), ['teletex', '\xc8a']],
    [generalText('\x1b-A5 $ #1 \xfc'), ['teletex', '5 \xa4 \xa61 \xc8u']],
    [generalText('\x1b-A\xfc\f\xe4'), ['teletex', '\xc8u', '\xc8a']],
    [generalText('\x1b-Aplain\f\x1b(Btext {}'), ['ia5Text', 'plain\ftext {}']],
    [generalText(''), ['ia5Text', '']],
  ] as const) {
    assert.deepEqual(kindAndPages(part), expected);
  }
});

test('general text that cannot be read is refused, never emptied or guessed', () => {
  const plain = new TextEncoder().encode('the whole text');
  const aligned = { kind: 'octetAligned', value: plain } as const;
  const value = { data: { directReference: '2.6.1.4.11', encoding: aligned } };
  const data = single('2.6.1.4.11', encode(generalString(), 'text'));
  for (const part of [
    extended('2.6.1.4.11', encode(octetString(), plain)),
    { kind: 'extended', value },
    { kind: 'extended', value: { parameters: single('2.6.1.11.11', text), data } },
  ] satisfies readonly BodyPart[]) {
    assert.deepEqual(downgradeBodyPart(part, rules), err('body part general-text is malformed'));
  }
  for (const part of [
    generalText('\x1b$BF|K\\8l\x1b(B', [1, 6, 87]),
    generalText('\x1b$B\x1b(B', [1, 6, 87]),
    generalText('\x1b-F\xff', [1, 6, 126]),
    generalText('\x1b-T\xa1', [1, 6, 166]),
    generalText('\xa1', [1, 6, 166]),
    generalText('\xe6', [1, 6, 101, 126]),
    generalText('a\x1b', [1, 6, 100]),
    generalText('a\x9b1mb', [1, 6, 100]),
  ]) {
    const unread = err('general text has octets that cannot be read');
    assert.deepEqual(downgradeBodyPart(part, rules), unread);
  }
});

test('general text is refused where T.61 would lose a character of it', () => {
  for (const part of [
    generalText('\x1b-f\xba\xfe', [1, 6, 226]), // comma below, which T.61 has not
    generalText('\x1b-A\xfc {}'), // curly brackets are not in its primary set
    generalText('\x1b-A\xfc\xa9'), // nor the copyright sign in the other
    generalText('\x1b-b\xa4'), // nor the euro
    generalText('\x1b-A\xfc\xa0'), // nor the space that does not break
  ]) {
    const made = downgradeBodyPart(part, rules);
    assert.ok(!made.ok && /^general text has characters that neither IA5 nor T.61 has/.test(made.error));
  }
});

test('any general text comes out as the same text, or not at all', () => {
  const designations = ['\x1b-A', '\x1b-B', '\x1b-M', '\x1b-R', '\x1b)v', '\x1b(B', '\x1b(K', '\x1b(u'];
  const shifts = ['\x0e', '\x0f', '\x19', '\x1bn', '\x1b~', '\x1b}', '\x85', '\f', '\r\n', '\t', ' '];
  const left = fc.integer({ min: 0x20, max: 0x7f }).map((code) => String.fromCharCode(code));
  const right = fc.integer({ min: 0xa0, max: 0xff }).map((code) => String.fromCharCode(code));
  const piece = fc.oneof(fc.constantFrom(...designations, ...shifts), left, right);
  const sets = fc.subarray([1, 6, 21, 90, 100, 101, 103, 148, 156, 166]);
  let downgraded = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), sets, (pieces, registrations) => {
      const part = generalText(pieces.join(''), registrations);
      const made = downgradeBodyPart(part, rules);
      if (!made.ok) return;
      downgraded += 1;
      const [before, after] = [readTextPart(part), readTextPart(made.value)];
      assert.ok(typeof before === 'object' && typeof after === 'object');
      assert.deepEqual(after.read(), before.read());
    }),
    { numRuns: 2000, seed: 1328 },
  );
  assert.ok(downgraded > 200, `${downgraded}`);
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
