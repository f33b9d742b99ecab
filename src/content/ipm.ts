// Interpersonal messages (X.420 06/1999, IPMSInformationObjects): heading and body parts, of P22 and, as
// their 1984 forms share the tags, of P2. Body parts that nobody here reads (facsimile, mixed mode,
// encrypted…) keep their elements uninterpreted; sizes are those of IPMSUpperBounds.

import { ORName } from '../address/index.ts';
import {
  app,
  bitString,
  bitsOf,
  boolean,
  choice,
  ctx,
  enumerated,
  explicitCtx,
  external,
  ia5String,
  type Infer,
  integer,
  named,
  objectIdentifier,
  octetString,
  optional,
  printableString,
  type Raw,
  raw,
  recursive,
  sequence,
  sequenceOf,
  set,
  setOf,
  teletexString,
  type Type,
  utcTime,
  videotexString,
  withDefault,
} from '../asn1/index.ts';
import {
  ContentIdentifier,
  EncodedInformationTypes,
  ExtensionFields,
  G3FacsimileNonBasicParameters,
  Priority,
  TeletexNonBasicParameters,
  BuiltInContentType,
  ExtendedContentType,
} from '../p1/index.ts';

const ubLocalIPMIdentifier = 64;
const ubFreeFormName = 64;
const ubTelephoneNumber = 32;
const ubSubjectField = 128;

/** id-hex-extended-subject: a subject in Unicode (X.420 06/1999, IPMSHeadingExtensions). */
export const idHexExtendedSubject = '2.6.1.5.8';

export const IPMSExtension = sequence({ type: objectIdentifier(), value: optional(raw()) });
export interface IPMSExtension extends Infer<typeof IPMSExtension> {}

export const IPMIdentifier = app(
  11,
  set({
    user: optional(ORName),
    userRelativeIdentifier: printableString({ size: [0, ubLocalIPMIdentifier] }),
  }),
);
export interface IPMIdentifier extends Infer<typeof IPMIdentifier> {}

export const ORDescriptor = set({
  formalName: optional(ORName),
  freeFormName: optional(ctx(0, teletexString({ size: [0, ubFreeFormName] }))),
  telephoneNumber: optional(ctx(1, printableString({ size: [0, ubTelephoneNumber] }))),
});
export interface ORDescriptor extends Infer<typeof ORDescriptor> {}

export const notificationRequestBits = {
  rn: 0,
  nrn: 1,
  'ipm-return': 2,
  'an-supported': 3,
  'suppress-an': 4,
};

export const RecipientSpecifier = set({
  recipient: ctx(0, ORDescriptor),
  notificationRequests: withDefault(ctx(1, bitString({ names: notificationRequestBits })), bitsOf([], 0)),
  replyRequested: withDefault(ctx(2, boolean()), false),
  recipientExtensions: optional(ctx(3, setOf(IPMSExtension))),
});
export interface RecipientSpecifier extends Infer<typeof RecipientSpecifier> {}

const recipients = sequenceOf(RecipientSpecifier);

export const Heading = set({
  thisIPM: IPMIdentifier,
  originator: optional(ctx(0, ORDescriptor)),
  authorizingUsers: optional(ctx(1, sequenceOf(ORDescriptor))),
  primaryRecipients: withDefault(ctx(2, recipients), []),
  copyRecipients: withDefault(ctx(3, recipients), []),
  blindCopyRecipients: optional(ctx(4, recipients)),
  repliedToIPM: optional(ctx(5, IPMIdentifier)),
  obsoletedIPMs: withDefault(ctx(6, sequenceOf(IPMIdentifier)), []),
  relatedIPMs: withDefault(ctx(7, sequenceOf(IPMIdentifier)), []),
  subject: optional(explicitCtx(8, teletexString({ size: [0, ubSubjectField] }))),
  expiryTime: optional(ctx(9, utcTime())),
  replyTime: optional(ctx(10, utcTime())),
  replyRecipients: optional(ctx(11, sequenceOf(ORDescriptor))),
  importance: withDefault(ctx(12, enumerated({ low: 0, normal: 1, high: 2 })), 'normal'),
  sensitivity: optional(ctx(13, enumerated({ personal: 1, private: 2, 'company-confidential': 3 }))),
  autoForwarded: withDefault(ctx(14, boolean()), false),
  extensions: withDefault(ctx(15, setOf(IPMSExtension)), []),
});
export interface Heading extends Infer<typeof Heading> {}

/** OtherMessageDeliveryFields (X.411, MTSAbstractService), which a forwarded message brings along. */
export const OtherMessageDeliveryFields = set({
  contentType: choice({ builtIn: ctx(0, BuiltInContentType), extended: ExtendedContentType }),
  originatorName: ORName,
  originalEncodedInformationTypes: optional(ctx(1, EncodedInformationTypes)),
  priority: withDefault(Priority, 'normal'),
  deliveryFlags: optional(ctx(2, bitString({ names: { 'implicit-conversion-prohibited': 1 } }))),
  otherRecipientNames: optional(ctx(3, sequenceOf(ORName))),
  thisRecipientName: ctx(4, ORName),
  originallyIntendedRecipientName: optional(ctx(5, ORName)),
  convertedEncodedInformationTypes: optional(ctx(6, EncodedInformationTypes)),
  messageSubmissionTime: ctx(7, utcTime()),
  contentIdentifier: optional(ctx(8, ContentIdentifier)),
  extensions: withDefault(ctx(9, ExtensionFields), []),
});
export interface OtherMessageDeliveryFields extends Infer<typeof OtherMessageDeliveryFields> {}

export const MessageParameters = set({
  deliveryTime: optional(ctx(0, utcTime())),
  deliveryEnvelope: optional(ctx(1, OtherMessageDeliveryFields)),
});
export interface MessageParameters extends Infer<typeof MessageParameters> {}

export const IA5TextParameters = set({
  repertoire: withDefault(ctx(0, enumerated({ ita2: 2, ia5: 5 })), 'ia5'),
});

export const IA5TextBodyPart = sequence({ parameters: IA5TextParameters, data: ia5String() });
export const G3FacsimileBodyPart = sequence({
  parameters: set({
    numberOfPages: optional(ctx(0, integer())),
    nonBasicParameters: optional(ctx(1, G3FacsimileNonBasicParameters)),
  }),
  data: sequenceOf(bitString()),
});
export const TeletexBodyPart = sequence({
  parameters: set({
    numberOfPages: optional(ctx(0, integer())),
    telexCompatible: withDefault(ctx(1, boolean()), false),
    nonBasicParameters: optional(ctx(2, TeletexNonBasicParameters)),
  }),
  data: sequenceOf(teletexString()),
});
export const VideotexBodyPart = sequence({
  parameters: set({ syntax: optional(ctx(0, integer())) }),
  data: videotexString(),
});
export const EncryptedBodyPart = sequence({ parameters: set({}), data: bitString() });
export const ExtendedBodyPart = sequence({
  parameters: optional(ctx(0, external())),
  data: external(),
});
export interface ExtendedBodyPart extends Infer<typeof ExtendedBodyPart> {}

export const MessageBodyPart = sequence({
  parameters: MessageParameters,
  data: recursive((): Type<IPM> => IPM),
});
export interface MessageBodyPart extends Infer<typeof MessageBodyPart> {}

/** `other` is a body part of 1984, or of no Recommendation, that is not declared here. */
export const BodyPart = choice({
  ia5Text: ctx(0, IA5TextBodyPart),
  g3Facsimile: ctx(3, G3FacsimileBodyPart),
  g4Class1: ctx(4, sequenceOf(raw())),
  teletex: ctx(5, TeletexBodyPart),
  videotex: ctx(6, VideotexBodyPart),
  nationallyDefined: ctx(7, raw()),
  encrypted: ctx(8, EncryptedBodyPart),
  message: ctx(9, MessageBodyPart),
  mixedMode: ctx(11, sequenceOf(raw())),
  bilaterallyDefined: ctx(14, octetString()),
  extended: ctx(15, ExtendedBodyPart),
  other: raw(),
});
export type BodyPart = Infer<typeof BodyPart>;

export interface IPM {
  readonly heading: Heading;
  /** Left out by the EAN system of 1985 where it was empty. */
  readonly body?: readonly BodyPart[] | undefined;
  readonly unknown?: readonly Raw[] | undefined;
}
export const IPM: Type<IPM> = named(
  'IPM',
  sequence({ heading: Heading, body: optional(sequenceOf(BodyPart)) }),
);
