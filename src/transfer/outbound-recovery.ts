// Going on with a transfer whose association was lost (X.228 7.8): opens another by a recover bind, at once
// and then after 2, 5, 10, 10… s, until it stands, the peer refuses, or the recovery timeout is over. This is
// no open retry: the scheduler knows nothing of it. Not here: the transfer itself.

import { after, type Clock, type Instant, type Millis, millis } from '../base/time.ts';
import type { CallerAssociation, CallerListener } from './caller-association.ts';

/** When each call follows the failure of the one before, in milliseconds; the last for all further ones. */
const delays_ms = [0, 2000, 5000, 10_000] as const;

export interface OutboundRecoveryParts {
  readonly clock: Clock;
  readonly timeout: Millis;
  /** Calls the peer with the recover bind. */
  readonly call: (listener: CallerListener) => CallerAssociation;
  /** It stands; its end is told to `ended` from now on. */
  readonly opened: (association: CallerAssociation) => void;
  readonly ended: CallerListener['ended'];
  /** It came to nothing. The last word. */
  readonly failed: (detail: string) => void;
}

export class OutboundRecovery {
  readonly #parts: OutboundRecoveryParts;
  readonly #deadline: Instant;
  #calls = 0;
  #association: CallerAssociation | undefined;
  #cancelTimers: (() => void)[] = [];
  #over = false;

  constructor(parts: OutboundRecoveryParts) {
    this.#parts = parts;
    this.#deadline = after(parts.clock.now(), parts.timeout);
    const { clock } = parts;
    this.#cancelTimers.push(clock.schedule(this.#deadline, () => this.abort('the recovery timeout is over')));
    this.#callLater();
  }

  /** Gives it up, in whatever phase it is. */
  abort(detail: string): void {
    if (this.#over) return;
    this.#end();
    this.#association?.abort(detail);
    this.#parts.failed(detail);
  }

  #callLater(): void {
    const { clock } = this.#parts;
    const delay = delays_ms[Math.min(this.#calls, delays_ms.length - 1)];
    this.#calls += 1;
    this.#cancelTimers.push(clock.schedule(after(clock.now(), millis(delay)), () => this.#call()));
  }

  #call(): void {
    if (this.#over) return;
    const { call, opened, ended, failed } = this.#parts;
    let stands = false;
    const association = call({
      opened: () => {
        if (this.#over) return;
        stands = true;
        this.#end();
        opened(association);
      },
      ended: (end) => {
        if (stands) ended(end);
        if (this.#over) return;
        if (end.kind === 'open-failed' && end.refusedByPeer !== true) {
          this.#callLater();
          return;
        }
        this.#end();
        failed(end.kind === 'closed' ? 'closed' : end.detail);
      },
    });
    this.#association = association;
  }

  #end(): void {
    this.#over = true;
    for (const cancel of this.#cancelTimers) cancel();
    this.#cancelTimers = [];
  }
}
