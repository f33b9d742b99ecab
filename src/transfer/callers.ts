// The associations that peers open to us: who is let in, who uses them, how they end when the MTA stops.
// What a caller transfers is accepted elsewhere; its trouble is its own association's.

import { after, type Clock, type Instant, millis } from '../base/time.ts';
import type { Configuration, LinkConfiguration } from '../config/index.ts';
import type { Emit } from '../events/index.ts';
import type { AssociationOptions } from '../stack/association/service.ts';
import type { Acceptance } from './acceptance.ts';
import type { ArrivedOctets } from './arrival-guard.ts';
import type { IncomingParts } from './incoming-transfers.ts';
import type { NoteTolerance } from './tolerance-use.ts';
import { CalledAssociation } from './called-association.ts';
import { connectionReference } from './caller-association.ts';
import type { Hops } from './hops.ts';
import { type Connection, connectionName, hostOf } from './inbound-point.ts';
import type { InboundRecovery } from './inbound-recovery.ts';
import type { Ledger } from './ledger.ts';
import type { AssociationHandle, AssociationUser } from './ports.ts';
import { responderOptions } from './stack-options.ts';
import { Slices } from './slices.ts';
import type { Strikes } from './strikes.ts';
import type { TakenIn } from './taken-in.ts';

/** How often a stopping MTA looks whether its callers have ended, in milliseconds. */
const END_LOOK_MS = 100;

export interface CallersParts {
  /** As it is now. */
  readonly configuration: () => Configuration;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly hops: Hops;
  readonly strikes: Strikes;
  /** Strangers may cause as many events as they like: this one tells few of them. */
  readonly emit: Emit;
  readonly recovery: InboundRecovery;
  readonly acceptance: Acceptance;
  readonly tolerated?: NoteTolerance;
  /** Why nothing new is taken at present; undefined: all is. */
  readonly refuses: () => string | undefined;
}

interface Caller {
  readonly handle: AssociationHandle;
  readonly association: CalledAssociation;
}

export class Callers {
  readonly #parts: CallersParts;
  readonly #callers = new Map<number, Caller>();
  #references = 0;

  constructor(parts: CallersParts) {
    this.#parts = parts;
  }

  /** Associations open now, those that have not bound yet among them. */
  get associations(): number {
    return this.#callers.size;
  }

  /** Associations that belong to this link. */
  of(link: string): readonly CalledAssociation[] {
    const associations = [...this.#callers.values()].map(({ association }) => association);
    return associations.filter((association) => association.link?.name === link);
  }

  /** What is done with what comes in over an association, whoever opened it. */
  incoming(handle: AssociationHandle): IncomingParts {
    const { ledger, clock, recovery, refuses, configuration, strikes } = this.#parts;
    const { inlineOctetsMax } = configuration().store;
    const { messageSize } = configuration().mta.limits;
    return {
      guardFront: (octets, link, find) => strikes.arrivals.guardFront({ octets, link, front: true }, find),
      intake: {
        store: ledger.spools,
        inlineOctetsMax,
        contentOctetsMax: messageSize,
        slices: Slices.on(clock),
      },
      recovery,
      refuses,
      accept: (taken, what, from) => this.#accept(handle, [taken, what, from]),
    };
  }

  /** Options for the next association that a caller opens; undefined refuses the connection. */
  admit(remote: string): AssociationOptions | undefined {
    const { clock, emit } = this.#parts;
    const configuration = this.#parts.configuration();
    const { inboundAssociations: limit } = configuration.mta.limits;
    if (this.#callers.size >= limit) {
      const key = 'mta.limits.inboundAssociations';
      emit('association-limit', { remote, direction: 'in', limit, key });
      return undefined;
    }
    this.#references += 1;
    const reference = connectionReference(configuration.mta.name, clock, this.#references);
    return responderOptions(configuration, reference, (layer, got, known) => {
      if (layer === 'transport') emit('unknown-transport-selector', { remote, got, known });
      else emit('unknown-selector', { remote, layer, got, known });
    });
  }

  /** A caller is connected: who uses its association. */
  called(handle: AssociationHandle): AssociationUser {
    const { emit, ledger, tolerated, strikes } = this.#parts;
    const association: CalledAssociation = new CalledAssociation({
      handle,
      emit,
      links: () => this.#links(),
      ...this.incoming(handle),
      store: ledger.store,
      tolerated,
      outgoing: strikes.outgoing,
      admits: (link) => this.#admits(link),
      opened: (link) => this.#peerCalled(link, association),
      closed: (link) => this.#parts.hops.links.get(link.name)?.peerGone(association),
      superseded: (connection) => this.#supersede(connection, handle),
      ended: () => this.#callers.delete(handle.id),
    });
    this.#callers.set(handle.id, { handle, association });
    return association;
  }

  /** Callers end their transfers by themselves; who has not by `until` is cut off. */
  end(until: Instant): Promise<void> {
    return this.#endThose(() => [...this.#callers.values()], until, 'the MTA stops');
  }

  /** The callers of links that are gone, or answered no more, end in the same way. */
  retire(until: Instant): Promise<void> {
    const leaving = (): Caller[] => {
      const answered = new Set(this.#links().flatMap(({ name, enabled }) => (enabled ? [name] : [])));
      return [...this.#callers.values()].filter(({ association: { link } }) => {
        return link !== undefined && !answered.has(link.name);
      });
    };
    return this.#endThose(leaving, until, 'its link is gone or answered no more');
  }

  /** At once where nothing is under way; otherwise when that has ended, or at `until`. */
  #endThose(those: () => readonly Caller[], until: Instant, detail: string): Promise<void> {
    const { clock } = this.#parts;
    const leaving = those();
    for (const { handle, association } of leaving) {
      if (!association.transferring) handle.request({ kind: 'RTUABreq' });
    }
    if (leaving.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const look = (): void => {
        const now = clock.now();
        for (const { handle, association } of those()) {
          if (now >= until || !association.transferring) handle.destroy(detail);
        }
        if (those().length === 0) resolve();
        else clock.schedule(after(now, millis(END_LOOK_MS)), look);
      };
      clock.schedule(after(clock.now(), millis(END_LOOK_MS)), look);
    });
  }

  async #accept(
    handle: AssociationHandle,
    transferred: Parameters<Acceptance['transferred']>,
  ): ReturnType<Acceptance['transferred']> {
    const { hops, clock, acceptance, strikes } = this.#parts;
    const [taken, what, from] = transferred;
    const runner = hops.links.get(from.link.name);
    if (runner !== undefined) runner.lastTransferInAt = clock.now();
    let isRead = false;
    const verdict = await strikes.arrivals.guard(arrivedOctets(taken, from.link.name), {
      accept: (held) => {
        isRead = true;
        return acceptance.transferred(taken, { ...what, held }, from);
      },
      mistaken: () => handle.destroy('internal error'),
    });
    // What is refused unread leaves no spool.
    if (!isRead && taken.kind === 'spooled') await taken.discard();
    return verdict;
  }

  /**
   * A peer that recovers an association has lost it, whether or not we have noticed, and so those by which it
   * went on with it, or meant to. Whoever calls from another host has no say in this.
   */
  #supersede(connection: Connection, by: AssociationHandle): void {
    const host = hostOf(by.peerAddress);
    const carriers = this.#parts.recovery.carriers(connection, host);
    const carries = (its: Connection | undefined): boolean =>
      its !== undefined && carriers.has(connectionName(its));
    for (const { handle, association } of [...this.#callers.values()]) {
      if (handle.id === by.id || hostOf(handle.peerAddress) !== host) continue;
      const holds = carries(association.connection) || carries(association.recovers);
      if (holds) handle.destroy('the peer recovers this association by another');
    }
  }

  /** As configured, and as operators have switched them. */
  #links(): readonly LinkConfiguration[] {
    return this.#parts.configuration().links.map((link) => {
      const { answers = link.enabled } = this.#parts.hops.links.get(link.name) ?? {};
      return answers === link.enabled ? link : { ...link, enabled: answers };
    });
  }

  #admits(link: LinkConfiguration): { readonly key: string; readonly limit: number } | undefined {
    const { max } = link.associations;
    const open = this.#parts.hops.links.get(link.name)?.inbound.size ?? 0;
    return open < max ? undefined : { key: 'associations.max', limit: max };
  }

  #peerCalled(link: LinkConfiguration, association: CalledAssociation): void {
    const runner = this.#parts.hops.links.get(link.name);
    // Offered first: a link that may send over it need not call.
    runner?.peerOpened(association);
    runner?.tell({ kind: 'peer-called' });
  }
}

/** What an arrival is known by, should it make us fail. */
function arrivedOctets(taken: TakenIn, link: string): ArrivedOctets | undefined {
  if (taken.kind === 'whole') return { octets: taken.octets, link, front: false };
  return taken.kind === 'spooled' ? { octets: taken.front, link, front: true } : undefined;
}
