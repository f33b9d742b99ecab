// The envelope fields that messages, probes and reports share (X.411 06/1999, MTSAbstractService, "Envelope
// Fields" and "Encoded Information Types"). On the wire an extended content type is an OBJECT IDENTIFIER,
// whatever the 1999 module file says.

import { ub } from '../address/index.ts';
import {
  app,
  bitString,
  bitsOf,
  choice,
  ctx,
  enumerated,
  type Infer,
  integer,
  namedInteger,
  objectIdentifier,
  octetString,
  optional,
  printableString,
  set,
  setOf,
  teletexString,
  utcTime,
  withDefault,
} from '../asn1/index.ts';

export const Content = octetString();

export const Time = utcTime();

export const builtInContentTypes = {
  unidentified: 0,
  external: 1,
  'interpersonal-messaging-1984': 2,
  'interpersonal-messaging-1988': 22,
  'edi-messaging': 35,
  'voice-messaging': 40,
} as const;
export const BuiltInContentType = app(6, namedInteger(builtInContentTypes));
export const ExtendedContentType = objectIdentifier();

export const ContentType = choice({ builtIn: BuiltInContentType, extended: ExtendedContentType });
export type ContentType = Infer<typeof ContentType>;

export const ContentIdentifier = app(10, printableString({ size: [1, ub.ubContentIdLength] }));
export const ContentLength = integer({ min: 0, max: ub.ubContentLength });

export const priorities = { normal: 0, 'non-urgent': 1, urgent: 2 } as const;
export const Priority = app(7, enumerated(priorities));
export type Priority = Infer<typeof Priority>;

export const perMessageIndicatorBits = {
  'disclosure-of-other-recipients': 0,
  'implicit-conversion-prohibited': 1,
  'alternate-recipient-allowed': 2,
  'content-return-request': 3,
  reserved: 4,
  'bit-5': 5,
  'bit-6': 6,
  'service-message': 7,
} as const;
export const PerMessageIndicators = app(
  8,
  bitString({ names: perMessageIndicatorBits, size: [0, ub.ubBitOptions] }),
);
export type PerMessageIndicators = Infer<typeof PerMessageIndicators>;

export const explicitConversions = {
  'ia5-text-to-teletex': 0,
  'ia5-text-to-g3-facsimile': 8,
  'ia5-text-to-g4-class-1': 9,
  'ia5-text-to-videotex': 10,
  'teletex-to-ia5-text': 11,
  'teletex-to-g3-facsimile': 12,
  'teletex-to-g4-class-1': 13,
  'teletex-to-videotex': 14,
  'videotex-to-ia5-text': 16,
  'videotex-to-teletex': 17,
} as const;
export const ExplicitConversion = namedInteger(explicitConversions);

export const SupplementaryInformation = printableString({ size: [1, ub.ubSupplementaryInfoLength] });

export const builtInEncodedInformationTypeBits = {
  unknown: 0,
  'ia5-text': 2,
  'g3-facsimile': 3,
  'g4-class-1': 4,
  teletex: 5,
  videotex: 6,
  voice: 7,
  sfd: 8,
  'mixed-mode': 9,
} as const;
export const BuiltInEncodedInformationTypes = bitString({
  names: builtInEncodedInformationTypeBits,
  size: [0, ub.ubBuiltInEncodedInformationTypes],
});

export const ExtendedEncodedInformationTypes = setOf(objectIdentifier(), {
  size: [1, ub.ubEncodedInformationTypes],
});

export const G3FacsimileNonBasicParameters = bitString({
  names: {
    'two-dimensional': 8,
    'fine-resolution': 9,
    'unlimited-length': 20,
    'b4-length': 21,
    'a3-width': 22,
    'b4-width': 23,
    't6-coding': 25,
    uncompressed: 30,
  },
});

export const TeletexNonBasicParameters = set({
  graphicCharacterSets: optional(ctx(0, teletexString())),
  controlCharacterSets: optional(ctx(1, teletexString())),
  pageFormats: optional(ctx(2, octetString())),
  miscellaneousTerminalCapabilities: optional(ctx(3, teletexString())),
  privateUse: optional(ctx(4, octetString())),
});
export interface TeletexNonBasicParameters extends Infer<typeof TeletexNonBasicParameters> {}

export const EncodedInformationTypes = app(
  5,
  set({
    builtInEncodedInformationTypes: ctx(0, BuiltInEncodedInformationTypes),
    g3Facsimile: withDefault(ctx(1, G3FacsimileNonBasicParameters), bitsOf([], 0)),
    teletex: withDefault(ctx(2, TeletexNonBasicParameters), {}),
    extendedEncodedInformationTypes: optional(ctx(4, ExtendedEncodedInformationTypes)),
  }),
);
export interface EncodedInformationTypes extends Infer<typeof EncodedInformationTypes> {}
