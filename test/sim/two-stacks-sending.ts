// What one end of a world of two stacks sends: one APDU at a time, from its first octet or from the last
// point that was confirmed, supplied in pieces. Checks each confirmation against the disk of the peer:
// nothing may be confirmed that is not secured there.

import type { Random } from '../../src/base/random.ts';
import type { Instant } from '../../src/base/time.ts';
import type { RTIndication, RTRequest } from '../../src/stack/association/index.ts';
import type { Owed } from './two-stacks-owed.ts';
import {
  activityName,
  type Connection,
  type Outgoing,
  type Point,
  sameConnection,
  type Site,
} from './two-stacks-site.ts';

export interface SendingParts {
  readonly site: Site;
  readonly peer: Site;
  readonly random: Random;
  readonly owed: Owed;
  readonly mischief: () => boolean;
  readonly breach: (what: string) => void;
}

export type OfSender = Extract<
  RTIndication,
  { kind: 'RTsupplyind' | 'RTconfirmedind' | 'RTTRcnf+' | 'RTTRcnf-' }
>;

interface Transfer {
  readonly outgoing: Outgoing;
  at: number;
  readonly resumedAt: number;
}

export class Sending {
  readonly #parts: SendingParts;
  #current: Transfer | undefined;

  constructor(parts: SendingParts) {
    this.#parts = parts;
  }

  get active(): boolean {
    return this.#current !== undefined;
  }

  /** Begins a transfer, or goes on with one that was broken off. */
  begin(outgoing: Outgoing, connection: Connection | undefined): RTRequest {
    const { site, random, mischief } = this.#parts;
    const { apdu, point } = outgoing;
    outgoing.lostAt = undefined;
    outgoing.carried = true;
    const from = point?.octetsConfirmed ?? 0;
    if (point === undefined) site.begins(outgoing);
    else site.resumed += 1;
    const at = random.chance(0.5) ? apdu.length : random.between(from, apdu.length);
    this.#current = { outgoing, at, resumedAt: from };
    const transferTime_ms = mischief() && random.chance(0.02) ? 5 : 600_000;
    const first = [apdu.subarray(from, at)];
    const resume = point && named(point, connection);
    return { kind: 'RTTRreq', octetsTotal: apdu.length, first, transferTime_ms, ...(resume && { resume }) };
  }

  /** The association is gone. */
  lost(now: Instant): void {
    if (this.#current !== undefined) this.#parts.site.broken(this.#current.outgoing, now);
    this.#current = undefined;
  }

  hear(indication: OfSender, connection: Connection | undefined): void {
    const sending = this.#current;
    const { site, peer } = this.#parts;
    if (sending === undefined) {
      this.#parts.breach(`${indication.kind} of no transfer`);
      return;
    }
    const { outgoing } = sending;
    switch (indication.kind) {
      case 'RTsupplyind': {
        const count = Math.min(indication.octets_max, outgoing.apdu.length - sending.at);
        if (count <= 0) this.#parts.breach('octets are asked for beyond the end');
        this.#parts.owed.owe({ act: () => this.#supply(sending, count) });
        return;
      }
      case 'RTconfirmedind':
        this.#confirmed(outgoing, indication, connection);
        return;
      case 'RTTRcnf+':
        if (!peer.inbox.includes(outgoing.id)) this.#parts.breach('an APDU is confirmed and not secured');
        outgoing.done = true;
        outgoing.carried = false;
        outgoing.point = undefined;
        this.#current = undefined;
        return;
      case 'RTTRcnf-': {
        const gotOn = outgoing.point !== undefined && outgoing.point.octetsConfirmed > sending.resumedAt;
        this.#current = undefined;
        outgoing.carried = false;
        if (indication.resumable !== true || !gotOn) site.beginAnew(outgoing, indication.detail);
      }
    }
  }

  #supply(sending: Transfer, count: number): RTRequest | undefined {
    const { random, mischief } = this.#parts;
    if (this.#current !== sending) return undefined;
    if (mischief() && random.chance(0.01)) return { kind: 'RTsupplyfailed' };
    const octets = sending.outgoing.apdu.subarray(sending.at, sending.at + random.between(1, count));
    sending.at += octets.length;
    return { kind: 'RTsupply', octets };
  }

  #confirmed(
    outgoing: Outgoing,
    indication: Extract<RTIndication, { kind: 'RTconfirmedind' }>,
    connection: Connection | undefined,
  ): void {
    const { site, peer } = this.#parts;
    const { activity, serialNumber, octetsConfirmed } = indication;
    if (connection === undefined || activity === undefined) {
      this.#parts.breach('a point is confirmed that has no name');
      return;
    }
    const kept = peer.find(connection, activity);
    const there = kept?.points.some((each) => each.serialNumber === serialNumber) ?? false;
    if (!there && kept?.securedWhole !== true && !peer.inbox.includes(outgoing.id))
      this.#parts.breach(
        `point ${serialNumber} of ${activityName(connection, activity)} is confirmed and not secured`,
      );
    site.confirmed(outgoing, { connection, activity, serialNumber, octetsConfirmed });
  }
}

/** As an association must name a point: without the connection, if it is that one. */
function named(
  { connection: of, activity, serialNumber, octetsConfirmed }: Point,
  connection: Connection | undefined,
) {
  const here = connection !== undefined && sameConnection(connection, of);
  return { activity, serialNumber, octetsConfirmed, ...(!here && { connection: of }) };
}
