// 32,767 recipients are translated between 1984 and 1988 in steps: never more than some dozens of them in one
// (design law 14). Steps are counted, not timed.

import assert from 'node:assert/strict';
import test from 'node:test';
import { counted } from '../../test/support/steps.ts';
import { envelopeOf } from '../../test/support/transfer.ts';
import { downgradeTo1984InSteps } from './downgrade.ts';
import type { MTSAPDU, PerRecipientReportTransferFields } from './envelopes.ts';
import { upgradeFrom1984InSteps } from './upgrade.ts';

const recipients = 32_767;
const steps_min = recipients / 100;
const envelope = envelopeOf([{ to: '/S=user/P=OTHER/A= /C=GB/' }]);
const [recipient] = envelope.perRecipientFields;

function message(): MTSAPDU {
  const perRecipientFields = Array.from({ length: recipients }, () => recipient);
  const many = { ...envelope, perRecipientFields };
  return { kind: 'message', value: { envelope: many, content: new Uint8Array(1) } };
}

function report(): MTSAPDU {
  const identifier = envelope.messageIdentifier;
  const reported: PerRecipientReportTransferFields = {
    actualRecipientName: recipient.recipientName,
    originallySpecifiedRecipientNumber: 1,
    perRecipientIndicators: recipient.perRecipientIndicators,
    lastTraceInformation: {
      arrivalTime: '900101000000Z',
      reportType: { kind: 'nonDelivery', value: { nonDeliveryReasonCode: 'transfer-failure' } },
    },
    extensions: [],
  };
  const perRecipientFields = Array.from({ length: recipients }, () => reported);
  return {
    kind: 'report',
    value: {
      envelope: {
        reportIdentifier: identifier,
        reportDestinationName: envelope.originatorName,
        traceInformation: [],
        extensions: [],
      },
      content: { subjectIdentifier: identifier, extensions: [], perRecipientFields },
    },
  };
}

for (const apdu of [message(), report()]) {
  test(`a ${apdu.kind} with ${recipients} recipients goes to 1984 and back in steps`, () => {
    const { value, count } = counted(downgradeTo1984InSteps(apdu));
    assert.ok(count >= steps_min, `${count} steps down`);
    assert.deepEqual(value.failed, []);
    assert.ok(value.value !== undefined);
    const upgraded = counted(upgradeFrom1984InSteps(value.value));
    assert.ok(upgraded.count >= steps_min, `${upgraded.count} steps up`);
    assert.equal(upgraded.value.kind, apdu.kind);
  });
}
