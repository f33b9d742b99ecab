// What crosses the thread: one flat list of primitives and one block of octets a batch, because a flat
// list is cloned several times faster than objects, and the block is handed over, not copied. The reader
// must ask in the order in which the writer wrote; nothing on the tape says what it is. Both ends are
// ours: a wrong order is our bug.

import { assert } from '../../base/assert.ts';

export type TapeItem = string | number | null;
export interface TapeMessage {
  readonly items: readonly TapeItem[];
  readonly octets: Uint8Array<ArrayBuffer>;
}

export class TapeWriter {
  readonly #items: TapeItem[] = [];
  readonly #parts: Uint8Array[] = [];
  #octets_count = 0;

  put(...items: TapeItem[]): void {
    for (const item of items) this.#items.push(item);
  }

  /** The octets are copied when the tape is cut: they must not change until then. */
  putOctets(octets: Uint8Array | null): void {
    this.#items.push(octets === null ? -1 : octets.length);
    if (octets === null || octets.length === 0) return;
    this.#parts.push(octets);
    this.#octets_count += octets.length;
  }

  /** Appends all that another tape holds. */
  append(other: TapeWriter): void {
    for (const item of other.#items) this.#items.push(item);
    for (const part of other.#parts) this.#parts.push(part);
    this.#octets_count += other.#octets_count;
  }

  /** The message to post. Its octets have a buffer of their own, which may be transferred. */
  cut(): TapeMessage {
    const octets = new Uint8Array(Buffer.allocUnsafeSlow(this.#octets_count).buffer);
    let at = 0;
    for (const part of this.#parts) {
      octets.set(part, at);
      at += part.length;
    }
    return { items: this.#items, octets };
  }
}

export class TapeReader {
  readonly #items: readonly TapeItem[];
  readonly #octets: Uint8Array;
  #item = 0;
  #octet = 0;

  constructor(message: TapeMessage) {
    this.#items = message.items;
    this.#octets = message.octets;
  }

  get atEnd(): boolean {
    return this.#item >= this.#items.length;
  }

  number(): number {
    const item = this.#items[this.#item++];
    assert(typeof item === 'number', 'the tape has a number here');
    return item;
  }

  text(): string {
    const item = this.#items[this.#item++];
    assert(typeof item === 'string', 'the tape has a text here');
    return item;
  }

  textOrNull(): string | null {
    return this.#items[this.#item] === null ? this.#passNull() : this.text();
  }

  numberOrNull(): number | null {
    return this.#items[this.#item] === null ? this.#passNull() : this.number();
  }

  /** A view of the batch's block. */
  octetsOrNull(): Uint8Array | null {
    const length = this.number();
    if (length < 0) return null;
    this.#octet += length;
    return this.#octets.subarray(this.#octet - length, this.#octet);
  }

  octets(): Uint8Array {
    const octets = this.octetsOrNull();
    assert(octets !== null, 'the tape has octets here');
    return octets;
  }

  #passNull(): null {
    this.#item += 1;
    return null;
  }
}
