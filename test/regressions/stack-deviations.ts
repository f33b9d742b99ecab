// Good octets with one deviation each, for every tolerance of the stack: what a peer says, piece by piece, as
// our own stack wrote it for the same bind and the same APDU. Not here: what is made of them.

import assert from 'node:assert/strict';
import { concat, fromHex } from '../../src/base/octets.ts';
import type { StackTolerance } from '../../src/stack/kernel/tolerance.ts';
import { accepting, type Answer, type End, exchange, opened, sending } from '../support/associations.ts';

/** What a peer binds with, and transfers. */
export interface Traffic {
  readonly bindArgument: Uint8Array;
  readonly bindResult: Uint8Array;
  /** An APDU of about so many octets. */
  readonly apdu: (octets: number) => Uint8Array;
}

export interface Sizes {
  readonly checkpointSize: number;
  readonly window: number;
}

export interface Deviation {
  readonly row: string;
  readonly octets: readonly Uint8Array[];
  /** Which side we are; the responder where nothing is said. */
  readonly role?: 'initiator' | 'responder';
  /** Our user is slow to secure. */
  readonly secures?: boolean;
  readonly layer: string;
  /** The last that our user hears of it. */
  readonly last: string;
}

/** What our side proposes or offers, in all of them. */
export const ourSizes: Sizes = { checkpointSize: 1, window: 3 };

const hex = (text: string): Uint8Array => fromHex(text) ?? assert.fail(text);

/** What one side says where both offer and ask for these sizes, and an APDU of this many octets goes over. */
export function said(
  traffic: Traffic,
  by: 'initiator' | 'responder',
  { sizes = ourSizes, apduOctets = 100 }: { readonly sizes?: Sizes; readonly apduOctets?: number } = {},
): readonly Uint8Array[] {
  const responder: Answer = (indication, end) =>
    indication.kind === 'RTOPENind'
      ? [{ kind: 'RTOPENrsp+', userData: traffic.bindResult }]
      : accepting(indication, end);
  const { a, b } = opened({
    initiator: sending([traffic.apdu(apduOctets)]),
    responder,
    asked: { ...sizes, userData: traffic.bindArgument },
    responderOptions: { offer: sizes },
  });
  const spoken: Uint8Array[] = [];
  const keep = (end: End) => {
    const feed = end.feed.bind(end);
    end.feed = (input) => {
      if (input.kind === 'octets') spoken.push(input.octets);
      feed(input);
    };
  };
  keep(by === 'initiator' ? b : a);
  exchange(a, b);
  return spoken;
}

export function packet(tpdu: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(3, 0, (tpdu.length + 4) >> 8, (tpdu.length + 4) & 0xff), tpdu]);
}

/** A TSDU in two DTs, cut at `at`. */
export function inTwo(whole: Uint8Array, at: number): Uint8Array {
  const tsdu = whole.subarray(7);
  const first = packet(concat([hex('02f000'), tsdu.subarray(0, at)]));
  return concat([first, packet(concat([hex('02f080'), tsdu.subarray(at)]))]);
}

/** The CN with one more parameter, at its end. */
function withParameter(cn: Uint8Array, parameter: Uint8Array): Uint8Array {
  const tsdu = cn.subarray(7);
  assert.equal(tsdu[0], 13);
  const long = tsdu[1] === 0xff;
  const length = (long ? (tsdu[2] << 8) | tsdu[3] : tsdu[1]) + parameter.length;
  const contents = concat([parameter, tsdu.subarray(long ? 4 : 2)]);
  return packet(concat([hex('02f080'), Uint8Array.of(13, 0xff, length >> 8, length & 0xff), contents]));
}

function reserved(cr: Uint8Array, octet: number): Uint8Array {
  const copy = cr.slice();
  copy[1] = octet;
  return copy;
}

/** A CR whose TPDU size has the code 16, which only peers over RFC 1006 use. */
function largeTpdus(cr: Uint8Array): Uint8Array {
  const tpdu = concat([cr.subarray(4), hex('c0 01 10')]);
  tpdu[0] += 3;
  return packet(tpdu);
}

/** The first two TSDUs of an activity in one. */
function concatenated([first, second, activity]: readonly Uint8Array[]): readonly Uint8Array[] {
  const length = (activity[2] << 8) | activity[3];
  const next = activity.subarray(length);
  const both = concat([activity.subarray(7, length), next.subarray(7, (next[2] << 8) | next[3])]);
  const rest = next.subarray((next[2] << 8) | next[3]);
  return [first, second, packet(concat([hex('02f080'), both])), rest];
}

/** A sample for each tolerance. */
export function stackDeviations(traffic: Traffic): Readonly<Record<StackTolerance, Deviation>> {
  const good = said(traffic, 'initiator');
  const [cr, cn] = good;
  const by = (sizes: Sizes, apduOctets: number) => said(traffic, 'initiator', { sizes, apduOctets });
  return {
    tpktReservedOctet: {
      row: 'a peer that leaves something in the reserved octet of its TPKTs',
      octets: [reserved(cr, 0xff), cn],
      layer: 'tpkt',
      last: 'RTOPENind',
    },
    emptyLastTpdu: {
      row: 'PC gateway 3.2: the last DT of a TSDU has no data',
      octets: [cr, inTwo(cn, cn.length - 7)],
      layer: 'transport',
      last: 'RTOPENind',
    },
    emptyTokensAlone: {
      row: 'ISODE, OpenPath: a please-token in a TSDU of its own',
      octets: [cr, cn, packet(hex('02f080 0200'))],
      layer: 'session',
      last: 'RTOPENind',
    },
    sessionParametersUnknown: {
      row: 'a parameter that X.225 does not have, in a CN',
      octets: [cr, withParameter(cn, hex('7f 02 aabb'))],
      layer: 'session',
      last: 'RTOPENind',
    },
    tpduSizeAbove8192: {
      row: 'a peer that wants TPDUs of 64 K over RFC 1006',
      octets: [largeTpdus(cr), cn],
      layer: 'transport',
      last: 'RTOPENind',
    },
    extendedConcatenation: {
      row: 'ACTIVITY START and DATA TRANSFER in one TSDU, without extended concatenation',
      octets: concatenated(good),
      layer: 'session',
      last: 'RTTRind',
    },
    largeCheckpoints: {
      row: 'SSE X.400-MIL: a large checkpoint first, then small ones',
      octets: by({ checkpointSize: 4, window: 3 }, 5000),
      layer: 'rtse',
      last: 'RTCLOSEind',
    },
    pointsBeyondWindow: {
      row: 'PP: one unconfirmed point more than the window',
      octets: by({ checkpointSize: 1, window: 4 }, 4500),
      secures: false,
      layer: 'rtse',
      last: 'RTCLOSEind',
    },
    sizesAboveProposal: {
      row: 'an answer with sizes above our proposal',
      octets: said(traffic, 'responder', { sizes: { checkpointSize: 30, window: 5 } }).slice(0, 2),
      role: 'initiator',
      layer: 'rtse',
      last: 'RTOPENcnf+',
    },
    releaseWithoutApdu: {
      row: 'a FN without an RLRQ in normal mode',
      octets: [cr, cn, packet(hex('02f080 0900'))],
      layer: 'acse',
      last: 'RTCLOSEind',
    },
  };
}
