// Hours of the week against the clocks of the world: changes of the clock, odd offsets, the ends of months.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instant, type Instant, isoTime } from '../base/time.ts';
import { Timetable } from './timetable.ts';

const at = (text: string): Instant => instant(Date.parse(text));
const minutes = (day: number, hour: number, minute = 0) => (day * 24 + hour) * 60 + minute;
const everyDay = (from: [number, number], to: [number, number]) =>
  [0, 1, 2, 3, 4, 5, 6].map((day) => ({ from: minutes(day, ...from), to: minutes(day, ...to) }));
const changes = (table: Timetable, from: string, count: number): readonly string[] => {
  const found: string[] = [];
  let now = at(from);
  for (let each = 0; each < count; each += 1) {
    const next = table.nextChange(now);
    if (next === undefined) break;
    found.push(`${table.isOn(next) ? '+' : '-'}${isoTime(next).slice(0, 16)}`);
    now = next;
  }
  return found;
};

test('Monday to Friday, office hours, UTC: on, off, and the weekend between', () => {
  const office = [0, 1, 2, 3, 4].map((day) => ({ from: minutes(day, 8), to: minutes(day, 18) }));
  // 2026-11-20 is a Friday.
  const table = new Timetable(office, 'UTC');
  assert.ok(table.isOn(at('2026-11-20T08:00:00Z')));
  assert.ok(!table.isOn(at('2026-11-20T18:00:00Z')));
  assert.deepEqual(changes(table, '2026-11-20T12:00:00Z', 3), [
    '-2026-11-20T18:00',
    '+2026-11-23T08:00',
    '-2026-11-23T18:00',
  ]);
});

test('RT-M1: 09:00 to 10:00 in zones of every odd offset', () => {
  const hours = everyDay([9, 0], [10, 0]);
  for (const [zone, first] of [
    ['Asia/Kolkata', '+2026-06-15T03:30'],
    ['Asia/Kathmandu', '+2026-06-15T03:15'],
    ['Pacific/Chatham', '+2026-06-14T20:15'],
    ['Pacific/Marquesas', '+2026-06-14T18:30'],
    ['America/St_Johns', '+2026-06-15T11:30'],
  ] as const) {
    const from = zone.startsWith('Pacific') ? '2026-06-14T12:00:00Z' : '2026-06-15T00:00:00Z';
    assert.equal(changes(new Timetable(hours, zone), from, 1)[0], first, zone);
  }
});

test('RT-M1: the clock is put forward: hours keep to it, what it skips does not come', () => {
  // London: 2026-03-29, 01:00 UTC, from 01:00 to 02:00.
  const morning = new Timetable(everyDay([8, 0], [9, 0]), 'Europe/London');
  assert.deepEqual(changes(morning, '2026-03-28T07:00:00Z', 4), [
    '+2026-03-28T08:00',
    '-2026-03-28T09:00',
    '+2026-03-29T07:00',
    '-2026-03-29T08:00',
  ]);
  const skipped = new Timetable(everyDay([1, 15], [1, 45]), 'Europe/London');
  assert.deepEqual(changes(skipped, '2026-03-28T12:00:00Z', 2), ['+2026-03-30T00:15', '-2026-03-30T00:45']);
  const over = new Timetable(everyDay([0, 30], [1, 30]), 'Europe/London');
  assert.deepEqual(changes(over, '2026-03-28T12:00:00Z', 2), ['+2026-03-29T00:30', '-2026-03-29T01:00']);
});

test('RT-M1: the clock is put back: what it shows twice comes twice', () => {
  // London: 2026-10-25, 01:00 UTC, from 02:00 to 01:00.
  const twice = new Timetable(everyDay([1, 15], [1, 45]), 'Europe/London');
  assert.deepEqual(changes(twice, '2026-10-24T12:00:00Z', 4), [
    '+2026-10-25T00:15',
    '-2026-10-25T00:45',
    '+2026-10-25T01:15',
    '-2026-10-25T01:45',
  ]);
});

test('RT-M1: leap day, end of the year', () => {
  const table = new Timetable(everyDay([23, 0], [24, 0]), 'UTC');
  assert.deepEqual(changes(table, '2028-02-28T22:00:00Z', 4), [
    '+2028-02-28T23:00',
    '-2028-02-29T00:00',
    '+2028-02-29T23:00',
    '-2028-03-01T00:00',
  ]);
  assert.deepEqual(changes(table, '2026-12-31T22:00:00Z', 2), ['+2026-12-31T23:00', '-2027-01-01T00:00']);
});

test('the whole week is always on, no hours never, and neither changes', () => {
  const always = new Timetable([{ from: 0, to: 7 * 24 * 60 }], 'Europe/London');
  assert.ok(always.isOn(at('2026-10-25T00:30:00Z')));
  assert.equal(always.nextChange(at('2026-10-25T00:30:00Z')), undefined);
  const never = new Timetable([], 'UTC');
  assert.equal(never.nextChange(at('2026-10-25T00:30:00Z')), undefined);
});

test('the next change is the first minute at which it is otherwise, in any zone at any time', () => {
  const zones = ['UTC', 'Europe/London', 'Australia/Lord_Howe', 'Pacific/Chatham', 'America/St_Johns'];
  const range = fc
    .tuple(fc.nat(7 * 24 * 60 - 1), fc.integer({ min: 1, max: 600 }))
    .map(([from, length]) => ({ from, to: Math.min(from + length, 7 * 24 * 60) }));
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.array(range, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 28_000_000, max: 31_000_000 }),
      (zone, ranges, minute) => {
        const table = new Timetable(ranges, zone);
        const from = instant(minute * 60_000);
        const next = table.nextChange(from);
        assert.ok(next !== undefined && next > from);
        assert.notEqual(table.isOn(next), table.isOn(from));
        const steps = Math.min(60, (next - from) / 60_000 - 1);
        for (let step = 1; step <= steps; step += 1) {
          assert.equal(table.isOn(instant(next - step * 60_000)), table.isOn(from));
        }
      },
    ),
    { numRuns: 100, seed: 20261121 },
  );
});

test('a question costs less than the event loop can spare', () => {
  const table = new Timetable(everyDay([9, 0], [9, 1]), 'Europe/London');
  const start = process.hrtime.bigint();
  for (let day = 0; day < 100; day += 1) table.nextChange(instant(1.79e12 + day * 86_400_000));
  const each_ms = Number(process.hrtime.bigint() - start) / 1e6 / 100;
  assert.ok(each_ms < 5, `${each_ms} ms`);
});
