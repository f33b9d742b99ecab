// Loop detection, sentence by sentence of the design, and the two traces that are no loops.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globalDomainIdentifier } from '../address/index.ts';
import { instant } from '../base/time.ts';
import { externalTraceElement, internalTraceElement, type TraceActions } from '../p1/index.ts';
import { detectLoop, hops_max, isDomain } from './loop.ts';

const domain = (prmd: string, admd = ' ') => globalDomainIdentifier({ country: 'GB', admd, prmd });
const ours = domain('OURS');
const arrival = { arrivalTime: instant(0) };
const redirected: TraceActions = { ...arrival, otherActions: ['redirected'] };
const expanded: TraceActions = { ...arrival, otherActions: ['dl-operation'] };

const external = (...steps: readonly (string | readonly [string, TraceActions])[]) => ({
  domain: ours,
  mtaName: 'MTA-1',
  trace: steps.map((step) =>
    typeof step === 'string'
      ? externalTraceElement(domain(step), arrival)
      : externalTraceElement(domain(step[0]), step[1]),
  ),
});
const internal = (...steps: readonly (readonly [string, string, TraceActions?])[]) => ({
  ...external('OTHER'),
  internalTrace: steps.map(([prmd, name, actions]) =>
    internalTraceElement({ domain: domain(prmd), name }, actions ?? arrival),
  ),
});

test('our domain, then another: a loop', () => {
  const verdict = detectLoop(external('OURS', 'OTHER'));
  assert.ok(verdict.loop);
  assert.equal(verdict.proof, 'external-trace');
  assert.ok(detectLoop(external('X', 'OURS', 'Y', 'Z')).loop);
  assert.ok(detectLoop(external('OURS', 'Y', 'OURS')).loop);
});

test('our domain last, once or twice: another MTA of it handed it over', () => {
  assert.equal(detectLoop(external('OTHER', 'OURS')).loop, false);
  assert.equal(detectLoop(external('OURS', 'OURS')).loop, false);
  assert.equal(detectLoop(external('OTHER', 'OTHER')).loop, false);
});

test('a later redirection or list expansion makes new recipients', () => {
  assert.equal(detectLoop(external('OURS', ['OTHER', redirected])).loop, false);
  assert.equal(detectLoop(external('OURS', ['OTHER', expanded], 'Z')).loop, false);
});

test('our own redirection, and back again: a loop', () => {
  assert.ok(detectLoop(external(['OURS', redirected], 'OTHER')).loop);
  assert.ok(detectLoop(external(['OTHER', expanded], 'OURS', 'OTHER')).loop);
});

test('our MTA name in the internal trace, in our domain, since the last action', () => {
  assert.ok(detectLoop(internal(['OURS', 'MTA-1'], ['OURS', 'MTA-2'])).loop);
  assert.equal(detectLoop(internal(['OURS', 'MTA-2'], ['OURS', 'MTA-2'])).loop, false);
  assert.equal(detectLoop(internal(['OTHER', 'MTA-1'])).loop, false);
  assert.equal(detectLoop(internal(['OURS', 'MTA-1'], ['OURS', 'MTA-2', redirected])).loop, false);
  assert.ok(detectLoop(internal(['OURS', 'MTA-1', redirected], ['OURS', 'MTA-2'])).loop);
});

test('an ADMD of zero is the same as of one space', () => {
  assert.ok(isDomain(domain('OURS', '0'), ours));
  assert.ok(!isDomain(domain('OURS', 'BT'), ours));
  assert.ok(!isDomain(domain('OUR'), ours));
});

test('a trace with more domains than the budget is taken for a loop; one domain in a row counts once', () => {
  const many = Array.from({ length: hops_max }, (_, index) => `D${index}`);
  assert.equal(detectLoop(external(...many)).loop, false);
  const verdict = detectLoop(external(...many, 'ONE-MORE'));
  assert.ok(verdict.loop);
  assert.equal(verdict.proof, 'hops');
  assert.equal(detectLoop(external(...Array.from({ length: 60 }, () => 'SAME'))).loop, false);
  assert.ok(detectLoop({ ...external('A', 'B', 'C'), hopsMax: 2 }).loop);
});
