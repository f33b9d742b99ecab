// Conversion in a thread of its own: the same as in steps, side by side, broken off, and after the thread's
// end.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { planWith, textContent } from '../../test/support/ipm.ts';
import { concat } from '../base/octets.ts';
import { convertContent } from '../content/index.ts';
import type { ConversionIo, ConversionResult } from '../transfer/index.ts';
import { ConverterAside } from './converter-aside.ts';

const converter = new ConverterAside();
after(() => converter.close());

const plan = planWith({ wrap: 60 });
const never = new AbortController().signal;

function contentOf(text: string): Uint8Array {
  return textContent(text).content;
}

class Held implements ConversionIo {
  readonly written: Uint8Array[] = [];
  readonly content: Uint8Array;
  /** What to do at each read. */
  onRead = (): void => undefined;

  constructor(content: Uint8Array) {
    this.content = content;
  }

  async read(at: number, octets_max: number) {
    this.onRead();
    return this.content.slice(at, at + octets_max);
  }

  async write(octets: Uint8Array): Promise<string | undefined> {
    this.written.push(octets);
    return undefined;
  }

  whole(result: ConversionResult): Uint8Array {
    assert.ok(result.kind === 'converted', JSON.stringify(result));
    const written = concat(this.written);
    return concat(
      result.pieces.map((piece) => {
        if (piece.kind === 'literal') return piece.octets;
        const source = piece.kind === 'kept' ? this.content : written;
        return source.subarray(piece.at, piece.at + piece.octets_count);
      }),
    );
  }
}

const convert = (io: Held, signal = never) =>
  converter.convert({ octets_count: io.content.length, plan }, io, signal);

test('the same as at once; several side by side', async () => {
  const contents = [1000, 10_000, 50_000].map((count) => contentOf('Größe '.repeat(count)));
  await Promise.all(
    contents.map(async (content) => {
      const io = new Held(content);
      const made = io.whole(await convert(io));
      const expected = convertContent(content, plan);
      assert.ok(expected.kind === 'converted');
      assert.deepEqual(made, expected.content);
    }),
  );
  assert.equal(converter.busy, 0);
});

test('RT-D5: broken off by its caller, by a read or write that fails, by the end of the thread', async () => {
  const content = contentOf('Größe '.repeat(100_000));
  const calling = new AbortController();
  const given = new Held(content);
  given.onRead = () => calling.abort('enough');
  assert.deepEqual(await convert(given, calling.signal), { kind: 'broken', detail: 'enough' });
  assert.deepEqual(await convert(given, calling.signal), { kind: 'broken', detail: 'enough' });
  const unreadable = new Held(content);
  unreadable.read = async () => undefined as never;
  assert.equal((await convert(unreadable)).kind, 'broken');
  const full = new Held(content);
  full.write = async () => 'no space';
  assert.deepEqual(await convert(full), { kind: 'broken', detail: 'no space' });
  const ended = new Held(content);
  ended.onRead = () => void converter.close();
  assert.deepEqual(await convert(ended), { kind: 'broken', detail: 'the MTA stops' });
  const again = new Held(content);
  assert.equal((await convert(again)).kind, 'converted', 'another thread is begun');
});
