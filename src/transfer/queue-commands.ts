// What an operator may do to a queued copy: hold, release, defer, reroute, redirect, change its priority,
// delete, return. Each command is one transition, and exactly one outcome: a copy in transfer or delivery
// is busy, and stays as it was (RT-B3).

import { type Clock, type Instant, isoTime } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import { deadLetterHop, nextHopKey } from '../routing/index.ts';
import type {
  CopyId,
  Placement,
  Priority,
  QueuedCopy,
  StoreRefusal,
  TrackingAct,
  TrackingRecord,
} from '../store/index.ts';
import { headOf } from './copy-end.ts';
import type { CopyEnds } from './copy-ends.ts';

import type { Hops } from './hops.ts';
import type { Ledger } from './ledger.ts';
import { refusalText } from './refusal-text.ts';
import type { RedirectOrder } from './judge-redirection.ts';
import { RedirectCommand, type RedirectCommandParts } from './redirect-command.ts';
import type { Rerouting } from './rerouting.ts';
import type { Strikes } from './strikes.ts';

export type QueueCommand =
  | { readonly kind: 'hold' }
  | { readonly kind: 'release' }
  /** Not tried before then. Its expiry stays what it was. */
  | { readonly kind: 'defer'; readonly until: Instant }
  | { readonly kind: 'reroute'; readonly link?: string | undefined }
  /** Another address takes the place of a recipient, and the message goes on to it. */
  | ({ readonly kind: 'redirect' } & RedirectOrder)
  /** How urgently it is served here; the envelope keeps the priority that the originator gave it. */
  | { readonly kind: 'priority'; readonly priority: Priority }
  | { readonly kind: 'delete' }
  /** `text`: what the report says, as supplementary information. */
  | { readonly kind: 'return'; readonly text?: string | undefined };

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
  readonly judging: RedirectCommandParts['judging'];
}

const by = 'command';

export class QueueCommands {
  readonly #parts: QueueCommandsParts;
  readonly #redirecting: RedirectCommand;

  constructor(parts: QueueCommandsParts) {
    this.#parts = parts;
    this.#redirecting = new RedirectCommand(parts);
  }

  /** Carries a command out on one copy, and says whether it was done. */
  async perform(id: CopyId, command: QueueCommand): Promise<CommandOutcome> {
    const copy = await this.#parts.ledger.store.show(id);
    if (copy === undefined) return { copy: id, done: false, detail: 'no such copy' };
    const dead = copy.nextHop === deadLetterHop;
    const refused = refusedFor(copy, command);
    if (refused !== undefined) return { copy: id, done: false, detail: refused };
    if (command.kind === 'redirect') return this.#redirect(copy, command);
    const again = command.kind === 'reroute' && command.link === undefined;
    if (again || (dead && command.kind === 'release')) {
      const became = await this.#parts.rerouting.reroute(id, 'commanded');
      if (became === 'moved') return { copy: id, done: true };
      return { copy: id, done: false, detail: became === 'busy' ? busyText(copy) : notRerouted[became] };
    }
    if (command.kind === 'reroute' && !this.#parts.hops.links.has(command.link ?? '')) {
      return { copy: id, done: false, detail: `no link ${command.link}` };
    }
    if (!(await this.#parts.hops.letGo(copy.nextHop, id))) {
      return { copy: id, done: false, detail: busyText(copy) };
    }
    const outcome = await this.#change(copy, command);
    // What was let go and could not be changed goes back to whoever serves it.
    if (!outcome.done) this.#parts.hops.waiting(copy.nextHop, copy.priority, copy.notBefore);
    return outcome;
  }

  async #redirect(copy: QueuedCopy, order: RedirectOrder): Promise<CommandOutcome> {
    const redirected = await this.#redirecting.perform(copy, order);
    switch (redirected.kind) {
      case 'done':
      case 'refused':
        return { copy: copy.copy, done: redirected.kind === 'done', detail: redirected.detail };
      case 'busy':
        return { copy: copy.copy, done: false, detail: busyText(copy) };
      case 'failed':
        return { copy: copy.copy, done: false, detail: refusedText(copy, redirected.refusal) };
    }
  }

  async #change(
    copy: QueuedCopy,
    command: Exclude<QueueCommand, { kind: 'redirect' }>,
  ): Promise<CommandOutcome> {
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
      case 'defer':
        return this.#defer(copy, command.until);
      case 'reroute':
        return this.#moveTo(copy, command.link ?? '');
      case 'priority':
        return this.#prioritise(copy, command.priority);
      case 'delete':
        return this.#delete(copy, () =>
          emit('deleted-by-command', { mtsIdentifier, nextHop, recipients, by }),
        );
      case 'return': {
        const cause = { kind: 'returned', detail: command.text ?? 'returned by an operator' } as const;
        const done = await this.#parts.ends.end(copy, cause, 'outsider');
        if (!done) return { copy: copy.copy, done, detail: `${busyText(copy)}, or it is gone` };
        const { kind } = copy;
        emit('returned-by-command', { mtsIdentifier, kind, nextHop, recipients, by });
        return { copy: copy.copy, done, ...(kind === 'report' && { detail: discardedReport }) };
      }
    }
  }

  async #defer(copy: QueuedCopy, until: Instant): Promise<CommandOutcome> {
    const { hops, emit } = this.#parts;
    const { mtsIdentifier, nextHop, expiresAt } = copy;
    const done = (): void => {
      emit('deferred-by-command', { mtsIdentifier, nextHop, until: isoTime(until), by });
      if (copy.state === 'queued') hops.waiting(nextHop, copy.priority, until);
    };
    const detail = { until: isoTime(until) };
    const outcome = await this.#place(copy, { notBefore: until }, { act: 'deferred', detail, done });
    if (!outcome.done || until < expiresAt) return outcome;
    return { ...outcome, detail: `it expires before that, at ${isoTime(expiresAt)}, and is reported then` };
  }

  async #prioritise(copy: QueuedCopy, priority: Priority): Promise<CommandOutcome> {
    const { hops, emit } = this.#parts;
    const { priority: from, mtsIdentifier, nextHop } = copy;
    const done = (): void => {
      emit('priority-changed', { mtsIdentifier, nextHop, from, to: priority, by });
      if (copy.state === 'queued') hops.waiting(nextHop, priority, copy.notBefore);
    };
    return this.#place(copy, { priority }, { act: 'priority-changed', detail: { from, to: priority }, done });
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
    return this.#place(copy, change, { act: 'rerouted', detail: { from: copy.nextHop, to }, done });
  }

  async #place(
    copy: QueuedCopy,
    change: Omit<Placement, 'copy'>,
    told: {
      readonly act: TrackingAct;
      readonly detail?: TrackingRecord['detail'];
      readonly done: () => void;
    },
  ): Promise<CommandOutcome> {
    const tracking = [this.#record(copy, told.act, told.detail)];
    const place = [{ copy: copy.copy, ...change }];
    const result = await this.#parts.ledger.commit({ place, tracking }, 'outsider');
    if (!result.ok) return { copy: copy.copy, done: false, detail: refusedText(copy, result.refusal) };
    told.done();
    return { copy: copy.copy, done: true };
  }

  async #delete(copy: QueuedCopy, done: () => void): Promise<CommandOutcome> {
    const tracking = [this.#record(copy, 'deleted')];
    const result = await this.#parts.ledger.commit({ finish: [copy.copy], tracking }, 'outsider');
    if (!result.ok) return { copy: copy.copy, done: false, detail: refusedText(copy, result.refusal) };
    done();
    return { copy: copy.copy, done: true };
  }

  #record(copy: QueuedCopy, act: TrackingAct, detail: TrackingRecord['detail'] = {}): TrackingRecord {
    const at = this.#parts.clock.now();
    return { ...headOf(copy), at, act, detail: { by, nextHop: copy.nextHop, ...detail } };
  }
}

const notRerouted: Readonly<Record<'no-other-way' | 'quarantined' | 'gone', string>> = {
  'no-other-way': 'there is no other route: it stays where it is (chappe route explain ADDRESS says why)',
  quarantined: 'it is in quarantine: release it first, or name a link',
  gone: 'no such copy: it has ended meanwhile (chappe track says how)',
};

/** Why a command makes no sense for this copy, if so. */
function refusedFor({ nextHop, state }: QueuedCopy, { kind }: QueueCommand): string | undefined {
  const dead = nextHop === deadLetterHop;
  if (dead && (kind === 'hold' || kind === 'return' || kind === 'defer')) return notForDeadLetters[kind];
  return kind === 'defer' && state === 'quarantined' ? 'it is in quarantine: release it first' : undefined;
}

const notForDeadLetters = {
  defer: 'it is a dead letter, and waits for you as it is: release, reroute, export or delete it',
  hold: 'it is a dead letter, and waits for you as it is: release, reroute, export or delete it',
  return: 'it is a dead letter: nobody is sent a report on a report; release, reroute, export or delete it',
} as const;

const discardedReport = 'it was a report, on which nobody is sent one: it was discarded, and nobody is told';

/** What is in transfer is not changed under it: whoever asks is told so, and may ask again. */
function busyText({ nextHop }: QueuedCopy): string {
  return `busy: ${nextHop} is sending or delivering it now; nothing was changed; ask again if it comes back`;
}

function refusedText(copy: QueuedCopy, refusal: StoreRefusal): string {
  switch (refusal.kind) {
    case 'busy':
      return busyText(copy);
    case 'no-such-copy':
      return notRerouted.gone;
    case 'damaged':
      return `it is damaged: ${refusal.detail}; chappe store check says what else is`;
    case 'no-space':
    case 'failed':
    case 'ended':
      return refusalText(refusal);
  }
}
