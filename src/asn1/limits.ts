// What one decoding may cost. Each limit has a name, a unit, a default and a reason.

export interface DecodeLimits {
  /**
   * Levels of recursion: references of a type to itself, constructed strings within constructed strings, and
   * indefinite-length elements within one another. Default 64: real P1 (forwarded contents, names) needs
   * fewer than 10; each level costs a few frames of stack. May be set up to `depth_ceiling`.
   */
  readonly depth_max: number;
  /**
   * Elements read, counting each header once when decoded and once when an indefinite end is looked for.
   * Default 1,000,000: a message with 32,767 recipients has about 700,000; a million empty elements take 2 MB
   * on the wire and 100 times that as values.
   */
  readonly elements_max: number;
  /**
   * Octets of the whole encoding. Default 64 MiB: larger contents are streamed, never decoded from memory.
   */
  readonly octets_max: number;
}

export const defaultLimits: DecodeLimits = {
  depth_max: 64,
  elements_max: 1_000_000,
  octets_max: 64 * 1024 * 1024,
};

/** The highest `depth_max`: what the engine's stack bears with room to spare, at a dozen types a level. */
export const depth_ceiling = 100;
