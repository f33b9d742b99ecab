// NAME.json is what JSON.stringify makes of its record, whatever is in it, and however long its lists are.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atOnce } from '../base/steps.ts';
import { concat } from '../base/octets.ts';
import type { DeliveryRecord } from './record.ts';
import { recordText } from './record-text.ts';

function reportOn(recipients: number): DeliveryRecord {
  return {
    kind: 'report',
    mtsIdentifier: '/P=B/A= /C=GB/;1',
    originator: '/P=B/A= /C=GB/',
    recipient: '/S="a\nb"/P=A/A= /C=GB/',
    contentLength: 0,
    contentSha256: '00',
    priority: 'normal',
    deliveryTime: '2026-01-01T00:00:00.000Z',
    trace: [],
    outcomes: Array.from({ length: recipients }, (_, index) => ({
      recipient: `/S=ü${index}\n/P=B/A= /C=GB/`,
      recipientNumber: index + 1,
      ...(index % 2 === 0
        ? { delivered: { time: 'now' } }
        : { nonDelivered: { reason: 1, reasonName: 'unable-to-transfer' } }),
    })),
  };
}

test('the text is that of JSON.stringify, whatever the number of elements', () => {
  for (const recipients of [0, 1, 63, 64, 65, 128, 129, 1000]) {
    const record = reportOn(recipients);
    const text = new TextDecoder().decode(concat(atOnce(recordText(record))));
    assert.equal(text, `${JSON.stringify(record, undefined, 2)}\n`);
  }
});

test('a long list takes many steps', () => {
  let steps = 0;
  for (const _ of recordText(reportOn(32_767))) steps += 1;
  assert.ok(steps > 500, `${steps} steps`);
});
