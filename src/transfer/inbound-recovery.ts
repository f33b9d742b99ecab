// What is remembered of transfers that come in, so that a peer can go on with them after a loss, and so that
// what is secured is not stored twice (X.228 7.8; design: the stack). One registry serves all links.
// Invariants: a checkpoint is confirmed only after its point is committed; an activity is carried by one
// association at a time; at most `activities_max` a link are remembered, and each no longer than its link's
// recovery timeout and a margin after its association was lost.

import { after, type Clock, type Instant, millis } from '../base/time.ts';
import type { LinkConfiguration } from '../config/index.ts';
import { toHex } from '../base/octets.ts';
import type { Store, Transition } from '../store/index.ts';
import { ApduIntake } from './apdu-intake.ts';
import {
  type Carrier,
  type Connection,
  connectionName,
  frontOf,
  type InboundPoint,
  readPoints,
} from './inbound-point.ts';
import { KeptActivity } from './kept-activity.ts';
import type { Ledger } from './ledger.ts';
import { envelopePrefixFrom } from './peer-protocol.ts';
import { Slices } from './slices.ts';
import type { IntakeParts } from './taken-in.ts';

/** How many activities of a link are remembered; a peer that leaves more behind loses the oldest. */
export const activities_max = 64;
/** How long beyond the recovery timeout they are, in milliseconds: the peer's clock began later than ours. */
const margin_ms = 60_000;

export interface InboundRecoveryParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly intake: IntakeParts & { readonly store: Pick<Store, 'openSpool' | 'reopenSpool'> };
}

/** What a resumption finds. */
export type Found =
  | { readonly kind: 'gone' }
  | { readonly kind: 'secured' }
  | {
      readonly kind: 'point';
      readonly intake: ApduIntake;
      readonly resumption: string;
      readonly kept: KeptActivity;
    };

export class InboundRecovery {
  readonly #parts: InboundRecoveryParts;
  readonly #kept = new Map<string, KeptActivity>();
  #loaded: Promise<void> = Promise.resolve();
  #count = 0;

  constructor(parts: InboundRecoveryParts) {
    this.#parts = parts;
  }

  /** Takes up what the store remembers. Until it has, questions wait. */
  load(links: readonly LinkConfiguration[]): Promise<void> {
    this.#loaded = Promise.all(links.map((link) => this.#loadLink(link))).then(() => undefined);
    return this.#loaded;
  }

  /** Activities that are remembered. */
  get size(): number {
    return this.#kept.size;
  }

  /** An activity begins: what will be remembered of it. */
  begin(carrier: Carrier, activity: Uint8Array): KeptActivity {
    this.#count += 1;
    const { link, host } = carrier;
    const names = [nameOf(carrier, activity)];
    const key = `in/${names[0].connection}/${names[0].activity}/${this.#parts.clock.now()}.${this.#count}`;
    const savedAt = this.#parts.clock.now();
    const point = { key, link: link.name, host, names, savedAt, parts: [], checkpoints: [] };
    return this.#keep(point, carrier);
  }

  /** The link of the activities that were carried by this association, for a recover bind from this host. */
  async linkOf(connection: Connection, host: string): Promise<string | undefined> {
    await this.#loaded;
    const name = connectionName(connection);
    const kept = [...this.#kept.values()].find((each) => each.isOf(name, host) && each.worthKeeping);
    return kept?.point.link;
  }

  /**
   * The associations that carried, one after the other, the activities that this one carried, itself among
   * them: whoever of them is left holds what the peer goes on with.
   */
  carriers(connection: Connection, host: string): ReadonlySet<string> {
    const own = connectionName(connection);
    const kept = [...this.#kept.values()].filter((each) => each.isOf(own, host));
    return new Set([own, ...kept.flatMap(({ point }) => point.names.map((name) => name.connection))]);
  }

  /** The peer goes on with an activity: with what, on our side. */
  async resume(
    carrier: Carrier,
    asked: {
      readonly connection: Connection;
      readonly oldActivity: Uint8Array;
      readonly serialNumber: number;
    },
    activity: Uint8Array,
  ): Promise<Found> {
    await this.#loaded;
    const old = { connection: connectionName(asked.connection), activity: toHex(asked.oldActivity) };
    const kept = [...this.#kept.values()].find(
      (each) => each.point.link === carrier.link.name && each.isNamed(old, carrier.host),
    );
    await kept?.settled;
    if (kept === undefined || kept.carried) return { kind: 'gone' };
    kept.carriedBy(carrier, nameOf(carrier, activity));
    if (kept.securedWhole) {
      kept.lost();
      return { kind: 'secured' };
    }
    const taken = await this.#takeUp(kept, asked.serialNumber, carrier.link.mode);
    if (taken === undefined) {
      kept.forget();
      return { kind: 'gone' };
    }
    return taken;
  }

  /** Drops what nobody will ask for any more. */
  sweep(links: readonly LinkConfiguration[]): Promise<void> {
    const now = this.#parts.clock.now();
    const over = [...this.#kept.values()].filter((each) => {
      const link = links.find(({ name }) => name === each.point.link);
      return !each.carried && (link === undefined || now >= endOf(each, link));
    });
    return this.#drop(over);
  }

  #keep(point: InboundPoint, carrier: Carrier | undefined): KeptActivity {
    const { ledger, clock } = this.#parts;
    const kept = new KeptActivity({
      point,
      clock,
      window: carrier?.window ?? 0,
      carried: carrier !== undefined,
      commit: (transition: Transition) => ledger.commit(transition, 'outsider'),
      drop: (dropRecovery) => ledger.commitSurely({ dropRecovery }, 'outsider'),
      dropped: () => this.#kept.delete(point.key),
    });
    this.#kept.set(point.key, kept);
    const ofLink = [...this.#kept.values()].filter((each) => each.point.link === point.link && !each.carried);
    if (ofLink.length > activities_max) void this.#drop(ofLink.slice(0, ofLink.length - activities_max));
    return kept;
  }

  async #loadLink(link: LinkConfiguration): Promise<void> {
    const rows = await this.#parts.ledger.store.recoveryPoints(link.name);
    const points = readPoints(rows);
    for (const point of points) this.#keep(point, undefined);
    const parts = new Set(points.flatMap((point) => [point.key, ...point.parts]));
    const loose = rows.filter(({ direction, key }) => direction === 'in' && !parts.has(key));
    if (loose.length === 0) return;
    await this.#parts.ledger.commitSurely({ dropRecovery: loose.map(({ key }) => key) }, 'outsider');
  }

  /** Brings the intake back to where it was at this checkpoint. */
  async #takeUp(
    kept: KeptActivity,
    serialNumber: number,
    mode: LinkConfiguration['mode'],
  ): Promise<Found | undefined> {
    const { ledger } = this.#parts;
    const { point } = kept;
    const slices = Slices.on(this.#parts.clock);
    const parts = { ...this.#parts.intake, envelopePrefix: envelopePrefixFrom(mode), slices };
    const checkpoint = point.checkpoints.find((each) => each.serialNumber === serialNumber);
    if (checkpoint === undefined) return undefined;
    const { intake: state, resumption } = checkpoint;
    const prefix = frontOf(point, await ledger.store.recoveryPoints(point.link), state.prefixOctets);
    if (prefix === undefined) return undefined;
    const { spool: name } = point;
    const spool =
      state.body === undefined || name === undefined
        ? undefined
        : await parts.store.reopenSpool(name, state.body.written);
    const intake = await ApduIntake.resumed(parts, { state, prefix, spool });
    if (intake === undefined) {
      await spool?.release();
      return undefined;
    }
    kept.resumedAt(serialNumber);
    return { kind: 'point', intake, resumption, kept };
  }

  async #drop(over: readonly KeptActivity[]): Promise<void> {
    for (const kept of over) await kept.forget();
  }
}

/** The recovery timeout runs only while the process is up: after a restart it begins again. */
function endOf(kept: KeptActivity, link: LinkConfiguration): Instant {
  return after(kept.lostAt, millis(link.rts.recoveryTimeout + margin_ms));
}

function nameOf({ connection }: Carrier, activity: Uint8Array): InboundPoint['names'][number] {
  return { connection: connectionName(connection), activity: toHex(activity) };
}
