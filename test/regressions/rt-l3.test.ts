// RT-L3: odd bodies that stopped or emptied a conversion (Q159303 no body, Q195742 CR LF alone, Q193762 files
// of no octets, Q159179 a NUL cut the text, Q140974 file transfer parts without what is optional).

import assert from 'node:assert/strict';
import test from 'node:test';
import { rawOf } from '../../src/asn1/index.ts';
import { fromHex } from '../../src/base/octets.ts';
import {
  type BodyPart,
  convertContent,
  ipmText,
  makeTextPart,
  readContent,
} from '../../src/content/index.ts';
import { contentOf, planWith } from '../support/ipm.ts';

function convert(content: Uint8Array) {
  const made = convertContent(content, planWith());
  if (made.kind !== 'converted') return made.kind;
  const read = readContent(made.content);
  assert.ok(read.ok && read.value.object.kind === 'ipm');
  return read.value.object.value;
}

const teletex = (text: string) => makeTextPart('t61', text).part;

/** A file transfer body part (BP15) whose data is this many octets, without its optional parameters. */
function file(octets: Uint8Array): BodyPart {
  const encoding = { kind: 'singleASN1Type', value: rawOf(octets) } as const;
  return { kind: 'extended', value: { data: { directReference: '2.6.1.4.12', encoding } } };
}

test('RT-L3: no body, and a body of no parts, need nothing', () => {
  assert.equal(convert(contentOf(undefined)), 'unneeded');
  assert.equal(convert(contentOf([])), 'unneeded');
});

for (const text of ['', '\r\n', 'a\0b', 'x'.repeat(1_000_000)]) {
  test(`RT-L3: ${JSON.stringify(text.slice(0, 8))} of ${text.length} characters comes through whole`, () => {
    const ipm = convert(contentOf([teletex(text)]));
    assert.ok(typeof ipm === 'object');
    assert.equal(ipm.body?.length, 1);
    assert.equal(ipmText(ipm), text);
  });
}

test('RT-L3: files of no octets, and file transfer parts without what is optional, stay as they are', () => {
  const files: readonly BodyPart[] = [
    { kind: 'bilaterallyDefined', value: new Uint8Array() },
    file(Uint8Array.of(0x30, 0)),
  ];
  const ipm = convert(contentOf([...files, teletex('é')]));
  assert.ok(typeof ipm === 'object');
  const again = (part: BodyPart | undefined) => part && contentOf([part]);
  assert.deepEqual(again(ipm.body?.[0]), again(files[0]));
  assert.deepEqual(again(ipm.body?.[1]), again(files[1]));
});

test('RT-L3: constructed strings of indefinite length are one text', () => {
  const plain = contentOf([]);
  const head = plain.subarray(2, plain.length - 2);
  // Body: one teletex part, its page in two segments, as EAN's and PP's encoders cut them.
  const pages = fromHex('a580310030803480040263610403 66c265 0000 0000 0000'.replaceAll(' ', ''));
  assert.ok(pages !== undefined);
  const content = Uint8Array.from([0xa0, 0x80, ...head, 0x30, 0x80, ...pages, 0, 0, 0, 0]);
  const ipm = convert(content);
  assert.ok(typeof ipm === 'object', String(ipm));
  assert.equal(ipmText(ipm), 'cafe');
});
