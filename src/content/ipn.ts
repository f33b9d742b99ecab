// Interpersonal notifications and the information object that a P2 or P22 content is (X.420 06/1999,
// IPMSInformationObjects).

import {
  choice,
  ctx,
  enumerated,
  type Infer,
  named,
  optional,
  printableString,
  set,
  setOf,
  utcTime,
  withDefault,
} from '../asn1/index.ts';
import { EncodedInformationTypes, SupplementaryInformation } from '../p1/index.ts';
import { IPM, IPMIdentifier, IPMSExtension, ORDescriptor } from './ipm.ts';

const ubAutoForwardComment = 256;
const extensions = setOf(IPMSExtension);

export const NonReceiptFields = set({
  nonReceiptReason: ctx(0, enumerated({ 'ipm-discarded': 0, 'ipm-auto-forwarded': 1 })),
  discardReason: optional(
    ctx(
      1,
      enumerated({ 'ipm-expired': 0, 'ipm-obsoleted': 1, 'user-subscription-terminated': 2, 'not-used': 3 }),
    ),
  ),
  autoForwardComment: optional(ctx(2, printableString({ size: [0, ubAutoForwardComment] }))),
  returnedIPM: optional(ctx(3, IPM)),
  nrnExtensions: optional(ctx(4, extensions)),
});
export interface NonReceiptFields extends Infer<typeof NonReceiptFields> {}

export const ReceiptFields = set({
  receiptTime: ctx(0, utcTime()),
  acknowledgmentMode: withDefault(ctx(1, enumerated({ manual: 0, automatic: 1 })), 'manual'),
  supplReceiptInfo: optional(ctx(2, SupplementaryInformation)),
  rnExtensions: optional(ctx(3, extensions)),
});
export interface ReceiptFields extends Infer<typeof ReceiptFields> {}

export const IPN = named(
  'IPN',
  set({
    subjectIPM: IPMIdentifier,
    ipnOriginator: optional(ctx(1, ORDescriptor)),
    ipmIntendedRecipient: optional(ctx(2, ORDescriptor)),
    conversionEITs: optional(EncodedInformationTypes),
    notificationExtensions: optional(ctx(3, extensions)),
    choice: ctx(
      0,
      choice({
        nonReceiptFields: ctx(0, NonReceiptFields),
        receiptFields: ctx(1, ReceiptFields),
        otherNotificationTypeFields: ctx(2, extensions),
      }),
    ),
  }),
);
export interface IPN extends Infer<typeof IPN> {}

export const InformationObject = choice({ ipm: ctx(0, IPM), ipn: ctx(1, IPN) });
export type InformationObject = Infer<typeof InformationObject>;
