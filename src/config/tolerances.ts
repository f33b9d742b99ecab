// The tolerances of a link: what is put up with, or done otherwise than the Recommendation has it, for the
// sake of one peer (strict out, tolerant in). A table and nothing else: the schema makes a key of each row,
// events and metrics count each by its name. Those on arrival are on, because they harm nobody and peers
// in the field need them; switched off, what needs them is refused. One is off: what it lets in has stopped
// other MTAs. Those on departure are off. Those of the layers
// below P1 are on too, and their table is the stack's.

import { type StackTolerance, stackTolerances } from '../stack/kernel/tolerance.ts';

/** What came in otherwise than it should, and is taken nevertheless. */
export const arrivalTolerances = {
  traceDomainMismatch:
    'The first element of the external trace names another domain than the MTS identifier (event 209).',
  numericAdmd: 'An ADMD that is the number 0 means the same as one space, for matching only.',
} as const;

export { stackTolerances };

/** What is taken only where the link says so. */
export const guardedTolerances = {
  emptyPrivateDomain:
    'A PRMD of no characters in an MTS identifier or trace is taken away, and the message not refused.',
} as const;

/** What is sent otherwise than it should be. */
export const departureTolerances = {
  explicitExtensionTypes:
    'Extension types are written A0 03 02 01 nn, as PP and other ISODE-based peers read them.',
  stripPrivateExtensions: 'Extensions that are private, or not of X.411, are left out, critical ones apart.',
  stripInternalTrace: 'Internal trace is left out even where sameDomain is true.',
  motisInternalTrace:
    'Internal trace goes to a peer of P1 1984 as the MOTIS drafts had it, if sameDomain is true.',
  stripBilateralInformation: 'Per-domain bilateral information is left out.',
  proposeSmallTpdus: 'TPDUs of 2,048 octets are proposed, for peers that take no more.',
} as const;

export type ArrivalTolerance = keyof typeof arrivalTolerances | keyof typeof guardedTolerances;
export type DepartureTolerance = keyof typeof departureTolerances;
export type ToleranceName = ArrivalTolerance | DepartureTolerance | StackTolerance;
export type TolerancesConfiguration = Readonly<Record<ToleranceName, boolean>>;
