// Who is transferring which copy now. Leases of this process, kept in memory only: after a restart there
// are none. A claim whose lease has run out counts as none. Changes can be taken back until they are kept,
// because a claim made in a transaction that does not commit was never made.

import type { Instant } from '../base/time.ts';
import type { Claim, CopyId } from './port.ts';

export class Claims {
  readonly #held = new Map<CopyId, Claim>();
  #undo: { readonly copy: CopyId; readonly before: Claim | undefined }[] = [];

  /** The claim that runs on a copy at `now`. */
  running(copy: CopyId, now: Instant): Claim | undefined {
    const claim = this.#held.get(copy);
    return claim !== undefined && claim.until > now ? claim : undefined;
  }

  /** Whether someone other than `owner` has a running claim. */
  isBusy(copy: CopyId, owner: string | undefined, now: Instant): boolean {
    const claim = this.running(copy, now);
    return claim !== undefined && claim.owner !== owner;
  }

  take(copy: CopyId, claim: Claim): void {
    this.#remember(copy);
    this.#held.set(copy, claim);
  }

  /** Ends the claim on a copy; only if it is `owner`'s, where one is named. */
  end(copy: CopyId, owner?: string): void {
    const claim = this.#held.get(copy);
    if (claim === undefined || (owner !== undefined && claim.owner !== owner)) return;
    this.#remember(copy);
    this.#held.delete(copy);
  }

  /** What was changed since the last `keep` stands. */
  keep(): void {
    this.#undo = [];
  }

  /** What was changed since the last `keep` never was. */
  takeBack(): void {
    for (const { copy, before } of this.#undo.reverse()) {
      if (before === undefined) this.#held.delete(copy);
      else this.#held.set(copy, before);
    }
    this.#undo = [];
  }

  #remember(copy: CopyId): void {
    this.#undo.push({ copy, before: this.#held.get(copy) });
  }
}
