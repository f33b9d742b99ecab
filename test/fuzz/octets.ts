// The fuzzer of octets: every decoder gets random octets and mutations of valid PDUs, and answers with a
// value or a typed error, never an exception, within a time and a growth of memory. Run by itself:   node
// test/fuzz/octets.ts --cases N --seed S [--decoder NAME] A case that fails is made smaller, printed as
// hexadecimal with its seed, and kept in test/fuzz/kept/.

import { parseArgs } from 'node:util';
import { toHex } from '../../src/base/octets.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { endsWithin, heapInUse } from './bounded.ts';
import type { Decoder } from './decoder.ts';
import { keep } from './kept.ts';
import { messageDecoders } from './message-decoders.ts';
import { minimised } from './minimise.ts';
import { mutated, mutatedText } from './mutations.ts';
import { octetsOfText, textOfOctets } from './decoder.ts';
import { stackDecoders } from './stack-decoders.ts';
import { textDecoders } from './text-decoders.ts';

export const decoders: readonly Decoder[] = [...stackDecoders, ...messageDecoders, ...textDecoders];

/**
 * A case that takes longer than this, three times in a row, has no bound. Ordinary ones take far less than
 * 1 ms.
 */
const case_ms_max = 400;
/** A case that has not ended by then never will. */
const endless_ms = 10_000;
/** So many cases share one watch over their end. */
const batch_cases = 200;
/** The heap may grow by this over a run: what one case leaves is nothing. */
const growth_octets_max = 64 * 1024 * 1024;
/** Valid PDUs that are kept to be mutated; one is drawn anew with every so many cases. */
const pool_size = 64;
const redraw_every = 16;

export interface FuzzFailure {
  readonly decoder: string;
  readonly seed: number;
  readonly octets: Uint8Array;
  readonly message: string;
}

export interface DecoderCount {
  cases: number;
  /** How many of them were values: a fuzzer that only ever sees errors tests little. */
  values: number;
}

export interface FuzzRun {
  readonly seed: number;
  readonly counts: ReadonlyMap<string, DecoderCount>;
  readonly failures: readonly FuzzFailure[];
  readonly slowest_ms: number;
}

/** What is wrong with a decoder's answer to a case; undefined if nothing is. */
export function fault(decoder: Decoder, octets: Uint8Array): string | undefined {
  try {
    decoder.take(octets);
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** Every case gets a seed of its own, so that it can be repeated without those before it. */
class Fuzzer {
  readonly counts = new Map<string, DecoderCount>();
  readonly failures: FuzzFailure[] = [];
  slowest_ms = 0;
  readonly #pools = new Map<string, Uint8Array[]>();
  readonly #random: Random;
  readonly #seed: number;
  #current: { readonly decoder: Decoder; readonly octets: Uint8Array } | undefined;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seededRandom(seed);
  }

  /**
   * The next cases, one of each of these decoders; one that does not end is a failure, and the rest go on.
   */
  batch(turns: readonly Decoder[]): void {
    const left = [...turns];
    while (left.length > 0) {
      const ended = endsWithin(endless_ms, () => {
        for (let decoder = left.shift(); decoder !== undefined; decoder = left.shift()) this.#round(decoder);
      });
      if (!ended && this.#current !== undefined) {
        const { decoder, octets } = this.#current;
        const endless = (each: Uint8Array): boolean => !endsWithin(500, () => void fault(decoder, each));
        const small = minimised(octets, endless, 200);
        this.failures.push({
          decoder: decoder.name,
          seed: this.#seed,
          octets: small,
          message: 'does not end',
        });
      }
    }
  }

  #round(decoder: Decoder): void {
    const octets = this.#input(decoder);
    this.#current = { decoder, octets };
    const count = this.counts.get(decoder.name) ?? { cases: 0, values: 0 };
    this.counts.set(decoder.name, count);
    count.cases += 1;
    const began = performance.now();
    let message: string | undefined;
    try {
      if (decoder.take(octets)) count.values += 1;
    } catch {
      message = fault(decoder, octets) ?? 'fails once and not again';
    }
    const took = performance.now() - began;
    if (message === undefined && took > case_ms_max) message = this.#tooSlow(decoder, octets);
    else if (message === undefined) this.slowest_ms = Math.max(this.slowest_ms, took);
    if (message !== undefined) this.#failed(decoder, octets, message);
  }

  /** A pause of the machine is no fault of the decoder: only what is slow every time is. */
  #tooSlow(decoder: Decoder, octets: Uint8Array): string | undefined {
    let least = Number.POSITIVE_INFINITY;
    for (let trial = 0; trial < 3; trial += 1) {
      const began = performance.now();
      fault(decoder, octets);
      least = Math.min(least, performance.now() - began);
    }
    this.slowest_ms = Math.max(this.slowest_ms, least);
    return least > case_ms_max ? `${Math.round(least)} ms for ${octets.length} octets` : undefined;
  }

  #failed(decoder: Decoder, octets: Uint8Array, message: string): void {
    const shape = message.replace(/[0-9]+/g, '#').slice(0, 60);
    const known = this.failures.some(
      (each) => each.decoder === decoder.name && each.message.replace(/[0-9]+/g, '#').slice(0, 60) === shape,
    );
    if (known || this.failures.length >= 20) return;
    const small = message.includes(' ms for ')
      ? octets
      : minimised(octets, (each) => fault(decoder, each) !== undefined);
    const said = fault(decoder, small) ?? message;
    this.failures.push({ decoder: decoder.name, seed: this.#seed, octets: small, message: said });
  }

  #input(decoder: Decoder): Uint8Array {
    const random = this.#random;
    if (random.chance(0.06)) return random.octets(random.pick([0, 1, 2, 7, 40, 300]));
    const pool = this.#pool(decoder);
    const valid = random.pick(pool);
    if (random.chance(0.02)) return valid;
    if (decoder.text) return octetsOfText(mutatedText(textOfOctets(valid), random));
    return mutated(valid, random.pick(pool), random);
  }

  #pool(decoder: Decoder): Uint8Array[] {
    const pool = this.#pools.get(decoder.name) ?? [];
    this.#pools.set(decoder.name, pool);
    if (pool.length < pool_size) pool.push(decoder.valid(this.#random));
    else if (this.#random.chance(1 / redraw_every)) {
      pool[this.#random.between(0, pool_size - 1)] = decoder.valid(this.#random);
    }
    return pool;
  }
}

/** Runs `cases` cases, over all decoders by weight or over one. */
export function fuzz(plan: {
  readonly cases: number;
  readonly seed: number;
  readonly decoder?: string | undefined;
}): FuzzRun {
  const chosen = decoders.filter(({ name }) => plan.decoder === undefined || name === plan.decoder);
  if (chosen.length === 0) throw new Error(`there is no decoder ${plan.decoder}`);
  const turns = chosen.flatMap((decoder) => Array.from({ length: decoder.weight }, () => decoder));
  const fuzzer = new Fuzzer(plan.seed);
  let base = 0;
  for (let done = 0; done < plan.cases; ) {
    const count = Math.min(batch_cases, plan.cases - done);
    fuzzer.batch(Array.from({ length: count }, (_, index) => turns[(done + index) % turns.length]));
    done += count;
    if (done % 20_000 !== 0) continue;
    const heapUsed = heapInUse();
    if (base === 0) base = heapUsed;
    else if (heapUsed - base > growth_octets_max) {
      throw new Error(`the heap grew by ${heapUsed - base} octets in ${done} cases`);
    }
  }
  const { counts, failures, slowest_ms } = fuzzer;
  return { seed: plan.seed, counts, failures, slowest_ms };
}

/** The run in words, a line a decoder. */
export function report(run: FuzzRun): string {
  const lines = [...run.counts].map(
    ([name, { cases, values }]) => `${name.padEnd(14)} ${String(cases).padStart(9)} cases, ${values} values`,
  );
  const failed = run.failures.map(
    ({ decoder, seed, octets, message }) => `FAILED ${decoder} seed ${seed}: ${message}\n  ${toHex(octets)}`,
  );
  return [...lines, `seed ${run.seed}, slowest case ${run.slowest_ms.toFixed(1)} ms`, ...failed].join('\n');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { cases: { type: 'string' }, seed: { type: 'string' }, decoder: { type: 'string' } },
  });
  const cases = Number(values.cases ?? 100_000);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const run = fuzz({ cases, seed, decoder: values.decoder });
  for (const failure of run.failures) keep(failure);
  process.stdout.write(`${report(run)}\n`);
  process.exitCode = run.failures.length === 0 ? 0 : 1;
}
