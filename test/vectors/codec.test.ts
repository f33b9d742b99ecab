// Real messages through the codecs alone, without a stack: those of the captures and the seven EAN messages
// of 1985. What was read is written again as it came, from what was kept of the octets and from the values;
// what is cut off or altered is an error or a value, and never an exception.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { decode, encode } from '../../src/asn1/index.ts';
import { toHex } from '../../src/base/octets.ts';
import { ipmText, printContent, printContentTree, readContent } from '../../src/content/index.ts';
import { InformationObject } from '../../src/content/ipn.ts';
import {
  decodeMTSAPDU,
  encodeMTSAPDU,
  envelopePrefix,
  ContentReader,
  printMTSAPDU,
} from '../../src/p1/index.ts';
import {
  elementAt,
  packets,
  pduOf,
  recordedApdu,
  recordedContent,
  recording,
  sha256,
} from './recorded-octets.ts';

const samples = new URL('../../../shared/reference/samples/ean-1985/', import.meta.url);

/** Deeper copies of a value have forgotten the octets that it came from. */
function forgetful<T>(value: T): T {
  return structuredClone(value);
}

for (const name of ['88-normal-message', '88-normal-100k']) {
  test(`${name}: the MTS-APDU is written as it was read, and read again from its values alone`, (t) => {
    const recorded = recording(t, `${name}.pcap`);
    if (recorded === undefined) return;
    const octets = recordedApdu(recorded.initiator);
    const apdu = decodeMTSAPDU(octets);
    assert.ok(apdu.ok && apdu.value.kind === 'message', apdu.ok ? '' : apdu.error.message);
    const { content } = apdu.value.value;
    assert.equal(sha256(content), sha256(recordedContent(octets)));
    assert.equal(sha256(encodeMTSAPDU(apdu.value)), sha256(octets));
    const again = decodeMTSAPDU(encodeMTSAPDU(forgetful(apdu.value)));
    assert.ok(again.ok && again.value.kind === 'message', again.ok ? '' : again.error.message);
    assert.equal(sha256(again.value.value.content), sha256(content));
    assert.equal(printMTSAPDU(again.value), printMTSAPDU(apdu.value));
  });

  test(`${name}: the envelope is found from the front and the content read on, at every split`, (t) => {
    const recorded = recording(t, `${name}.pcap`);
    if (recorded === undefined) return;
    const octets = recordedApdu(recorded.initiator);
    const expected = sha256(recordedContent(octets));
    const found = envelopePrefix(octets);
    assert.ok(found.kind === 'message');
    const encoded = octets.subarray(found.content.at);
    const step = Math.max(1, Math.floor(encoded.length / 1500));
    let splits = 0;
    for (let at = 0; at <= encoded.length; at += step) {
      const reader = new ContentReader();
      const parts = [encoded.subarray(0, at), encoded.subarray(at)].flatMap((piece) => {
        const read = reader.push(piece);
        assert.ok(read.ok, `split at ${at}`);
        return read.value.content;
      });
      assert.ok(reader.done, `split at ${at}`);
      assert.equal(sha256(Buffer.concat(parts)), expected, `split at ${at}`);
      splits += 1;
    }
    t.diagnostic(`${splits} splits of ${encoded.length} octets`);
    assert.ok(splits >= 230, `${splits} splits`);
  });
}

test('an MTS-APDU that is cut off is an error, and an altered one a value or an error', (t) => {
  const recorded = recording(t, '88-normal-message.pcap');
  if (recorded === undefined) return;
  const octets = recordedApdu(recorded.initiator);
  let cases = 0;
  for (let length = 0; length < octets.length; length += 1) {
    assert.equal(decodeMTSAPDU(octets.subarray(0, length)).ok, false, `${length} octets`);
    cases += 1;
  }
  for (let at = 0; at < octets.length; at += 1) {
    for (const mask of [0x01, 0x20, 0x80, 0xff]) {
      const altered = octets.slice();
      altered[at] ^= mask;
      const read = decodeMTSAPDU(altered);
      if (read.ok) {
        printMTSAPDU(read.value);
        assert.equal(toHex(encodeMTSAPDU(read.value)), toHex(altered), `octet ${at} altered by ${mask}`);
      }
      cases += 1;
    }
  }
  t.diagnostic(`${cases} cut off or altered`);
  assert.ok(cases >= 3000, `${cases} cases`);
});

test('84-x410-message: the P2 content behind the 1984 envelope reads and prints', (t) => {
  const recorded = recording(t, '84-x410-message.pcap');
  if (recorded === undefined) return;
  // In X.410 mode the user information of DT SPDUs is the octets of the APDU, without a wrapping.
  const parts = packets(recorded.initiator).map((packet) => pduOf(packet));
  const apdu = Buffer.concat(parts.filter(({ name }) => name === 'DT').map(({ rest }) => rest));
  const content = recordedContent(apdu);
  const read = readContent(content);
  assert.ok(read.ok && read.value.object.kind === 'ipm', read.ok ? '' : read.error.message);
  assert.equal(read.value.end, content.length);
  assert.equal(ipmText(read.value.object.value), 'Hello\r\n');
});

/** The two encodings of a message of 1985: as it lay in EAN's queue, and as a loose pair of elements. */
function contentsOf(t: TestContext, name: string): readonly [Uint8Array, Uint8Array] | undefined {
  const [queued, loose] = [name, `${name}.pe`].map((each) => new URL(each, samples));
  for (const { pathname } of [queued, loose]) {
    if (existsSync(pathname)) continue;
    t.skip(`${pathname} not found`);
    return undefined;
  }
  const file = new Uint8Array(readFileSync(queued));
  const view = new DataView(file.buffer);
  const pair = new Uint8Array(readFileSync(loose));
  return [file.subarray(view.getUint32(4), view.getUint32(8)), pair.subarray(elementAt(pair).octets.length)];
}

for (let number = 1; number <= 7; number += 1) {
  test(`EAN msg${number} of 1985: both encodings read alike, and once more from their values`, (t) => {
    const contents = contentsOf(t, `msg${number}`);
    if (contents === undefined) return;
    const printed = contents.map((content) => {
      const read = readContent(content);
      assert.ok(read.ok, read.ok ? '' : read.error.message);
      const { object, end } = read.value;
      assert.equal(end, elementAt(content).octets.length);
      const own = content.subarray(0, end);
      const decoded = decode(InformationObject, own);
      assert.ok(decoded.ok);
      // EAN writes attributes without a type: what was tolerated is written as it came.
      const anew = encode(InformationObject, forgetful(decoded.value), { constraints: 'tolerant' });
      const again = decode(InformationObject, anew);
      assert.ok(again.ok, again.ok ? '' : again.error.message);
      assert.equal(printContentTree(again.value), printContentTree(object));
      return [printContent(object), printContentTree(object)];
    });
    assert.deepEqual(printed[0], printed[1]);
  });

  test(`EAN msg${number} of 1985: cut off or altered, an error or a value`, (t) => {
    const contents = contentsOf(t, `msg${number}`);
    if (contents === undefined) return;
    let cases = 0;
    for (const content of contents) {
      const { length } = elementAt(content).octets;
      for (let at = 0; at < length; at += 1) {
        assert.equal(readContent(content.subarray(0, at)).ok, false, `${at} octets`);
        const altered = content.slice();
        altered[at] ^= 1 << (at & 7);
        const read = readContent(altered);
        if (read.ok) printContent(read.value.object);
        cases += 2;
      }
    }
    t.diagnostic(`${cases} cut off or altered`);
    assert.ok(cases >= 200, `${cases} cases`);
  });
}
