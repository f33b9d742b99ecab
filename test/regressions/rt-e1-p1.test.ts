// RT-E1: every MTS-APDU that we emit (message, probe and report, of 1988 and of 1984) against a strict reader
// of its own and against a golden trace that a person has read. The reader knows no P1: it minds what X.690
// leaves to the sender and old peers did not (definite lengths, the shortest form, primitive strings, UTCTime
// with seconds and Z). `UPDATE=1` writes the traces anew.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { toHex } from '../../src/base/octets.ts';
import {
  downgradeTo1984,
  encodeMTSAPDU,
  encodeP1_1984,
  type MTSAPDU,
  type MessageTransferEnvelope,
} from '../../src/p1/index.ts';
import { judgeArrival } from '../../src/transfer/judge-arrival.ts';
import { decodeStored } from '../../src/transfer/stored-value.ts';
import { arrivingMessage, domainNamed, envelopeOf, judgeParts, now } from '../support/transfer.ts';

const traces = new URL('traces/', import.meta.url);
const [universalOctetString, universalUTCTime] = [0x04, 0x17];

function envelope(): MessageTransferEnvelope {
  const messageIdentifier = { globalDomainIdentifier: domainNamed('A'), localIdentifier: 'golden-1' };
  return envelopeOf([{ to: '/S=one/P=X/A= /C=GB/' }, { to: '/G=G/S=two/O=o/P=B/A= /C=GB/' }], {
    messageIdentifier,
  });
}

/** The report on a message to a user that is not known here. */
function report(): MTSAPDU {
  const unknown = envelopeOf([{ to: '/S=nobody/P=X/A= /C=GB/', report: 'non-delivery-report' }]);
  const [created] = judgeArrival(judgeParts(), arrivingMessage(unknown), now).create;
  const stored = decodeStored(created);
  assert.ok(stored.ok && stored.value.kind === 'report');
  return { kind: 'report', value: stored.value.report };
}

const apdus: Readonly<Record<string, () => MTSAPDU>> = {
  message: () => ({
    kind: 'message',
    value: { envelope: envelope(), content: Uint8Array.from({ length: 200 }, (_, index) => index) },
  }),
  probe: () => {
    const { contentType, messageIdentifier: probeIdentifier, ...rest } = envelope();
    const { originatorName, perMessageIndicators, traceInformation, extensions, perRecipientFields } = rest;
    const common = { originatorName, perMessageIndicators, traceInformation, extensions, perRecipientFields };
    return { kind: 'probe', value: { ...common, probeIdentifier, contentType, contentLength: 1234 } };
  },
  report,
};

/** One line an element, indented; throws on anything but the one strict form. */
function strictTrace(octets: Uint8Array, depth = 0): string[] {
  const lines: string[] = [];
  for (let at = 0; at < octets.length; ) {
    const { identifier, constructed, contents, end } = strictElement(octets, at);
    const inner = octets.subarray(contents, end);
    const head = `${'  '.repeat(depth)}${identifier}`;
    if (constructed) lines.push(`${head} {${inner.length}}`, ...strictTrace(inner, depth + 1));
    else lines.push(`${head} ${toHex(inner.subarray(0, 40))}${inner.length > 40 ? `… ${inner.length}` : ''}`);
    at = end;
  }
  return lines;
}

function strictElement(octets: Uint8Array, start: number) {
  let at = start;
  const first = octets[at++];
  const constructed = (first & 0x20) !== 0;
  if ((first & 0x1f) === 0x1f) {
    assert.notEqual(octets[at], 0x80, 'a tag number in the fewest octets');
    let number = 0;
    do number = number * 128 + (octets[at] & 0x7f);
    while ((octets[at++] & 0x80) !== 0);
    assert.ok(number > 30, 'a low tag number in the low form');
  }
  const identifier = toHex(octets.subarray(start, at));
  assert.ok(first >= 0xc0 || (first & 0xdf) !== universalOctetString || !constructed, 'a primitive string');
  let length = octets[at++];
  assert.notEqual(length, 0x80, 'a definite length');
  if (length > 0x80) {
    const count = length & 0x7f;
    assert.notEqual(octets[at], 0, 'a length in the fewest octets');
    length = 0;
    for (let each = 0; each < count; each += 1) length = length * 256 + octets[at++];
    assert.ok(length > 0x7f, 'a short length in the short form');
  }
  const end = at + length;
  assert.ok(end <= octets.length, `${identifier} ends within what holds it`);
  if (first === universalUTCTime) {
    assert.match(Buffer.from(octets.subarray(at, end)).toString('latin1'), /^\d{12}Z$/);
  }
  return { identifier, constructed, contents: at, end };
}

for (const [name, made] of Object.entries(apdus)) {
  for (const year of ['1988', '1984'] as const) {
    test(`RT-E1: the ${name} of P1 ${year}, strictly encoded and as traced`, () => {
      const octets = year === '1988' ? encodeMTSAPDU(made()) : in1984(made());
      const text = `${strictTrace(octets).join('\n')}\n`;
      const file = new URL(`p1-${year}-${name}.txt`, traces);
      if (process.env.UPDATE === '1') writeFileSync(file, text);
      assert.equal(text, readFileSync(file, 'utf8'), 'UPDATE=1 writes it anew');
    });
  }
}

function in1984(apdu: MTSAPDU): Uint8Array {
  const { value, failed } = downgradeTo1984(apdu, {});
  assert.deepEqual(failed, []);
  assert.ok(value !== undefined);
  return encodeP1_1984(value);
}

test('RT-E1: the strict reader of APDUs minds what a tolerant one lets pass', () => {
  const wrong = {
    'an indefinite length': [0xa0, 0x80, 0, 0],
    'a long form for a short length': [0x04, 0x81, 1, 0],
    'zeros before a length': [0x04, 0x82, 0, 0x80, ...new Uint8Array(0x80)],
    'a constructed string': [0x24, 3, 0x04, 1, 0],
    'more than there is': [0x30, 3, 0x04, 1],
    'UTCTime without seconds': [0x17, 11, ...Buffer.from('2606011200Z')],
    'a high form for a low tag': [0x1f, 5, 0],
  };
  for (const [what, octets] of Object.entries(wrong)) {
    assert.throws(() => strictTrace(Uint8Array.from(octets)), what);
  }
});
