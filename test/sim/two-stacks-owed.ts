// The answers that a user in a world of two stacks owes to its association: given in order, when the world
// lets it; what is done on the disk comes before what is said. Those of a transfer go with it.

import type { Random } from '../../src/base/random.ts';
import type { Instant } from '../../src/base/time.ts';
import type { RTRequest } from '../../src/stack/association/index.ts';

/** What is done, and what is said then; nothing where it is of no use any more. */
export type Act = (now: Instant) => RTRequest | undefined;

interface Answer {
  readonly act: Act;
  /** The transfer of the peer that it is about. */
  readonly transfer?: number;
  /** What is under way to the disk, and may come there even if nobody is left to be told. */
  readonly commit?: (now: Instant) => void;
}

export class Owed {
  #answers: Answer[] = [];

  get any(): boolean {
    return this.#answers.length > 0;
  }

  owe(answer: Answer): void {
    this.#answers.push(answer);
  }

  /** The oldest one. */
  take(): Act | undefined {
    return this.#answers.shift()?.act;
  }

  /** A transfer of the peer is gone. */
  dropTransfers(): void {
    this.#answers = this.#answers.filter(({ transfer }) => transfer === undefined);
  }

  /** The association is gone: what was on its way to the disk may still come there. */
  end(random: Random, now: Instant): void {
    for (const { commit } of this.#answers) if (random.chance(0.5)) commit?.(now);
    this.#answers = [];
  }
}
