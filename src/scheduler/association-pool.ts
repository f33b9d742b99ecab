// The associations of one link that we asked for, and what each is doing. The last of `max` carries only
// urgent messages and reports, so that a mass of others never keeps them waiting. Numbers are never reused:
// what is said about a number that is gone is about the past, and is ignored. Decides nothing about opening.

import { type Instant, type Millis, after } from '../base/time.ts';
import type { Priority } from '../store/port.ts';
import type { AssociationNumber } from './service.ts';
import { levelOf, type WaitingCopy } from './window.ts';

export type PooledAssociation =
  | { readonly state: 'opening'; readonly number: AssociationNumber }
  | { readonly state: 'idle'; readonly number: AssociationNumber; readonly since: Instant }
  | { readonly state: 'transferring'; readonly number: AssociationNumber; readonly copy: WaitingCopy }
  | { readonly state: 'closing'; readonly number: AssociationNumber; readonly since: Instant };

export class AssociationPool {
  readonly #associations = new Map<AssociationNumber, PooledAssociation>();
  #last = 0;

  get size(): number {
    return this.#associations.size;
  }

  /** Opening, idle or transferring. */
  get live(): number {
    return this.size - this.count('closing');
  }

  count(state: PooledAssociation['state']): number {
    let count = 0;
    for (const association of this.#associations.values()) if (association.state === state) count += 1;
    return count;
  }

  /** Transfers under way of this level. */
  carrying(level: Priority): number {
    let count = 0;
    for (const each of this.#associations.values()) {
      if (each.state === 'transferring' && levelOf(each.copy) === level) count += 1;
    }
    return count;
  }

  get(number: AssociationNumber): PooledAssociation | undefined {
    return this.#associations.get(number);
  }

  inState<S extends PooledAssociation['state']>(
    state: S,
  ): readonly Extract<PooledAssociation, { readonly state: S }>[] {
    const found: Extract<PooledAssociation, { readonly state: S }>[] = [];
    for (const each of this.#associations.values()) if (isIn(each, state)) found.push(each);
    return found;
  }

  /** A new one, opening. */
  open(): AssociationNumber {
    this.#last += 1;
    this.set({ state: 'opening', number: this.#last });
    return this.#last;
  }

  set(association: PooledAssociation): void {
    this.#associations.set(association.number, association);
  }

  remove(number: AssociationNumber): PooledAssociation | undefined {
    const association = this.#associations.get(number);
    this.#associations.delete(number);
    return association;
  }

  /** When the next idle or closing association has been so for long enough. */
  nextTimeout(lifetime: Millis, disconnect: Millis): Instant | undefined {
    let next: Instant | undefined;
    for (const each of this.#associations.values()) {
      if (each.state !== 'idle' && each.state !== 'closing') continue;
      const at = after(each.since, each.state === 'idle' ? lifetime : disconnect);
      if (next === undefined || at < next) next = at;
    }
    return next;
  }
}

function isIn<S extends PooledAssociation['state']>(
  association: PooledAssociation,
  state: S,
): association is Extract<PooledAssociation, { readonly state: S }> {
  return association.state === state;
}
