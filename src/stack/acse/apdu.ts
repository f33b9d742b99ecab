// The APDUs of ACSE (X.227 bis 1998) as declarations, kernel functional unit. Application entity titles and
// the fields of other functional units are kept as octets: this MTA knows its peers by what the bind says.

import {
  app,
  bitString,
  choice,
  ctx,
  enumerated,
  explicitCtx,
  external,
  type Infer,
  namedInteger,
  objectIdentifier,
  optional,
  sequence,
  sequenceOf,
} from '../../asn1/index.ts';

const UserInformation = optional(ctx(30, sequenceOf(external())));

const AARQ = app(
  0,
  sequence({
    protocolVersion: optional(ctx(0, bitString())),
    applicationContextName: explicitCtx(1, objectIdentifier()),
    userInformation: UserInformation,
  }),
);

const AssociateResult = namedInteger({ accepted: 0, 'rejected-permanent': 1, 'rejected-transient': 2 });

const AssociateSourceDiagnostic = choice({
  serviceUser: explicitCtx(
    1,
    namedInteger({
      null: 0,
      'no-reason-given': 1,
      'application-context-name-not-supported': 2,
      'calling-AP-title-not-recognized': 3,
      'calling-AP-invocation-identifier-not-recognized': 4,
      'calling-AE-qualifier-not-recognized': 5,
      'calling-AE-invocation-identifier-not-recognized': 6,
      'called-AP-title-not-recognized': 7,
      'called-AP-invocation-identifier-not-recognized': 8,
      'called-AE-qualifier-not-recognized': 9,
      'called-AE-invocation-identifier-not-recognized': 10,
      'authentication-mechanism-name-not-recognized': 11,
      'authentication-mechanism-name-required': 12,
      'authentication-failure': 13,
      'authentication-required': 14,
    }),
  ),
  serviceProvider: explicitCtx(
    2,
    namedInteger({ null: 0, 'no-reason-given': 1, 'no-common-acse-version': 2 }),
  ),
});
export type AssociateSourceDiagnostic = Infer<typeof AssociateSourceDiagnostic>;

const AARE = app(
  1,
  sequence({
    protocolVersion: optional(ctx(0, bitString())),
    applicationContextName: explicitCtx(1, objectIdentifier()),
    result: explicitCtx(2, AssociateResult),
    resultSourceDiagnostic: ctx(3, AssociateSourceDiagnostic),
    userInformation: UserInformation,
  }),
);

const RLRQ = app(
  2,
  sequence({
    reason: optional(ctx(0, namedInteger({ normal: 0, urgent: 1, 'user-defined': 30 }))),
    userInformation: UserInformation,
  }),
);

const RLRE = app(
  3,
  sequence({
    reason: optional(ctx(0, namedInteger({ normal: 0, 'not-finished': 1, 'user-defined': 30 }))),
    userInformation: UserInformation,
  }),
);

const ABRT = app(
  4,
  sequence({
    abortSource: ctx(0, namedInteger({ 'acse-service-user': 0, 'acse-service-provider': 1 })),
    abortDiagnostic: optional(ctx(1, enumerated({ 'no-reason-given': 1, 'protocol-error': 2 }))),
    userInformation: UserInformation,
  }),
);

export const ACSEapdu = choice({ aarq: AARQ, aare: AARE, rlrq: RLRQ, rlre: RLRE, abrt: ABRT });
export type ACSEapdu = Infer<typeof ACSEapdu>;
