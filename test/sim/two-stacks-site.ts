// What one side of a world of two stacks has on its disk, and so keeps over losses and deaths: the APDUs it
// has to send with the last point that the peer confirmed, the APDUs it has secured, and the points of
// those that are coming in. Not here: associations. It keeps the books for the checkers: why an APDU began
// anew.

import { equalOctets, toHex } from '../../src/base/octets.ts';
import type { Instant } from '../../src/base/time.ts';
import type { RTRequest } from '../../src/stack/association/index.ts';

export type Connection = NonNullable<Extract<RTRequest, { kind: 'RTOPENreq' }>['recover']>;

/** Where a transfer may go on: the last point that the peer confirmed. */
export interface Point {
  readonly connection: Connection;
  readonly activity: Uint8Array;
  readonly serialNumber: number;
  readonly octetsConfirmed: number;
}

/** An APDU to send. */
export interface Outgoing {
  readonly id: number;
  readonly apdu: Uint8Array;
  done: boolean;
  /** An association carries it now: no other may. */
  carried: boolean;
  point: Point | undefined;
  /** The point before: a death may come before the last one is on the disk. */
  pointBefore: Point | undefined;
  /** How often it was begun from its first octet. */
  begun: number;
  /** Why it may begin again from its first octet. */
  excuse: string | undefined;
  lostAt: Instant | undefined;
}

/** An activity of the peer that is not forgotten. */
export interface Kept {
  readonly names: Set<string>;
  pieces: Uint8Array[];
  points: { readonly serialNumber: number; readonly pieces: number; readonly resumption: string }[];
  securedWhole: boolean;
  /** Whether an association carries it. */
  carried: boolean;
  touchedAt: Instant;
}

export class Site {
  readonly name: string;
  readonly outbox: readonly Outgoing[];
  /** The numbers of the APDUs secured, in order; one that came twice is there twice. */
  readonly inbox: number[] = [];
  readonly kept = new Set<Kept>();
  /** The names of those that the peer took back, or that were kept long enough. */
  readonly gone = new Set<string>();
  readonly breaches: string[] = [];
  /** Transfers that went on at a point, and those that were confirmed again whole. */
  resumed = 0;
  repeated = 0;
  /** A planted bug: what was secured whole is not remembered. */
  forgetsWhole = false;

  constructor(name: string, apdus: readonly Uint8Array[]) {
    this.name = name;
    this.outbox = apdus.map((apdu, id) => ({
      id,
      apdu,
      done: false,
      carried: false,
      point: undefined,
      pointBefore: undefined,
      begun: 0,
      excuse: 'it is new',
      lostAt: undefined,
    }));
  }

  /** The next APDU to send; one that was broken off comes before all others. */
  next(): Outgoing | undefined {
    return this.outbox.find(({ done }) => !done);
  }

  get done(): boolean {
    return this.next() === undefined;
  }

  /** Notes that a transfer begins at its first octet; there must be a reason for it. */
  begins(outgoing: Outgoing): void {
    outgoing.begun += 1;
    if (outgoing.excuse === undefined || outgoing.point !== undefined)
      this.breaches.push(`${this.name}: APDU ${outgoing.id} begins anew, though it could go on`);
    outgoing.excuse = undefined;
  }

  /** The peer confirmed a point. */
  confirmed(outgoing: Outgoing, point: Point): void {
    outgoing.pointBefore = outgoing.point;
    outgoing.point = point;
  }

  /** It cannot go on where it was. */
  beginAnew(outgoing: Outgoing, excuse: string): void {
    outgoing.excuse = excuse;
    outgoing.point = undefined;
    outgoing.pointBefore = undefined;
  }

  /** The association that carried it is gone. */
  broken(outgoing: Outgoing, now: Instant): void {
    outgoing.carried = false;
    outgoing.lostAt ??= now;
    if (outgoing.point === undefined) outgoing.excuse = 'no point was confirmed';
  }

  isOf(connection: Connection): boolean {
    const name = `${connectionName(connection)}/`;
    return [...this.kept].some(({ names }) => [...names].some((each) => each.startsWith(name)));
  }

  find(connection: Connection, activity: Uint8Array): Kept | undefined {
    const name = activityName(connection, activity);
    return [...this.kept].find(({ names }) => names.has(name));
  }

  begin(connection: Connection, activity: Uint8Array, now: Instant): Kept {
    const names = new Set([activityName(connection, activity)]);
    const kept: Kept = { names, pieces: [], points: [], securedWhole: false, carried: true, touchedAt: now };
    this.kept.add(kept);
    return kept;
  }

  /** The whole APDU is on the disk. `sent` is what the peer has to send, by number. */
  secure(kept: Kept, apdu: Uint8Array, sent: readonly Outgoing[]): void {
    const outgoing = sent.find((each) => equalOctets(each.apdu, apdu));
    if (outgoing === undefined) {
      this.breaches.push(`${this.name} is given ${apdu.length} octets that nobody sent`);
      return;
    }
    this.inbox.push(outgoing.id);
    kept.securedWhole = !this.forgetsWhole;
    kept.points = [];
    kept.pieces = [];
  }

  /** Forgets what nobody will ask for any more. */
  sweep(now: Instant, age_ms: number): void {
    for (const kept of this.kept) if (!kept.carried && now - kept.touchedAt > age_ms) this.drop(kept);
  }

  /** Forgets an activity: nobody may ask for it any more, or the peer took it back. */
  drop(kept: Kept): void {
    this.kept.delete(kept);
    for (const name of kept.names) this.gone.add(name);
  }

  /** The associations in which activities were carried that this one carried, itself among them. */
  carriers(connection: Connection): ReadonlySet<string> {
    const own = connectionName(connection);
    const found = [...this.kept].filter(({ names }) => [...names].some((each) => each.startsWith(`${own}/`)));
    return new Set([own, ...found.flatMap(({ names }) => [...names].map((each) => each.split('/')[0]))]);
  }
}

/** An association that is gone carried it: what is after the last point was never on the disk. */
export function released(kept: Kept, now: Instant): void {
  kept.carried = false;
  kept.touchedAt = now;
  kept.pieces = kept.pieces.slice(0, kept.points.at(-1)?.pieces ?? 0);
}

export function connectionName({ callingUserReference, commonReference }: Connection): string {
  return `${toHex(callingUserReference)}.${toHex(commonReference)}`;
}

export function activityName(connection: Connection, activity: Uint8Array): string {
  return `${connectionName(connection)}/${toHex(activity)}`;
}

export function sameConnection(a: Connection, b: Connection): boolean {
  return (
    equalOctets(a.callingUserReference, b.callingUserReference) &&
    equalOctets(a.commonReference, b.commonReference)
  );
}
