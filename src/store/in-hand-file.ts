// What is in hand now, in a file that outlives the process: written without sync, because the page cache
// survives the death of a process, and after a power loss nobody is a suspect. One slot of fixed length an
// entry, overwritten in place: taking something in hand costs one short write, and so does letting it go. It
// is no part of the ledger and never stops anybody: a write that fails is passed over. Subjects are made by
// us of letters, digits, '/' and '-', never of a peer's characters.

import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

const slot_octets = 64;
const fileName = 'in-hand';

export interface InHandEntry {
  readonly stage: string;
  readonly subject: string;
}

export class InHandFile {
  /** What the last process had in hand when it died; nothing after a clean stop. */
  readonly left: readonly InHandEntry[];
  #file: number | undefined;
  readonly #octets = Buffer.alloc(slot_octets);
  readonly #free: number[] = [];
  #slots = 0;

  constructor(directory: string) {
    const path = join(directory, fileName);
    this.left = entriesIn(path);
    this.#file = opened(path);
  }

  /** Takes something in hand; what is returned lets it go. */
  begin(stage: string, subject: string): number {
    const slot = this.#free.pop() ?? this.#slots++;
    this.#octets.fill(0x20);
    this.#octets.write(`${stage} ${subject}`, 0, slot_octets - 1, 'latin1');
    this.#octets[slot_octets - 1] = 0x0a;
    this.#write(slot_octets, slot);
    return slot;
  }

  end(slot: number): void {
    this.#octets[0] = 0x20;
    this.#write(1, slot);
    this.#free.push(slot);
  }

  /** What the last process left has been judged. Only while nothing is in hand. */
  forgetLeft(): void {
    if (this.#file === undefined) return;
    try {
      ftruncateSync(this.#file, 0);
    } catch {
      // The entries will be judged once more.
    }
  }

  /** A clean stop: nothing is in hand any more. */
  close(): void {
    this.forgetLeft();
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** A short name for octets that came by a link. */
  fingerprint(octets: Uint8Array, link: string): string {
    return `${crc32(octets, crc32(link)).toString(16)}-${octets.length}`;
  }

  #write(octets: number, slot: number): void {
    if (this.#file === undefined) return;
    try {
      writeSync(this.#file, this.#octets, 0, octets, slot * slot_octets);
    } catch {
      // Without space nobody can be named; mail flows all the same.
    }
  }
}

function opened(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  } catch {
    return undefined;
  }
}

/** A slot that was let go begins with a space. */
function entriesIn(path: string): InHandEntry[] {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch {
    return [];
  }
  const entries: InHandEntry[] = [];
  for (const line of text.split('\n')) {
    const found = /^([a-z-]+) ([\w/-]+) *$/.exec(line);
    if (found !== null) entries.push({ stage: found[1], subject: found[2] });
  }
  return entries;
}
