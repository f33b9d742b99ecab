// The user of one end of an association in a world of two stacks: sends what its site has to send, goes on with
// what was broken off, takes in what comes as an MTA does (a point is on the disk before it is confirmed), asks
// for the turn and gives it. It answers when the world lets it. What it says is legal at every moment.

import { concat, equalOctets } from '../../src/base/octets.ts';
import type { Random } from '../../src/base/random.ts';
import type { Instant } from '../../src/base/time.ts';
import type {
  AssociationInput,
  AssociationMachine,
  AssociationOutput,
  RTIndication,
  RTRequest,
} from '../../src/stack/association/index.ts';
import { bindResult, octets } from '../support/associations.ts';
import {
  activityName,
  type Connection,
  type Kept,
  type Outgoing,
  released,
  type Site,
} from './two-stacks-site.ts';

export interface SeatParts {
  readonly site: Site;
  readonly peer: Site;
  readonly role: 'initiator' | 'responder';
  readonly machine: AssociationMachine;
  readonly random: Random;
  readonly alternate: boolean;
  /** Whether users and disks fail now and then. */
  readonly mischief: () => boolean;
  /** The peer goes on with what this association carried: whoever else still holds it here, ends. */
  readonly superseded: (connection: Connection) => void;
  /** Whether the association may begin one more transfer. */
  readonly mayBegin: () => boolean;
  readonly begun: () => void;
}

/** An answer that is due: what is done on the disk first, and what is said then. */
type Owed = (now: Instant) => RTRequest | undefined;

interface Sending {
  readonly outgoing: Outgoing;
  at: number;
  readonly resumedAt: number;
}

type RTRefused = Extract<RTIndication, { kind: 'RTOPENcnf-' }>['refused'];

interface Incoming {
  readonly kept: Kept;
  readonly transfer: number;
}

/** The MTABindError "busy". */
const busyError = octets('b203020100');
const terminal: ReadonlySet<string> = new Set(['RTPABind', 'RTUABind', 'RTOPENcnf-', 'RTCLOSEcnf']);

export class Seat {
  readonly parts: SeatParts;
  readonly terminals: string[] = [];
  connection: Connection | undefined;
  closed = false;
  opened = false;
  hasTurn = false;
  wantsTurn = false;
  askedForTurn = false;
  /** The user ended it, or is ending it. */
  ending = false;
  violations: string[] = [];
  sent: Uint8Array[] = [];
  #owed: { readonly of: number | undefined; readonly act: Owed; readonly commit?: (now: Instant) => void }[] =
    [];
  #sending: Sending | undefined;
  #incoming: Incoming | undefined;
  /** What this end was asked to recover. */
  recovering: Connection | undefined;

  constructor(parts: SeatParts) {
    this.parts = parts;
  }

  get sending(): boolean {
    return this.#sending !== undefined;
  }

  get owes(): boolean {
    return this.#owed.length > 0;
  }

  feed(input: AssociationInput, now: Instant): void {
    if (this.closed) return;
    for (const output of this.parts.machine.handle(input, now)) this.#hear(output, now);
    if (this.closed) this.#end(now);
  }

  say(primitive: RTRequest, now: Instant): void {
    this.feed({ kind: 'user', primitive }, now);
  }

  /** Gives the oldest answer that it owes. */
  answer(now: Instant): void {
    const owed = this.#owed.shift();
    if (owed === undefined || this.closed || this.terminals.length > 0) return;
    const said = owed.act(now);
    if (said !== undefined) this.say(said, now);
  }

  /** Does what a user of good will does next. */
  plan(now: Instant): void {
    if (!this.opened || this.closed || this.ending || this.terminals.length > 0 || this.sending) return;
    const { site, role, alternate, random } = this.parts;
    const outgoing = this.parts.mayBegin() || this.#goesOn() ? site.next() : undefined;
    const wouldClose = role === 'initiator' && outgoing === undefined && !this.#peerWouldSend();
    if (!this.hasTurn) {
      if (!alternate || this.askedForTurn || this.owes || (outgoing === undefined && !wouldClose)) return;
      this.askedForTurn = true;
      this.say({ kind: 'RTTPreq', priority: random.between(0, 2) }, now);
    } else if (outgoing !== undefined && !(this.wantsTurn && random.chance(0.3))) {
      this.#begin(outgoing, now);
    } else if (this.wantsTurn) {
      this.#giveTurn(now);
    } else if (wouldClose) {
      this.ending = true;
      this.say({ kind: 'RTCLOSEreq' }, now);
    }
  }

  /** The user breaks it off. */
  abort(now: Instant): void {
    if (this.closed || this.ending || this.terminals.length > 0) return;
    this.ending = true;
    this.say({ kind: 'RTUABreq' }, now);
  }

  /** Its process is gone, or has let go of it: nothing is said. */
  vanish(now: Instant): void {
    if (this.closed) return;
    this.closed = true;
    this.ending = true;
    this.#forget(now);
  }

  /** A transfer that was broken off goes on, however many there were before. */
  #goesOn(): boolean {
    return this.parts.site.next()?.point !== undefined;
  }

  #peerWouldSend(): boolean {
    return this.parts.alternate && this.parts.mayBegin() && !this.parts.peer.done;
  }

  #giveTurn(now: Instant): void {
    this.hasTurn = false;
    this.wantsTurn = false;
    this.say({ kind: 'RTTGreq' }, now);
  }

  /** Begins a transfer, or goes on with one that was broken off. */
  #begin(outgoing: Outgoing, now: Instant): void {
    const { site, random } = this.parts;
    const { apdu, point } = outgoing;
    outgoing.lostAt = undefined;
    this.parts.begun();
    const from = point?.octetsConfirmed ?? 0;
    if (point === undefined) site.begins(outgoing);
    else site.resumed += 1;
    const at = random.chance(0.5) ? apdu.length : random.between(from, apdu.length);
    this.#sending = { outgoing, at, resumedAt: from };
    const transferTime_ms = this.parts.mischief() && random.chance(0.02) ? 5 : 600_000;
    const first = [apdu.subarray(from, at)];
    const resume = point && this.#named(point);
    this.say(
      { kind: 'RTTRreq', octetsTotal: apdu.length, first, transferTime_ms, ...(resume && { resume }) },
      now,
    );
  }

  /** As this association must name it: without the connection, if it is this one. */
  #named({ connection, activity, serialNumber, octetsConfirmed }: NonNullable<Outgoing['point']>) {
    const here = this.connection !== undefined && sameConnection(this.connection, connection);
    return { activity, serialNumber, octetsConfirmed, ...(!here && { connection }) };
  }

  #hear(output: AssociationOutput, now: Instant): void {
    if (this.closed) this.#breach(`${output.kind} after close`);
    switch (output.kind) {
      case 'octets':
        for (const piece of output.octets) if (piece.length > 0) this.sent.push(piece);
        return;
      case 'close':
        this.closed = true;
        return;
      case 'violation': {
        const { layer, state, expected, got } = output.violation;
        this.violations.push(`${layer} in ${state}: expected ${expected}, got ${got}`);
        return;
      }
      case 'user':
        if (this.terminals.length > 0) this.#breach(`${output.primitive.kind} after ${this.terminals[0]}`);
        if (terminal.has(output.primitive.kind)) this.terminals.push(output.primitive.kind);
        this.#indication(output.primitive, now);
    }
  }

  #indication(indication: RTIndication, now: Instant): void {
    switch (indication.kind) {
      case 'RTOPENind':
        this.#called(indication);
        return;
      case 'RTOPENcnf+':
        this.connection = indication.connection;
        this.opened = true;
        this.hasTurn = indication.initialTurn === 'initiator';
        return;
      case 'RTOPENcnf-':
        this.#refused(indication.refused);
        return;
      case 'RTTPind':
        this.wantsTurn = true;
        return;
      case 'RTTGind':
        this.hasTurn = true;
        this.askedForTurn = false;
        return;
      case 'RTCLOSEind':
        this.#owe(() => {
          this.ending = true;
          return { kind: 'RTCLOSErsp' };
        });
        return;
      case 'RTsupplyind':
      case 'RTconfirmedind':
      case 'RTTRcnf+':
      case 'RTTRcnf-':
        this.#ofOurs(indication);
        return;
      default:
        this.#ofTheirs(indication, now);
    }
  }

  /** A peer that cannot recover what we remember says so for a reason. */
  #refused({ layer, reason, userData, aborted }: RTRefused): void {
    const { site, peer } = this.parts;
    const outgoing = site.next();
    const { recovering } = this;
    const answered = layer !== 'network' && layer !== 'transport' && layer !== 'session';
    // Normal mode has no refuse reason: what is no bind error means that it cannot recover.
    const busy = userData !== undefined || reason === 'rts-busy' || aborted === true;
    if (!answered || busy || recovering === undefined || outgoing?.point === undefined) return;
    if (peer.isOf(recovering))
      this.#breach(`cannot recover, and yet it remembers: ${layer} ${reason} ${aborted}`);
    site.beginAnew(outgoing, 'the peer cannot recover');
  }

  #called({ recover, connection, initialTurn }: Extract<RTIndication, { kind: 'RTOPENind' }>): void {
    const { site, random, mischief, superseded } = this.parts;
    this.connection = connection;
    if (recover !== undefined) superseded(recover);
    this.#owe(() => {
      if (mischief() && random.chance(0.03)) {
        this.ending = true;
        return { kind: 'RTOPENrsp-', refuse: { kind: 'bind-error', userData: busyError, transient: true } };
      }
      const ours = site.next()?.point?.connection;
      const known =
        recover === undefined || site.isOf(recover) || (ours !== undefined && sameConnection(ours, recover));
      if (!known) {
        this.ending = true;
        return { kind: 'RTOPENrsp-', refuse: { kind: 'cannot-recover' } };
      }
      this.opened = true;
      this.hasTurn = initialTurn === 'responder';
      return { kind: 'RTOPENrsp+', userData: recover === undefined ? bindResult : new Uint8Array(0) };
    });
  }

  #ofOurs(
    indication: Extract<RTIndication, { kind: 'RTsupplyind' | 'RTconfirmedind' | 'RTTRcnf+' | 'RTTRcnf-' }>,
  ): void {
    const sending = this.#sending;
    const { site, peer, random, mischief } = this.parts;
    if (sending === undefined) {
      this.#breach(`${indication.kind} of no transfer`);
      return;
    }
    const { outgoing } = sending;
    switch (indication.kind) {
      case 'RTsupplyind': {
        const count = Math.min(indication.octets_max, outgoing.apdu.length - sending.at);
        if (count <= 0) this.#breach('octets are asked for beyond the end');
        this.#owe(() => {
          if (this.#sending !== sending) return undefined;
          if (mischief() && random.chance(0.01)) return { kind: 'RTsupplyfailed' };
          const supplied = outgoing.apdu.subarray(sending.at, sending.at + random.between(1, count));
          sending.at += supplied.length;
          return { kind: 'RTsupply', octets: supplied };
        });
        return;
      }
      case 'RTconfirmedind':
        this.#confirmed(outgoing, indication);
        return;
      case 'RTTRcnf+':
        if (!peer.inbox.includes(outgoing.id)) this.#breach('an APDU is confirmed and not secured');
        outgoing.done = true;
        outgoing.point = undefined;
        this.#sending = undefined;
        return;
      case 'RTTRcnf-': {
        const gotOn = outgoing.point !== undefined && outgoing.point.octetsConfirmed > sending.resumedAt;
        this.#sending = undefined;
        if (indication.resumable !== true || !gotOn) site.beginAnew(outgoing, indication.detail);
      }
    }
  }

  #confirmed(outgoing: Outgoing, indication: Extract<RTIndication, { kind: 'RTconfirmedind' }>): void {
    const { site, peer } = this.parts;
    const { connection } = this;
    const { activity, serialNumber, octetsConfirmed } = indication;
    if (connection === undefined || activity === undefined) {
      this.#breach('a point is confirmed that has no name');
      return;
    }
    const kept = peer.find(connection, activity);
    const there = kept?.points.some((each) => each.serialNumber === serialNumber) ?? false;
    if (!there && kept?.securedWhole !== true && !peer.inbox.includes(outgoing.id))
      this.#breach(
        `point ${serialNumber} of ${activityName(connection, activity)} is confirmed and not secured`,
      );
    site.confirmed(outgoing, { connection, activity, serialNumber, octetsConfirmed });
  }

  #ofTheirs(indication: RTIndication, now: Instant): void {
    const { site } = this.parts;
    const { connection } = this;
    if (connection === undefined) return;
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
    const { site, peer } = this.parts;
    this.#owe((now) => {
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
        if (said)
          this.#breach(`point ${serialNumber} was confirmed, and is not there (carried: ${kept?.carried})`);
        return { kind: 'RTresumersp-', transfer };
      }
      kept.names.add(activityName(connection, activity));
      kept.carried = true;
      kept.points = kept.points.filter((each) => each.serialNumber <= serialNumber);
      kept.pieces = kept.pieces.slice(0, point.pieces);
      this.#incoming = { kept, transfer };
      return { kind: 'RTresumersp+', resumption: point.resumption, transfer };
    }, transfer);
  }

  #checkpoint(
    { serialNumber, resumption }: Extract<RTIndication, { kind: 'RTcheckpointind' }>,
    { kept, transfer }: Incoming,
  ): void {
    const { random, mischief } = this.parts;
    const pieces = kept.pieces.length;
    this.#owe((now) => {
      if (mischief() && random.chance(0.01)) return this.#cannotTake(kept, transfer, now);
      if (resumption !== undefined) kept.points.push({ serialNumber, pieces, resumption });
      return { kind: 'RTsecured', serialNumber, transfer };
    }, transfer);
  }

  #whole({ kept, transfer }: Incoming, at: Instant): void {
    const { random, mischief, site, peer } = this.parts;
    kept.touchedAt = at;
    const commit = (now: Instant): void => {
      site.secure(kept, concat(kept.pieces), peer.outbox);
      kept.carried = false;
      kept.touchedAt = now;
      this.#incoming = undefined;
    };
    const act: Owed = (now) => {
      if (mischief() && random.chance(0.02)) return this.#cannotTake(kept, transfer, now);
      commit(now);
      return { kind: 'RTTRrsp+', transfer };
    };
    this.#owed.push({ of: transfer, act, commit });
  }

  #cannotTake(kept: Kept, transfer: number, now: Instant): RTRequest {
    released(kept, now);
    this.#incoming = undefined;
    this.#owed = this.#owed.filter(({ of }) => of !== transfer);
    return { kind: 'RTTRrsp-', transient: true, detail: 'the disk is full', transfer };
  }

  #discarded(resumable: boolean, now: Instant): void {
    const { incoming, transfer } = { incoming: this.#incoming, transfer: this.#incoming?.transfer };
    if (incoming === undefined || transfer === undefined) return;
    this.#owed = this.#owed.filter(({ of }) => of !== transfer);
    released(incoming.kept, now);
    if (!resumable) this.parts.site.kept.delete(incoming.kept);
    this.#incoming = undefined;
  }

  #owe(act: Owed, of?: number): void {
    this.#owed.push({ of, act });
  }

  /** It is over: what it held is let go, and nothing of it may run on. */
  #end(now: Instant): void {
    const { machine } = this.parts;
    const heard = this.terminals.length;
    if (heard > 1 || (heard === 0 && !this.ending)) this.#breach(`heard ${heard} ends: ${this.terminals}`);
    if (machine.nextTimeout() !== undefined) this.#breach('a timer after the end');
    if (machine.handle({ kind: 'timer' }, now).length > 0) this.#breach('speaks after the end');
    this.#forget(now);
  }

  #forget(now: Instant): void {
    // What was on its way to the disk may still come there.
    for (const { commit } of this.#owed) if (this.parts.random.chance(0.5)) commit?.(now);
    if (this.#sending !== undefined) this.parts.site.broken(this.#sending.outgoing, now);
    if (this.#incoming !== undefined) released(this.#incoming.kept, now);
    this.#sending = undefined;
    this.#incoming = undefined;
    this.#owed = [];
  }

  #breach(what: string): void {
    const { site, role } = this.parts;
    site.breaches.push(`${site.name} (${role}): ${what}`);
  }
}

function sameConnection(a: Connection, b: Connection): boolean {
  return (
    equalOctets(a.callingUserReference, b.callingUserReference) &&
    equalOctets(a.commonReference, b.commonReference)
  );
}
