// The identifier and length octets of a BER element (X.690 8.1), collected one octet at a time from a
// stream that may be cut anywhere. Not here: contents. Invariant: no more than `head_octets_max` octets are
// held.

/** Long enough for a tag of 28 bits and a length of 8 octets. */
const head_octets_max = 14;

export interface Head {
  /** The first identifier octet: class, form and the low tag number. */
  readonly identifier: number;
  /** Octets of contents; undefined for the indefinite form. */
  readonly length: number | undefined;
}

export class HeadCollector {
  readonly #octets = new Uint8Array(head_octets_max);
  #count = 0;

  /** Whether the next octet begins a head. */
  get empty(): boolean {
    return this.#count === 0;
  }

  /** The octets of the head that is being collected. */
  get octets(): readonly number[] {
    return [...this.#octets.subarray(0, this.#count)];
  }

  /** The first octet of the head that is being collected. */
  get first(): number {
    return this.#octets[0];
  }

  /** Takes one octet: the head when it is the last one, 'more', or 'invalid' for what is not BER. */
  push(octet: number): Head | 'more' | 'invalid' {
    if (this.#count === head_octets_max) {
      this.#count = 0;
      return 'invalid';
    }
    this.#octets[this.#count] = octet;
    this.#count += 1;
    const head = this.#read();
    if (head !== 'more') this.#count = 0;
    return head;
  }

  #read(): Head | 'more' | 'invalid' {
    const lengthAt = this.#endOfTag();
    if (lengthAt === undefined || lengthAt >= this.#count) return 'more';
    const identifier = this.#octets[0];
    const first = this.#octets[lengthAt];
    if (first < 0x80) return { identifier, length: first };
    if (first === 0x80) {
      return (identifier & 0x20) === 0 ? 'invalid' : { identifier, length: undefined };
    }
    const end = lengthAt + 1 + (first & 0x7f);
    if (end > head_octets_max) return 'invalid';
    if (end > this.#count) return 'more';
    let length = 0;
    for (let index = lengthAt + 1; index < end; index += 1) length = length * 256 + this.#octets[index];
    return Number.isSafeInteger(length) ? { identifier, length } : 'invalid';
  }

  /** Where the length octets begin; undefined while the tag goes on. */
  #endOfTag(): number | undefined {
    if ((this.#octets[0] & 0x1f) !== 0x1f) return 1;
    for (let index = 1; index < this.#count; index += 1) if (this.#octets[index] < 0x80) return index + 1;
    return undefined;
  }
}
