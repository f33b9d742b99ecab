// Dissection of what this stack itself sends, cut anywhere, and of octets that are nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { concat } from '../../../base/octets.ts';
import { encodeSpdu } from '../../session/spdu-encoder.ts';
import { encodeTpkt } from '../../tpkt/tpkt.ts';
import { encodeConnect, encodeDataHeader } from '../../transport/tpdu-codec.ts';
import { ConnectionDissection } from './connection-dissection.ts';

const request = { kind: 'CR', destination: 0, source: 7, class: 0, alternativeClasses: [] } as const;
const cr = encodeTpkt([encodeConnect({ ...request, called: Uint8Array.of(0x35, 0x39) })]);
const start = encodeSpdu({ kind: 'AS', activity: Uint8Array.of(2, 1, 1) });
const data = encodeTpkt([encodeDataHeader(true), ...start]);
const octets = concat([...cr, ...data]);

function namesOf(pieces: readonly Uint8Array[]): readonly string[] {
  const dissection = new ConnectionDissection();
  return pieces
    .flatMap((piece) => dissection.take('from-initiator', piece))
    .map((finding) => (finding.kind === 'pdu' ? `${finding.layer} ${finding.name}` : finding.kind));
}

const expected = ['RFC 1006 TPKT', 'X.224 CR', 'RFC 1006 TPKT', 'X.224 DT', 'X.225 AS ACTIVITY START'];

test('PDUs are named layer by layer, wherever the octets are cut', () => {
  for (let at = 0; at <= octets.length; at += 1) {
    assert.deepEqual(namesOf([octets.subarray(0, at), octets.subarray(at)]), expected);
  }
});

test('parameters are told', () => {
  const [, found] = new ConnectionDissection().take('from-initiator', octets);
  assert.ok(found.kind === 'pdu');
  assert.ok(found.detail.includes('called selector: "59" (hex:3539)'));
});

test('a framing error is told once; decoding goes on with the next packet', () => {
  const dissection = new ConnectionDissection();
  const [fault, ...more] = dissection.take('from-initiator', Uint8Array.of(0x47, 0x45, 0x54, 0x20));
  assert.deepEqual([fault.kind, more], ['fault', []]);
  assert.deepEqual(dissection.take('from-initiator', Uint8Array.of(0x0d, 0x0a)), []);
  const [goesOn, ...found] = dissection.take('from-initiator', octets);
  assert.ok(goesOn.kind === 'pdu' && goesOn.name === 'decoding goes on');
  assert.equal(found.length, expected.length);
  assert.equal(dissection.take('from-responder', octets).length, expected.length);
});

test('a wrong octet in any layer is marked there, and what comes after it is read', () => {
  const after = encodeTpkt([encodeDataHeader(true), ...encodeSpdu({ kind: 'AE', serialNumber: 1 })]);
  const planted: readonly (readonly [string, Uint8Array])[] = [
    ['RFC 1006', Uint8Array.of(3, 0, 0, 5, 2)],
    ['X.224', concat(encodeTpkt([Uint8Array.of(2, 0x10, 0x80)]))],
    ['X.225', concat(encodeTpkt([encodeDataHeader(true), Uint8Array.of(1, 0, 99, 3, 0, 0, 0)]))],
    ['X.226', concat(encodeTpkt([encodeDataHeader(true), Uint8Array.of(13, 4, 0xc1, 2, 0x30, 9)]))],
  ];
  for (const [layer, wrong] of planted) {
    const dissection = new ConnectionDissection();
    const findings = dissection.take('from-initiator', concat([...cr, wrong, ...after]));
    const faults = findings.flatMap((finding) => (finding.kind === 'fault' ? [finding.layer] : []));
    assert.deepEqual(faults, [layer], JSON.stringify(findings));
    const names = findings.map((finding) => (finding.kind === 'pdu' ? finding.name : ''));
    assert.ok(names.includes('AE ACTIVITY END'), `${layer}: ${names}`);
  }
});

test('what is missing from an APDU is said at its end', () => {
  const dissection = new ConnectionDissection();
  const piece = (...octets: readonly number[]) =>
    concat(encodeTpkt([encodeDataHeader(true), Uint8Array.of(1, 0, 1, 0, ...octets)]));
  const end = encodeTpkt([encodeDataHeader(true), ...encodeSpdu({ kind: 'AE', serialNumber: 1 })]);
  dissection.take('from-initiator', concat([...cr, ...data, piece(1, 2)]));
  dissection.missing('from-initiator');
  const findings = dissection.take('from-initiator', concat([piece(3, 4), ...end]));
  const [fault, apdu] = findings.slice(-2);
  assert.ok(fault.kind === 'fault' && /missing/.test(fault.detail), JSON.stringify(findings));
  assert.ok(apdu.kind === 'apdu' && apdu.year === undefined);
  assert.deepEqual([...apdu.octets], [1, 2, 3, 4]);
});

test('no octets whatever make it throw', () => {
  const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 80 }), { maxLength: 6 });
  fc.assert(
    fc.property(bodies, fc.boolean(), (all, end) => {
      const dissection = new ConnectionDissection();
      for (const body of all) {
        dissection.take('from-initiator', concat(encodeTpkt([encodeDataHeader(end), body])));
        dissection.take('from-responder', body);
      }
    }),
  );
});
