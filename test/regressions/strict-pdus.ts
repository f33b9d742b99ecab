// A strict reader of what we emit: TPKT, TPDU, SPDU and, in their user data, BER. It shares no code with the
// program, accepts one form of everything, and names what it has read. Lengths agree to the octet, parameters
// come in the order of X.225 and once, BER is definite, of minimal lengths and minimal integers.

import assert from 'node:assert/strict';

/** SPDUs by identifier; 1, 25, 26, 41 and 42 mean two things (X.225 8.3). */
const spdus: Readonly<Record<number, string>> = {
  2: 'PT',
  9: 'FN',
  10: 'DN',
  12: 'RF',
  13: 'CN',
  14: 'AC',
  21: 'GTC',
  22: 'GTA',
  29: 'AR',
  41: 'AE',
  42: 'AEA',
  45: 'AS',
  48: 'ED',
  49: 'MIP',
  50: 'MIA',
  57: 'AD',
  58: 'ADA',
};
/** The group parameters: connection identifier, connect/accept item, linking information. */
const groups: ReadonlySet<number> = new Set([1, 5, 33]);
const USER_DATA = 0xc1;
/** RF: the reason's octet 2 says that user data follow. */
const REASON = 50;

/** Checks one packet, and says what it is: the TPDU, or the SPDUs that its DT carries. */
export function strictPdu(packet: Uint8Array): string {
  assert.deepEqual([...packet.subarray(0, 2)], [3, 0], 'TPKT version 3, reserved 0');
  assert.equal((packet[2] << 8) | packet[3], packet.length, 'the length of the TPKT');
  const tpdu = packet.subarray(4);
  const name = { 224: 'CR', 208: 'CC', 128: 'DR', 240: 'DT' }[tpdu[1]];
  assert.ok(name !== undefined, 'a TPDU of class 0');
  if (name === 'DT') {
    assert.deepEqual([...tpdu.subarray(0, 3)], [2, 0xf0, 0x80], 'DT, the last of its TSDU');
    return strictTsdu(tpdu.subarray(3)).join(' ');
  }
  assert.equal(tpdu[0], tpdu.length - 1, 'the length indicator of the TPDU');
  if (name !== 'DR') {
    assert.equal(tpdu[6], 0, 'class 0, no options');
    for (const { code, value } of parameters(tpdu.subarray(7), 'TPDU')) {
      assert.ok(code === 0xc0 || code === 0xc1 || code === 0xc2, `TPDU parameter ${code}`);
      if (code === 0xc0) assert.ok(value.length === 1 && value[0] >= 7 && value[0] <= 13, 'TPDU size');
    }
  }
  return name;
}

/** The SPDUs of a TSDU: one of category 1, or one of category 0 before one of category 2. */
function strictTsdu(tsdu: Uint8Array): readonly string[] {
  const names: string[] = [];
  let at = 0;
  while (at < tsdu.length) {
    const { contents, end } = lengthAt(tsdu, at + 1);
    const identifier = tsdu[at];
    const list = parameters(tsdu.subarray(contents, end), 'SPDU');
    for (const { code, value } of list) {
      if (code === USER_DATA && value.length > 0) strictBer(value);
      if (code === REASON && value.length > 1) strictBer(value.subarray(1));
    }
    if (identifier === 1 && names.length > 0) {
      assert.equal(list.filter(({ code }) => code !== 25).length, 0, 'DT has no parameter but enclosure');
      const rest = tsdu.subarray(end);
      // In X.410-1984 mode, user information is any octets of the APDU; in normal mode, User-data.
      if (rest[0] === 0x61) strictBer(rest);
      return [...names, 'DT'];
    }
    names.push(nameOf(identifier, list, names.length > 0));
    at = end;
  }
  assert.ok(names.length <= 2, 'basic concatenation: two SPDUs at most');
  return names;
}

function nameOf(identifier: number, list: readonly Parameter[], concatenated: boolean): string {
  if (identifier === 1) return 'GT';
  if (identifier === 25) return concatenated ? 'AI' : 'AB';
  if (identifier === 26) return concatenated ? 'AIA' : 'AA';
  assert.ok(!list.some(({ code }) => code === 15), 'no sync type: it is the end of an activity');
  const name = spdus[identifier];
  assert.ok(name !== undefined, `SPDU ${identifier}`);
  return name;
}

interface Parameter {
  readonly code: number;
  readonly value: Uint8Array;
}

function parameters(octets: Uint8Array, of: string): readonly Parameter[] {
  const found: Parameter[] = [];
  for (let at = 0; at < octets.length; ) {
    const code = octets[at];
    const { contents, end } =
      of === 'TPDU' ? { contents: at + 2, end: at + 2 + octets[at + 1] } : lengthAt(octets, at + 1);
    assert.ok(end <= octets.length, `parameter ${code} ends within its ${of}`);
    const value = octets.subarray(contents, end);
    assert.ok(!found.some((each) => each.code === code), `parameter ${code} once`);
    const before = found.at(-1)?.code;
    if (of === 'SPDU' && before !== undefined) assert.ok(before < code, `parameter ${code} after ${before}`);
    found.push({ code, value });
    if (of === 'SPDU' && groups.has(code)) parameters(value, 'group');
    at = end;
  }
  return found;
}

/** The length indicator at `at`: one octet, or 255 and two octets where it must. */
function lengthAt(octets: Uint8Array, at: number): { readonly contents: number; readonly end: number } {
  assert.ok(at < octets.length, 'a length indicator');
  const wide = octets[at] === 255;
  const length = wide ? (octets[at + 1] << 8) | octets[at + 2] : octets[at];
  if (wide) assert.ok(length >= 255, 'three octets of length only from 255 on');
  const contents = at + (wide ? 3 : 1);
  assert.ok(contents + length <= octets.length, 'a length within what there is');
  return { contents, end: contents + length };
}

/** One element of BER as DER would have it, and everything in it. */
function strictBer(octets: Uint8Array): void {
  assert.equal(elementAt(octets, 0), octets.length, 'one element and nothing after it');
}

function elementAt(octets: Uint8Array, at: number): number {
  assert.ok((octets[at] & 0x1f) !== 0x1f, 'no high tag numbers in these PDUs');
  let contents = at + 2;
  let length = octets[at + 1];
  if (length >= 0x80) {
    const count = length & 0x7f;
    assert.ok(count >= 1 && count <= 3, 'a definite length');
    length = 0;
    for (const octet of octets.subarray(contents, contents + count)) length = length * 256 + octet;
    contents += count;
    assert.ok(length >= 0x80 && length >= 256 ** (count - 1), 'a length of minimal octets');
  }
  const end = contents + length;
  assert.ok(end <= octets.length, 'an element within what there is');
  if ((octets[at] & 0x20) !== 0) {
    let inner = contents;
    while (inner < end) inner = elementAt(octets.subarray(0, end), inner);
    assert.equal(inner, end, 'elements that fill the one around them');
  } else if (octets[at] === 0x02 || octets[at] === 0x0a) {
    const [first, second] = octets.subarray(contents, end);
    assert.ok(length > 0, 'an INTEGER has octets');
    const sign = length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
    assert.ok(!sign, 'an INTEGER of minimal octets');
  }
  return end;
}
