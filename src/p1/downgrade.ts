// From the MTS-APDUs of 1988 to P1 of 1984, on the way out to a peer of 1984 (X.419 06/1999, Annex B; RFC
// 1328 for common names). What 1984 cannot say and nobody marked critical is left out; what it must not lose
// makes the recipient, or all of them, undeliverable this way: unable-to-transfer, unable-to-downgrade. That
// is the verdict on the message, never a failure of the link: an equivalent route would fail the same way.
// Contents are not touched but for the EXTERNAL around one whose type is an object identifier; P22 to P2 is
// the content room's.

import { type BitString, hasBit } from '../asn1/index.ts';
import { err, ok, type Result } from '../base/result.ts';
import { atOnce, eachInSteps, type Steps } from '../base/steps.ts';
import { downgradeReport } from './downgrade-report.ts';
import {
  criticalOf,
  type Downgraded,
  type DowngradeFailure,
  type DowngradeOptions,
  failure,
  internalTraceOf,
} from './downgrade-rules.ts';
import {
  type Message,
  type MessageTransferEnvelope,
  type MTSAPDU,
  perRecipientIndicatorBits,
  type PerRecipientMessageTransferFields,
  type ProbeTransferEnvelope,
} from './envelopes.ts';
import { wrapExternalContent } from './external-content.ts';
import {
  downgradeBilateral,
  downgradeEncodedInformationTypes,
  downgradePerMessageIndicators,
  downgradeTrace,
  eightBits,
} from './fields-1984.ts';
import {
  explicitConversions1984,
  type MPDU,
  type ProbeEnvelope,
  type RecipientInfo,
  type UMPDUEnvelope,
} from './mpdu-1984.ts';
import { downgradeORName } from './or-name-1984.ts';

/** The MPDU of 1984 that says what 1984 can say of it, and the recipients for which it cannot. */
export function downgradeTo1984(apdu: MTSAPDU, options: DowngradeOptions = {}): Downgraded<MPDU> {
  return atOnce(downgradeTo1984InSteps(apdu, options));
}

/** The same in steps. */
export function* downgradeTo1984InSteps(
  apdu: MTSAPDU,
  options: DowngradeOptions = {},
): Steps<Downgraded<MPDU>> {
  switch (apdu.kind) {
    case 'message':
      return yield* downgradeMessage(apdu.value, options);
    case 'probe': {
      const { value, failed } = yield* downgradeProbe(apdu.value, options);
      return { value: value && { kind: 'probeMPDU', value }, failed };
    }
    case 'report': {
      const { value, failed } = yield* downgradeReport(apdu.value, options);
      return { value: value && { kind: 'deliveryReportMPDU', value }, failed };
    }
  }
}

function* downgradeMessage(message: Message, options: DowngradeOptions): Steps<Downgraded<MPDU>> {
  const { value: envelope, failed } = yield* downgradeMessageEnvelopeInSteps(message.envelope, options);
  if (envelope === undefined) return { value: undefined, failed };
  const { contentType } = message.envelope;
  const content =
    contentType.kind === 'extended'
      ? wrapExternalContent(contentType.value, message.content)
      : message.content;
  return { value: { kind: 'userMPDU', value: { envelope, content } }, failed };
}

/**
 * The envelope alone, for a content that is streamed. Where the content type is an object identifier, the
 * octets of `externalContentHead` go before the content.
 */
export function downgradeMessageEnvelope(
  envelope: MessageTransferEnvelope,
  options: DowngradeOptions = {},
): Downgraded<UMPDUEnvelope> {
  return atOnce(downgradeMessageEnvelopeInSteps(envelope, options));
}

/** The same in steps. */
export function* downgradeMessageEnvelopeInSteps(
  envelope: MessageTransferEnvelope,
  options: DowngradeOptions = {},
): Steps<Downgraded<UMPDUEnvelope>> {
  const { value: shared, failed } = yield* sharedFields(envelope, options);
  if (shared === undefined) return { value: undefined, failed };
  const { deferredDeliveryTime: deferred } = envelope;
  const value = {
    mpduIdentifier: envelope.messageIdentifier,
    ...shared,
    priority: envelope.priority,
    ...(deferred !== undefined && { deferredDelivery: deferred }),
  };
  return { value, failed };
}

function* downgradeProbe(
  probe: ProbeTransferEnvelope,
  options: DowngradeOptions,
): Steps<Downgraded<ProbeEnvelope>> {
  const { value: shared, failed } = yield* sharedFields(probe, options);
  if (shared === undefined) return { value: undefined, failed };
  const { contentLength } = probe;
  const value = {
    mpduIdentifier: probe.probeIdentifier,
    ...shared,
    ...(contentLength !== undefined && { contentLength }),
  };
  return { value, failed };
}

type Subject = MessageTransferEnvelope | ProbeTransferEnvelope;

function* sharedFields(envelope: Subject, options: DowngradeOptions) {
  const originator = downgradeORName(envelope.originatorName, options);
  if (!originator.ok) return failedWhole(envelope, `originator: ${originator.error}`);
  const critical = criticalOf(envelope.extensions, options);
  if (critical !== undefined) return failedWhole(envelope, critical);
  const { recipientInfo, failed } = yield* downgradeRecipients(envelope.perRecipientFields, options);
  if (!recipientInfo.some((each) => isResponsible(each.perRecipientFlag))) {
    return { value: undefined, failed };
  }
  const { originalEncodedInformationTypes: types, contentIdentifier, contentType } = envelope;
  const keptBilateral =
    options.bilateralInformation === 'strip' ? [] : envelope.perDomainBilateralInformation;
  const bilateral = downgradeBilateral(keptBilateral ?? []);
  const unknown = internalTraceOf(envelope.extensions, options);
  const type: UMPDUEnvelope['contentType'] = contentType.kind === 'builtIn' ? contentType.value : 'external';
  const value = {
    originator: originator.value,
    ...(types !== undefined && { original: downgradeEncodedInformationTypes(types) }),
    contentType: type,
    ...(contentIdentifier !== undefined && { uaContentId: contentIdentifier }),
    perMessageFlag: downgradePerMessageIndicators(envelope.perMessageIndicators),
    ...(bilateral.length > 0 && { perDomainBilateralInfo: bilateral }),
    recipientInfo,
    traceInformation: downgradeTrace(envelope.traceInformation, options.trace ?? 'whole'),
    ...(unknown.length > 0 && { unknown }),
  };
  return { value, failed };
}

function failedWhole(envelope: Subject, explanation: string): Downgraded<never> {
  const failed = envelope.perRecipientFields.flatMap((fields, index) =>
    isResponsible(fields.perRecipientIndicators) ? [failure(index, explanation)] : [],
  );
  return { value: undefined, failed };
}

interface DowngradedRecipients {
  readonly recipientInfo: readonly RecipientInfo[];
  readonly failed: readonly DowngradeFailure[];
}

function* downgradeRecipients(
  recipients: readonly PerRecipientMessageTransferFields[],
  options: DowngradeOptions,
): Steps<DowngradedRecipients> {
  const recipientInfo: RecipientInfo[] = [];
  const failed: DowngradeFailure[] = [];
  yield* eachInSteps(recipients.entries(), ([index, fields]) => {
    const recipient = downgradeRecipient(fields, options);
    if (recipient.ok) recipientInfo.push(recipient.value);
    else if (isResponsible(fields.perRecipientIndicators)) failed.push(failure(index, recipient.error));
  });
  return { recipientInfo, failed };
}

function downgradeRecipient(
  fields: PerRecipientMessageTransferFields,
  options: DowngradeOptions,
): Result<RecipientInfo, string> {
  const critical = criticalOf(fields.extensions, options);
  if (critical !== undefined) return err(critical);
  const recipient = downgradeORName(fields.recipientName, options);
  if (!recipient.ok) return recipient;
  const conversion = downgradeConversion(fields.explicitConversion);
  if (!conversion.ok) return conversion;
  return ok({
    recipient: recipient.value,
    extensionIdentifier: fields.originallySpecifiedRecipientNumber,
    perRecipientFlag: eightBits(fields.perRecipientIndicators),
    ...(conversion.value !== undefined && { explicitConversion: conversion.value }),
  });
}

type Conversion1988 = PerRecipientMessageTransferFields['explicitConversion'];

function downgradeConversion(
  conversion: Conversion1988,
): Result<RecipientInfo['explicitConversion'], string> {
  if (conversion === undefined) return ok(undefined);
  if (conversion === 'ia5-text-to-teletex') return ok('iA5TextTeletex');
  if (conversion === explicitConversions1984.teletexTelex) return ok('teletexTelex');
  return err(`explicit conversion ${conversion} is not of 1984`);
}

function isResponsible(bits: BitString): boolean {
  return hasBit(bits, perRecipientIndicatorBits.responsibility);
}
