// Real P2 and P22 contents and random ones, read and printed.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { arbitrary, decode, decodePrefix, encode, raw } from '../asn1/index.ts';
import { latin1 } from '../base/octets.ts';
import { seededRandom } from '../base/random.ts';
import { decodeMTSAPDU, MTSAPDU } from '../p1/index.ts';
import { ipmText } from './body-text.ts';
import { InformationObject } from './ipn.ts';
import { printContent, printContentTree, readContent, subjectOf } from './read-content.ts';

const reference = new URL('../../../shared/reference/', import.meta.url);

function octetsOf(t: TestContext, name: string): Uint8Array | undefined {
  const file = new URL(name, reference);
  if (existsSync(file)) return new Uint8Array(readFileSync(file));
  t.skip(`${file.pathname} not found`);
  return undefined;
}

/** The P2 content; the queue header says at 4 where the envelope ends, at 8 the total. */
function queuedContent(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset);
  return file.subarray(view.getUint32(4), view.getUint32(8));
}

/** What lies after the first element, the envelope. */
function contentAfterEnvelope(file: Uint8Array): Uint8Array {
  const envelope = decodePrefix(raw(), file);
  assert.ok(envelope.ok);
  return file.subarray(envelope.value.end);
}

/** The character strings of the second of the two printed trees, those cut into pieces joined. */
function stringsOfTree(printed: string): readonly string[] {
  const content = printed.slice(printed.lastIndexOf('\n( CONT'));
  const primitives =
    content.match(/\( (?:UNIV|CONT) \w+ 0x[0-9a-f]+\n(?:\s+(?:"[^"]*"|0x[0-9a-f]+)\n)+/g) ?? [];
  return primitives.map((each) => {
    const pieces = each
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
    return pieces.map((piece) => (piece.startsWith('"') ? piece.slice(1, -1) : fromPieces(piece))).join('');
  });
}

function fromPieces(piece: string): string {
  return (piece.slice(2).match(/../g) ?? [])
    .map((pair) => String.fromCharCode(Number.parseInt(pair, 16)))
    .join('');
}

const messages = [
  {
    name: 'msg1',
    subject: 'Simple basic message',
    text: 'This message cntains 5 lines of text.\r\nline 1\r\n',
  },
  { name: 'msg2', subject: 'forwarded message', text: 'This message contains 2 lines of text\r\nline 1\r\n' },
  {
    name: 'msg3',
    subject: 'Reply to a preceeding report',
    text: 'This is a reply line to the report sent\r\n',
  },
  { name: 'msg4', notification: 'Received: 851114161228-0100 (automatic)' },
  { name: 'msg5', subject: 'Thu Nov 14 23:14:16 GMT 1985', text: '' },
  { name: 'msg6', notification: 'Received: 851209070738-0800 (automatic)' },
  {
    name: 'msg7',
    subject: 'testing of the forward statement',
    text: 'Delivery-date: Monday, March 24, 1986',
  },
];

for (const { name, subject, text, notification } of messages) {
  test(`EAN ${name} of 1985 decodes and prints alike in both encodings`, (t) => {
    const queued = octetsOf(t, `samples/ean-1985/${name}`);
    const loose = octetsOf(t, `samples/ean-1985/${name}.pe`);
    const tree = octetsOf(t, `samples/ean-1985/${name}.pl`);
    if (queued === undefined || loose === undefined || tree === undefined) return;
    const contents = [queuedContent(queued), contentAfterEnvelope(loose)];
    const printed = contents.map((content) => {
      const read = readContent(content);
      assert.ok(read.ok, read.ok ? '' : read.error.message);
      const { object } = read.value;
      const after = content.subarray(read.value.end);
      assert.equal(
        after.length > 0,
        content === contents[0] && /[456]/.test(name),
        'octets after the content',
      );
      if (notification === undefined) {
        assert.ok(object.kind === 'ipm');
        assert.equal(subjectOf(object.value), subject);
        assert.equal(ipmText(object.value).slice(0, text?.length), text);
      } else {
        assert.ok(object.kind === 'ipn');
        assert.ok(printContent(object).includes(notification));
      }
      return [printContent(object), printContentTree(object)];
    });
    assert.deepEqual(printed[0], printed[1]);
    const strings = stringsOfTree(latin1(tree)).filter((each) => /^[ -~]{3,}$/.test(each));
    assert.ok(strings.length >= 3, `${strings.length} strings in the tree`);
    for (const each of strings) assert.ok(printed[0][1].includes(each), `"${each}" is printed`);
  });
}

test('the P22 content of a real peer', (t) => {
  const capture = octetsOf(t, 'captures/88-normal-message.pcap');
  if (capture === undefined) return;
  const at = latin1(capture).indexOf('\x28\x80\x02\x01\x05\xa0\x80') + 7;
  const prefix = decodePrefix(MTSAPDU, capture.subarray(at));
  assert.ok(prefix.ok);
  const apdu = decodeMTSAPDU(capture.subarray(at, at + prefix.value.end));
  assert.ok(apdu.ok && apdu.value.kind === 'message');
  const read = readContent(apdu.value.value.content);
  assert.ok(read.ok && read.value.object.kind === 'ipm');
  assert.equal(read.value.end, 235);
  assert.equal(subjectOf(read.value.object.value), 'test u1@o88.ts.test');
  assert.equal(ipmText(read.value.object.value), 'Hello to u1@o88.ts.test\r\n');
  assert.match(printContent(read.value.object), /^To: \/S=u1\/O=o88\/P=TS\/A= \/C=GB\/$/m);
});

test('random information objects come back from their encoding', () => {
  const random = seededRandom(420);
  for (let run = 0; run < 60; run += 1) {
    const octets = encode(InformationObject, arbitrary(InformationObject, random, { size_max: 2 }));
    const decoded = decode(InformationObject, octets);
    assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.message);
    assert.deepEqual(encode(InformationObject, structuredClone(decoded.value)), octets);
    printContent(decoded.value);
  }
});

test('altered contents are an error or print', () => {
  const random = seededRandom(84);
  for (let run = 0; run < 200; run += 1) {
    const octets = encode(InformationObject, arbitrary(InformationObject, random, { size_max: 1 })).slice();
    octets[random.between(0, octets.length - 1)] = random.between(0, 255);
    const read = readContent(octets);
    if (read.ok) printContent(read.value.object);
  }
});
