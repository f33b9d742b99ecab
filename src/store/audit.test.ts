// Every recipient ends in exactly one outcome, or waits (design law 10; RT-I1): the books of one message.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { auditEntry, type Contradiction, emptyCount } from './audit.ts';
import { at, noon, record } from './compliance-fixtures.ts';
import type { LedgerEntry, TrackingAct, TrackingRecord } from './port.ts';

const [x, y] = ['/S=x/', '/S=y/'];

function act(
  name: TrackingAct,
  recipients: readonly string[],
  more: Partial<TrackingRecord> = {},
): TrackingRecord {
  return record({ act: name, recipients, message: 7, ...more });
}

function entry(records: readonly TrackingRecord[], waiting: readonly string[][] = []): LedgerEntry {
  const copies = waiting.map((recipients, index) => {
    return { copy: 8 + index, nextHop: 'link/b', state: 'queued', recipients } as const;
  });
  return { message: 7, records, copies };
}

function audited(each: LedgerEntry): readonly (readonly [Contradiction['kind'], string | undefined])[] {
  return auditEntry(each, emptyCount()).map(({ kind, recipient }) => [kind, recipient]);
}

describe('the books of a message balance', () => {
  const acceptance = act('transferred-in', [x, y]);
  const sound: Readonly<Record<string, LedgerEntry>> = {
    'when all wait': entry([acceptance], [[x, y]]),
    'when a split put them in two copies': entry([acceptance], [[x], [y]]),
    'when one ended and one waits': entry([acceptance, act('delivered', [x])], [[y]]),
    'when each ended': entry([acceptance, act('transferred-out', [x]), act('reported', [y])]),
    'when it expired and was reported': entry([acceptance, act('expired', [x, y]), act('reported', [x, y])]),
    'whatever happened on the way': entry([
      acceptance,
      act('held', [x, y]),
      act('rerouted', [x]),
      act('released', [x, y]),
      act('deleted', [x, y]),
    ]),
    'when a recipient was redirected': entry(
      [acceptance, act('redirected', [x], { adds: ['/S=z/'] }), act('delivered', ['/S=z/'])],
      [[y]],
    ),
    'when a list was expanded, with a member that was a recipient too': entry([
      acceptance,
      act('dl-expanded', [x], { adds: [y, '/S=z/'] }),
      act('delivered', [y, '/S=z/']),
      act('transferred-out', [y]),
    ]),
    'when a report could not be routed': entry([act('report-generated', [x]), act('discarded', [x])]),
    'when nothing is known': entry([]),
  };
  for (const [name, each] of Object.entries(sound)) test(name, () => assert.deepEqual(audited(each), []));
});

describe('a contradiction is named', () => {
  const acceptance = act('submitted', [x, y]);
  const unsound: Readonly<Record<string, readonly [LedgerEntry, readonly (readonly [string, string])[]]>> = {
    'a recipient without an outcome': [entry([acceptance, act('delivered', [x])]), [['missing', y]]],
    'an outcome that is none': [entry([acceptance, act('expired', [x])], [[y]]), [['missing', x]]],
    'two outcomes': [entry([acceptance, act('delivered', [x, y]), act('reported', [y])]), [['double', y]]],
    'an outcome and a place': [entry([acceptance, act('transferred-out', [x])], [[x, y]]), [['double', x]]],
    'two places': [entry([acceptance], [[x, y], [y]]), [['double', y]]],
    'a place without an acceptance': [entry([], [[x]]), [['never-accepted', x]]],
    'a redirection to nobody': [
      entry([acceptance, act('redirected', [x])], [[y, '/S=z/']]),
      [['never-accepted', '/S=z/']],
    ],
  };
  for (const [name, [each, expected]] of Object.entries(unsound)) {
    test(name, () => assert.deepEqual(audited(each), expected));
  }

  test('with what was found, and since when', () => {
    const records = [acceptance, act('delivered', [x], { at: at(5) }), act('reported', [x], { at: at(9) })];
    const count = emptyCount();
    const [found] = auditEntry(entry(records, [[y]]), count);
    assert.deepEqual(found, {
      kind: 'double',
      message: 7,
      mtsIdentifier: acceptance.mtsIdentifier,
      acceptedAt: noon,
      recipient: x,
      since: at(9),
      found: ['delivered at 2026-01-15T12:00:05.000Z', 'reported at 2026-01-15T12:00:09.000Z'],
    });
    assert.deepEqual(count, { messages: 1, recipients: 2, ended: 2, queued: 1, contradictions: 1 });
  });

  test('and damage is told instead of a guess', () => {
    const damaged = { ...entry([acceptance]), damage: 'tracking record 3 is damaged' };
    const [found, ...others] = auditEntry(damaged, emptyCount());
    assert.deepEqual([found.kind, found.found, others], ['unreadable', ['tracking record 3 is damaged'], []]);
  });
});

test('messages accepted before a time are passed over', () => {
  const count = emptyCount();
  assert.deepEqual(auditEntry(entry([act('submitted', [x])]), count, at(1)), []);
  assert.equal(count.messages, 0);
  assert.equal(auditEntry(entry([act('submitted', [x])]), count, noon).length, 1);
});
