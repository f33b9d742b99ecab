// How hours of the week are written, what they mean in minutes, and the errors of a schedule.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatConfigurationError, parseConfiguration } from './index.ts';
import { timeZone, weekTimes } from './week-times.ts';

function minutes(written: unknown): readonly (readonly [number, number])[] | undefined {
  const read = weekTimes.read(written);
  return read.ok ? read.value.ranges.map(({ from, to }) => [from, to] as const) : undefined;
}
const day = 24 * 60;

test('days and hours become minutes from Monday on', () => {
  assert.deepEqual(minutes('mon 08:00-18:00'), [[480, 1080]]);
  assert.deepEqual(minutes('Sat,Sun 10:00-12:30'), [
    [5 * day + 600, 5 * day + 750],
    [6 * day + 600, 6 * day + 750],
  ]);
  assert.equal(minutes('mon-fri 00:00-24:00')?.length, 5);
  assert.equal(minutes('08:00-09:00')?.length, 7);
  assert.deepEqual(
    minutes('sat-mon 01:00-02:00')?.map(([from]) => Math.floor(from / day)),
    [5, 6, 0],
  );
});

test('hours over midnight end on the next day, over Sunday midnight in the next week', () => {
  assert.deepEqual(minutes('fri 22:00-06:00'), [[4 * day + 1320, 5 * day + 360]]);
  assert.deepEqual(minutes('sun 22:00-06:00'), [
    [6 * day + 1320, 7 * day],
    [0, 360],
  ]);
});

test('what is no time of the week is refused', () => {
  for (const wrong of ['', 'mon', '8:00-9:00', 'mon 08:00-08:00', 'mon 25:00-26:00', 'foo 08:00-09:00', 7]) {
    assert.equal(minutes(wrong), undefined, String(wrong));
  }
  for (const wrong of ['mon-tue-wed 08:00-09:00', 'mon 24:00-06:00', 'mon 08:60-09:00', null, ['x']]) {
    assert.equal(minutes(wrong), undefined, String(wrong));
  }
});

test('time zones by the names of the IANA data base', () => {
  for (const name of ['UTC', 'Europe/London', 'Asia/Kathmandu', 'Pacific/Chatham', 'Pacific/Marquesas']) {
    assert.ok(timeZone.read(name).ok, name);
  }
  for (const wrong of ['Europe/Atlantis', '', 5, undefined]) assert.ok(!timeZone.read(wrong).ok);
});

test('a schedule that cannot mean what it says is an error with its place', () => {
  const complaint = (peer: string, schedule: string) => {
    const text = `mta: { name: A, domain: { country: GB } }
links:
  - name: b
    peer: { mta: B${peer} }
    schedule: ${schedule}
    addressSpaces: [ { address: "/P=B/C=GB/" } ]
`;
    const read = parseConfiguration(text, 'x.yaml');
    return read.ok ? '' : read.error.map(formatConfigurationError).join('\n');
  };
  const address = ', address: 127.0.0.1';
  assert.equal(complaint(address, '{ style: times, times: ["mon-fri 08:00-18:00"] }'), '');
  assert.match(complaint(address, '{ style: times }'), /5:.*wants schedule\.times/);
  assert.match(complaint(address, '{ times: ["08:00-09:00"] }'), /style always does not look at times/);
  assert.match(complaint('', '{ style: poll }'), /no peer\.address/);
  assert.match(complaint(address, '{ style: times, times: ["08:00"] }'), /no time of the week/);
  assert.match(complaint(address, '{ style: poll, timeZone: Nowhere }'), /no time zone/);
});
