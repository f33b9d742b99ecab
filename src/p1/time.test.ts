// UTCTime, its offsets and its window of years.

import assert from 'node:assert/strict';
import test from 'node:test';
import { instant } from '../base/time.ts';
import { formatUTCTime, parseUTCTime } from './time.ts';

const now = instant(Date.UTC(2026, 10, 21));

function iso(text: string): string | undefined {
  const at = parseUTCTime(text, now);
  return at === undefined ? undefined : new Date(at).toISOString();
}

test('RT-M2: with and without seconds, in Z and with offsets', () => {
  assert.equal(iso('261120234701Z'), '2026-11-20T23:47:01.000Z');
  assert.equal(iso('2611202347Z'), '2026-11-20T23:47:00.000Z');
  assert.equal(iso('851106103311+0000'), '1985-11-06T10:33:11.000Z');
  assert.equal(iso('851114161228-0100'), '1985-11-14T17:12:28.000Z');
  assert.equal(iso('2611202347+0530'), '2026-11-20T18:17:00.000Z');
  assert.equal(iso('280229000000Z'), '2028-02-29T00:00:00.000Z');
});

test('RT-M2: two digits of a year lie from 59 years back to 40 ahead, −10…+40 among them', () => {
  for (const [digits, year] of [
    ['49', '2049'],
    ['50', '2050'],
    ['51', '2051'],
    ['99', '1999'],
    ['00', '2000'],
  ]) {
    assert.equal(iso(`${digits}0101000000Z`)?.slice(0, 4), year, digits);
  }
  assert.equal(iso('1611202347Z')?.slice(0, 4), '2016');
  assert.equal(iso('6611202347Z')?.slice(0, 4), '2066');
  assert.equal(iso('6711202347Z')?.slice(0, 4), '1967');
  assert.equal(iso('9911202347Z')?.slice(0, 4), '1999');
  assert.equal(iso('0011202347Z')?.slice(0, 4), '2000');
  const later = instant(Date.UTC(2062, 0, 1));
  const turned = parseUTCTime('0101010000Z', later);
  assert.equal(turned, Date.UTC(2101, 0, 1));
});

test('what is no time is none', () => {
  const wrong = [
    '',
    '26112023470',
    '261120234701',
    '2613202347Z',
    '2611312347Z',
    '2602302347Z',
    '2611202447Z',
  ];
  for (const text of [
    ...wrong,
    '2611202360Z',
    '261120234760Z',
    '2611202347+9900',
    '2611202347+0060',
    '26112O2347Z',
  ]) {
    assert.equal(iso(text), undefined, text);
  }
});

test('what is written is read back', () => {
  const at = instant(Date.UTC(2031, 1, 3, 4, 5, 6, 789));
  assert.equal(formatUTCTime(at), '310203040506Z');
  assert.equal(parseUTCTime(formatUTCTime(at), now), at - 789);
});
