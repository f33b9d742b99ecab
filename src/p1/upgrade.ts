// From P1 of 1984 to the MTS-APDUs of 1988, on the way in: 1988 can say all that 1984 says (X.419 06/1999,
// Annex B), so nothing fails. What only 1984 peers of one make sent (`unknown`) ends here; internal trace in
// the form of MOTIS goes where 1988 has it. Parts that are the same in both keep their octets.

import type { GlobalDomainIdentifier } from '../address/index.ts';
import type { Raw } from '../asn1/index.ts';
import { atOnce, mapInSteps, type Steps } from '../base/steps.ts';
import type {
  MessageTransferEnvelope,
  MTSAPDU,
  PerRecipientMessageTransferFields,
  PerRecipientReportTransferFields,
  ProbeTransferEnvelope,
  Report,
} from './envelopes.ts';
import type { ExtensionFields } from './extension-field.ts';
import { withExtension } from './extensions.ts';
import { unwrapExternalContent } from './external-content.ts';
import { eightBits, upgradeBilateral, upgradeEncodedInformationTypes } from './fields-1984.ts';
import type { ContentType } from './fields.ts';
import { readInternalTrace1984 } from './internal-trace-1984.ts';
import {
  type DeliveryReportMPDU,
  explicitConversions1984,
  type MPDU,
  type ProbeEnvelope,
  type RecipientInfo,
  type ReportedRecipientInfo,
  type UMPDUEnvelope,
} from './mpdu-1984.ts';
import { type NameUpgradeOptions, upgradeORName } from './or-name-1984.ts';

export interface UpgradeOptions extends NameUpgradeOptions {
  /** The domain of the peer, for elements of its internal trace that name an MTA alone. */
  readonly domain?: GlobalDomainIdentifier;
}

/** The MTS-APDU of 1988 that says the same. */
export function upgradeFrom1984(mpdu: MPDU, options: UpgradeOptions = {}): MTSAPDU {
  return atOnce(upgradeFrom1984InSteps(mpdu, options));
}

/** The same in steps. */
export function* upgradeFrom1984InSteps(mpdu: MPDU, options: UpgradeOptions = {}): Steps<MTSAPDU> {
  switch (mpdu.kind) {
    case 'userMPDU': {
      const envelope = yield* upgradeUMPDUEnvelopeInSteps(mpdu.value.envelope, options);
      const { content } = mpdu.value;
      const inner = isExternal(envelope.contentType) ? unwrapExternalContent(content) : undefined;
      if (inner === undefined) return { kind: 'message', value: { envelope, content } };
      const contentType: ContentType = { kind: 'extended', value: inner.type };
      return { kind: 'message', value: { envelope: { ...envelope, contentType }, content: inner.content } };
    }
    case 'deliveryReportMPDU':
      return { kind: 'report', value: yield* upgradeReport(mpdu.value, options) };
    case 'probeMPDU':
      return { kind: 'probe', value: yield* upgradeProbe(mpdu.value, options) };
  }
}

/**
 * The envelope alone, for a content that is not at hand: one of type `external` keeps that type until its
 * EXTERNAL is opened (external-opener.ts).
 */
export function* upgradeUMPDUEnvelopeInSteps(
  envelope: UMPDUEnvelope,
  options: UpgradeOptions = {},
): Steps<MessageTransferEnvelope> {
  const { deferredDelivery } = envelope;
  return {
    messageIdentifier: envelope.mpduIdentifier,
    ...(yield* sharedFields(envelope, options)),
    priority: envelope.priority,
    ...(deferredDelivery !== undefined && { deferredDeliveryTime: deferredDelivery }),
  };
}

function* upgradeProbe(envelope: ProbeEnvelope, options: UpgradeOptions): Steps<ProbeTransferEnvelope> {
  const { contentLength } = envelope;
  return {
    probeIdentifier: envelope.mpduIdentifier,
    ...(yield* sharedFields(envelope, options)),
    ...(contentLength !== undefined && { contentLength }),
  };
}

function* sharedFields(envelope: UMPDUEnvelope | ProbeEnvelope, options: UpgradeOptions) {
  const { uaContentId, perDomainBilateralInfo: bilateral } = envelope;
  const types = upgradeEncodedInformationTypes(envelope.original);
  const contentType: ContentType = { kind: 'builtIn', value: envelope.contentType };
  return {
    originatorName: upgradeORName(envelope.originator, options),
    ...(types !== undefined && { originalEncodedInformationTypes: types }),
    contentType,
    ...(uaContentId !== undefined && { contentIdentifier: uaContentId }),
    perMessageIndicators: envelope.perMessageFlag,
    ...(bilateral !== undefined &&
      bilateral.length > 0 && { perDomainBilateralInformation: upgradeBilateral(bilateral) }),
    traceInformation: envelope.traceInformation,
    extensions: internalTraceExtension(envelope.unknown, options),
    perRecipientFields: yield* mapInSteps(envelope.recipientInfo, (each) => upgradeRecipient(each, options)),
  };
}

function upgradeRecipient(
  recipient: RecipientInfo,
  options: UpgradeOptions,
): PerRecipientMessageTransferFields {
  const { explicitConversion: conversion } = recipient;
  return {
    recipientName: upgradeORName(recipient.recipient, options),
    originallySpecifiedRecipientNumber: recipient.extensionIdentifier,
    perRecipientIndicators: eightBits(recipient.perRecipientFlag),
    ...(conversion !== undefined && { explicitConversion: upgradeConversion(conversion) }),
    extensions: [],
  };
}

/** The numbers are the same; 1988 has no name for teletexTelex. */
function upgradeConversion(
  conversion: keyof typeof explicitConversions1984 | number,
): 'ia5-text-to-teletex' | number {
  const number = typeof conversion === 'number' ? conversion : explicitConversions1984[conversion];
  return number === explicitConversions1984.iA5TextTeletex ? 'ia5-text-to-teletex' : number;
}

function* upgradeReport({ envelope, content }: DeliveryReportMPDU, options: UpgradeOptions): Steps<Report> {
  const { intermediate, uaContentId, returned, billingInformation } = content;
  return {
    envelope: {
      reportIdentifier: envelope.report,
      reportDestinationName: upgradeORName(envelope.originator, options),
      traceInformation: envelope.traceInformation,
      extensions: internalTraceExtension(envelope.unknown, options),
    },
    content: {
      subjectIdentifier: content.original,
      ...(intermediate !== undefined && { subjectIntermediateTraceInformation: intermediate }),
      ...(uaContentId !== undefined && { contentIdentifier: uaContentId }),
      ...(returned !== undefined && { returnedContent: returned }),
      ...(billingInformation !== undefined && { additionalInformation: billingInformation }),
      extensions: [],
      perRecipientFields: yield* mapInSteps(content.reportedRecipientInfo, (each) =>
        upgradeReported(each, options),
      ),
    },
  };
}

function upgradeReported(
  recipient: ReportedRecipientInfo,
  options: UpgradeOptions,
): PerRecipientReportTransferFields {
  const { lastTraceInformation: last, intendedRecipient, supplementaryInformation } = recipient;
  const types = upgradeEncodedInformationTypes(last.converted);
  return {
    actualRecipientName: upgradeORName(recipient.recipient, options),
    originallySpecifiedRecipientNumber: recipient.extensionIdentifier,
    perRecipientIndicators: eightBits(recipient.perRecipientFlag),
    lastTraceInformation: {
      arrivalTime: last.arrival,
      ...(types !== undefined && { convertedEncodedInformationTypes: types }),
      reportType: upgradeReportType(last.report),
    },
    ...(intendedRecipient !== undefined && {
      originallyIntendedRecipientName: upgradeORName(intendedRecipient, options),
    }),
    ...(supplementaryInformation !== undefined && { supplementaryInformation }),
    extensions: [],
  };
}

type ReportType = PerRecipientReportTransferFields['lastTraceInformation']['reportType'];

function upgradeReportType(report: ReportedRecipientInfo['lastTraceInformation']['report']): ReportType {
  if (report.kind === 'delivered') {
    const { delivery, typeOfUA } = report.value;
    return { kind: 'delivery', value: { messageDeliveryTime: delivery, typeOfMTSUser: typeOfUA } };
  }
  const { reasonCode, diagnosticCode } = report.value;
  return {
    kind: 'nonDelivery',
    value: {
      nonDeliveryReasonCode: reasonCode,
      ...(diagnosticCode !== undefined && { nonDeliveryDiagnosticCode: diagnosticCode }),
    },
  };
}

function internalTraceExtension(unknown: readonly Raw[] = [], options: UpgradeOptions): ExtensionFields {
  const trace = readInternalTrace1984(unknown, options.domain);
  return trace.length === 0 ? [] : withExtension([], 'internal-trace-information', trace);
}

/** The type of contents that come inside an EXTERNAL. */
export function isExternal(contentType: ContentType): boolean {
  return contentType.kind === 'builtIn' && contentType.value === 'external';
}
