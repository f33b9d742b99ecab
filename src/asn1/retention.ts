// How a decoded value remembers the octets that it came in, for encode to copy while nothing has changed (law
// 9). The memory is a private field put on the value itself. A private field is neither enumerated, compared
// nor copied: so `{ ...value, x }` loses its raw form by itself, while the children that it shares keep
// theirs.

import type { Raw } from './raw.ts';

/**
 * The element of a retained value; `type` is the declaration that it was read by and `tag` the tag it bore.
 */
export interface RetainedRaw extends Raw {
  readonly type: object;
  readonly tag: number;
}

/** A constructor that gives back its argument lets a subclass put its private field on any object. */
class Given {
  constructor(value: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is what it is for, see above
    return value;
  }
}

class Retention extends Given {
  #raw: RetainedRaw;

  constructor(value: object, raw: RetainedRaw) {
    super(value);
    this.#raw = raw;
  }

  static put(value: object, raw: RetainedRaw): void {
    if (#raw in value) value.#raw = raw;
    else new Retention(value, raw);
  }

  static get(value: object): RetainedRaw | undefined {
    return #raw in value ? value.#raw : undefined;
  }
}

/** Makes `value` remember `raw`. */
export function retain(value: object, raw: RetainedRaw): void {
  Retention.put(value, raw);
}

/** The element that this very value was decoded from; undefined for copies and for values made by hand. */
export function retainedRaw(value: object): RetainedRaw | undefined {
  return Retention.get(value);
}
