// A seeded generator of pseudo-random numbers (xoshiro128**), so that a simulation or a fuzz run can be
// repeated from its printed seed. Not for secrets.

export interface Random {
  /** A whole number from 0 to 2^32 - 1. */
  uint32(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** True with the given probability (0 to 1). */
  chance(probability: number): boolean;
  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** `count` octets. */
  octets(count: number): Uint8Array;
}

/** A generator whose whole sequence follows from `seed` (any whole number). */
export function seededRandom(seed: number): Random {
  const state = spread(seed);
  const uint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(state[1], 5), 7), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotateLeft(state[3], 11);
    return result;
  };
  const between = (low: number, high: number): number =>
    low + Math.floor((uint32() / 0x1_0000_0000) * (high - low + 1));
  return {
    uint32,
    between,
    chance: (probability) => uint32() / 0x1_0000_0000 < probability,
    pick: (list) => list[between(0, list.length - 1)],
    octets: (count) => Uint8Array.from({ length: count }, () => between(0, 255)),
  };
}

function rotateLeft(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/** Four words of state from one number, by splitmix32. */
function spread(seed: number): Int32Array {
  const state = new Int32Array(4);
  let word = seed | 0;
  for (let index = 0; index < 4; index += 1) {
    word = (word + 0x9e3779b9) | 0;
    let mixed = word ^ (word >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    state[index] = mixed ^ (mixed >>> 15);
  }
  return state;
}
