// RT-F1: the rows of the tolerance matrix that lie below P1 (exchange-mta.md §3.F). Each sample is good
// octets with one deviation; it is accepted and told by name, and with the tolerance off it is a violation of
// its layer that says what was due and what came. What is plain standard is accepted and not told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, fromHex, toHex } from '../../src/base/octets.ts';
import type { AssociationOptions, RTRequest } from '../../src/stack/association/index.ts';
import { type StackTolerance, stackTolerances } from '../../src/stack/kernel/tolerance.ts';
import { goodExchange } from '../fuzz/good-exchange.ts';
import {
  accepting,
  bindArgument,
  End,
  exchange,
  opened,
  optionsOf,
  sending,
} from '../support/associations.ts';

const [cr, ...rest] = goodExchange().toResponder;
const cn = rest[0];
const hex = (text: string): Uint8Array => fromHex(text) ?? assert.fail(text);
const packet = (tpdu: Uint8Array): Uint8Array =>
  concat([Uint8Array.of(3, 0, (tpdu.length + 4) >> 8, (tpdu.length + 4) & 0xff), tpdu]);

/** The CN in two DTs, cut at `at` of its TSDU. */
function inTwo(at: number): Uint8Array {
  const tsdu = cn.subarray(7);
  const first = packet(concat([hex('02f000'), tsdu.subarray(0, at)]));
  return concat([first, packet(concat([hex('02f080'), tsdu.subarray(at)]))]);
}

/** The CN with one more parameter, at its end. */
function withParameter(parameter: Uint8Array): Uint8Array {
  const tsdu = cn.subarray(7);
  assert.equal(tsdu[0], 13);
  const long = tsdu[1] === 0xff;
  const length = (long ? (tsdu[2] << 8) | tsdu[3] : tsdu[1]) + parameter.length;
  const contents = concat([parameter, tsdu.subarray(long ? 4 : 2)]);
  return packet(concat([hex('02f080'), Uint8Array.of(13, 0xff, length >> 8, length & 0xff), contents]));
}

function reserved(octet: number): Uint8Array {
  const copy = cr.slice();
  copy[1] = octet;
  return copy;
}

/** A CR whose TPDU size has the code 16, which only peers over RFC 1006 use. */
function largeTpdus(): Uint8Array {
  const tpdu = concat([cr.subarray(4), hex('c0 01 10')]);
  tpdu[0] += 3;
  return packet(tpdu);
}

/** What one side says where both offer and ask for these sizes, and an APDU of this many octets goes over. */
function said(
  by: 'initiator' | 'responder',
  sizes: { readonly checkpointSize: number; readonly window: number },
  apduOctets: number,
): readonly Uint8Array[] {
  const { a, b } = opened({
    initiator: sending([new Uint8Array(apduOctets)]),
    asked: sizes,
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

/** The first two TSDUs of an activity in one. */
function concatenated(): readonly Uint8Array[] {
  const [first, second, activity] = said('initiator', { checkpointSize: 1, window: 3 }, 100);
  const length = (activity[2] << 8) | activity[3];
  const next = activity.subarray(length);
  const both = concat([activity.subarray(7, length), next.subarray(7, (next[2] << 8) | next[3])]);
  const rest = next.subarray((next[2] << 8) | next[3]);
  return [first, second, packet(concat([hex('02f080'), both])), rest];
}

interface Heard {
  readonly end: End;
  readonly told: readonly string[];
}

/** What our side makes of these octets; `off` is not tolerated. */
function heard({ octets, role = 'responder', secures = true }: Sample, off?: StackTolerance): Heard {
  const tolerates: AssociationOptions['tolerates'] = (name) => name !== off;
  const user = ({ kind }: { readonly kind: string }, end: End): readonly RTRequest[] =>
    kind === 'RTcheckpointind' && !secures ? [] : accepting(end.heard[end.heard.length - 1], end);
  const end = new End(optionsOf(role, { tolerates }), user);
  end.feed({ kind: 'connected' });
  if (role === 'initiator') end.request({ ...askedSmall, userData: bindArgument });
  for (const each of octets) end.feed({ kind: 'octets', octets: each });
  return { end, told: end.others.flatMap((other) => (other.kind === 'tolerance' ? [other.name] : [])) };
}

const askedSmall = {
  kind: 'RTOPENreq',
  checkpointSize: 1,
  window: 3,
  dialogueMode: 'monologue',
  initialTurn: 'initiator',
} as const;

interface Sample {
  readonly octets: readonly Uint8Array[];
  /** Which side we are; the responder where nothing is said. */
  readonly role?: 'initiator' | 'responder';
  /** Our user is slow to secure. */
  readonly secures?: boolean;
}

const rows: Readonly<
  Record<StackTolerance, Sample & { readonly row: string; readonly layer: string; readonly last: string }>
> = {
  tpktReservedOctet: {
    row: 'a peer that leaves something in the reserved octet of its TPKTs',
    octets: [reserved(0xff), cn],
    layer: 'tpkt',
    last: 'RTOPENind',
  },
  emptyLastTpdu: {
    row: 'PC gateway 3.2: the last DT of a TSDU has no data',
    octets: [cr, inTwo(cn.length - 7)],
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
    octets: [cr, withParameter(hex('7f 02 aabb'))],
    layer: 'session',
    last: 'RTOPENind',
  },
  tpduSizeAbove8192: {
    row: 'a peer that wants TPDUs of 64 K over RFC 1006',
    octets: [largeTpdus(), cn],
    layer: 'transport',
    last: 'RTOPENind',
  },
  extendedConcatenation: {
    row: 'ACTIVITY START and DATA TRANSFER in one TSDU, without extended concatenation',
    octets: concatenated(),
    layer: 'session',
    last: 'RTTRind',
  },
  largeCheckpoints: {
    row: 'SSE X.400-MIL: a large checkpoint first, then small ones',
    octets: said('initiator', { checkpointSize: 4, window: 3 }, 5000),
    layer: 'rtse',
    last: 'RTCLOSEind',
  },
  pointsBeyondWindow: {
    row: 'PP: one unconfirmed point more than the window',
    octets: said('initiator', { checkpointSize: 1, window: 4 }, 4500),
    secures: false,
    layer: 'rtse',
    last: 'RTCLOSEind',
  },
  sizesAboveProposal: {
    row: 'an answer with sizes above our proposal',
    octets: said('responder', { checkpointSize: 30, window: 5 }, 100).slice(0, 2),
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

for (const name of Object.keys(stackTolerances) as StackTolerance[]) {
  const sample = rows[name];
  test(`RT-F1: ${sample.row}: accepted, told as ${name}, and refused where that is off`, () => {
    const lenient = heard(sample);
    assert.equal(lenient.end.kinds().at(-1), sample.last);
    assert.deepEqual(lenient.told, [name]);
    assert.ok(lenient.end.others.every(({ kind }) => kind !== 'violation'));
    const strict = heard(sample, name);
    assert.deepEqual(strict.told, []);
    const [breach] = strict.end.others.flatMap((other) =>
      other.kind === 'violation' ? [other.violation] : [],
    );
    assert.equal(breach?.layer, sample.layer);
    assert.ok(breach.clause.length > 0 && breach.expected.length > 0 && breach.got.length > 0);
    assert.notEqual(strict.end.kinds().at(-1), sample.last);
  });
}

/** Heads of the elements that an RTORQ lies in, from the TPKT inwards. */
const around = [
  ...['030000aa', '0da1', 'c175', '3173', 'a26c', '6135', '3033', 'a02e', '602c', 'be22', '2820'],
  ...['03a017', 'b015'],
];

/** What is standard: taken, and told to nobody. */
function assertStandard(sample: Sample, last: string): void {
  const { end, told } = heard(sample);
  assert.deepEqual([told, end.kinds().at(-1)], [[], last]);
  assert.ok(end.others.every(({ kind }) => kind !== 'violation'));
}

test('RT-F1: ISODE: a please-token in a TPDU of its own within its TSDU is standard, and not told', () => {
  assertStandard({ octets: [cr, inTwo(2)] }, 'RTOPENind');
});

test('RT-F1: MEMO: no dialogue mode in the CN is monologue by the standard, and not told', () => {
  const octets = said('initiator', { checkpointSize: 1, window: 3 }, 100).slice(0, 2);
  // RTORQ [16] without its [2], and so each length around it shorter by 3.
  let text = toHex(octets[1]).replace('820100', '');
  for (const head of around) {
    const shorter = (Number.parseInt(head.slice(-2), 16) - 3).toString(16).padStart(2, '0');
    assert.ok(text.includes(head), head);
    text = text.replace(head, head.slice(0, -2) + shorter);
  }
  const sample = { octets: [octets[0], hex(text)] };
  assertStandard(sample, 'RTOPENind');
  const { end } = heard(sample);
  const [open] = end.heard;
  assert.ok(open.kind === 'RTOPENind' && open.dialogueMode === 'monologue');
});

test('RT-F1: PC gateway 3.2: checkpoint size 0, no recovery: one RTTR without points, and not told', () => {
  const octets = said('initiator', { checkpointSize: 0, window: 3 }, 5000);
  const end = new End(optionsOf('responder', { offer: { checkpointSize: 0, window: 3 } }), accepting);
  end.feed({ kind: 'connected' });
  for (const each of octets) end.feed({ kind: 'octets', octets: each });
  assert.deepEqual(end.others, []);
  assert.deepEqual(end.received(), [new Uint8Array(5000)]);
  assert.ok(!end.kinds().includes('RTcheckpointind'));
});

test('RT-F1: nothing is told of a good exchange', () => {
  assertStandard({ octets: [cr, cn] }, 'RTOPENind');
});
