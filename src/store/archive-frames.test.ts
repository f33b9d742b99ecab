// Frames of an archive: cut anywhere they read the same; after damage the reader finds the next one; frames
// of another archive inside the content stay content.

import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { concat } from '../base/octets.ts';
import { seededRandom } from '../base/random.ts';
import { type Found, FrameReader, frameOf } from './archive-frames.ts';

const nonce = 77;

function readAll(octets: Uint8Array, size = octets.length): Found[] {
  const reader = new FrameReader();
  const found: Found[] = [];
  for (let at = 0; at < octets.length; at += size) found.push(...reader.push(octets.subarray(at, at + size)));
  return [...found, ...reader.end()];
}

function kinds(found: readonly Found[]): string[] {
  return found.map((each) => (each.kind === 'frame' ? each.frame.kind : 'damage'));
}

const random = seededRandom(4);
const content = random.octets(200_000);
const archive = concat([
  frameOf('HEAD', new TextEncoder().encode('{}'), nonce),
  frameOf('CONT', content, nonce),
  frameOf('ENDM', new Uint8Array(), nonce),
  frameOf('ENDA', random.octets(30), nonce),
]);

test('frames read the same in pieces of any size', () => {
  const whole = readAll(archive);
  assert.deepEqual(kinds(whole), ['HEAD', 'CONT', 'ENDM', 'ENDA']);
  for (const size of [1, 2, 19, 20, 21, 24, 4096, 65_537]) assert.deepEqual(readAll(archive, size), whole);
});

test('a cut archive says so, wherever it is cut inside a frame', () => {
  for (const cut of [1, 19, 20, 25, 27, 100_000, archive.length - 1]) {
    const found = readAll(archive.subarray(0, cut));
    assert.equal(found.at(-1)?.kind, 'damage', `cut at ${cut}`);
  }
});

test('after a flipped octet every other frame is found, and the damage is told', () => {
  fc.assert(
    fc.property(fc.nat(archive.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = archive.slice();
      damaged[at] ^= flip;
      const found = readAll(damaged, 10_000);
      const frames = found.filter(({ kind }) => kind === 'frame');
      assert.ok(frames.length >= 3, `octet ${at} cost ${4 - frames.length} frames`);
      assert.ok(frames.length === 4 || found.some(({ kind }) => kind === 'damage'));
    }),
    { numRuns: 200, seed: 1 },
  );
});

test('an archive inside the content of another is content, even where the frame around it is damaged', () => {
  const inner = concat([frameOf('MESG', random.octets(10), 5), frameOf('ENDA', random.octets(10), 5)]);
  const outer = concat([
    frameOf('HEAD', random.octets(3), nonce),
    frameOf('CONT', inner, nonce),
    frameOf('ENDA', random.octets(3), nonce),
  ]);
  assert.deepEqual(kinds(readAll(outer)), ['HEAD', 'CONT', 'ENDA']);
  outer[23 + 4] ^= 1; // The magic of the frame that holds the inner archive.
  assert.deepEqual(kinds(readAll(outer)), ['HEAD', 'damage', 'ENDA']);
});

test('octets that are no archive cost one look each and give nothing but damage', () => {
  const found = readAll(random.octets(3_000_000), 65_536);
  assert.deepEqual(kinds(found), ['damage']);
  const magics = new TextEncoder().encode('ChAr'.repeat(200_000));
  const began = performance.now();
  assert.deepEqual(kinds(readAll(magics, 65_536)), ['damage']);
  assert.ok(performance.now() - began < 5000);
});
