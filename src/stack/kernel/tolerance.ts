// The deviations of peers that the layers below P1 can put up with: a table of names, and how a machine asks.
// Not here: who allows which (the configuration of a link), and the counting.

/** What each lets pass. Each is a key under `tolerances` of a link. */
export const stackTolerances = {
  tpktReservedOctet: 'The reserved octet of a TPKT is not 0 (RFC 1006 6 gives it no meaning).',
  emptyLastTpdu: 'The last DT of a TSDU carries no octets (X.224 6.3), as the PC gateway sends.',
  emptyTokensAlone: 'A token SPDU that names no token is alone in its TSDU, as ISODE and OpenPath send it.',
  sessionParametersUnknown: 'Parameters of an SPDU that X.225 does not have are passed over.',
} as const;

export type StackTolerance = keyof typeof stackTolerances;

/** Asked at each deviation, with what came: whether it is put up with. Whoever says yes has noted it. */
export type Tolerates = (name: StackTolerance, got: string) => boolean;
