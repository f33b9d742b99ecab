// Conversion beside the event loop: one thread for all conversions of the MTA, begun when the first one comes
// and ended when it was idle for a while. Reading and writing stay here; the thread has no files. Whatever
// becomes of the thread, each conversion ends: with its result, or broken. Invariant: no more than one piece
// of a content is on its way between the threads.

import { Worker } from 'node:worker_threads';

import type { ConversionPlan, PiecewiseConversion, WalkRequest } from '../content/index.ts';
import {
  answerTo,
  brokenOff,
  type ContentConverter,
  type ConversionIo,
  type ConversionRequest,
  type ConversionResult,
} from '../transfer/index.ts';

export type ToWorker =
  | {
      readonly id: number;
      readonly kind: 'begin';
      readonly octets_count: number;
      readonly plan: ConversionPlan;
    }
  | { readonly id: number; readonly kind: 'answer'; readonly octets: Uint8Array }
  | { readonly id: number; readonly kind: 'drop' };

export type FromWorker =
  | { readonly id: number; readonly kind: 'asks'; readonly request: WalkRequest }
  | { readonly id: number; readonly kind: 'done'; readonly result: PiecewiseConversion };

/** What the thread may hold, in MiB: pieces, and what the engine needs to be quick. */
const heap = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 256 };
/** How long the thread waits for another conversion, in milliseconds. */
const IDLE_MS = 10_000;

interface Conversion {
  readonly io: ConversionIo;
  readonly end: (result: ConversionResult) => void;
}

export class ConverterAside implements ContentConverter {
  readonly #conversions = new Map<number, Conversion>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #count = 0;

  /** Conversions that are under way. */
  get busy(): number {
    return this.#conversions.size;
  }

  convert(
    { octets_count, plan }: ConversionRequest,
    io: ConversionIo,
    signal: AbortSignal,
  ): Promise<ConversionResult> {
    if (signal.aborted) return Promise.resolve(brokenOff(signal));
    this.#count += 1;
    const id = this.#count;
    const { promise, resolve } = Promise.withResolvers<ConversionResult>();
    const aborted = (): void => {
      this.#tell({ id, kind: 'drop' });
      this.#end(id, brokenOff(signal));
    };
    signal.addEventListener('abort', aborted, { once: true });
    const end = (result: ConversionResult): void => {
      signal.removeEventListener('abort', aborted);
      resolve(result);
    };
    this.#conversions.set(id, { io, end });
    const thread = this.#thread();
    // It keeps the process alive while it has something to do, and no longer.
    thread.ref();
    thread.postMessage({ id, kind: 'begin', octets_count, plan } satisfies ToWorker);
    return promise;
  }

  /** Nothing more is converted; what is under way is broken. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#gone('the MTA stops');
  }

  #thread(): Worker {
    clearTimeout(this.#idle);
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(workerFile(), { name: 'conversion', resourceLimits: heap });
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => void this.#hear(worker, message));
    worker.on('error', ({ message }) => void this.#gone(`the thread of conversions failed: ${message}`));
    worker.on('exit', (code) => {
      if (this.#worker === worker) void this.#gone(`the thread of conversions ended with code ${code}`);
    });
    return worker;
  }

  async #hear(worker: Worker, message: FromWorker): Promise<void> {
    const conversion = this.#conversions.get(message.id);
    if (conversion === undefined || worker !== this.#worker) return;
    const { id } = message;
    if (message.kind === 'done') {
      this.#end(id, message.result);
      return;
    }
    const answer = await answerTo(message.request, conversion.io).catch((error: unknown) => String(error));
    if (this.#conversions.get(id) !== conversion) return;
    if (typeof answer !== 'string') this.#tell({ id, kind: 'answer', octets: answer });
    else {
      this.#tell({ id, kind: 'drop' });
      this.#end(id, { kind: 'broken', detail: answer });
    }
  }

  #tell(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #end(id: number, result: ConversionResult): void {
    const conversion = this.#conversions.get(id);
    this.#conversions.delete(id);
    conversion?.end(result);
    if (this.#conversions.size > 0) return;
    this.#worker?.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#gone('idle'), IDLE_MS);
    this.#idle.unref();
  }

  /** The thread is ended, or has ended: what it had under way is to be done again. */
  async #gone(detail: string): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    for (const [id, { end }] of [...this.#conversions]) {
      this.#conversions.delete(id);
      end({ kind: 'broken', detail });
    }
    await worker?.terminate();
  }
}

/** TypeScript in a checkout, JavaScript in a package: the worker is of the kind that this file is. */
function workerFile(): URL {
  return new URL(
    import.meta.url.endsWith('.ts') ? './conversion-worker.ts' : './conversion-worker.js',
    import.meta.url,
  );
}
