// Negotiation of presentation contexts, from both sides.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contexts_max, decideContexts, definedContextSet, readResults, resultList } from './contexts.ts';

const supports = (syntax: string): boolean => syntax.startsWith('2.6');

function proposed(...items: readonly (readonly [number, string, string])[]) {
  return items.map(([presentationContextIdentifier, abstractSyntaxName, transferSyntax]) => ({
    presentationContextIdentifier,
    abstractSyntaxName,
    transferSyntaxNameList: ['1.2.3', transferSyntax],
  }));
}

test('X.226 6.2: each context is decided upon by itself; any odd identifier will do, once', () => {
  const decided = decideContexts(
    proposed(
      [127, '2.6.0.2.7', '2.1.1'],
      [1, '2.2.1.0.1', '2.1.1'],
      [9, '2.6.0.2.12', '2.1.2'],
      [4, '2.6.0.2.12', '2.1.1'],
      [127, '2.6.0.2.12', '2.1.1'],
    ),
    supports,
  );
  assert.deepEqual(
    decided.map(({ accepted, refusal }) => [accepted, refusal]),
    [
      [true, undefined],
      [false, 'abstract-syntax-not-supported'],
      [false, 'proposed-transfer-syntaxes-not-supported'],
      [false, 'reason-not-specified'],
      [false, 'reason-not-specified'],
    ],
  );
  assert.deepEqual([...definedContextSet(decided)], [127]);
  assert.deepEqual(
    resultList(decided).map(({ result, providerReason }) => [result, providerReason]),
    [
      ['acceptance', undefined],
      ['provider-rejection', 'abstract-syntax-not-supported'],
      ['provider-rejection', 'proposed-transfer-syntaxes-not-supported'],
      ['provider-rejection', 'reason-not-specified'],
      ['provider-rejection', 'reason-not-specified'],
    ],
  );
});

test('there is a limit to how many contexts are accepted', () => {
  const many = proposed(
    ...Array.from({ length: contexts_max + 2 }, (_, index) => [2 * index + 1, '2.6.1', '2.1.1'] as const),
  );
  const decided = decideContexts(many, supports);
  assert.equal(decided.filter(({ accepted }) => accepted).length, contexts_max);
  assert.equal(decided.at(-1)?.refusal, 'local-limit-on-DCS-exceeded');
});

test('a result list answers the proposal item by item, or not at all', () => {
  const asked = [
    { identifier: 1, abstractSyntax: '2.2.1.0.1', transferSyntaxes: ['2.1.1'] },
    { identifier: 3, abstractSyntax: '2.6.0.2.12', transferSyntaxes: ['2.1.1'] },
    { identifier: 5, abstractSyntax: '2.6.0.2.7', transferSyntaxes: ['2.1.1'] },
  ];
  const read = readResults(asked, [
    { result: 'acceptance', transferSyntaxName: '2.1.1' },
    { result: 'user-rejection' },
    { result: 'provider-rejection' },
  ]);
  assert.deepEqual(
    read?.map(({ identifier, accepted, refusal }) => [identifier, accepted, refusal]),
    [
      [1, true, undefined],
      [3, false, 'user-rejection'],
      [5, false, 'reason-not-specified'],
    ],
  );
  assert.equal(readResults(asked, [{ result: 'acceptance' }]), undefined);
  assert.equal(readResults(asked, undefined), undefined);
});
