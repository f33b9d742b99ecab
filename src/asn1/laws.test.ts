// The codec laws: decode∘encode is the identity; any octets give a value or an error in bounded time.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { seededRandom } from '../base/random.ts';
import * as asn1 from './index.ts';
import type { Type } from './index.ts';

interface Tree {
  readonly name: string;
  readonly branches?: readonly Tree[] | undefined;
}

const Tree: Type<Tree> = asn1.sequence({
  name: asn1.utf8String({ size: [1, 8] }),
  branches: asn1.optional(asn1.ctx(0, asn1.sequenceOf(asn1.recursive(() => Tree)))),
});

const inner = asn1.choice({ digits: asn1.numericString(), text: asn1.printableString() });

/** Every form of the language at least once. */
const Everything = asn1.named(
  'Everything',
  asn1.sequence({
    truth: asn1.boolean(),
    count: asn1.integer(),
    small: asn1.ctx(0, asn1.integer({ min: 1, max: 64 })),
    level: asn1.withDefault(asn1.app(7, asn1.enumerated({ normal: 0, low: 1, high: 2 })), 'normal'),
    action: asn1.ctx(1, asn1.namedInteger({ relay: 0, reroute: -5 })),
    flags: asn1.withDefault(
      asn1.bitString({ names: { one: 0, nine: 9 }, size: [0, 16] }),
      asn1.bitsOf([], 0),
    ),
    bits: asn1.ctx(2, asn1.bitString({ size: [8, 16] })),
    octets: asn1.octetString({ size: [0, 300] }),
    nothing: asn1.optional(asn1.nullType()),
    identifier: asn1.optional(asn1.objectIdentifier()),
    strings: asn1.retained(
      asn1.set({
        ia5: asn1.ctx(40, asn1.ia5String({ size: [1, 200] })),
        visible: asn1.priv(1_000_000, asn1.visibleString()),
        teletex: asn1.optional(asn1.teletexString()),
        general: asn1.optional(asn1.generalString()),
        graphic: asn1.optional(asn1.graphicString()),
        videotex: asn1.optional(asn1.videotexString()),
        bmp: asn1.optional(asn1.bmpString()),
        wide: asn1.optional(asn1.universalString()),
        when: asn1.optional(asn1.utcTime()),
        since: asn1.optional(asn1.generalizedTime()),
        inner: asn1.optional(inner),
      }),
    ),
    outer: asn1.ctx(3, asn1.choice({ inner, tagged: asn1.ctx(9, inner), open: asn1.ctx(10, asn1.raw()) })),
    list: asn1.ctx(4, asn1.setOf(asn1.retained(inner), { size: [0, 3] })),
    external: asn1.optional(asn1.external()),
    explicit: asn1.optional(asn1.explicitApp(3, asn1.explicitCtx(2, asn1.integer()))),
    tree: asn1.ctx(5, Tree),
  }),
);

/** Elements by their octets, and absent fields as absent, so that values can be compared. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('buffer' in value && 'start' in value) return [...asn1.rawOctets(value as asn1.Raw)];
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries.map(([name, field]) => [name, plain(field)]));
}

function decoded<V>(type: Type<V>, octets: Uint8Array, options?: asn1.DecodeOptions): V {
  const result = asn1.decode(type, octets, options);
  assert.ok(result.ok, result.ok ? '' : result.error.message);
  return result.value;
}

/** Encoded with no raw form copied. */
function anew(value: asn1.Infer<typeof Everything>): Uint8Array {
  return asn1.encode(Everything, structuredClone(value), { constraints: 'tolerant' });
}

test('decoding what was encoded gives the value; encoding that gives the octets', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const value = asn1.arbitrary(Everything, seededRandom(seed));
      const octets = asn1.encode(Everything, value);
      const again = decoded(Everything, octets, { constraints: 'strict' });
      assert.deepEqual(plain(again), plain(value));
      assert.deepEqual(asn1.encode(Everything, again), octets);
      assert.deepEqual(asn1.encode(Everything, structuredClone(again)), octets);
      assert.ok(asn1.print(Everything, again).startsWith('Everything\n'));
    }),
    { numRuns: 300 },
  );
});

test('any octets give a value or an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
      const result = asn1.decode(Everything, octets);
      if (!result.ok) assert.ok(result.error.offset <= octets.length);
      asn1.printBer(octets);
      asn1.readHeader(octets);
    }),
    { numRuns: 1000 },
  );
});

test('mutated encodings give an error or a value, whose encoding stands for the same value', () => {
  const random = seededRandom(42);
  let values = 0;
  for (let round = 0; round < 1500; round += 1) {
    const octets = asn1.encode(Everything, asn1.arbitrary(Everything, random));
    for (let left = random.between(1, 3); left > 0; left -= 1) {
      octets[random.between(0, octets.length - 1)] = random.between(0, 255);
    }
    const result = asn1.decode(Everything, octets.subarray(0, octets.length - random.between(0, 1)));
    if (!result.ok) continue;
    values += 1;
    const again = anew(result.value);
    assert.deepEqual(anew(decoded(Everything, again)), again);
  }
  assert.ok(values > 100, `${values} mutations were still values`);
});
