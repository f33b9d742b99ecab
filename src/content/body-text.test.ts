// The texts of body parts, plain and inside extended ones.

import assert from 'node:assert/strict';
import test from 'node:test';
import { encode, generalString, ia5String, rawOf, sequenceOf, teletexString } from '../asn1/index.ts';
import { bodyPartName, bodyPartText, textOfGeneralString } from './body-text.ts';
import type { BodyPart } from './ipm.ts';

function extended(oid: string, octets: Uint8Array, aligned = false): BodyPart {
  const encoding = aligned
    ? ({ kind: 'octetAligned', value: octets } as const)
    : ({ kind: 'singleASN1Type', value: rawOf(octets) } as const);
  return { kind: 'extended', value: { data: { directReference: oid, encoding } } };
}

test('general strings with designated sets (ISO 2022)', () => {
  assert.equal(textOfGeneralString('a\u001b-B\xb1\u001b-L\xb6\u001b-A\xe4'), 'aąЖä');
  assert.equal(textOfGeneralString('\u001b(Bplain\u001b'), 'plain');
});

test('texts inside extended body parts', () => {
  const ia5 = encode(ia5String(), 'plain');
  assert.equal(bodyPartText(extended('2.6.1.4.0', ia5)), 'plain');
  assert.equal(bodyPartText(extended('2.6.1.4.0', ia5, true)), 'plain');
  assert.equal(
    bodyPartText(extended('2.6.1.4.4', encode(sequenceOf(teletexString()), ['\xc2e', 'b']))),
    'é\fb',
  );
  assert.equal(bodyPartText(extended('2.6.1.4.11', encode(generalString(), '\u001b-A\xe4'))), 'ä');
  assert.equal(bodyPartText(extended('2.6.1.4.12', ia5)), undefined);
  assert.equal(bodyPartText(extended('2.6.1.4.0', Uint8Array.of(2, 1, 0))), undefined);
  assert.equal(bodyPartName(extended('2.6.1.4.12', ia5)), 'file-transfer');
  assert.equal(bodyPartName(extended('1.2.3', ia5)), 'extended 1.2.3');
  assert.equal(bodyPartText({ kind: 'bilaterallyDefined', value: ia5 }), undefined);
});
