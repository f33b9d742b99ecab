// What an operator may do to a queued copy: hold, release, reroute, delete, return. Each command is one
// transition, and exactly one outcome: a copy in transfer or delivery is busy, and stays as it was (RT-B3).

import type { Clock } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import { nextHopKey } from '../routing/index.ts';
import type { CopyId, Placement, QueuedCopy, TrackingAct, TrackingRecord } from '../store/index.ts';
import { headOf } from './copy-end.ts';
import type { CopyEnds } from './copy-ends.ts';

import type { Hops } from './hops.ts';
import type { Ledger } from './ledger.ts';
import { refusalText } from './refusal-text.ts';
import type { Rerouting } from './rerouting.ts';
import type { Strikes } from './strikes.ts';

export type QueueCommand =
  | { readonly kind: 'hold' }
  | { readonly kind: 'release' }
  | { readonly kind: 'reroute'; readonly link?: string | undefined }
  | { readonly kind: 'delete' }
  | { readonly kind: 'return' };

export interface CommandOutcome {
  readonly copy: CopyId;
  readonly done: boolean;
  readonly detail?: string;
}

export interface QueueCommandsParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly hops: Hops;
  readonly strikes: Strikes;
  readonly ends: CopyEnds;
  readonly rerouting: Rerouting;
}

const by = 'command';

export class QueueCommands {
  readonly #parts: QueueCommandsParts;

  constructor(parts: QueueCommandsParts) {
    this.#parts = parts;
  }

  /** Carries a command out on one copy, and says whether it was done. */
  async perform(id: CopyId, command: QueueCommand): Promise<CommandOutcome> {
    const copy = await this.#parts.ledger.store.show(id);
    if (copy === undefined) return { copy: id, done: false, detail: 'no such copy' };
    if (command.kind === 'reroute' && command.link === undefined) {
      const done = await this.#parts.rerouting.reroute(id, 'commanded');
      return done ? { copy: id, done } : { copy: id, done, detail: 'no other route, or in transfer now' };
    }
    if (command.kind === 'reroute' && !this.#parts.hops.links.has(command.link ?? '')) {
      return { copy: id, done: false, detail: `no link ${command.link}` };
    }
    if (!(await this.#parts.hops.letGo(copy.nextHop, id))) {
      return { copy: id, done: false, detail: 'busy: in transfer now' };
    }
    const outcome = await this.#change(copy, command);
    // What was let go and could not be changed goes back to whoever serves it.
    if (!outcome.done) this.#parts.hops.waiting(copy.nextHop, copy.priority, copy.notBefore);
    return outcome;
  }

  async #change(copy: QueuedCopy, command: QueueCommand): Promise<CommandOutcome> {
    const { emit } = this.#parts;
    const { mtsIdentifier, nextHop } = copy;
    const recipients = copy.recipients.map((recipient) => recipient.address);
    switch (command.kind) {
      case 'hold':
        return this.#place(
          copy,
          { state: 'held' },
          { act: 'held', done: () => emit('held', { mtsIdentifier, nextHop, by }) },
        );
      case 'release': {
        const done = (): void => {
          this.#parts.strikes.forgive(copy.copy);
          emit('released', { mtsIdentifier, nextHop, by });
          this.#parts.hops.waiting(nextHop, copy.priority);
        };
        const change = { state: 'queued', notBefore: null, resetAttempts: true } as const;
        return this.#place(copy, change, { act: 'released', done });
      }
      case 'reroute':
        return this.#moveTo(copy, command.link ?? '');
      case 'delete':
        return this.#delete(copy, () =>
          emit('deleted-by-command', { mtsIdentifier, nextHop, recipients, by }),
        );
      case 'return': {
        const cause = { kind: 'returned', detail: 'returned by an operator' } as const;
        const done = await this.#parts.ends.end(copy, cause, 'outsider');
        if (!done) return { copy: copy.copy, done, detail: 'busy or gone' };
        emit('returned-by-command', { mtsIdentifier, nextHop, recipients, by });
        return { copy: copy.copy, done };
      }
    }
  }

  async #moveTo(copy: QueuedCopy, link: string): Promise<CommandOutcome> {
    const { hops, emit } = this.#parts;
    const to = nextHopKey({ kind: 'link', name: link });
    const change = { nextHop: to, state: 'queued', notBefore: null, resetAttempts: true } as const;
    const done = (): void => {
      const { mtsIdentifier, nextHop: from } = copy;
      const recipients = copy.recipients.map((recipient) => recipient.address);
      emit('rerouted', { mtsIdentifier, from, to, recipients, reason: by });
      hops.waiting(to, copy.priority);
    };
    return this.#place(copy, change, { act: 'rerouted', done });
  }

  async #place(
    copy: QueuedCopy,
    change: Omit<Placement, 'copy'>,
    { act, done }: { readonly act: TrackingAct; readonly done: () => void },
  ): Promise<CommandOutcome> {
    const tracking = [this.#record(copy, act)];
    const place = [{ copy: copy.copy, ...change }];
    const result = await this.#parts.ledger.commit({ place, tracking }, 'outsider');
    if (!result.ok) return { copy: copy.copy, done: false, detail: refusalText(result.refusal) };
    done();
    return { copy: copy.copy, done: true };
  }

  async #delete(copy: QueuedCopy, done: () => void): Promise<CommandOutcome> {
    const tracking = [this.#record(copy, 'deleted')];
    const result = await this.#parts.ledger.commit({ finish: [copy.copy], tracking }, 'outsider');
    if (!result.ok) return { copy: copy.copy, done: false, detail: refusalText(result.refusal) };
    done();
    return { copy: copy.copy, done: true };
  }

  #record(copy: QueuedCopy, act: TrackingAct): TrackingRecord {
    return { ...headOf(copy), at: this.#parts.clock.now(), act, detail: { by, nextHop: copy.nextHop } };
  }
}
