// What one end of a world of two stacks takes in, as an MTA does: a point is on the disk before it is
// confirmed, the whole before its end is; what is broken off is kept, and goes on from the point that the
// peer names.

import { concat } from '../../src/base/octets.ts';
import type { Instant } from '../../src/base/time.ts';
import type { RTIndication, RTRequest } from '../../src/stack/association/index.ts';
import type { Act } from './two-stacks-owed.ts';
import type { SendingParts } from './two-stacks-sending.ts';
import { activityName, type Connection, type Kept, released } from './two-stacks-site.ts';

interface Incoming {
  readonly kept: Kept;
  readonly transfer: number;
}

export class Receiving {
  readonly #parts: SendingParts;
  #incoming: Incoming | undefined;

  constructor(parts: SendingParts) {
    this.#parts = parts;
  }

  /** The association is gone. */
  lost(now: Instant): void {
    if (this.#incoming !== undefined) released(this.#incoming.kept, now);
    this.#incoming = undefined;
  }

  hear(indication: RTIndication, connection: Connection, now: Instant): void {
    const { site } = this.#parts;
    const incoming = this.#incoming;
    switch (indication.kind) {
      case 'RTbeginind': {
        const kept = site.begin(connection, indication.activity, now);
        this.#incoming = { kept, transfer: indication.transfer };
        return;
      }
      case 'RTresumeind':
        this.#resume(indication, connection);
        return;
      case 'RTdataind':
        incoming?.kept.pieces.push(indication.octets.slice());
        return;
      case 'RTcheckpointind':
        if (incoming !== undefined) this.#checkpoint(indication, incoming);
        return;
      case 'RTTRind':
        if (incoming !== undefined) this.#whole(incoming, now);
        return;
      case 'RTdiscardind':
        this.#discarded(indication.resumable === true, now);
        return;
      default:
    }
  }

  #resume(indication: Extract<RTIndication, { kind: 'RTresumeind' }>, connection: Connection): void {
    const { activity, oldActivity, oldConnection = connection, serialNumber, transfer } = indication;
    const { site, peer, breach, owed } = this.#parts;
    const act: Act = (now) => {
      const kept = site.find(oldConnection, oldActivity);
      if (kept?.securedWhole === true) {
        kept.names.add(activityName(connection, activity));
        kept.touchedAt = now;
        site.repeated += 1;
        return { kind: 'RTresumersp+', transfer };
      }
      const point = kept?.points.find((each) => each.serialNumber === serialNumber);
      if (kept === undefined || point === undefined || kept.carried) {
        const expected = peer.next();
        const said = expected?.point?.serialNumber === serialNumber;
        if (said && !site.gone.has(activityName(oldConnection, oldActivity)))
          breach(`point ${serialNumber} was confirmed, and is not there (carried: ${kept?.carried})`);
        return { kind: 'RTresumersp-', transfer };
      }
      kept.names.add(activityName(connection, activity));
      kept.carried = true;
      kept.points = kept.points.filter((each) => each.serialNumber <= serialNumber);
      kept.pieces = kept.pieces.slice(0, point.pieces);
      this.#incoming = { kept, transfer };
      return { kind: 'RTresumersp+', resumption: point.resumption, transfer };
    };
    owed.owe({ act, transfer });
  }

  #checkpoint(
    { serialNumber, resumption }: Extract<RTIndication, { kind: 'RTcheckpointind' }>,
    { kept, transfer }: Incoming,
  ): void {
    const { random, mischief, owed } = this.#parts;
    const pieces = kept.pieces.length;
    const act: Act = (now) => {
      if (mischief() && random.chance(0.01)) return this.#cannotTake(kept, transfer, now);
      if (resumption !== undefined) kept.points.push({ serialNumber, pieces, resumption });
      return { kind: 'RTsecured', serialNumber, transfer };
    };
    owed.owe({ act, transfer });
  }

  #whole({ kept, transfer }: Incoming, at: Instant): void {
    const { random, mischief, site, peer, owed } = this.#parts;
    kept.touchedAt = at;
    const commit = (now: Instant): void => {
      site.secure(kept, concat(kept.pieces), peer.outbox);
      kept.carried = false;
      kept.touchedAt = now;
      this.#incoming = undefined;
    };
    const act: Act = (now) => {
      if (mischief() && random.chance(0.02)) return this.#cannotTake(kept, transfer, now);
      commit(now);
      return { kind: 'RTTRrsp+', transfer };
    };
    owed.owe({ act, transfer, commit });
  }

  #cannotTake(kept: Kept, transfer: number, now: Instant): RTRequest {
    released(kept, now);
    this.#incoming = undefined;
    this.#parts.owed.dropTransfers();
    return { kind: 'RTTRrsp-', transient: true, detail: 'the disk is full', transfer };
  }

  #discarded(resumable: boolean, now: Instant): void {
    // What the user was about to say of it is of no use any more.
    this.#parts.owed.dropTransfers();
    const incoming = this.#incoming;
    if (incoming === undefined) return;
    released(incoming.kept, now);
    if (!resumable) this.#parts.site.drop(incoming.kept);
    this.#incoming = undefined;
  }
}
