// Who converts contents of any length, as a port: a walk over the content asks for octets and hands octets
// on, and somebody does that beside the traffic of the MTA. Here it is done in steps on the event loop, each
// with a pause after it; the composition root may give a thread of its own instead.

import type { Clock } from '../base/time.ts';
import {
  type ConversionPlan,
  convertInPieces,
  type PiecewiseConversion,
  type WalkRequest,
} from '../content/index.ts';

export interface ConversionRequest {
  /** Of the content. */
  readonly octets_count: number;
  readonly plan: ConversionPlan;
}

/** Where the content lies, and where what is made of it goes. */
export interface ConversionIo {
  /** Octets from `at`; undefined where they cannot be read. */
  read(at: number, octets_max: number): Promise<Uint8Array | undefined>;
  /** Resolves to why they cannot be written, if so. */
  write(octets: Uint8Array): Promise<string | undefined>;
}

export type ConversionResult =
  | PiecewiseConversion
  /** The world failed, or it was broken off: nothing is known of the content. */
  | { readonly kind: 'broken'; readonly detail: string };

export interface ContentConverter {
  /** Never rejects for what the content is. Ends soon after `signal`. */
  convert(request: ConversionRequest, io: ConversionIo, signal: AbortSignal): Promise<ConversionResult>;
}

const none = new Uint8Array(0);

/** The answer that a walk waits for, or why there is none. */
export async function answerTo(request: WalkRequest, io: ConversionIo): Promise<Uint8Array | string> {
  switch (request.kind) {
    case 'read':
      return (await io.read(request.at, request.octets_max)) ?? `no octets can be read at ${request.at}`;
    case 'write':
      return (await io.write(request.octets)) ?? none;
    case 'pause':
      return none;
  }
}

/** Why it was broken off. */
export function brokenOff(signal: AbortSignal): ConversionResult {
  return { kind: 'broken', detail: String(signal.reason) };
}

export class ConverterInSteps implements ContentConverter {
  readonly #clock: Pick<Clock, 'now' | 'schedule'>;

  constructor(clock: Pick<Clock, 'now' | 'schedule'>) {
    this.#clock = clock;
  }

  async convert(
    { octets_count, plan }: ConversionRequest,
    io: ConversionIo,
    signal: AbortSignal,
  ): Promise<ConversionResult> {
    const walk = convertInPieces(octets_count, plan);
    for (let step = walk.next(); ; ) {
      if (step.done === true) return step.value;
      const answer = await answerTo(step.value, io);
      if (typeof answer === 'string') return { kind: 'broken', detail: answer };
      await this.#pause();
      if (signal.aborted) return brokenOff(signal);
      step = walk.next(answer);
    }
  }

  #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#clock.schedule(this.#clock.now(), resolve);
    return promise;
  }
}
