// What X.410-1984 mode makes of the APDUs of RTSE (X.228 9): those of opening and aborting are the same SETs
// without their own tag, and an RTTR is the octets of the APDU in transfer and nothing else, with no EXTERNAL
// around that APDU. Not here: what is in them.

import { type PresentationDataValue, X410_CONTEXT } from '../acse/service.ts';
import type { UnwrapperState } from './external-wrapper.ts';

const SET = 0x31;
/** The tags of normal mode: [16], [17], [18] and [22], implicit and constructed. */
const tags = { rtorq: 0xb0, rtoac: 0xb1, rtorj: 0xb2, rtab: 0xb6 } as const;
export type TaggedApdu = keyof typeof tags;

/** The presentation contexts that RTSE uses, as negotiated. */
export interface RtseContexts {
  /** RTSE's APDUs. */
  readonly rtse: number;
  /** What is transferred: the indirect reference of the EXTERNAL. */
  readonly user: number;
}

/** Where data values go in X.410-1984 mode. */
export const x410Contexts: RtseContexts = { rtse: X410_CONTEXT, user: X410_CONTEXT };

/** One of the APDUs that are tagged in normal mode, as a data value. */
export function apduValue(context: number, apdu: Uint8Array): PresentationDataValue {
  return { context, value: [context === X410_CONTEXT ? retagged(apdu, SET) : apdu] };
}

/** The same as it was before `apduValue`, if it is what was `expected`. */
export function taggedApdu(octets: Uint8Array, expected: TaggedApdu): Uint8Array {
  return octets[0] === SET ? retagged(octets, tags[expected]) : octets;
}

function retagged(apdu: Uint8Array, identifier: number): Uint8Array {
  const copy = apdu.slice();
  copy[0] = identifier;
  return copy;
}

/** Stands where normal mode has the EXTERNAL: every octet is the APDU's, which ends with the activity. */
export class NoWrapper {
  #octetsOut: number;

  constructor(state?: UnwrapperState) {
    this.#octetsOut = state?.octetsOut ?? 0;
  }

  /** Where it stands, in the words of the other. */
  get state(): UnwrapperState {
    const octetsOut = this.#octetsOut;
    return {
      phase: 'value',
      left: 0,
      consumed: octetsOut,
      referenceValue: 0,
      contextSeen: true,
      open: 0,
      octetsOut,
      head: [],
    };
  }

  /** Whether it could end here: an APDU has octets. */
  get complete(): boolean {
    return this.#octetsOut > 0;
  }

  get octetsOut(): number {
    return this.#octetsOut;
  }

  get fault(): string | undefined {
    return undefined;
  }

  take(octets: Uint8Array): readonly Uint8Array[] {
    this.#octetsOut += octets.length;
    return octets.length === 0 ? [] : [octets];
  }
}
