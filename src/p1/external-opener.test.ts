// A content comes out of its EXTERNAL at every cut, and again from every state; what is no EXTERNAL, or one
// of another form, comes out as it is; an end that is not where it should be is told.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { encode, external, rawOf } from '../asn1/index.ts';
import { concat } from '../base/octets.ts';
import { unwrapExternalContent, wrapExternalContent } from './external-content.ts';
import { ExternalOpener, external_head_octets_max } from './external-opener.ts';

const type = '2.6.7.10.0';
const content = Uint8Array.from({ length: 300 }, (_, index) => index % 251);
const definite = wrapExternalContent(type, content);
const single = encode(external(), {
  directReference: type,
  encoding: { kind: 'singleASN1Type', value: rawOf(concat([Uint8Array.of(4, 0x82, 1, 44), content])) },
});
/** The same within an indefinite length: 28 80 … 00 00. */
const indefinite = concat([Uint8Array.of(0x28, 0x80), definite.subarray(4), Uint8Array.of(0, 0)]);

interface Opened {
  readonly octets: Uint8Array;
  readonly type: string | undefined;
  readonly wrong: string | undefined;
}

/** Each piece goes to an opener of its own, which begins where the one before it stood. */
function opened(pieces: readonly Uint8Array[]): Opened {
  let opener = new ExternalOpener();
  const parts: Uint8Array[] = [];
  for (const piece of pieces) {
    opener = new ExternalOpener(JSON.parse(JSON.stringify(opener.state)));
    parts.push(...opener.take(piece).map((part) => part.slice()));
  }
  parts.push(...opener.finish());
  return { octets: concat([...parts, new Uint8Array(0)]), type: opener.type, wrong: opener.wrong };
}

test('the content and its type come out at every cut, as they do of the whole', () => {
  for (const whole of [definite, single, indefinite]) {
    const wanted = unwrapExternalContent(whole);
    assert.ok(wanted !== undefined);
    for (let at = 0; at <= whole.length; at += 1) {
      const given = opened([whole.subarray(0, at), whole.subarray(at)]);
      assert.deepEqual(given, { octets: wanted.content, type, wrong: undefined }, `cut at ${at}`);
    }
    const singly = Array.from(whole, (octet) => Uint8Array.of(octet));
    assert.deepEqual(opened(singly).octets, wanted.content);
  }
});

test('what is no EXTERNAL with a type and definite contents comes out as it is', () => {
  const others = {
    'a P2 content': Uint8Array.of(0xa0, 0x80, ...content, 0, 0),
    'nothing of a content': Uint8Array.of(0x28),
    'an indirect reference alone': Uint8Array.of(0x28, 5, 0x02, 1, 5, 0x81, 0),
    'contents of indefinite length': Uint8Array.of(0x28, 0x80, 6, 1, 0x2a, 0xa0, 0x80, 5, 0, 0, 0, 0, 0),
    'a length that does not agree': Uint8Array.of(0x28, 0x20, 6, 1, 0x2a, 0x81, 2, 1, 2),
    'a head without an end': new Uint8Array(2 * external_head_octets_max).fill(0x86).fill(0x28, 0, 1),
  };
  for (const [name, octets] of Object.entries(others)) {
    for (let at = 0; at <= octets.length; at += 1) {
      const given = opened([octets.subarray(0, at), octets.subarray(at)]);
      assert.deepEqual(given, { octets, type: undefined, wrong: undefined }, `${name} cut at ${at}`);
    }
  }
});

test('an end before its time, or after it, is told', () => {
  assert.match(opened([definite.subarray(0, -1)]).wrong ?? '', /lacks 1 octets/);
  assert.match(opened([indefinite.subarray(0, -2)]).wrong ?? '', /lacks 2 octets/);
  assert.match(opened([definite, Uint8Array.of(0)]).wrong ?? '', /after the EXTERNAL/);
  assert.match(opened([indefinite.subarray(0, -1), Uint8Array.of(7)]).wrong ?? '', /after the EXTERNAL/);
  assert.match(
    opened([indefinite.subarray(0, -2), Uint8Array.of(7), Uint8Array.of(0, 0, 0)]).wrong ?? '',
    /after/,
  );
});

test('any octets whatever, however cut, give no exception and no more than came', () => {
  const begin = fc.constantFrom([], [0x28], [0x28, 0x80, 6, 1, 0x2a], [0x28, 0x82, 1, 0, 6, 3]);
  fc.assert(
    fc.property(begin, fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }), (head, pieces) => {
      const whole = [Uint8Array.from(head), ...pieces];
      const { octets } = opened(whole);
      assert.ok(octets.length <= concat([...whole, new Uint8Array(0)]).length);
    }),
  );
});
