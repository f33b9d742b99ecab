// RTSE APDUs against the octets of real ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, fromHex, fromLatin1, toHex } from '../../base/octets.ts';
import { seededRandom } from '../../base/random.ts';
import {
  encodeRTAB,
  encodeRTOAC,
  encodeRTORJ,
  encodeRTORQ,
  encodeRTTP,
  encodeRTTR,
  findApdu,
  openedOf,
  readRTTP,
  readRTTRs,
  recoveredOf,
} from './apdu-codec.ts';

function octets(hex: string): Uint8Array {
  const value = fromHex(hex);
  assert(value !== undefined);
  return value;
}

function read(hex: string) {
  const apdu = findApdu([{ context: 3, value: octets(hex) }], 3);
  assert(apdu.ok, hex);
  return apdu.value;
}

test('RTORQ of PP (88-normal-message.pcap): checkpoint size 63, no window, dialogue mode, bind', () => {
  const rtorq = read('b02180013f820100a319a017b015a113800670702d6d7461a109040770702d70617373');
  assert(rtorq.kind === 'rtorq');
  const { checkpointSize, windowSize, dialogueMode, connectionDataRQ } = rtorq.value;
  assert.deepEqual([checkpointSize, windowSize, dialogueMode], [63, undefined, 'monologue']);
  assert.equal(toHex(openedOf(connectionDataRQ)), 'b015a113800670702d6d7461a109040770702d70617373');
  assert.equal(recoveredOf(connectionDataRQ), undefined);
});

test('RTOAC of PP, and ours for the same answer', () => {
  const hex = 'b121800101810103a219a017b115a113800674732d6d7461a109040774732d70617373';
  const rtoac = read(hex);
  assert(rtoac.kind === 'rtoac');
  assert.deepEqual([rtoac.value.checkpointSize, rtoac.value.windowSize], [1, 3]);
  const userData = octets('b115a113800674732d6d7461a109040774732d70617373');
  assert.equal(toHex(encodeRTOAC({ checkpointSize: 1, window: 3, userData })), hex);
});

test('a real recover bind: the session connection identifier of the broken association', () => {
  const rtorq = read('b01d' + 'a31ba119' + '14085065726369' + '76616c' + '170d3035313030313134353130385a');
  assert(rtorq.kind === 'rtorq');
  const recover = {
    callingUserReference: fromLatin1('Percival'),
    commonReference: fromLatin1('051001145108Z'),
    additionalReference: undefined,
  };
  assert.deepEqual(recoveredOf(rtorq.value.connectionDataRQ), recover);
  // Ours is the normal mode form, with an OCTET STRING.
  const encoded = encodeRTORQ({
    checkpointSize: 30,
    window: 5,
    dialogueMode: 'two-way-alternate',
    recover: { ...recover, additionalReference: fromLatin1('1') },
    userData: new Uint8Array(0),
  });
  assert.match(toHex(encoded), /^b0..80011e810105820101a3..a1..0408/);
  const again = read(toHex(encoded));
  assert(again.kind === 'rtorq');
  assert.deepEqual(recoveredOf(again.value.connectionDataRQ), {
    ...recover,
    additionalReference: fromLatin1('1'),
  });
});

test('RTORJ has the bind error as user data, or nothing: the refuse reason is of X.410-1984 mode', () => {
  assert.equal(toHex(encodeRTORJ(octets('b203020102'))), 'b207a105b203020102');
  assert.equal(toHex(encodeRTORJ(undefined)), 'b200');
  assert.deepEqual(read('b203800100').kind, 'rtorj');
});

test('RTAB, RTTP and RTTR', () => {
  assert.equal(toHex(encodeRTAB('protocol-error')), 'b603800104');
  assert.equal(toHex(encodeRTAB('user-error', octets('0500'))), 'b607800106a2020500');
  assert.equal(toHex(encodeRTTP(1)), '020101');
  const piece = octets('010203');
  const rttr = encodeRTTR([piece, piece]);
  assert.equal(toHex(concat(rttr)), '0406010203010203');
  assert.ok(rttr.includes(piece));
});

test('a P-DATA of RTTRs, and of anything else', () => {
  const rttr = (hex: string, context = 3) => ({ context, value: octets(hex) });
  const both = readRTTRs([rttr('040141'), rttr('2480040142040143' + '0000')], 3);
  assert(both.ok);
  assert.deepEqual(both.value.map(toHex), ['41', '4243']);
  assert.deepEqual(readRTTRs([rttr('020101')], 3), { ok: false, error: 'RTTP' });
  assert.equal(readRTTRs([rttr('040141', 5)], 3).ok, false);
  assert.equal(readRTTRs([rttr('0401')], 3).ok, false);
  assert.equal(readRTTP([rttr('020101')], 3), 1);
  assert.equal(readRTTP([], 3), 2);
});

test('damaged APDUs are errors, not exceptions', () => {
  const random = seededRandom(228);
  const whole = octets('b02180013f820100a319a017b015a113800670702d6d7461a109040770702d70617373');
  for (let round = 0; round < 2000; round += 1) {
    const damaged = whole.slice(0, random.between(1, whole.length));
    damaged[random.between(0, damaged.length - 1)] = random.between(0, 255);
    findApdu([{ context: 3, value: damaged }], 3);
    readRTTRs([{ context: 3, value: damaged }], 3);
  }
});
