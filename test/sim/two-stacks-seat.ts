// The user of one end of an association in a world of two stacks: opens and answers opens, asks for the
// turn and gives it, releases when all is done. It answers when the world lets it; what it says is legal at
// every moment. Not here: what is sent and what comes in.

import type { Random } from '../../src/base/random.ts';
import type { Instant } from '../../src/base/time.ts';
import type {
  AssociationInput,
  AssociationMachine,
  AssociationOutput,
  RTIndication,
  RTRequest,
} from '../../src/stack/association/index.ts';
import { endBreaches, terminalIndications } from '../support/association-end.ts';
import { bindResult, octets } from '../support/associations.ts';
import { type Act, Owed } from './two-stacks-owed.ts';
import { Receiving } from './two-stacks-receiving.ts';
import { Sending } from './two-stacks-sending.ts';
import { type Connection, sameConnection, type Site } from './two-stacks-site.ts';

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

type RTRefused = Extract<RTIndication, { kind: 'RTOPENcnf-' }>['refused'];

/** The MTABindError "busy". */
const busyError = octets('b203020100');

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
  readonly #owed = new Owed();
  readonly #sending: Sending;
  readonly #receiving: Receiving;
  /** The association that this one recovers. */
  recovering: Connection | undefined;

  constructor(parts: SeatParts) {
    this.parts = parts;
    const breach = (what: string): void => this.#breach(what);
    this.#sending = new Sending({ ...parts, owed: this.#owed, breach });
    this.#receiving = new Receiving({ ...parts, owed: this.#owed, breach });
  }

  get sending(): boolean {
    return this.#sending.active;
  }

  get owes(): boolean {
    return this.#owed.any;
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
    const act = this.#owed.take();
    if (act === undefined || this.closed || this.terminals.length > 0) return;
    const said = act(now);
    if (said !== undefined) this.say(said, now);
  }

  /** Does what a user of good will does next. */
  plan(now: Instant): void {
    if (!this.opened || this.closed || this.ending || this.terminals.length > 0 || this.sending) return;
    const { site, role, alternate, random } = this.parts;
    const next = site.next();
    const free = next?.carried === false && (this.parts.mayBegin() || next.point !== undefined);
    const outgoing = free ? next : undefined;
    const wouldClose = role === 'initiator' && outgoing === undefined && !this.#peerWouldSend();
    if (!this.hasTurn) {
      if (!alternate || this.askedForTurn || this.owes || (outgoing === undefined && !wouldClose)) return;
      this.askedForTurn = true;
      this.say({ kind: 'RTTPreq', priority: random.between(0, 2) }, now);
    } else if (outgoing !== undefined && !(this.wantsTurn && random.chance(0.3))) {
      this.parts.begun();
      this.say(this.#sending.begin(outgoing, this.connection), now);
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

  #peerWouldSend(): boolean {
    return this.parts.alternate && this.parts.mayBegin() && !this.parts.peer.done;
  }

  #giveTurn(now: Instant): void {
    this.hasTurn = false;
    this.wantsTurn = false;
    this.say({ kind: 'RTTGreq' }, now);
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
        if (terminalIndications.has(output.primitive.kind)) this.terminals.push(output.primitive.kind);
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
        this.#owed.owe({ act: () => this.#closeAnswer() });
        return;
      case 'RTsupplyind':
      case 'RTconfirmedind':
      case 'RTTRcnf+':
      case 'RTTRcnf-':
        this.#sending.hear(indication, this.connection);
        return;
      default:
        if (this.connection !== undefined) this.#receiving.hear(indication, this.connection, now);
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
    this.recovering = recover;
    if (recover !== undefined) superseded(recover);
    const act: Act = () => {
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
    };
    this.#owed.owe({ act });
  }

  #closeAnswer(): RTRequest {
    this.ending = true;
    return { kind: 'RTCLOSErsp' };
  }

  /** It is over: what it held is let go, and nothing of it may run on. */
  #end(now: Instant): void {
    for (const what of endBreaches(this.parts.machine, this, now)) this.#breach(what);
    this.#forget(now);
  }

  #forget(now: Instant): void {
    this.#owed.end(this.parts.random, now);
    this.#sending.lost(now);
    this.#receiving.lost(now);
  }

  #breach(what: string): void {
    const { site, role } = this.parts;
    site.breaches.push(`${site.name} (${role}): ${what}`);
  }
}
