// A damaged database as pages: the file with the committed frames of its log over it, read without SQLite.
// Where SQLite stops at the first bad frame, this takes every frame up to the last commit: rows have
// checksums of their own. Reads only; holds one page and the places of the log's pages.

import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

import { readWal, type WalFrame } from '../check/wal.ts';

export const page_octets = 4096;

export interface PageVersion {
  readonly octets: Uint8Array;
  /** Versions that were written later have a higher one; 0: the database file. */
  readonly order: number;
}

export class PageImage {
  readonly pages: number;
  /** Bad frames whose page is not the newest, or unknown: what is only there may have ended since. */
  readonly stray: readonly WalFrame[];
  readonly #file: number | undefined;
  readonly #log: number | undefined;
  readonly #newest = new Map<number, { readonly frame: WalFrame; readonly order: number }>();

  constructor(path: string, log: string) {
    this.#file = existsSync(path) ? openSync(path, 'r') : undefined;
    const size = this.#file === undefined ? 0 : fstatSync(this.#file).size;
    const filed = Math.ceil(size / page_octets);
    const { frames, verdict, taken } = readWal(log);
    this.#log = frames.length > 0 ? openSync(log, 'r') : undefined;
    const end = verdict === 'damaged' ? 1 + frames.findLastIndex((frame) => frame.commit_pages > 0) : taken;
    const within = (page: number): boolean => page >= 1 && page <= filed + frames.length;
    for (const [index, frame] of frames.slice(0, end).entries()) {
      const page = this.#pageOf(frame, within);
      if (within(page)) this.#newest.set(page, { frame, order: index + 1 });
    }
    const placed = new Set([...this.#newest.values()].map(({ frame }) => frame));
    const isTail = frames.slice(end).some(({ isGood }) => !isGood);
    this.stray = frames.filter((frame, index) =>
      index >= end ? isTail : !frame.isGood && !placed.has(frame),
    );
    this.pages = Math.max(filed, ...this.#newest.keys());
  }

  /** A page as it stands now; zeros where there is none. */
  read(page: number): PageVersion {
    const newest = this.#newest.get(page);
    if (newest === undefined) return { octets: readPage(this.#file, (page - 1) * page_octets), order: 0 };
    return { octets: readPage(this.#log, newest.frame.offset), order: newest.order };
  }

  /** Of the two pages that a bad frame may be, the one that it looks more like: most of a page stays. */
  #pageOf({ page, meant, offset }: WalFrame, within: (page: number) => boolean): number {
    if (meant === undefined || !within(meant)) return page;
    if (!within(page)) return meant;
    const octets = readPage(this.#log, offset);
    return likeness(octets, this.read(meant).octets) > likeness(octets, this.read(page).octets)
      ? meant
      : page;
  }

  readStray(frame: WalFrame): PageVersion {
    return { octets: readPage(this.#log, frame.offset), order: 0 };
  }

  close(): void {
    for (const file of [this.#file, this.#log]) if (file !== undefined) closeSync(file);
  }
}

/** How many octets of two pages are the same, where they stand. */
function likeness(one: Uint8Array, other: Uint8Array): number {
  return one.reduce((same, octet, at) => same + (octet === other[at] ? 1 : 0), 0);
}

function readPage(file: number | undefined, at: number): Uint8Array {
  const octets = new Uint8Array(page_octets);
  if (file === undefined) return octets;
  for (let done = 0; done < page_octets; ) {
    const count = readSync(file, octets, done, page_octets - done, at + done);
    if (count === 0) break;
    done += count;
  }
  return octets;
}
