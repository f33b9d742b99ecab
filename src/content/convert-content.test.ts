// Contents converted: what is touched and what never is, what is permitted, what becomes of odd bodies.

import assert from 'node:assert/strict';
import test from 'node:test';
import { contentOf, headingWith, planWith as plan } from '../../test/support/ipm.ts';
import { hasBit } from '../asn1/index.ts';
import { bodyPartName, ipmText } from './body-text.ts';
import type { Conversion, ConversionPlan } from './conversion-plan.ts';
import { convertContent } from './convert-content.ts';
import type { BodyPart, IPM } from './ipm.ts';
import { readContent } from './read-content.ts';
import type { Repertoire } from './repertoires.ts';
import { makeTextPart } from './text-part.ts';

const part = (repertoire: Repertoire, text: string) => makeTextPart(repertoire, text).part;
function ipmOf(conversion: Conversion): IPM {
  assert.ok(conversion.kind === 'converted', JSON.stringify(conversion));
  const read = readContent(conversion.content);
  assert.ok(read.ok && read.value.object.kind === 'ipm');
  return read.value.object.value;
}

test('what is accepted, and what is no text, needs nothing', () => {
  const file: BodyPart = { kind: 'bilaterallyDefined', value: new Uint8Array() };
  assert.deepEqual(convertContent(contentOf([part('ia5', 'a'), file]), plan({ permitted: false })), {
    kind: 'unneeded',
  });
});

test('one text becomes another, beside parts that stay, forwarded ones too', () => {
  const file: BodyPart = { kind: 'bilaterallyDefined', value: Uint8Array.of(1, 2) };
  const inner: IPM = { heading: headingWith(), body: [part('iso-8859-5', 'Жук')] };
  const forwarded: BodyPart = { kind: 'message', value: { parameters: {}, data: inner } };
  const made = convertContent(
    contentOf([part('t61', 'café'), file, forwarded]),
    plan({ accepts: new Set(['iso-8859-1']), text: 'iso-8859-1' }),
  );
  const ipm = ipmOf(made);
  assert.deepEqual(ipm.body?.map(bodyPartName), ['general-text', 'bilaterallyDefined', 'message']);
  assert.equal(ipmText(ipm), 'café\r\n???');
  assert.ok(made.kind === 'converted');
  assert.equal(made.parts_count, 2);
  assert.equal(made.loss.alphabetic, 3);
  assert.ok(made.needsP22);
  const { extendedEncodedInformationTypes: extended, builtInEncodedInformationTypes: bits } =
    made.encodedInformationTypes;
  assert.deepEqual(extended, ['1.0.10021.7.1.0.1', '1.0.10021.7.1.0.6', '1.0.10021.7.1.0.100']);
  assert.ok(hasBit(bits, 0) && !hasBit(bits, 5));
});

test('prohibited, with loss prohibited, nothing to make it of, malformed', () => {
  const teletex = contentOf([part('t61', 'café')]);
  const why = (content: Uint8Array, more: Partial<ConversionPlan>) => {
    const made = convertContent(content, plan(more));
    return made.kind === 'failed' ? made.why : made.kind;
  };
  assert.equal(why(teletex, { permitted: false }), 'prohibited');
  assert.equal(why(teletex, { withLoss: false }), 'with-loss-prohibited');
  assert.equal(why(contentOf([part('t61', 'cafe')]), { withLoss: false }), 'converted');
  assert.equal(why(teletex, { text: undefined }), 'unsupported');
  assert.equal(why(Uint8Array.of(1, 2, 3), {}), 'impractical');
});

test('X.411 8.3.1.2.1.11: what would be lost is told by its kind, several kinds as several', () => {
  const lost = (body: readonly BodyPart[], more: Partial<ConversionPlan> = {}) => {
    const made = convertContent(contentOf(body), plan({ withLoss: false, ...more }));
    return made.kind === 'failed' ? made.lost : made.kind;
  };
  const latin = (text: string) => [part('iso-8859-1', text)];
  assert.equal(lost(latin('caf\u00e9 \u00c5')), 'alphabetic');
  assert.equal(lost(latin('\u00bfque?')), 'punctuation');
  assert.equal(lost(latin('\u00a9 \u00b1')), 'pictorial');
  assert.equal(lost(latin('caf\u00e9 \u00bfque?')), 'several');
  assert.equal(lost([...latin('\u00bf'), part('ia5', 'x'), ...latin('\u00e9')]), 'several');
  assert.equal(lost(latin('a line'), { wrap: 3 }), 'line');
  assert.equal(lost(latin('a line of caf\u00e9'), { wrap: 3 }), 'several');
  assert.equal(lost(latin('a\r\nb'), { wrap: 3 }), 'converted', 'no line has to be broken');
  assert.equal(lost([part('t61', 'a line')], { accepts: new Set(['t61']), wrap: 3 }), 'unneeded');
  const unreadable: BodyPart = {
    kind: 'teletex',
    value: { parameters: { telexCompatible: false }, data: ['a\xff'] },
  };
  assert.equal(lost([unreadable]), 'unknown', 'nobody knows what it was');
  assert.equal(lost([unreadable, ...latin('\u00e9')]), 'alphabetic');
});

test('what would be lost is said in words', () => {
  const said = (text: string, more: Partial<ConversionPlan> = {}) => {
    const made = convertContent(contentOf([part('iso-8859-1', text)]), plan({ withLoss: false, ...more }));
    return made.kind === 'failed' ? made.explanation : made.kind;
  };
  assert.equal(said('\u00e9\u00e9'), 'letters would be lost: 2');
  assert.equal(said('one two three', { wrap: 8 }), 'lines would have to be broken: 1');
  assert.equal(said('\u00e9\u00bf'), 'letters would be lost: 1; punctuation would be lost: 1');
});

test('lines are wrapped where that is asked for, in what is converted alone', () => {
  const content = contentOf([part('t61', 'one two three'), part('ia5', 'one two three')]);
  const ipm = ipmOf(convertContent(content, plan({ wrap: 8 })));
  assert.equal(ipmText(ipm), 'one two \r\nthree\r\none two three');
});
