// Everybody who serves a next hop: one runner a link, one a deliver space, one a distribution list. Copies
// are handed to the one whose hop they are for; a hop that nobody serves keeps its copies in the store
// until somebody does.

import { parseNextHopKey } from '../routing/index.ts';
import type { Claim, CopyId, NewMessage, NextHopKey, Priority } from '../store/index.ts';
import { type CreatedIds, createdCopies } from './created-copies.ts';
import type { DeliveryRunner } from './delivery-runner.ts';
import type { Ledger } from './ledger.ts';
import type { HopServer } from './hop-server.ts';
import type { LinkRunner } from './link-runner.ts';
import type { ListRunner } from './list-runner.ts';

export class Hops {
  readonly links = new Map<string, LinkRunner>();
  readonly delivers = new Map<string, DeliveryRunner>();
  readonly lists = new Map<string, ListRunner>();
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The claim for a copy that its runner takes up at once, if it does. */
  claimFor(hop: NextHopKey, priority: Priority): Claim | undefined {
    const takes = this.linkOf(hop)?.wouldTake(priority) ?? this.#local(hop)?.wouldTake() ?? false;
    return takes ? this.#ledger.claim : undefined;
  }

  /** Messages have been committed: their copies go to those who serve them. */
  created(create: readonly NewMessage[], ids: CreatedIds): void {
    const orphans: CopyId[] = [];
    for (const { request, copy } of createdCopies(create, ids)) {
      const runner = this.linkOf(copy.nextHop) ?? this.#local(copy.nextHop);
      if (request.claim === undefined) this.waiting(copy.nextHop, copy.priority, request.notBefore);
      else if (runner === undefined) orphans.push(copy.copy);
      else runner.secured(copy);
    }
    // Whoever served their hop when they were judged is gone by now: others must be able to claim them.
    if (orphans.length > 0) void this.#ledger.unclaim(orphans).catch(() => undefined);
  }

  /** A copy lies in the store for this hop, claimed by nobody; due at once or at `notBefore`. */
  waiting(hop: NextHopKey, priority: Priority, notBefore?: Parameters<HopServer['dueAt']>[0]): void {
    const link = this.linkOf(hop);
    const local = this.#local(hop);
    if (notBefore === undefined) {
      link?.tell({ kind: 'copies-waiting', priority, copies: 1 });
      local?.waiting();
    } else {
      link?.tell({ kind: 'copy-due', at: notBefore });
      local?.dueAt(notBefore);
    }
  }

  /**
   * Asks whoever serves a copy to let it go, so that it may be changed. False while it is in transfer or
   * delivery. The change itself is made as an outsider: only the store knows of claims that are being made
   * now.
   */
  async letGo(hop: NextHopKey, copy: CopyId): Promise<boolean> {
    const link = this.linkOf(hop);
    if (link !== undefined) return link.letGo(copy);
    return !(this.#local(hop)?.busyWith(copy) ?? false);
  }

  /** Whether anybody serves this hop. */
  serves(hop: NextHopKey): boolean {
    return (this.linkOf(hop) ?? this.#local(hop)) !== undefined;
  }

  /** The runner of a link's hop. */
  linkOf(hop: NextHopKey): LinkRunner | undefined {
    const parsed = parseNextHopKey(hop);
    return parsed?.kind === 'link' ? this.links.get(parsed.name) : undefined;
  }

  /** The runner of a deliver space's hop, or a list's. */
  #local(hop: NextHopKey): HopServer | undefined {
    const parsed = parseNextHopKey(hop);
    if (parsed?.kind === 'list') return this.lists.get(parsed.name);
    return parsed?.kind === 'deliver' ? this.delivers.get(parsed.name) : undefined;
  }
}
