// RT-F1: the rows of the tolerance matrix that lie below P1 (exchange-mta.md §3.F). Each sample is good
// octets with one deviation; it is accepted and told by name, and with the tolerance off it is a violation of
// its layer that says what was due and what came. What is plain standard is accepted and not told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, fromHex } from '../../src/base/octets.ts';
import { Association, type AssociationOutput } from '../../src/stack/association/index.ts';
import { type StackTolerance, stackTolerances } from '../../src/stack/kernel/tolerance.ts';
import { goodExchange } from '../fuzz/good-exchange.ts';
import { bindResult, optionsOf, startOfTest } from '../support/associations.ts';

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

interface Heard {
  readonly outputs: readonly AssociationOutput[];
  readonly told: readonly string[];
  readonly indicated: boolean;
}

/** What a responder, whose user accepts every open, makes of these octets; `off` is not tolerated. */
function heard(octets: readonly Uint8Array[], off?: StackTolerance): Heard {
  const association = new Association({ ...optionsOf('responder'), tolerates: (name) => name !== off });
  const outputs = [...association.handle({ kind: 'connected' }, startOfTest)];
  let indicated = false;
  for (const each of octets) {
    const now = association.handle({ kind: 'octets', octets: each }, startOfTest);
    outputs.push(...now);
    if (!now.some((output) => output.kind === 'user' && output.primitive.kind === 'RTOPENind')) continue;
    indicated = true;
    const primitive = { kind: 'RTOPENrsp+', userData: bindResult } as const;
    outputs.push(...association.handle({ kind: 'user', primitive }, startOfTest));
  }
  const told = outputs.flatMap((output) => (output.kind === 'tolerance' ? [output.name] : []));
  return { outputs, told, indicated };
}

const rows: Readonly<
  Record<
    StackTolerance,
    { readonly row: string; readonly octets: readonly Uint8Array[]; readonly layer: string }
  >
> = {
  tpktReservedOctet: {
    row: 'a peer that leaves something in the reserved octet of its TPKTs',
    octets: [reserved(0xff), cn],
    layer: 'tpkt',
  },
  emptyLastTpdu: {
    row: 'PC gateway 3.2: the last DT of a TSDU has no data',
    octets: [cr, inTwo(cn.length - 7)],
    layer: 'transport',
  },
  emptyTokensAlone: {
    row: 'ISODE, OpenPath: a please-token in a TSDU of its own',
    octets: [cr, cn, packet(hex('02f080 0200'))],
    layer: 'session',
  },
  sessionParametersUnknown: {
    row: 'a parameter that X.225 does not have, in a CN',
    octets: [cr, withParameter(hex('7f 02 aabb'))],
    layer: 'session',
  },
};

for (const name of Object.keys(stackTolerances) as StackTolerance[]) {
  const { row, octets, layer } = rows[name];
  test(`RT-F1: ${row}: accepted, told as ${name}, and refused where that is off`, () => {
    const lenient = heard(octets);
    assert.ok(lenient.indicated);
    assert.deepEqual(lenient.told, [name]);
    assert.ok(lenient.outputs.every(({ kind }) => kind !== 'violation' && kind !== 'close'));
    const strict = heard(octets, name);
    assert.deepEqual(strict.told, []);
    const [breach] = strict.outputs.flatMap((output) =>
      output.kind === 'violation' ? [output.violation] : [],
    );
    assert.equal(breach.layer, layer);
    assert.ok(breach.clause.length > 0 && breach.expected.length > 0 && breach.got.length > 0);
  });
}

test('RT-F1: ISODE: a please-token in a TPDU of its own within its TSDU is standard, and not told', () => {
  const { told, indicated, outputs } = heard([cr, inTwo(2)]);
  assert.deepEqual([told, indicated], [[], true]);
  assert.ok(outputs.every(({ kind }) => kind !== 'violation'));
});

test('RT-F1: nothing is told of a good exchange', () => {
  assert.deepEqual(heard([cr, cn]).told, []);
});
