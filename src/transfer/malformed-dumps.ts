// Dumps of APDUs that could not be read, for the operator who has to talk to the peer's. A hostile peer may
// send as many as it likes: one dump a link in ten minutes at most, 64 KiB of it; the place itself is bounded
// in number, the oldest giving way. A peer that may not be dumped now is refused all the same, and no more.

import { after, type Clock, type Instant, millis } from '../base/time.ts';
import type { Dumps } from './poison-ports.ts';

/** Of one link, at most one dump in this time: what a broken peer repeats is the same again. */
export const malformed_dump_interval_ms = 600_000;
/** The front of the APDU that is kept, in octets (64 KiB). */
export const malformed_dump_octets_max = 64 * 1024;

export interface Malformed {
  readonly link: string;
  readonly peer: string;
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

export class MalformedDumps {
  readonly #dumps: Dumps | undefined;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #notBefore = new Map<string, Instant>();
  #written = 0;

  constructor(dumps: Dumps | undefined, clock: Pick<Clock, 'now'>) {
    this.#dumps = dumps;
    this.#clock = clock;
  }

  /** Resolves to the dump's reference; undefined where there is none. */
  async keep(what: Malformed, octets: Uint8Array | undefined): Promise<string | undefined> {
    const now = this.#clock.now();
    const { link, peer, path, expected, got } = what;
    const notBefore = this.#notBefore.get(link);
    if (this.#dumps === undefined || octets === undefined) return undefined;
    if (notBefore !== undefined && now < notBefore) return undefined;
    this.#notBefore.set(link, after(now, millis(malformed_dump_interval_ms)));
    this.#written += 1;
    return this.#dumps.write({
      name: `apdu-${now}-${this.#written}`,
      text: `An MTS-APDU of ${peer} by link ${link}: ${path}: expected ${expected}, got ${got}`,
      octets: octets.slice(0, malformed_dump_octets_max),
    });
  }
}
