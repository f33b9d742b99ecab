// The associations of one link that copies may go over, and what each is doing: those that we asked for, and
// those of the peer's that let us send. The last of `max` carries only urgent messages and reports, so that a
// mass of others never keeps them waiting. Numbers are never reused: what is said about a number that is gone
// is about the past, and is ignored. Decides nothing about opening, and nothing about turns.

import { type Instant, type Millis, after, millis } from '../base/time.ts';
import type { Priority } from '../store/port.ts';
import type { AssociationNumber, Dialogue } from './service.ts';
import { levelOf, type WaitingCopy } from './window.ts';

export type PooledAssociation =
  | { readonly state: 'opening'; readonly number: AssociationNumber }
  | { readonly state: 'idle'; readonly number: AssociationNumber; readonly since: Instant }
  /** Open, and the turn is the peer's; `since` it last did something with it. */
  | { readonly state: 'turnless'; readonly number: AssociationNumber; readonly since: Instant }
  | {
      readonly state: 'transferring';
      readonly number: AssociationNumber;
      readonly copy: WaitingCopy;
      readonly since: Instant;
    }
  | { readonly state: 'closing'; readonly number: AssociationNumber; readonly since: Instant };

/** What is known of an association beside what it is doing. */
export interface AssociationTerms {
  readonly openedBy: 'us' | 'peer';
  mode: Dialogue['mode'];
  /** What we asked for the turn with, since the peer has it, and when first. */
  asked: { readonly priority: number; readonly at: Instant } | undefined;
  /** What the peer asked for the turn with, since we have it; and how many transfers of ours began since. */
  peerAsked: { readonly priority: number; readonly transfers: number } | undefined;
  /** A transfer of the peer's is under way. */
  receiving: boolean;
  /** It is to be released as soon as the turn is ours. */
  releasing: boolean;
}

/** An association whose turn we have asked for keeps a link from opening another for this long. */
export const turn_patience_ms = 10_000;

/**
 * A transfer that takes longer than this, in milliseconds, holds up what waits behind it: another association
 * is opened before `threshold` wait. Ten times as long as opening one takes.
 */
export const transfer_patience_ms = 5000;

export class AssociationPool {
  readonly #associations = new Map<AssociationNumber, PooledAssociation>();
  readonly #terms = new Map<AssociationNumber, AssociationTerms>();
  #last = 0;

  /** Those that we opened. */
  get ours(): number {
    let count = 0;
    for (const { openedBy } of this.#terms.values()) if (openedBy === 'us') count += 1;
    return count;
  }

  get size(): number {
    return this.#associations.size;
  }

  /** Opening, idle, without the turn or transferring. */
  get live(): number {
    return this.size - this.count('closing');
  }

  /** Of these, those that we opened. */
  get liveOfOurs(): number {
    return this.ours - this.countOurs('closing');
  }

  count(state: PooledAssociation['state']): number {
    let count = 0;
    for (const association of this.#associations.values()) if (association.state === state) count += 1;
    return count;
  }

  /** Those in this state that we opened. */
  countOurs(state: PooledAssociation['state']): number {
    return this.inState(state).filter(({ number }) => this.isOurs(number)).length;
  }

  /** Those without the turn over which copies may soon go: one that was asked for in vain is none. */
  patient(now: Instant): number {
    return this.inState('turnless').filter(({ number }) => {
      const asked = this.#terms.get(number)?.asked;
      return asked === undefined || patientUntil(asked) > now;
    }).length;
  }

  /** Transfers under way of this level. */
  carrying(level: Priority): number {
    let count = 0;
    for (const each of this.#associations.values()) {
      if (each.state === 'transferring' && levelOf(each.copy) === level) count += 1;
    }
    return count;
  }

  /**
   * From when on all that copies may go over is held up by long transfers; undefined where something is
   * about to be free.
   */
  heldUpFrom(): Instant | undefined {
    let latest: Instant | undefined;
    for (const each of this.#associations.values()) {
      if (each.state === 'idle' || each.state === 'opening') return undefined;
      if (each.state !== 'transferring') continue;
      if (latest === undefined || each.since > latest) latest = each.since;
    }
    return latest === undefined ? undefined : after(latest, millis(transfer_patience_ms));
  }

  get(number: AssociationNumber): PooledAssociation | undefined {
    return this.#associations.get(number);
  }

  terms(number: AssociationNumber): AssociationTerms | undefined {
    return this.#terms.get(number);
  }

  isOurs(number: AssociationNumber): boolean {
    return this.#terms.get(number)?.openedBy === 'us';
  }

  inState<S extends PooledAssociation['state']>(
    state: S,
  ): readonly Extract<PooledAssociation, { readonly state: S }>[] {
    const found: Extract<PooledAssociation, { readonly state: S }>[] = [];
    for (const each of this.#associations.values()) if (isIn(each, state)) found.push(each);
    return found;
  }

  /** A number that no other has. */
  nextNumber(): AssociationNumber {
    this.#last += 1;
    return this.#last;
  }

  /** A new one of ours, opening. */
  open(): AssociationNumber {
    const number = this.nextNumber();
    this.#terms.set(number, newTerms('us'));
    this.set({ state: 'opening', number });
    return number;
  }

  /** One that the peer opened. */
  offered(association: PooledAssociation, mode: Dialogue['mode']): void {
    this.#terms.set(association.number, { ...newTerms('peer'), mode });
    this.set(association);
  }

  set(association: PooledAssociation): void {
    this.#associations.set(association.number, association);
  }

  remove(number: AssociationNumber): PooledAssociation | undefined {
    const association = this.#associations.get(number);
    this.#associations.delete(number);
    this.#terms.delete(number);
    return association;
  }

  /** The clock was set. */
  shift(by: Millis): void {
    for (const each of [...this.#associations.values()]) {
      if ('since' in each) this.set({ ...each, since: after(each.since, by) });
    }
    for (const terms of this.#terms.values()) {
      if (terms.asked !== undefined) terms.asked = { ...terms.asked, at: after(terms.asked.at, by) };
    }
  }

  /** When the next idle or closing association of ours has been so for long enough. */
  nextTimeout(lifetime: Millis, disconnect: Millis): Instant | undefined {
    let next: Instant | undefined;
    for (const each of this.#associations.values()) {
      if ((each.state !== 'idle' && each.state !== 'closing') || !this.isOurs(each.number)) continue;
      const at = after(each.since, each.state === 'idle' ? lifetime : disconnect);
      if (next === undefined || at < next) next = at;
    }
    return next;
  }
}

/** Until when a request for the turn is waited for. */
export function patientUntil(asked: { readonly at: Instant }): Instant {
  return after(asked.at, millis(turn_patience_ms));
}

function newTerms(openedBy: AssociationTerms['openedBy']): AssociationTerms {
  const nothing = { asked: undefined, peerAsked: undefined, receiving: false, releasing: false };
  return { openedBy, mode: 'monologue', ...nothing };
}

function isIn<S extends PooledAssociation['state']>(
  association: PooledAssociation,
  state: S,
): association is Extract<PooledAssociation, { readonly state: S }> {
  return association.state === state;
}
