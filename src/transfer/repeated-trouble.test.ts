// A peer that fails every second, on virtual time: what of it reaches the log.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type Instant, instant } from '../base/time.ts';
import type { EventFields, EventName } from '../events/index.ts';

import { told_again_ms, told_at_once_max, withoutRepeats } from './repeated-trouble.ts';

describe('trouble of one link that repeats', () => {
  const world = () => {
    const said: { name: EventName; fields: EventFields }[] = [];
    let now: Instant = instant(0);
    const emit = withoutRepeats((name, fields) => said.push({ name, fields }), { now: () => now });
    const wait = (milliseconds: number): void => {
      now = instant(now + milliseconds);
    };
    return { said, emit, wait };
  };

  it('is told once a minute after the first, with how many were kept back', () => {
    const { said, emit, wait } = world();
    for (let second = 0; second < 600; second += 1) {
      emit('connect-failed', { link: 'site-b', code: 'ECONNREFUSED' });
      wait(1000);
    }
    assert.equal(said.length, told_at_once_max + 9);
    const keptBack = said.reduce((sum, { fields }) => sum + Number(fields.repeated ?? 0), 0);
    assert.equal(said.length + keptBack, 541, 'all up to the last that was told');
    assert.equal(said[0].fields.repeated, undefined);
    assert.equal(said.at(-1)?.fields.repeated, 59);
  });

  it('is always told at the usual intervals', () => {
    const { said, emit, wait } = world();
    for (let call = 0; call < 200; call += 1) {
      emit('link-open-failed', { link: 'site-b' });
      wait(told_again_ms);
    }
    assert.equal(said.length, 200);
    assert.ok(said.every(({ fields }) => fields.repeated === undefined));
  });

  it('is told in full again after a quiet time', () => {
    const { said, emit, wait } = world();
    for (let call = 0; call < told_at_once_max; call += 1) emit('connect-failed', { link: 'site-b' });
    wait(told_again_ms * told_at_once_max);
    for (let call = 0; call < told_at_once_max; call += 1) emit('connect-failed', { link: 'site-b' });
    assert.equal(said.length, 2 * told_at_once_max);
  });

  it('keeps nothing back of another name, nor what is no trouble, nor an alert', () => {
    const { said, emit } = world();
    for (let call = 0; call < 100; call += 1) {
      emit('connect-failed', { link: 'site-b' });
      emit('transfer-out', { link: 'site-b' });
    }
    emit('association-lost', { link: 'site-b' });
    const count = (name: EventName) => said.filter((each) => each.name === name).length;
    assert.equal(count('connect-failed'), told_at_once_max);
    assert.equal(count('transfer-out'), 100);
    assert.equal(count('association-lost'), 1);
  });
});
