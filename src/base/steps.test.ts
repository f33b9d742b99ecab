// Work in steps: the same outcome as without them, short work in one step, long work in many.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atOnce, eachInSteps, eachLightlyInSteps, filterInSteps, mapInSteps, type Steps } from './steps.ts';

function countOf(steps: Steps<unknown>): number {
  let count = 0;
  for (const _ of steps) count += 1;
  return count;
}

test('mapInSteps gives what map gives, at every length', () => {
  for (const length of [0, 1, 63, 64, 65, 1000]) {
    const list = Array.from({ length }, (_, index) => index);
    const each = (element: number, index: number): string => `${element}/${index}`;
    assert.deepEqual(atOnce(mapInSteps(list, each)), list.map(each));
  }
});

test('eachInSteps sees every element once, in order', () => {
  const list = Array.from({ length: 500 }, (_, index) => index);
  const seen: number[] = [];
  atOnce(eachInSteps(list, (element) => seen.push(element)));
  assert.deepEqual(seen, list);
});

test('filterInSteps keeps what filter keeps', () => {
  const list = Array.from({ length: 10_000 }, (_, index) => index);
  const isOdd = (element: number): boolean => element % 2 === 1;
  assert.deepEqual(atOnce(filterInSteps(list, isOdd)), list.filter(isOdd));
});

test('what is short pauses never, what is long often', () => {
  assert.equal(countOf(mapInSteps(new Array(64).fill(0), () => 0)), 0);
  assert.equal(countOf(eachInSteps(new Array(64).fill(0), () => undefined)), 0);
  assert.ok(countOf(mapInSteps(new Array(32_767).fill(0), () => 0)) > 500);
  const light = countOf(eachLightlyInSteps(new Array(32_767).fill(0), () => undefined));
  assert.ok(light > 20 && light < 100, `${light} pauses`);
});
