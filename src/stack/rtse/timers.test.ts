// The timers of RTSE against its states and its table.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, millis } from '../../base/time.ts';
import { rtseStates, type RtseState } from './states.ts';
import { rtseTable } from './table.ts';
import { type RtseTimer, RtseTimers, rtseTimers } from './timers.ts';

const durations = {
  open: millis(30),
  transfer: millis(50),
  activity: millis(20),
  disconnect: millis(10),
  idle: millis(100),
} as const;

function at(
  timers: RtseTimers,
  state: RtseState,
  now: number,
  spoke: 'user' | 'peer' | 'timer' = 'user',
): void {
  timers.adjust({ state, now: instant(now), spoke, durations });
}

test('a timer runs in its states and is cleared in the others', () => {
  const timers = new RtseTimers();
  for (const state of Object.keys(rtseStates) as RtseState[]) {
    at(timers, state, 0);
    const running = Object.entries(rtseTimers).filter(([, rule]) => rule.states.includes(state));
    const earliest = Math.min(...running.map(([name]) => durations[name as RtseTimer]));
    assert.equal(timers.next() ?? Number.POSITIVE_INFINITY, earliest, state);
    at(timers, 'ended', 0);
    assert.equal(timers.next(), undefined);
  }
});

test('every timer has a cell where it runs, and nowhere else', () => {
  for (const rule of Object.values(rtseTimers)) {
    for (const state of Object.keys(rtseStates) as RtseState[]) {
      assert.equal(
        rtseTable[state][rule.event] !== undefined,
        rule.states.includes(state),
        `${rule.event} ${state}`,
      );
    }
  }
});

test('the open timer is of the whole open; every word of the peer starts the activity timer again', () => {
  const timers = new RtseTimers();
  at(timers, 'connected', 0);
  at(timers, 'openSent', 10);
  assert.equal(timers.next(), 30);
  at(timers, 'ending', 100);
  assert.equal(timers.next(), 120);
  at(timers, 'ending', 110, 'user');
  assert.equal(timers.next(), 120);
  at(timers, 'ending', 115, 'peer');
  assert.equal(timers.next(), 135);
  assert.equal(timers.expired(instant(134)), undefined);
  assert.equal(timers.expired(instant(160)), 'activity');
  timers.clear('activity');
  assert.equal(timers.expired(instant(160)), 'transfer');
});

test('idleness ends with a word of either side', () => {
  const timers = new RtseTimers();
  at(timers, 'noTurn', 0);
  at(timers, 'noTurn', 10, 'peer');
  assert.equal(timers.next(), 110);
  at(timers, 'noTurn', 20, 'user');
  assert.equal(timers.next(), 120);
  at(timers, 'noTurn', 30, 'timer');
  assert.equal(timers.next(), 120);
});
