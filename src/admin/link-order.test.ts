// Commands about a link in JSON: what each verb takes, and what it refuses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkOrder, type LinkVerb, linkVerbs } from './link-order.ts';

test('each verb with what it takes', () => {
  for (const [verb, body, command] of [
    ['enable', undefined, { kind: 'enable', direction: undefined }],
    ['disable', { direction: 'in' }, { kind: 'disable', direction: 'in' }],
    ['connect', null, { kind: 'connect' }],
    ['disconnect', {}, { kind: 'disconnect' }],
    ['disconnect', { for: '10m' }, { kind: 'disconnect', for: 600_000 }],
    ['delay', { for: '90s' }, { kind: 'delay', for: 90_000 }],
    ['clear-delay', undefined, { kind: 'clear-delay' }],
    ['unlimit', undefined, { kind: 'limit' }],
    [
      'limit',
      { priorities: ['urgent'], until: '1970-01-01T00:00:05Z' },
      { kind: 'limit', limit: { priorities: ['urgent'], from: undefined, until: 5000 } },
    ],
  ] as const) {
    assert.deepEqual(linkOrder(verb, body), { ok: true, value: command }, verb);
  }
});

test('what a verb does not take, or cannot mean, is refused in words', () => {
  const refused: readonly (readonly [LinkVerb, unknown, RegExp])[] = [
    ['connect', { for: '5m' }, /connect takes no for/],
    ['enable', { direction: 'up' }, /in or out/],
    ['delay', undefined, /how long/],
    ['delay', { for: '31d' }, /at most 30d/],
    ['delay', { for: 5 }, /how long/],
    ['limit', {}, /priorities is wanted/],
    ['limit', { priorities: [] }, /priorities is wanted/],
    ['limit', { priorities: ['high'] }, /urgent, normal, non-urgent/],
    ['limit', { priorities: ['urgent'], until: 'noon' }, /no time/],
    [
      'limit',
      { priorities: ['urgent'], from: '2031-01-02T00:00:00Z', until: '2031-01-01T00:00:00Z' },
      /later than from/,
    ],
  ];
  for (const [verb, body, why] of refused) {
    const read = linkOrder(verb, body);
    assert.match(read.ok ? 'taken' : read.error, why, `${verb} ${JSON.stringify(body)}`);
  }
  for (const verb of linkVerbs) assert.ok(!linkOrder(verb, { nonsense: 1 }).ok, verb);
});
