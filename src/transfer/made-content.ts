// The content that a conversion made, as whoever delivers or transfers it reads it: pieces of the content
// that it was made of, and pieces that were written. What is written lies in memory while it is short, else
// in a spool that no message names. Invariants: the same octets at every reading; the spool is gone when the
// content is discarded, or at the next start.

import { concat } from '../base/octets.ts';
import { type MadePiece, sizeOf } from '../content/index.ts';
import type { SpoolWriter, Store } from '../store/index.ts';
import { ContentDigest } from './content-digest.ts';
import { refusalText } from './refusal-text.ts';

/** Octets that are held in memory before they go to a spool. */
const held_octets_max = 64 * 1024;

export interface OctetSource {
  /** At most so many octets from `at`; undefined where they cannot be read. */
  read(at: number, octets_max: number): Promise<Uint8Array | undefined>;
}

export type SpoolStore = Pick<Store, 'openSpool' | 'readSpool'>;

/** Why the disk of the store has no room for anything that is new, if so. */
export type Room = () => string | undefined;

const none = new Uint8Array(0);

export class WrittenContent implements OctetSource {
  readonly #store: SpoolStore;
  readonly #room: Room;
  #noRoom: string | undefined;
  readonly #digest = new ContentDigest();
  #held: Uint8Array[] = [];
  #octets_count = 0;
  #spool: SpoolWriter | undefined;

  constructor(store: SpoolStore, room: Room) {
    this.#store = store;
    this.#room = room;
  }

  /** Why no spool was begun; what lies in a spool already goes on. */
  get noRoom(): string | undefined {
    return this.#noRoom;
  }

  /** Of all that was written. */
  get digest(): string {
    return this.#digest.value();
  }

  /** Resolves to why not, if so. */
  async write(octets: Uint8Array): Promise<string | undefined> {
    this.#digest.update(octets);
    this.#octets_count += octets.length;
    this.#held.push(octets);
    if (this.#spool === undefined && this.#octets_count <= held_octets_max) return undefined;
    if (this.#spool === undefined) this.#noRoom = this.#room();
    if (this.#noRoom !== undefined) return this.#noRoom;
    this.#spool ??= await this.#store.openSpool();
    const written = await this.#spool.write(concat(this.#held));
    this.#held = [];
    return written.ok ? undefined : refusalText(written.refusal);
  }

  /** Nothing more is written. A spool without a header is taken back by nobody. */
  async end(): Promise<string | undefined> {
    if (this.#spool === undefined) {
      this.#held = [concat(this.#held)];
      return undefined;
    }
    const sealed = await this.#spool.seal(none);
    return sealed.ok ? undefined : refusalText(sealed.refusal);
  }

  async read(at: number, octets_max: number): Promise<Uint8Array | undefined> {
    if (this.#spool !== undefined) return this.#store.readSpool(this.#spool.name, at, octets_max);
    return this.#held[0]?.subarray(at, at + octets_max);
  }

  async discard(): Promise<void> {
    this.#held = [];
    await this.#spool?.discard().catch(() => undefined);
  }
}

export class MadeContent implements OctetSource {
  readonly octets_count: number;
  readonly #pieces: readonly MadePiece[];
  /** Where each piece begins. */
  readonly #starts: readonly number[];
  readonly #from: { readonly kept: OctetSource; readonly written: OctetSource };

  constructor(
    pieces: readonly MadePiece[],
    from: { readonly kept: OctetSource; readonly written: OctetSource },
  ) {
    this.#pieces = pieces;
    this.#from = from;
    let octets_count = 0;
    this.#starts = pieces.map((piece) => {
      const start = octets_count;
      octets_count += sizeOf(piece);
      return start;
    });
    this.octets_count = octets_count;
  }

  /** As many as are asked for, but at the end. */
  async read(at: number, octets_max: number): Promise<Uint8Array | undefined> {
    const end = Math.min(at + octets_max, this.octets_count);
    const found: Uint8Array[] = [];
    for (let next = at; next < end; ) {
      const octets = await this.#some(next, end - next);
      if (octets === undefined || octets.length === 0) return undefined;
      found.push(octets);
      next += octets.length;
    }
    return found.length === 1 ? found[0] : concat(found);
  }

  #some(at: number, octets_max: number): Promise<Uint8Array | undefined> {
    const index = this.#pieceAt(at);
    const piece = this.#pieces[index];
    const inside = at - this.#starts[index];
    if (piece.kind === 'literal') return Promise.resolve(piece.octets.subarray(inside, inside + octets_max));
    const wanted = Math.min(octets_max, piece.octets_count - inside);
    return this.#from[piece.kind].read(piece.at + inside, wanted);
  }

  /** The last piece that begins at or before `at`. */
  #pieceAt(at: number): number {
    let [low, high] = [0, this.#pieces.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle] <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
