// Contents converted piece by piece: the same octets as in one step, whatever is read at once, however they
// are encoded; memory and steps that do not grow with the text; malformed contents as verdicts.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { contentOf, ipmOf as ipm, planWith as plan } from '../../test/support/ipm.ts';
import { concat, fromHex, toHex } from '../base/octets.ts';
import { ipmText } from './body-text.ts';
import type { ConversionPlan } from './conversion-plan.ts';
import { convertContent } from './convert-content.ts';
import { convertInPieces, type PiecewiseConversion } from './convert-pieces.ts';
import type { BodyPart } from './ipm.ts';
import { readContent } from './read-content.ts';
import type { Repertoire } from './repertoires.ts';
import { makeTextPart } from './text-part.ts';

const text = (repertoire: Repertoire, said: string) => makeTextPart(repertoire, said).part;
/** Every text as a stream, every other part stepped over. */
const streamed = { whole_octets_max: 0 };
const whole = { whole_octets_max: Number.POSITIVE_INFINITY };

const targets: readonly Repertoire[] = ['ia5', 't61', 'iso-8859-1', 'iso-8859-5', 'iso-6937'];
const said = fc.string({
  unit: fc.constantFrom('a', 'B', ' ', '\r\n', 'é', 'ß', 'Ж', '{', '\f', '\u{1f600}', 'ø', 'word '),
  maxLength: 40,
});
const textPart = fc.tuple(fc.constantFrom(...targets), said).map(([to, each]) => text(to, each));
const otherPart: fc.Arbitrary<BodyPart> = fc
  .uint8Array({ maxLength: 200 })
  .map((value) => ({ kind: 'bilaterallyDefined', value }));
const parts = fc.array(fc.oneof(textPart, otherPart), { maxLength: 4 });
const forwarded = parts.map((body): BodyPart => {
  return { kind: 'message', value: { parameters: {}, data: ipm(body) } };
});
const bodies = fc.array(fc.oneof(textPart, otherPart, forwarded), { maxLength: 4 });

test('streamed, and part by part: the same octets, types and loss', () => {
  const rules = fc.record({
    accepts: fc.subarray([...targets]).map((some) => new Set(some)),
    text: fc.constantFrom(...targets),
    wrap: fc.constantFrom(0, 3, 72),
    withLoss: fc.boolean(),
  });
  fc.assert(
    fc.property(bodies, rules, (body, more) => {
      const content = contentOf(body);
      const one = convertContent(content, plan(more), whole);
      const other = convertContent(content, plan(more), streamed);
      if (one.kind !== 'converted' || other.kind !== 'converted') {
        assert.equal(
          other.kind === 'failed' ? other.why : other.kind,
          one.kind === 'failed' ? one.why : one.kind,
        );
        if (one.kind === 'failed' && other.kind === 'failed') assert.equal(other.lost, one.lost);
        return;
      }
      assert.equal(toHex(other.content), toHex(one.content));
      assert.deepEqual(
        new Set(other.encodedInformationTypes.extendedEncodedInformationTypes),
        new Set(one.encodedInformationTypes.extendedEncodedInformationTypes),
      );
      assert.deepEqual(other.loss, one.loss);
      assert.equal(other.needsP22, one.needsP22);
      assert.equal(other.parts_count, one.parts_count);
    }),
    { numRuns: 1500, seed: 408 },
  );
});

/** Drives the walk over `content`, given at most so many octets at a time. */
function driven(content: Uint8Array, octets_max: number, rules = plan()) {
  const walk = convertInPieces(content.length, rules, streamed);
  const written: Uint8Array[] = [];
  let largest = 0;
  for (let step = walk.next(); ; ) {
    if (step.done === true) return { made: step.value, written: concat(written), largest };
    const request = step.value;
    if (request.kind === 'write') {
      written.push(request.octets);
      largest = Math.max(largest, request.octets.length);
    }
    const { at, octets_max: wanted } = request.kind === 'read' ? request : { at: 0, octets_max: 0 };
    step = walk.next(content.slice(at, at + Math.min(wanted, octets_max)));
  }
}

function octetsOf(
  content: Uint8Array,
  { made, written }: { made: PiecewiseConversion; written: Uint8Array },
) {
  assert.ok(made.kind === 'converted', JSON.stringify(made));
  return concat(
    made.pieces.map((piece) => {
      if (piece.kind === 'literal') return piece.octets;
      const source = piece.kind === 'kept' ? content : written;
      return source.subarray(piece.at, piece.at + piece.octets_count);
    }),
  );
}

test('what is read at once makes no difference', () => {
  const inner: BodyPart = {
    kind: 'message',
    value: { parameters: {}, data: ipm([text('t61', 'à la carte')]) },
  };
  const content = contentOf([text('t61', 'café\fcrème'), inner, text('iso-8859-1', 'Größe')]);
  const expected = convertContent(content, plan(), whole);
  assert.ok(expected.kind === 'converted');
  for (const octets_max of [1, 2, 3, 7, 64]) {
    assert.equal(toHex(octetsOf(content, driven(content, octets_max))), toHex(expected.content));
  }
});

test('indefinite lengths, and strings in segments within segments', () => {
  const plain = contentOf([]);
  const head = plain.subarray(2, plain.length - 2);
  const page = 'a580 3100 3080 3480 2480 0402 6361 0000 0403 66c265 0000 0000 0000';
  const octets = fromHex(page.replaceAll(' ', ''));
  assert.ok(octets !== undefined);
  const content = Uint8Array.from([0xa0, 0x80, ...head, 0x30, 0x80, ...octets, 0, 0, 0, 0]);
  const made = octetsOf(content, driven(content, 5));
  const read = readContent(made);
  assert.ok(read.ok && read.value.object.kind === 'ipm');
  assert.equal(ipmText(read.value.object.value), 'cafe');
});

test('a line of two million characters is handed on in small pieces', () => {
  const content = contentOf([text('t61', 'naïve '.repeat(350_000))]);
  const result = driven(content, 16 * 1024, plan({ wrap: 80 }));
  assert.ok(result.made.kind === 'converted');
  assert.ok(result.largest < 256 * 1024, `${result.largest} octets at once`);
  assert.ok(result.written.length > 2_000_000);
});

test('where one kind is lost the rest is read, for it may be several; nothing is written any more', () => {
  const lostOf = (said: string) => {
    const content = contentOf([text('iso-8859-5', said)]);
    const { made, written } = driven(content, Number.POSITIVE_INFINITY, plan({ withLoss: false }));
    assert.equal(written.length, 0);
    return made.kind === 'failed' ? made.lost : made.kind;
  };
  assert.equal(lostOf(`Ж${'x'.repeat(1_000_000)}`), 'alphabetic');
  assert.equal(lostOf(`Ж${'x'.repeat(1_000_000)}§`), 'several');
});

test('no more is read once the verdict is there', () => {
  const content = contentOf([text('iso-8859-5', `Ж§${'x'.repeat(1_000_000)}`)]);
  const reads = (rules: ConversionPlan): number => {
    const walk = convertInPieces(content.length, rules);
    let count = 0;
    for (let step = walk.next(); step.done !== true; count += 1) {
      const { at, octets_max } = step.value.kind === 'read' ? step.value : { at: 0, octets_max: 0 };
      step = walk.next(content.subarray(at, at + octets_max));
    }
    return count;
  };
  assert.ok(reads(plan({ withLoss: false })) < 6, 'several kinds are lost');
  assert.ok(reads(plan({ permitted: false })) < 6);
  assert.ok(reads(plan({ text: undefined })) < 6);
  assert.ok(reads(plan({ text_octets_max: 1000 })) < 6);
});

test('any octets are a verdict, never an exception', () => {
  const good = contentOf([text('t61', 'é'.repeat(30)), text('iso-8859-1', 'ö')]);
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, octet, cut) => {
      const bad = good.slice(0, cut === 0 ? good.length : Math.max(cut, 1));
      if (at < bad.length) bad[at] = octet;
      for (const options of [streamed, whole]) {
        const made = convertContent(bad, plan(), options);
        assert.ok(['unneeded', 'converted', 'failed'].includes(made.kind));
      }
    }),
    { numRuns: 3000, seed: 5 },
  );
});

test('what holds no text is refused where nothing else is taken, small or large', () => {
  const file = (octets: number): BodyPart => ({ kind: 'bilaterallyDefined', value: new Uint8Array(octets) });
  const odd: BodyPart = {
    kind: 'extended',
    value: {
      data: {
        directReference: '2.6.1.4.12',
        encoding: { kind: 'octetAligned', value: new Uint8Array(100) },
      },
    },
  };
  const rules = plan({ others: false });
  for (const part of [file(1), file(40_000), odd]) {
    for (const options of [{}, streamed, whole]) {
      const made = convertContent(contentOf([text('ia5', 'x'), part]), rules, options);
      assert.ok(made.kind === 'failed' && made.why === 'unsupported', JSON.stringify(made));
      assert.equal(convertContent(contentOf([part]), plan(), options).kind, 'unneeded');
    }
  }
  const forwarding: BodyPart = { kind: 'message', value: { parameters: {}, data: ipm([text('ia5', 'x')]) } };
  assert.equal(convertContent(contentOf([forwarding]), rules).kind, 'unneeded');
});

test('messages within messages, to a depth', () => {
  let body: BodyPart = text('t61', 'é');
  for (let depth = 0; depth < 40; depth += 1) {
    body = { kind: 'message', value: { parameters: {}, data: ipm([body]) } };
  }
  const made = convertContent(contentOf([body]), plan(), streamed);
  assert.ok(made.kind === 'failed' && made.why === 'impractical');
});
