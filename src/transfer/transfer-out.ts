// Transfer-out on one association (X.411 12.2.1 with X.228): gives RTSE the MTS-APDU of one copy at a time,
// its content in pieces as they are asked for, and says how it ended. The copy is forgotten by others only on
// `sent`, which means that the peer has confirmed the end of the activity.

import type { ToleranceName } from '../config/index.ts';
import type { RTIndication, RTRequest } from '../stack/association/service.ts';
import type { QueuedCopy, Store } from '../store/index.ts';
import { becomesP2, content_downgrade_octets_max } from './content-1984.ts';
import {
  type MakeOutgoing,
  type Outgoing,
  outgoingApdu,
  type OutgoingLink,
  type Undowngradable,
} from './outgoing.ts';
import { type Connection, connectionName } from './inbound-point.ts';
import type { NoRoom } from './conversions.ts';
import type { Divided, Inconvertible, Prepared } from './link-conversion.ts';
import type { AssociationHandle } from './ports.ts';

/** How the transfer of one copy ended. */
export type TransferOutcome =
  | { readonly kind: 'sent'; readonly octets: number }
  /** The peer or the stack refused this copy; the association stands. */
  | { readonly kind: 'refused'; readonly transient: boolean; readonly detail: string }
  /** The association was lost; `progressed` if a checkpoint had been confirmed. */
  | {
      readonly kind: 'lost';
      readonly progressed: boolean;
      readonly detail: string;
      /** Where it may go on, on another association. */
      readonly point?: OutboundPoint;
    }
  /** The peer speaks P1 of 1984, which has no form for these recipients, or for the content. */
  | Undowngradable
  /** The peer does not take its texts, and they are not converted; or not for all recipients alike. */
  | Inconvertible
  | Divided
  /** It must be converted first, for which our disk has no room at present. */
  | NoRoom
  /** Our own copy cannot be read. */
  | { readonly kind: 'unreadable'; readonly detail: string }
  /** Our own fault: what goes out for it could not be made. */
  | { readonly kind: 'mistaken'; readonly error: unknown };

/** How a transfer begins: where it is gone on with, and what goes out, where that is made first. */
export interface TransferStart {
  readonly from?: OutboundPoint | undefined;
  readonly prepared?: Promise<Prepared> | undefined;
}

/** The last point of an activity that the peer has confirmed. */
export interface OutboundPoint extends ResumedActivity {
  readonly connection: Connection;
  /** Of the whole APDU: what is sent later must be the same. */
  readonly octetsTotal: number;
  /** Digest of what goes before the content: the same length is not the same APDU. */
  readonly headDigest: string;
}

export interface TransferOutParts {
  readonly handle: AssociationHandle;
  readonly store: Pick<Store, 'readContent'>;
  readonly link: OutgoingLink;
  /** Makes what goes out, on guard against our own faults; absent: off guard. */
  readonly outgoing?: MakeOutgoing | undefined;
  /** Counts the use of a tolerance. */
  readonly tolerated?: (name: ToleranceName) => void;
  /** What a recover bind would call this association, once it is open; undefined where none could. */
  readonly connection?: () => Connection | undefined;
  /** For the memory of the MTA: the peer confirmed a point. */
  readonly confirmed?: (copy: QueuedCopy, point: OutboundPoint) => void;
  /** Time that a transfer may take, in milliseconds, by its priority and size. */
  readonly transferTime_ms: (copy: QueuedCopy) => number;
}

type TransferOutIndication = Extract<
  RTIndication,
  { kind: 'RTsupplyind' | 'RTconfirmedind' | 'RTTRcnf+' | 'RTTRcnf-' }
>;

type ResumedActivity = NonNullable<Extract<RTRequest, { kind: 'RTTRreq' }>['resume']>;

interface Current {
  readonly copy: QueuedCopy;
  readonly ended: (outcome: TransferOutcome) => void;
  readonly octetsTotal: number;
  readonly head: Uint8Array;
  /** The content, where it is in memory: as it was stored, or as it was made for this peer. */
  readonly content: Uint8Array | undefined;
  readonly headDigest: string;
  /** Reads what is not in memory. */
  readonly reader: Pick<Store, 'readContent'>;
  offset: number;
  progressed: boolean;
  /** Where this activity can go on, and where it did. */
  point?: OutboundPoint;
  readonly resumedAt?: OutboundPoint;
  /** Octets asked for that wait until the connection takes more. */
  owed: number;
  /** Set once our own content failed; the activity is being discarded. */
  unreadable?: string;
}

type Begun = Omit<Current, 'offset' | 'progressed' | 'owed' | 'point' | 'unreadable'>;

const none = new Uint8Array(0);

/** A copy as it goes out. */
interface Given {
  readonly copy: QueuedCopy;
  readonly reader: Pick<Store, 'readContent'>;
  readonly digest?: string;
}
/** A copy whose transfer is to begin, or to go on from a point. */
interface Starting extends Given {
  readonly ended: Current['ended'];
  readonly from: OutboundPoint | undefined;
}

export class TransferOut {
  readonly #parts: TransferOutParts;
  #current: Current | undefined;
  /** What goes out is being made: a content is read that becomes another, or there are many recipients. */
  #reading: { readonly ended: Current['ended']; readonly from: OutboundPoint | undefined } | undefined;
  transfers = 0;

  constructor(parts: TransferOutParts) {
    this.#parts = parts;
  }

  get active(): boolean {
    return this.#current !== undefined || this.#reading !== undefined;
  }

  /** Begins the transfer of `copy`; `ended` is called once, when it is over. */
  start(copy: QueuedCopy, ended: Current['ended'], { from, prepared }: TransferStart = {}): void {
    if (prepared === undefined) this.#take({ copy, reader: this.#parts.store }, ended, from);
    else void this.#prepareFirst(prepared, ended, from);
  }

  /** What goes out is being made. */
  async #prepareFirst(
    prepared: Promise<Prepared>,
    ended: Current['ended'],
    from?: OutboundPoint,
  ): Promise<void> {
    const reading = { ended, from };
    this.#reading = reading;
    const ready = await prepared.catch((error: unknown) => ({ kind: 'mistaken', error }) as const);
    if (this.#reading !== reading) return;
    this.#reading = undefined;
    if (ready.kind !== 'copy') ended(ready);
    else this.#take({ ...ready, reader: ready.reader ?? this.#parts.store }, ended, from);
  }

  #take(given: Given, ended: Current['ended'], from?: OutboundPoint): void {
    const { copy } = given;
    const whole = copy.content.kind === 'spooled' && becomesP2(copy, this.#parts.link);
    if (whole && copy.contentLength <= content_downgrade_octets_max) void this.#readFirst(given, ended, from);
    else this.#start(given, ended, from);
  }

  /** A content that becomes another is needed whole. */
  async #readFirst(given: Given, ended: Current['ended'], from?: OutboundPoint): Promise<void> {
    const reading = { ended, from };
    this.#reading = reading;
    const octets = await wholeContent(given).catch(() => undefined);
    if (this.#reading !== reading) return;
    this.#reading = undefined;
    if (octets === undefined) ended({ kind: 'unreadable', detail: 'content cannot be read' });
    else this.#start({ ...given, copy: { ...given.copy, content: { kind: 'inline', octets } } }, ended, from);
  }

  #start(given: Given, ended: Current['ended'], from: OutboundPoint | undefined): void {
    const { outgoing = outgoingApdu, link } = this.#parts;
    const starting = { ...given, ended, from };
    try {
      const apdu = outgoing(given.copy, link);
      if (apdu instanceof Promise) void this.#startWhenMade(apdu, starting);
      else this.#begin(apdu, starting);
    } catch (error) {
      // The copy has its own clock then, and the link goes on.
      ended({ kind: 'mistaken', error });
    }
  }

  /** What has many recipients is made meanwhile; the association may be lost before it is. */
  async #startWhenMade(making: Promise<Outgoing>, starting: Starting): Promise<void> {
    const reading = { ended: starting.ended, from: starting.from };
    this.#reading = reading;
    const made = await making.catch((error: unknown) => ({ kind: 'mistaken', error }) as const);
    if (this.#reading !== reading) return;
    this.#reading = undefined;
    if (made.kind === 'mistaken') starting.ended(made);
    else this.#begin(made, starting);
  }

  #begin(apdu: Outgoing, { copy, reader, digest, ended, from }: Starting): void {
    if (apdu.kind !== 'apdu') {
      ended(apdu);
      return;
    }
    const { head, octetsTotal } = apdu;
    for (const tolerance of apdu.tolerances) this.#parts.tolerated?.(tolerance);
    const content = apdu.content ?? (copy.content.kind === 'inline' ? copy.content.octets : undefined);
    // A content that was made here is told by its octets too; one that was stored never changes.
    const made = apdu.content ?? (digest === undefined ? none : (content ?? none));
    const headDigest = apdu.headDigest
      .update(made)
      .text(digest ?? '')
      .value();
    // What changed since (another configuration, another release) is another APDU.
    const same = from?.octetsTotal === octetsTotal && from.headDigest === headDigest;
    const resumedAt = same ? from : undefined;
    this.#go({ copy, ended, octetsTotal, head, content, headDigest, reader, resumedAt });
  }

  /** Begins an activity: with the whole APDU, or where the peer confirmed it last. */
  #go(begun: Begun): void {
    const { copy, head, octetsTotal, resumedAt } = begun;
    const done = resumedAt?.octetsConfirmed ?? 0;
    const offset = Math.max(0, done - head.length);
    const progressed = resumedAt !== undefined;
    this.#current = { ...begun, offset, progressed, owed: 0, ...(progressed && { point: resumedAt }) };
    const inline = begun.content === undefined ? [] : [begun.content.subarray(offset)];
    const first = [head.subarray(done), ...inline];
    const transferTime_ms = this.#parts.transferTime_ms(copy);
    const resume = resumedAt && this.#resumption(resumedAt);
    this.#parts.handle.request({
      kind: 'RTTRreq',
      octetsTotal,
      first,
      transferTime_ms,
      ...(resume !== undefined && { resume }),
    });
  }

  /** As this association must name it: without the connection, if it is this one. */
  #resumption({ activity, serialNumber, octetsConfirmed, connection }: OutboundPoint): ResumedActivity {
    const own = this.#parts.connection?.();
    const here = own !== undefined && connectionName(own) === connectionName(connection);
    return { activity, serialNumber, octetsConfirmed, ...(!here && { connection }) };
  }

  /** A transfer that failed after it got on goes on; one that was resumed in vain begins anew. */
  #goesOn(current: Current, resumable: boolean): boolean {
    const { copy, ended, octetsTotal, head, content, headDigest, reader, point, resumedAt } = current;
    const begun = { copy, ended, octetsTotal, head, content, headDigest, reader };
    const gotOn = point !== undefined && point !== resumedAt;
    if (gotOn && resumable) this.#go({ ...begun, resumedAt: point });
    else if (resumedAt !== undefined && !gotOn) this.#go(begun);
    else return false;
    return true;
  }

  #noteConfirmed(current: Current, primitive: Extract<RTIndication, { kind: 'RTconfirmedind' }>): void {
    current.progressed = true;
    const { activity, serialNumber, octetsConfirmed } = primitive;
    const connection = this.#parts.connection?.();
    if (activity === undefined || connection === undefined || octetsConfirmed === 0) return;
    const { octetsTotal, headDigest } = current;
    const point = { connection, activity, serialNumber, octetsConfirmed, octetsTotal, headDigest };
    current.point = point;
    this.#parts.confirmed?.(current.copy, point);
  }

  handle(primitive: TransferOutIndication): void {
    const current = this.#current;
    if (current === undefined) return;
    switch (primitive.kind) {
      case 'RTsupplyind':
        current.owed = primitive.octets_max;
        this.writable();
        return;
      case 'RTconfirmedind':
        this.#noteConfirmed(current, primitive);
        return;
      case 'RTTRcnf+':
        this.transfers += 1;
        this.#end({ kind: 'sent', octets: current.octetsTotal });
        return;
      case 'RTTRcnf-':
        if (current.unreadable === undefined && this.#goesOn(current, primitive.resumable === true)) return;
        this.#end(
          current.unreadable === undefined
            ? { kind: 'refused', transient: primitive.transient, detail: primitive.detail }
            : { kind: 'unreadable', detail: current.unreadable },
        );
    }
  }

  /** The connection takes octets again: supplies what is owed. */
  writable(): void {
    const current = this.#current;
    if (current === undefined || current.owed === 0 || this.#parts.handle.congested()) return;
    const octets_max = current.owed;
    current.owed = 0;
    void this.#supply(current, octets_max);
  }

  /** The association is gone. */
  lost(detail: string): void {
    const reading = this.#reading;
    this.#reading = undefined;
    const kept = reading?.from;
    reading?.ended({ kind: 'lost', progressed: false, detail, ...(kept && { point: kept }) });
    if (this.#current === undefined) return;
    const { progressed, point } = this.#current;
    this.#end({ kind: 'lost', progressed, detail, ...(point !== undefined && { point }) });
  }

  async #supply(current: Current, octets_max: number): Promise<void> {
    const octets = await current.reader
      .readContent(current.copy.message, current.offset, octets_max)
      .catch(() => undefined);
    if (this.#current !== current) return;
    if (octets === undefined || octets.length === 0) {
      current.unreadable = `content cannot be read from octet ${current.offset}`;
      this.#parts.handle.request({ kind: 'RTsupplyfailed' });
      return;
    }
    current.offset += octets.length;
    this.#parts.handle.request({ kind: 'RTsupply', octets });
  }

  #end(outcome: TransferOutcome): void {
    const ended = this.#current?.ended;
    this.#current = undefined;
    ended?.(outcome);
  }
}

async function wholeContent({ copy, reader }: Given): Promise<Uint8Array | undefined> {
  const whole = new Uint8Array(copy.contentLength);
  for (let at = 0; at < whole.length; ) {
    const octets = await reader.readContent(copy.message, at, whole.length - at);
    if (octets === undefined || octets.length === 0 || at + octets.length > whole.length) return undefined;
    whole.set(octets, at);
    at += octets.length;
  }
  return whole;
}
