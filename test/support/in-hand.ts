// What is in hand, and dumps, in memory: a process that dies is one whose InHandInMemory is handed to the
// next as what it left.

import { crc32 } from 'node:zlib';
import type { Dumps, InHand } from '../../src/transfer/poison-ports.ts';

interface Entry {
  readonly stage: string;
  readonly subject: string;
}

export class InHandInMemory implements InHand {
  readonly left: readonly Entry[];
  readonly now = new Map<number, Entry>();
  /** Everything that was ever in hand, in order. */
  readonly taken: Entry[] = [];
  #entries = 0;

  /** With the memory of a process that died: what it had in hand is left. */
  constructor(died?: InHandInMemory) {
    this.left = died === undefined ? [] : [...died.now.values()];
  }

  begin(stage: string, subject: string): number {
    this.#entries += 1;
    this.now.set(this.#entries, { stage, subject });
    this.taken.push({ stage, subject });
    return this.#entries;
  }

  end(entry: number): void {
    this.now.delete(entry);
  }

  forgetLeft(): void {
    // It is handed over once.
  }

  close(): void {
    this.now.clear();
  }

  fingerprint(octets: Uint8Array, link: string): string {
    return `${crc32(octets, crc32(link)).toString(16)}-${octets.length}`;
  }
}

export class DumpsInMemory implements Dumps {
  readonly written: Parameters<Dumps['write']>[0][] = [];

  async write(dump: Parameters<Dumps['write']>[0]): Promise<string> {
    this.written.push(dump);
    return `/dumps/${dump.name}.txt`;
  }
}
