// The PPDUs of X.226 (1994) as declarations, kernel functional unit: CP, CPA, CPR, ARU, ARP and User-data.
// Parameters of X.410-1984 mode are kept as their elements. Not here: what a PPDU causes.

import {
  app,
  bitString,
  choice,
  ctx,
  type Infer,
  integer,
  namedInteger,
  objectIdentifier,
  octetString,
  optional,
  raw,
  retained,
  sequence,
  sequenceOf,
  set,
} from '../../asn1/index.ts';

export const PDVList = sequence({
  transferSyntaxName: optional(objectIdentifier()),
  presentationContextIdentifier: integer(),
  presentationDataValues: choice({
    singleASN1Type: ctx(0, raw()),
    octetAligned: ctx(1, octetString()),
    arbitrary: ctx(2, bitString()),
  }),
});
export interface PDVList extends Infer<typeof PDVList> {}

export const UserData = choice({
  simplyEncodedData: app(0, octetString()),
  fullyEncodedData: app(1, sequenceOf(PDVList)),
});
export type UserData = Infer<typeof UserData>;

/** The values of Result and of provider-reason in a result list. */
const Result = namedInteger({ acceptance: 0, 'user-rejection': 1, 'provider-rejection': 2 });
const ContextReason = namedInteger({
  'reason-not-specified': 0,
  'abstract-syntax-not-supported': 1,
  'proposed-transfer-syntaxes-not-supported': 2,
  'local-limit-on-DCS-exceeded': 3,
});

const ContextList = sequenceOf(
  sequence({
    presentationContextIdentifier: integer(),
    abstractSyntaxName: objectIdentifier(),
    transferSyntaxNameList: sequenceOf(objectIdentifier()),
  }),
);

const ResultList = sequenceOf(
  sequence({
    result: ctx(0, Result),
    transferSyntaxName: optional(ctx(1, objectIdentifier())),
    providerReason: optional(ctx(2, ContextReason)),
  }),
);
export type ResultList = Infer<typeof ResultList>;

const ModeSelector = set({ modeValue: ctx(0, namedInteger({ 'x410-1984-mode': 0, 'normal-mode': 1 })) });

/** The components of an RTSE APDU as X.410-1984 mode puts them here: kept, not read. */
const X410Parameters = retained(set({}));

export const CPType = set({
  modeSelector: ctx(0, ModeSelector),
  x410ModeParameters: optional(ctx(1, X410Parameters)),
  normalModeParameters: optional(
    ctx(
      2,
      sequence({
        protocolVersion: optional(ctx(0, bitString())),
        callingPresentationSelector: optional(ctx(1, octetString())),
        calledPresentationSelector: optional(ctx(2, octetString())),
        presentationContextDefinitionList: optional(ctx(4, ContextList)),
        defaultContextName: optional(
          ctx(
            6,
            sequence({
              abstractSyntaxName: ctx(0, objectIdentifier()),
              transferSyntaxName: ctx(1, objectIdentifier()),
            }),
          ),
        ),
        presentationRequirements: optional(ctx(8, bitString())),
        userSessionRequirements: optional(ctx(9, bitString())),
        userData: optional(UserData),
      }),
    ),
  ),
});
export interface CPType extends Infer<typeof CPType> {}

export const CPAPPDU = set({
  modeSelector: ctx(0, ModeSelector),
  x410ModeParameters: optional(ctx(1, X410Parameters)),
  normalModeParameters: optional(
    ctx(
      2,
      sequence({
        protocolVersion: optional(ctx(0, bitString())),
        respondingPresentationSelector: optional(ctx(3, octetString())),
        presentationContextDefinitionResultList: optional(ctx(5, ResultList)),
        presentationRequirements: optional(ctx(8, bitString())),
        userSessionRequirements: optional(ctx(9, bitString())),
        userData: optional(UserData),
      }),
    ),
  ),
});
export interface CPAPPDU extends Infer<typeof CPAPPDU> {}

export const ProviderReason = namedInteger({
  'reason-not-specified': 0,
  'temporary-congestion': 1,
  'local-limit-exceeded': 2,
  'called-presentation-address-unknown': 3,
  'protocol-version-not-supported': 4,
  'default-context-not-supported': 5,
  'user-data-not-readable': 6,
  'no-PSAP-available': 7,
});
export type ProviderReason = Infer<typeof ProviderReason>;

export const CPRPPDU = choice({
  x400ModeParameters: set({ refuseReason: optional(ctx(0, integer())) }),
  normalModeParameters: sequence({
    protocolVersion: optional(ctx(0, bitString())),
    respondingPresentationSelector: optional(ctx(3, octetString())),
    presentationContextDefinitionResultList: optional(ctx(5, ResultList)),
    defaultContextResult: optional(ctx(7, Result)),
    providerReason: optional(ctx(10, ProviderReason)),
    userData: optional(UserData),
  }),
});
export type CPRPPDU = Infer<typeof CPRPPDU>;

const ContextIdentifierList = sequenceOf(
  sequence({ presentationContextIdentifier: integer(), transferSyntaxName: objectIdentifier() }),
);

export const AbortReason = namedInteger({
  'reason-not-specified': 0,
  'unrecognized-ppdu': 1,
  'unexpected-ppdu': 2,
  'unexpected-session-service-primitive': 3,
  'unrecognized-ppdu-parameter': 4,
  'unexpected-ppdu-parameter': 5,
  'invalid-ppdu-parameter-value': 6,
});
export type AbortReason = Infer<typeof AbortReason>;

export const AbortType = choice({
  aruX400Mode: set({}),
  aru: ctx(
    0,
    sequence({
      presentationContextIdentifierList: optional(ctx(0, ContextIdentifierList)),
      userData: optional(UserData),
    }),
  ),
  arp: sequence({
    providerReason: optional(ctx(0, AbortReason)),
    eventIdentifier: optional(ctx(1, integer())),
  }),
});
export type AbortType = Infer<typeof AbortType>;
