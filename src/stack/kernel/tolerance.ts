// The deviations of peers that the layers below P1 can put up with: a table of names, and how a machine asks.
// Not here: who allows which (the configuration of a link), and the counting.

/** What each lets pass. Each is a key under `tolerances` of a link. */
export const stackTolerances = {
  tpktReservedOctet: 'The reserved octet of a TPKT is not 0 (RFC 1006 6 gives it no meaning).',
  emptyLastTpdu: 'The last DT of a TSDU carries no octets (X.224 6.3), as the PC gateway sends.',
  emptyTokensAlone: 'A token SPDU that names no token is alone in its TSDU, as ISODE and OpenPath send it.',
  sessionParametersUnknown: 'Parameters of an SPDU that X.225 does not have are passed over.',
  tpduSizeAbove8192: 'A TPDU size above 8,192 octets is named, which X.224 13.3.4 does not have for class 0.',
  extendedConcatenation: 'A TSDU has more SPDUs than X.225 6.3.7 lets it have; more was not negotiated.',
  largeCheckpoints: 'More octets come between two checkpoints than was agreed (X.228 7.1), as SSE sends.',
  pointsBeyondWindow: 'More points are unconfirmed than the window agreed (X.228 7.1): PP sends one more.',
  sizesAboveProposal: 'The answer has a checkpoint size or a window above what we proposed (X.228 7.1).',
  releaseWithoutApdu: 'A release in normal mode has no RLRQ or RLRE in it (X.227 7.2).',
} as const;

export type StackTolerance = keyof typeof stackTolerances;

/** Asked at each deviation, with what came: whether it is put up with. Whoever says yes has noted it. */
export type Tolerates = (name: StackTolerance, got: string) => boolean;
