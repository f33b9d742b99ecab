// Probes: the same verdicts on encoded information types alone as on contents of those types.

import assert from 'node:assert/strict';
import test from 'node:test';
import { ipmOf, planWith as plan } from '../../test/support/ipm.ts';
import { bitsOf } from '../asn1/index.ts';
import { characterSetEIT } from './build-content.ts';
import type { ConversionPlan } from './conversion-plan.ts';
import { convertTypes, kindsThatMayBeLost } from './convert-types.ts';
import { typesOf } from './encoded-types.ts';
import { type Repertoire, repertoires } from './repertoires.ts';
import { makeTextPart } from './text-part.ts';

const ipmWith = (repertoire: Repertoire) => ipmOf([makeTextPart(repertoire, 'x').part]);
const verdict = (types: Parameters<typeof convertTypes>[0], more: Partial<ConversionPlan> = {}) => {
  const made = convertTypes(types, 100, plan(more));
  return made.kind === 'failed' ? made.why : made.kind;
};

test('what is taken, and what nobody named, needs nothing', () => {
  assert.equal(verdict(undefined), 'unneeded');
  assert.equal(verdict(typesOf(ipmWith('ia5')), { permitted: false }), 'unneeded');
});

test('each type against what is taken: permitted, prohibited, with loss, not converted', () => {
  const latin = typesOf(ipmWith('iso-8859-1'));
  assert.equal(verdict(latin), 'converted');
  assert.equal(verdict(latin, { permitted: false }), 'prohibited');
  assert.equal(verdict(latin, { withLoss: false }), 'with-loss-prohibited');
  assert.equal(verdict(latin, { text: undefined }), 'unsupported');
  assert.equal(verdict(latin, { text_octets_max: 99 }), 'impractical');
  const lossless = {
    accepts: new Set(['iso-8859-1'] as const),
    text: 'iso-8859-1',
    withLoss: false,
  } as const;
  assert.equal(verdict(typesOf(ipmWith('ia5')), lossless), 'converted');
});

test('the types that come of it are those of a content that was converted', () => {
  for (const target of ['ia5', 't61', 'iso-8859-5'] as const) {
    for (const from of ['ia5', 't61', 'iso-8859-1'] as const) {
      const types = typesOf(ipmWith(from));
      const rules = plan({ accepts: new Set([target]), text: target });
      const made = convertTypes(types, 10, rules);
      if (from === target) {
        assert.equal(made.kind, 'unneeded');
        continue;
      }
      assert.ok(made.kind === 'converted');
      assert.deepEqual(made.encodedInformationTypes, typesOf(ipmWith(target)));
    }
  }
});

test('types that are no text stay', () => {
  const types = {
    builtInEncodedInformationTypes: bitsOf([3, 5]),
    g3Facsimile: bitsOf([], 0),
    teletex: {},
    extendedEncodedInformationTypes: ['1.2.3', `${characterSetEIT}.1`, `${characterSetEIT}.6`],
  };
  const made = convertTypes(types, 10, plan());
  assert.ok(made.kind === 'converted');
  assert.deepEqual(made.encodedInformationTypes.builtInEncodedInformationTypes, bitsOf([2, 3]));
  assert.deepEqual(made.encodedInformationTypes.extendedEncodedInformationTypes, ['1.2.3']);
});

test('types that are no text, where nothing else is taken', () => {
  const types = typesOf(ipmWith('ia5'));
  const file = { ...types, extendedEncodedInformationTypes: ['2.6.1.12.0'] };
  assert.equal(verdict(types, { others: false }), 'unneeded');
  assert.equal(verdict(file, { others: false }), 'unsupported');
  assert.equal(
    verdict({ ...types, builtInEncodedInformationTypes: bitsOf([2, 3]) }, { others: false }),
    'unsupported',
  );
  assert.equal(verdict(file), 'unneeded');
});

test('what would be lost is told where types tell it: one kind alone, or that there may be several', () => {
  const lost = (from: Repertoire, to: Repertoire) => {
    const rules = plan({ accepts: new Set([to]), text: to, withLoss: false });
    const made = convertTypes(typesOf(ipmWith(from)), 10, rules);
    return made.kind === 'failed' ? made.lost : made.kind;
  };
  assert.equal(lost('iso-8859-9', 'iso-8859-1'), 'alphabetic', 'Turkish letters are all that differs');
  assert.equal(lost('iso-8859-1', 'ia5'), 'unknown', 'letters, or punctuation, or symbols');
  assert.equal(lost('ia5', 'iso-8859-1'), 'converted');
});

const mayLose = (from: Repertoire, to: Repertoire) => kindsThatMayBeLost(from, to).size > 0;
test('what one repertoire has and another lacks may be lost', () => {
  for (const each of repertoires) assert.equal(mayLose(each, each), false);
  assert.equal(mayLose('ia5', 'iso-8859-1'), false);
  assert.equal(mayLose('ia5', 't61'), true, 'braces');
  assert.equal(mayLose('t61', 'iso-6937'), false);
  assert.equal(mayLose('t61', 'iso-8859-1'), true, 'letters with marks that Latin-1 lacks');
  assert.equal(mayLose('iso-8859-1', 'ia5'), true);
  assert.equal(mayLose('ia5', 'ia5-german'), true);
});
