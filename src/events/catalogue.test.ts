// The catalogue is consistent, numbers are kept, and an occurrence has the form that is promised.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { instant } from '../base/time.ts';
import { catalogue, type EventDefinition, type EventName, findEvent, formatEvent } from './index.ts';

const rows = Object.entries(catalogue) as readonly [EventName, EventDefinition][];

test('no number is given twice, ours begin at 10000', () => {
  const numbers = rows.map(([, row]) => row.number);
  assert.equal(new Set(numbers).size, numbers.length);
  for (const number of numbers) assert.ok(Number.isSafeInteger(number) && number > 0 && number < 11_000);
});

test('numbers of the old MTA are kept where the meaning is the same', () => {
  const kept: readonly (readonly [EventName, number])[] = [
    ['accept-failed', 9202],
    ['connect-failed', 9215],
    ['send-failed', 9224],
    ['selector-mismatch', 9301],
    ['link-open-failed', 289],
    ['non-delivery', 290],
    ['association-limit', 57],
    ['inbound-unknown-peer', 51],
    ['wrong-password', 48],
    ['dialogue-mismatch', 55],
    ['link-disabled', 37],
    ['no-route', 142],
    ['report-unroutable', 141],
    ['loop-detected', 201],
    ['apdu-malformed', 200],
    ['rerouted', 287],
    ['association-lost', 1294],
  ];
  for (const [name, number] of kept) assert.equal(catalogue[name].number, number, name);
});

test('every row has a meaning, an action and a sentence for each field; none names a password', () => {
  for (const [name, row] of rows) {
    assert.match(name, /^[a-z][a-z-]*[a-z]$/);
    assert.match(row.meaning, /^[A-Z].*\.$/, name);
    assert.match(row.action, /^[A-Z].*\.$/, name);
    for (const [field, what] of Object.entries(row.fields)) {
      assert.ok(what.length > 0, `${name}.${field}`);
      assert.doesNotMatch(field, /password|credential|secret|^token$/i, name);
      assert.ok(!['time', 'event', 'name', 'severity', 'action'].includes(field), `${name}.${field}`);
    }
    if (row.severity === 'error' || row.severity === 'alert') assert.notEqual(row.action, 'None.', name);
  }
});

test('an occurrence has its keys in order, the action last, and nothing in place of the catalogue’s', () => {
  const fields = {
    code: 'ECONNREFUSED',
    peer: 'MTA-B',
    link: 'site-b',
    event: 7,
    action: 'obey',
    empty: undefined,
  };
  const record = formatEvent('connect-failed', fields, instant(0));
  assert.deepEqual(Object.keys(record), [
    'time',
    'event',
    'name',
    'severity',
    'link',
    'peer',
    'code',
    'action',
  ]);
  assert.equal(record.event, 9215);
  assert.equal(record.time, '1970-01-01T00:00:00.000Z');
  assert.equal(record.action, catalogue['connect-failed'].action);
});

test('a peer cannot make a line as long as it likes', () => {
  const list = Array.from({ length: 50_000 }, () => 'x'.repeat(5000));
  const record = formatEvent('loop-detected', { trace: list, remote: 'y'.repeat(1_000_000) }, instant(0));
  assert.ok(JSON.stringify(record).length < 120_000);
});

test('an event is found by number and by name', () => {
  assert.equal(findEvent('9215')?.name, 'connect-failed');
  assert.equal(findEvent('connect-failed')?.definition.number, 9215);
  assert.equal(findEvent('toString'), undefined);
});
