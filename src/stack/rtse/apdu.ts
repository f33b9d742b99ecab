// The APDUs of RTSE (X.228, 1988, clause 9) as declarations, as normal mode sends them. DEFAULT values are
// declared as optional fields: they are sent in full, as every peer known does, and read either way.

import {
  bitString,
  choice,
  ctx,
  type Infer,
  integer,
  namedInteger,
  octetString,
  optional,
  raw,
  sequence,
  set,
  teletexString,
  utcTime,
} from '../../asn1/index.ts';

const SessionConnectionIdentifier = sequence({
  callingSSuserReference: choice({ t61String: teletexString(), octetString: octetString() }),
  commonReference: utcTime(),
  additionalReferenceInformation: optional(ctx(0, teletexString())),
});
export type SessionConnectionIdentifier = Infer<typeof SessionConnectionIdentifier>;

const ConnectionData = choice({ open: ctx(0, raw()), recover: ctx(1, SessionConnectionIdentifier) });
export type ConnectionData = Infer<typeof ConnectionData>;

const RTORQapdu = set({
  checkpointSize: optional(ctx(0, integer())),
  windowSize: optional(ctx(1, integer())),
  dialogueMode: optional(ctx(2, namedInteger({ monologue: 0, twa: 1 }))),
  connectionDataRQ: ctx(3, ConnectionData),
  applicationProtocol: optional(ctx(4, integer())),
});

const RTOACapdu = set({
  checkpointSize: optional(ctx(0, integer())),
  windowSize: optional(ctx(1, integer())),
  connectionDataAC: ctx(2, ConnectionData),
});

export const RefuseReason = namedInteger({
  'rts-busy': 0,
  'cannot-recover': 1,
  'validation-failure': 2,
  'unacceptable-dialogue-mode': 3,
});
export type RefuseReason = Infer<typeof RefuseReason>;

const RTORJapdu = set({
  refuseReason: optional(ctx(0, RefuseReason)),
  userDataRJ: optional(ctx(1, raw())),
});

export const AbortReason = namedInteger({
  'local-system-problem': 0,
  'invalid-parameter': 1,
  'unrecognized-activity': 2,
  'temporary-problem': 3,
  'protocol-error': 4,
  'permanent-problem': 5,
  'user-error': 6,
  'transfer-completed': 7,
});
export type AbortReason = Infer<typeof AbortReason>;

const RTABapdu = set({
  abortReason: optional(ctx(0, AbortReason)),
  reflectedParameter: optional(ctx(1, bitString())),
  userdataAB: optional(ctx(2, raw())),
});

export const RTSEapdus = choice({
  rtorq: ctx(16, RTORQapdu),
  rtoac: ctx(17, RTOACapdu),
  rtorj: ctx(18, RTORJapdu),
  rttp: integer(),
  rttr: octetString(),
  rtab: ctx(22, RTABapdu),
});
export type RTSEapdus = Infer<typeof RTSEapdus>;

export type RTORQ = Extract<RTSEapdus, { kind: 'rtorq' }>['value'];
export type RTOAC = Extract<RTSEapdus, { kind: 'rtoac' }>['value'];

/** X.228 9: what an absent field means. */
export const CHECKPOINT_SIZE_DEFAULT = 0;
export const WINDOW_SIZE_DEFAULT = 3;
