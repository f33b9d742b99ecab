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

test('a framing error is told once and ends that direction alone', () => {
  const dissection = new ConnectionDissection();
  const [fault] = dissection.take('from-initiator', Uint8Array.of(0x47, 0x45, 0x54, 0x20));
  assert.equal(fault.kind, 'fault');
  assert.deepEqual(dissection.take('from-initiator', octets), []);
  assert.equal(dissection.take('from-responder', octets).length, expected.length);
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
