// The main thread's end of the worker: gathers the requests made in one turn of the event loop into one
// message, and hands each answer to whoever asked. Answers come in the order of the questions. If the
// worker ends, everything that waits, and everything after, is refused.

import type { Worker } from 'node:worker_threads';

import type { Instant } from '../../base/time.ts';
import type { StoreFinding, StoreRefusal } from '../port.ts';
import { TapeReader, TapeWriter } from './tape.ts';
import type { Answers, Batch } from './worker-messages.ts';

interface Waiting {
  readonly answer: (tape: TapeReader) => void;
  readonly refuse: (refusal: StoreRefusal) => void;
}
export interface ClientOptions {
  readonly worker: Worker;
  readonly now: () => Instant;
  readonly onFinding: (finding: StoreFinding) => void;
}
/** How to read an answer, and what to answer when there is none. */
export interface Reading<T> {
  readonly read: (tape: TapeReader) => T;
  readonly blank: (refusal: StoreRefusal) => T;
}

/** Whoever asks the engine on behalf of the store. */
export interface StoreClient {
  /** Octets that `write` puts must not change until the promise resolves. */
  ask<T>(write: (tape: TapeWriter) => void, reading: Reading<T>): Promise<T>;
  /** From now on everything is refused, with what waits still being answered. */
  end(refusal: StoreRefusal): void;
  /** Whether whoever is asked has nothing to do. */
  readonly isIdle: boolean;
  /** Whether it ended by itself: what was refused last may be in the store after all. */
  readonly isBroken: boolean;
}

export class WorkerClient implements StoreClient {
  readonly #worker: Worker;
  readonly #now: () => Instant;
  readonly #onFinding: (finding: StoreFinding) => void;
  #gathering: TapeWriter | undefined;
  #waiting: Waiting[] = [];
  /** How many of `#waiting` are answered. */
  #answered = 0;
  #ended: StoreRefusal | undefined;
  #isBroken = false;

  constructor({ worker, now, onFinding }: ClientOptions) {
    this.#worker = worker;
    this.#now = now;
    this.#onFinding = onFinding;
    worker.on('message', (answers: Answers) => this.#take(answers));
    worker.on('error', (error) => this.#fail(`the worker failed: ${error.stack ?? error.message}`));
    worker.on('exit', (code) => this.#fail(`the worker ended with code ${code}`));
    worker.unref();
  }

  /** Asks the worker. Octets that `write` puts must not change until the promise resolves. */
  ask<T>(write: (tape: TapeWriter) => void, { read, blank }: Reading<T>): Promise<T> {
    if (this.#ended !== undefined) return Promise.resolve(blank(this.#ended));
    write(this.#tape());
    return new Promise<T>((resolve) => {
      this.#waiting.push({
        answer: (tape) => {
          const isAnswered = tape.number() === 1;
          resolve(isAnswered ? read(tape) : blank(JSON.parse(tape.text()) as StoreRefusal));
        },
        refuse: (refusal) => resolve(blank(refusal)),
      });
    });
  }

  /** Whether the worker has nothing to do. */
  get isIdle(): boolean {
    return this.#answered === this.#waiting.length;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** From now on everything is refused, with what waits still being answered. */
  end(refusal: StoreRefusal): void {
    this.#ended = refusal;
  }

  #tape(): TapeWriter {
    if (this.#gathering !== undefined) return this.#gathering;
    if (this.#answered === this.#waiting.length) this.#worker.ref();
    setImmediate(() => this.#post());
    this.#gathering = new TapeWriter();
    return this.#gathering;
  }

  #post(): void {
    if (this.#gathering === undefined) return;
    const { items, octets } = this.#gathering.cut();
    this.#gathering = undefined;
    this.#worker.postMessage({ now: this.#now(), items, octets } satisfies Batch, [octets.buffer]);
  }

  #take({ items, octets, findings }: Answers): void {
    const tape = new TapeReader({ items, octets });
    while (!tape.atEnd) this.#waiting[this.#answered++].answer(tape);
    if (this.#answered === this.#waiting.length) {
      this.#waiting = [];
      this.#answered = 0;
      this.#worker.unref();
    } else if (this.#answered > 4096) {
      this.#waiting = this.#waiting.slice(this.#answered);
      this.#answered = 0;
    }
    for (const finding of findings) {
      if (finding.kind === 'store-ended') {
        this.#isBroken = true;
        this.#ended ??= { kind: 'ended', detail: finding.detail };
      }
      this.#onFinding(finding);
    }
  }

  #fail(detail: string): void {
    const isExpected = this.#ended !== undefined && this.#answered === this.#waiting.length;
    const refusal: StoreRefusal = { kind: 'ended', detail };
    const wasTold = this.#isBroken;
    this.#isBroken ||= !isExpected;
    this.#ended ??= refusal;
    const left = this.#waiting.slice(this.#answered);
    this.#waiting = [];
    this.#answered = 0;
    for (const { refuse } of left) refuse(wasTold ? this.#ended : refusal);
    if (!isExpected && !wasTold)
      this.#onFinding({ kind: 'store-ended', at: this.#now(), detail, copies: [] });
  }
}
