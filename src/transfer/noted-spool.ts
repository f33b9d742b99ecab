// A spool whose first refusal is told to whoever watches the disk; after it every further call is refused
// alike. Changes nothing about the spool.

import type { SpoolName, SpoolResult, SpoolWriter, StoreRefusal } from '../store/index.ts';

export class NotedSpool implements SpoolWriter {
  readonly name: SpoolName;
  readonly #spool: SpoolWriter;
  readonly #note: (refusal: StoreRefusal) => void;
  #isNoted = false;

  constructor(spool: SpoolWriter, note: (refusal: StoreRefusal) => void) {
    this.name = spool.name;
    this.#spool = spool;
    this.#note = note;
  }

  write(octets: Uint8Array): Promise<SpoolResult> {
    return this.#noted(this.#spool.write(octets));
  }

  sync(): Promise<SpoolResult> {
    return this.#noted(this.#spool.sync());
  }

  seal(header: Uint8Array): Promise<SpoolResult> {
    return this.#noted(this.#spool.seal(header));
  }

  /** What is refused from now on is refused because it was given up. */
  release(): Promise<void> {
    this.#isNoted = true;
    return this.#spool.release();
  }

  discard(): Promise<void> {
    this.#isNoted = true;
    return this.#spool.discard();
  }

  async #noted(step: Promise<SpoolResult>): Promise<SpoolResult> {
    const result = await step;
    if (result.ok || this.#isNoted) return result;
    this.#isNoted = true;
    this.#note(result.refusal);
    return result;
  }
}
