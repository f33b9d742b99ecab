// The text messages that we build, read back.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseORAddress } from '../address/index.ts';
import { hasBit } from '../asn1/index.ts';
import { bodyPartName, ipmText } from './body-text.ts';
import { buildTextContent, type TextMessage } from './build-content.ts';
import { printContent, readContent, subjectOf } from './read-content.ts';

function name(text: string) {
  const address = parseORAddress(text);
  assert.ok(address.ok);
  return address.value;
}

const from = name('/S=Smith/O=Org/P=SITE-A/A= /C=GB/');
const to = [name('/CN=Post Room/P=SITE-B/A= /C=GB/')];

function built(message: Partial<TextMessage>) {
  const content = buildTextContent({ identifier: 'id 1', from, to, text: 'x', ...message });
  assert.ok(content.ok, content.ok ? '' : content.error);
  const read = readContent(content.value.content);
  assert.ok(read.ok && read.value.object.kind === 'ipm');
  assert.equal(read.value.end, content.value.content.length);
  return { ...content.value, object: read.value.object, ipm: read.value.object.value };
}

test('ASCII goes as IA5 text, its lines ended by CR LF', () => {
  const { ipm, object, encodedInformationTypes } = built({ subject: 'Hello', text: 'a\nb\r\nc', cc: [from] });
  assert.equal(
    bodyPartName(ipm.body?.[0] ?? { kind: 'bilaterallyDefined', value: new Uint8Array() }),
    'ia5Text',
  );
  assert.equal(ipmText(ipm), 'a\r\nb\r\nc');
  assert.ok(hasBit(encodedInformationTypes.builtInEncodedInformationTypes, 2));
  assert.match(
    printContent(object),
    /^From: \/S=Smith.*\nTo: \/CN=Post Room.*\nCc: \/S=Smith.*\nSubject: Hello$/m,
  );
});

test('Latin-1 goes as general text with its sets named', () => {
  const { ipm, encodedInformationTypes } = built({ text: 'Grüße\n', subject: 'Größe: çà' });
  assert.equal(
    bodyPartName(ipm.body?.[0] ?? { kind: 'bilaterallyDefined', value: new Uint8Array() }),
    'general-text',
  );
  assert.equal(ipmText(ipm), 'Grüße\r\n');
  assert.equal(subjectOf(ipm), 'Größe: çà');
  assert.deepEqual(encodedInformationTypes.extendedEncodedInformationTypes, [
    '1.0.10021.7.1.0.1',
    '1.0.10021.7.1.0.6',
    '1.0.10021.7.1.0.100',
  ]);
});

test('a subject that T.61 lacks goes as extended subject; such a text is refused', () => {
  const { ipm } = built({ subject: '書' });
  assert.equal(ipm.heading.subject, undefined);
  assert.equal(ipm.heading.extensions[0].type, '2.6.1.5.8');
  assert.equal(subjectOf(ipm), '書');
  assert.ok(!buildTextContent({ identifier: 'i', from, to, text: '書' }).ok);
  assert.ok(!buildTextContent({ identifier: 'a_b', from, to, text: '' }).ok);
});

test('any Latin-1 text is read back', () => {
  const character = fc.integer({ min: 0x20, max: 0xff }).filter((code) => code < 0x7f || code > 0x9f);
  const texts = fc.array(character, { maxLength: 60 }).map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(texts, (text) => {
      assert.equal(ipmText(built({ text }).ipm), text);
    }),
    { numRuns: 100 },
  );
});
