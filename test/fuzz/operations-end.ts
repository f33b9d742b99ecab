// One side of a small world: an association, and a user who has so many APDUs to send, answers what it owes
// when it pleases, and may say any primitive at any moment. It keeps the books by which the checkers judge:
// what it said, what it heard, what it secured, and what its association acknowledged on the wire.

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
import { endBreaches, terminalIndications } from '../support/association-end.ts';
import { bindResult } from '../support/associations.ts';
import { Acknowledgements } from './acknowledgements.ts';

/** What a user says to end the association itself: after it, no terminal indication is due. */
const endsItself: ReadonlySet<string> = new Set(['RTUABreq', 'RTOPENrsp-', 'RTCLOSErsp']);

export interface EndParts {
  readonly name: string;
  readonly role: 'initiator' | 'responder';
  readonly machine: AssociationMachine;
  readonly random: Random;
  /** APDUs that it wants to send. */
  readonly apdus: readonly Uint8Array[];
  readonly alternate: boolean;
}

export class FuzzedEnd {
  readonly parts: EndParts;
  readonly terminals: string[] = [];
  readonly breaches: string[] = [];
  /** APDUs that were given to this user whole and that it said it had secured. */
  readonly secured: Uint8Array[] = [];
  readonly acknowledgements = new Acknowledgements();
  closed = false;
  endedItself = false;
  opened = false;
  hasTurn = false;
  violations = 0;
  /** The transfers that the peer confirmed. */
  confirmed: Uint8Array[] = [];
  failed = 0;
  /** Answers that are due, in order. */
  owed: RTRequest[] = [];
  sent: Uint8Array[] = [];
  wantsTurn = false;
  askedForTurn = false;
  #next = 0;
  #sending: { readonly apdu: Uint8Array; at: number } | undefined;
  #incoming: Uint8Array[] = [];
  #complete: Uint8Array | undefined;
  #securedPoints = 0;
  #points: number[] = [];
  #releasing = false;

  constructor(parts: EndParts) {
    this.parts = parts;
  }

  /** The user has ended the association, or heard of its end: it says no more. */
  get ending(): boolean {
    return this.endedItself || this.#releasing || this.terminals.length > 0;
  }

  /** Nothing left to send, and nothing under way. */
  get done(): boolean {
    return this.#next >= this.parts.apdus.length && this.#sending === undefined;
  }

  get sending(): boolean {
    return this.#sending !== undefined;
  }

  /** The next APDU as a request; undefined if there is none. */
  nextTransfer(): RTRequest | undefined {
    const apdu = this.parts.apdus[this.#next];
    if (apdu === undefined || this.#sending !== undefined) return undefined;
    const at = this.parts.random.chance(0.5) ? apdu.length : this.parts.random.between(0, apdu.length);
    return {
      kind: 'RTTRreq',
      octetsTotal: apdu.length,
      first: [apdu.subarray(0, at)],
      transferTime_ms: 60_000,
    };
  }

  /** The next APDU as if a part of it had been confirmed before, under some name. */
  nextResumption(): RTRequest | undefined {
    const { apdus, random } = this.parts;
    const apdu = apdus[this.#next];
    if (apdu === undefined || this.#sending !== undefined) return undefined;
    const octetsConfirmed = random.between(0, apdu.length - 1);
    const reference = random.octets(random.between(1, 8));
    const resume = {
      activity: random.pick([Uint8Array.of(2, 1, 1), random.octets(6)]),
      serialNumber: random.between(1, 20),
      octetsConfirmed,
      ...(random.chance(0.5) && {
        connection: { callingUserReference: reference, commonReference: reference },
      }),
    };
    const first = [apdu.subarray(octetsConfirmed)];
    return { kind: 'RTTRreq', octetsTotal: apdu.length, first, transferTime_ms: 60_000, resume };
  }

  /** The user says something; what it means is noted before the association hears it. */
  say(primitive: RTRequest, now: Instant): void {
    if (this.closed) return;
    this.#note(primitive);
    this.feed({ kind: 'user', primitive }, now);
  }

  feed(input: AssociationInput, now: Instant): void {
    if (this.closed) return;
    for (const output of this.parts.machine.handle(input, now)) this.#hear(output);
    if (this.closed) this.#checkEnded(now);
  }

  /** The association contradicted itself because its user did: it is given up, as the net room does it. */
  giveUp(): void {
    this.closed = true;
    this.endedItself = true;
    this.sent = [];
  }

  #note(primitive: RTRequest): void {
    switch (primitive.kind) {
      case 'RTTRreq': {
        const apdu = this.parts.apdus[this.#next];
        if (this.#sending !== undefined || apdu === undefined) return;
        this.#next += 1;
        const from = primitive.resume?.octetsConfirmed ?? 0;
        this.#sending = { apdu, at: primitive.first.reduce((sum, piece) => sum + piece.length, from) };
        return;
      }
      case 'RTsupply':
        if (this.#sending !== undefined) this.#sending.at += primitive.octets.length;
        return;
      case 'RTsecured':
        if (!this.#points.includes(primitive.serialNumber)) return;
        this.#points = this.#points.filter((each) => each !== primitive.serialNumber);
        this.#securedPoints += 1;
        this.acknowledgements.allowPoints(this.#securedPoints);
        return;
      case 'RTTRrsp+':
        if (this.#complete === undefined) return;
        this.secured.push(this.#complete);
        this.#complete = undefined;
        this.acknowledgements.allowEnds(this.secured.length);
        return;
      case 'RTTRrsp-':
        this.#complete = undefined;
        return;
      case 'RTTGreq':
        this.hasTurn = false;
        this.wantsTurn = false;
        return;
      default:
        if (primitive.kind === 'RTCLOSEreq') this.#releasing = true;
        if (endsItself.has(primitive.kind)) this.endedItself = true;
    }
  }

  #hear(output: AssociationOutput): void {
    if (this.closed) this.breaches.push(`${output.kind} after close`);
    switch (output.kind) {
      case 'octets':
        for (const piece of output.octets) {
          if (piece.length > 0) this.sent.push(piece);
        }
        this.breaches.push(...this.acknowledgements.sent(output.octets));
        return;
      case 'close':
        this.closed = true;
        return;
      case 'violation':
        this.violations += 1;
        return;
      case 'user':
        this.#indication(output.primitive);
    }
  }

  #indication(indication: RTIndication): void {
    const { random } = this.parts;
    if (this.terminals.length > 0) this.breaches.push(`${indication.kind} after ${this.terminals[0]}`);
    if (terminalIndications.has(indication.kind)) this.terminals.push(indication.kind);
    switch (indication.kind) {
      case 'RTOPENind':
        this.opened = true;
        this.hasTurn = indication.initialTurn === 'responder';
        this.owed.push({ kind: 'RTOPENrsp+', userData: bindResult });
        return;
      case 'RTOPENcnf+':
        this.opened = true;
        this.hasTurn = indication.initialTurn === 'initiator';
        return;
      case 'RTbeginind':
        this.#incoming = [];
        this.#complete = undefined;
        return;
      case 'RTresumeind':
        // Nothing is kept here.
        this.owed.push({ kind: 'RTresumersp-', transfer: indication.transfer });
        return;
      case 'RTdataind':
        this.#incoming.push(indication.octets.slice());
        return;
      case 'RTcheckpointind':
        this.#points.push(indication.serialNumber);
        this.owed.push({ kind: 'RTsecured', serialNumber: indication.serialNumber });
        return;
      case 'RTTRind':
        this.#complete = concat([...this.#incoming, new Uint8Array()]);
        this.owed.push({ kind: 'RTTRrsp+' });
        return;
      case 'RTdiscardind':
        this.#incoming = [];
        this.#complete = undefined;
        this.#points = [];
        this.owed = this.owed.filter(({ kind }) => kind !== 'RTTRrsp+' && kind !== 'RTsecured');
        return;
      case 'RTsupplyind':
        this.#supply(indication.octets_max, random);
        return;
      case 'RTTRcnf+':
        if (this.#sending === undefined) this.breaches.push('a confirmation of no transfer');
        else this.confirmed.push(this.#sending.apdu);
        this.#sending = undefined;
        return;
      case 'RTTRcnf-':
        this.failed += 1;
        this.#sending = undefined;
        this.owed = this.owed.filter(({ kind }) => kind !== 'RTsupply');
        return;
      case 'RTTPind':
        this.wantsTurn = true;
        return;
      case 'RTTGind':
        this.hasTurn = true;
        this.askedForTurn = false;
        return;
      case 'RTCLOSEind':
        this.owed.push({ kind: 'RTCLOSErsp' });
        return;
      default:
    }
  }

  #supply(octets_max: number, random: Random): void {
    const sending = this.#sending;
    if (sending === undefined) {
      this.breaches.push('octets are asked for and nothing is sent');
      return;
    }
    const count = Math.min(octets_max, sending.apdu.length - sending.at);
    if (count <= 0) {
      this.breaches.push('octets are asked for beyond the end');
      return;
    }
    const octets = sending.apdu.subarray(sending.at, sending.at + random.between(1, count));
    this.owed.push({ kind: 'RTsupply', octets });
  }

  #checkEnded(now: Instant): void {
    const { machine, name } = this.parts;
    const heard = { terminals: this.terminals, ending: this.endedItself };
    this.breaches.push(...endBreaches(machine, heard, now).map((what) => `${name} ${what}`));
  }
}

/** Whether each APDU that `from` was confirmed was secured by `to`, whole and in this order. */
export function confirmationsHold(from: FuzzedEnd, to: FuzzedEnd): boolean {
  let at = 0;
  for (const apdu of from.confirmed) {
    while (at < to.secured.length && !equalOctets(to.secured[at], apdu)) at += 1;
    if (at === to.secured.length) return false;
    at += 1;
  }
  return true;
}
