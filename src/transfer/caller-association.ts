// An association that we open to a peer: dials, binds, checks who answered, transfers one copy at a time,
// takes in what the peer transfers while the turn is its own, releases. It says how it went through one
// listener; its end touches nothing else.

import { assert } from '../base/assert.ts';
import { fromLatin1 } from '../base/octets.ts';
import type { Clock } from '../base/time.ts';
import type { LinkConfiguration, ToleranceName } from '../config/index.ts';
import type { Emit, EventFields } from '../events/index.ts';
import { formatUTCTime } from '../p1/index.ts';
import type { Dialogue, OpenFailure } from '../scheduler/index.ts';
import type {
  AssociationOptions,
  ProtocolViolation,
  RTIndication,
  StackTolerance,
} from '../stack/association/service.ts';
import type { QueuedCopy, Store } from '../store/index.ts';
import { applicationProtocols, bindArgumentOctets, checkResponder } from './bind.ts';
import { Exchange, type ExchangeListener } from './exchange.ts';
import type { Connection } from './inbound-point.ts';
import { type IncomingParts, incomingTransfers } from './incoming-transfers.ts';
import type { MakeOutgoing } from './outgoing.ts';
import { refusedEvent } from './open-refusal.ts';
import type { AssociationHandle, AssociationUser, DialFailure, Network } from './ports.ts';
import type { AssociationView, SendingAssociation } from './sending-association.ts';
import type { NoteTolerance } from './tolerance-use.ts';
import { type OutboundPoint, type TransferOutcome, type TransferStart, TransferOut } from './transfer-out.ts';
import { violationEvent } from './violation.ts';

/** What its owner hears; `ended` is the last word and comes once. */
export interface CallerListener {
  readonly opened: (dialogue: Dialogue) => void;
  readonly ended: (end: CallerEnd) => void;
}
export type CallerEnd =
  | {
      readonly kind: 'open-failed';
      readonly failure: OpenFailure;
      readonly detail: string;
      /** The peer answered, and will have none of it. */
      readonly refusedByPeer?: boolean;
    }
  | { readonly kind: 'closed' }
  | { readonly kind: 'lost'; readonly detail: string; readonly progressed: boolean };

export interface CallerParts {
  readonly link: LinkConfiguration;
  readonly network: Network;
  readonly clock: Clock;
  readonly store: Pick<Store, 'readContent'>;
  readonly emit: Emit;
  readonly options: AssociationOptions;
  readonly transferTime_ms: (copy: QueuedCopy) => number;
  /** Makes what goes out for a copy, on guard against our own faults. */
  readonly outgoing?: MakeOutgoing | undefined;
  readonly listener: CallerListener;
  /** What is done with what the peer transfers over it. */
  readonly incoming: (handle: AssociationHandle) => IncomingParts;
  /** The association that is to be recovered: a recover bind, without name and password. */
  readonly recover?: Connection;
  /** The peer confirmed a point of this copy. */
  readonly confirmed?: (copy: QueuedCopy, point: OutboundPoint) => void;
  /** Counts the use of a tolerance. */
  readonly tolerated?: NoteTolerance | undefined;
}

export class CallerAssociation implements AssociationUser, SendingAssociation {
  readonly #parts: CallerParts;
  #handle: AssociationHandle | undefined;
  #exchange: Exchange | undefined;
  #listener: ExchangeListener | undefined;
  #cancelDial: (() => void) | undefined;
  #opened = false;
  #closing = false;
  #over = false;
  #lossDetail: string | undefined;
  #openFailure: { failure: OpenFailure; detail: string; refusedByPeer?: boolean } | undefined;
  #connection: Connection | undefined;
  #lossFields: EventFields = { by: 'network', reason: 'connection-lost' };
  #progressed = false;
  /** A tolerance that the peer needs is off, and was told. */
  #intolerant = false;

  constructor(parts: CallerParts) {
    this.#parts = parts;
  }

  /** Dials. Everything else follows from what the network says. */
  open(address: string): void {
    const { link, network, options } = this.#parts;
    this.#cancelDial = network.dial({
      target: { address, port: link.peer.port, connectTimeout_ms: link.timers.connect, tls: link.tls },
      options: { ...options, tolerates: (name, got) => this.#tolerates(name, got) },
      opened: (handle) => this.#connected(handle),
      failed: (failure) => this.#dialFailed(failure),
    });
  }

  /** Transfers a copy; only when open and nothing is in transfer. */
  transfer(copy: QueuedCopy, ended: (outcome: TransferOutcome) => void, how?: TransferStart): void {
    const over = (outcome: TransferOutcome): void => {
      if (outcome.kind === 'lost') this.#progressed = outcome.progressed;
      ended(outcome);
    };
    this.#exchange?.transfer(copy, over, how);
  }

  attach(listener: ExchangeListener | undefined): void {
    this.#listener = listener;
    this.#exchange?.attach(listener);
  }

  pleaseTurn(priority: number): void {
    this.#exchange?.please(priority);
  }

  giveTurn(): void {
    this.#exchange?.give();
  }

  get view(): AssociationView {
    const { id, remote } = { id: this.#handle?.id ?? 0, remote: this.#common().remote };
    const dialogue = this.#exchange?.dialogue ?? { mode: this.#proposed(), turn: 'ours' };
    const transferring = this.#exchange?.transferring;
    return { ...dialogue, id, direction: 'out', remote, open: this.#opened, transferring };
  }

  /** Releases in order. */
  close(): void {
    this.#closing = true;
    this.#handle?.request({ kind: 'RTCLOSEreq' });
  }

  /** Breaks off, in whatever phase it is. */
  abort(detail: string): void {
    if (this.#handle !== undefined) this.#handle.destroy(detail);
    else {
      this.#cancelDial?.();
      this.#end({ kind: 'open-failed', failure: 'policy', detail });
    }
  }

  onIndication(primitive: RTIndication): void {
    switch (primitive.kind) {
      case 'RTOPENcnf+':
        this.#openConfirmed(primitive);
        return;
      case 'RTOPENcnf-': {
        const refused = refusedEvent(this.#parts.link, primitive.refused);
        const silent = primitive.refused.reason.startsWith('timeout');
        // Silence was told as such.
        if (!silent) this.#parts.emit(refused.event, { ...this.#common(), ...refused.fields });
        const failure = silent ? 'timeout' : 'refused';
        const { layer } = primitive.refused;
        const answered = layer !== 'network' && layer !== 'transport' && layer !== 'session';
        // One that is busy, or broke it off, may have time later.
        const later = refused.event === 'peer-busy' || primitive.refused.aborted === true;
        const refusedByPeer = answered && !later;
        this.#openFailure = { failure, detail: refused.detail, refusedByPeer };
        return;
      }
      case 'RTCLOSEind':
        this.#closing = true;
        this.#handle?.request({ kind: 'RTCLOSErsp' });
        return;
      case 'RTUABind':
        this.#lossFields = { by: 'peer-user', reason: 'user-error' };
        return;
      case 'RTPABind': {
        const { by, reason, detail } = primitive.abort;
        this.#lossFields = { by, reason };
        this.#lossDetail = `${reason}: ${detail}`;
        return;
      }
      default:
        this.#exchange?.handle(primitive);
    }
  }

  onViolation(violation: ProtocolViolation): void {
    const { event, fields } = violationEvent(violation);
    this.#lossDetail = `${violation.layer}: expected ${violation.expected}, got ${violation.got}`;
    if (!this.#intolerant) this.#parts.emit(event, { ...this.#common(), ...fields });
  }

  /** Asked by the stack, which aborts where it is not so; the operator is told which key it is. */
  #tolerates(name: StackTolerance, got: string): boolean {
    const { link, emit } = this.#parts;
    if (link.tolerances[name]) return true;
    if (!this.#intolerant) emit('tolerance-off', { ...this.#common(), tolerance: name, detail: got });
    this.#intolerant = true;
    return false;
  }

  onTolerance(name: ToleranceName): void {
    this.#parts.tolerated?.(name, this.#common());
  }

  onWritable(): void {
    this.#exchange?.writable();
  }

  onSendFailed(code: string, detail: string): void {
    this.#parts.emit('send-failed', { ...this.#common(), code, detail });
  }

  onClosed(detail: string): void {
    const said = this.#lossDetail ?? detail;
    const transferring = this.#exchange?.transferring !== undefined;
    this.#exchange?.lost(said);
    if (!this.#opened) {
      const failed = this.#openFailure ?? { failure: 'timeout' as const, detail: said };
      this.#end({ kind: 'open-failed', ...failed });
    } else if (this.#closing && !transferring) {
      const transfers = this.#exchange?.transfers ?? 0;
      this.#parts.emit('association-closed', { ...this.#common(), direction: 'out', by: 'us', transfers });
      this.#end({ kind: 'closed' });
    } else {
      const fields = { direction: 'out', ...this.#lossFields, detail: said, transferring };
      this.#parts.emit('association-lost', { ...this.#common(), ...fields });
      this.#end({ kind: 'lost', detail: said, progressed: this.#progressed });
    }
  }

  #connected(handle: AssociationHandle): AssociationUser {
    this.#handle = handle;
    const { link, recover } = this.#parts;
    if (link.tolerances.proposeSmallTpdus) this.#tolerated('proposeSmallTpdus');
    handle.request({
      kind: 'RTOPENreq',
      checkpointSize: Math.ceil(link.rts.checkpoint / 1024),
      window: link.rts.window,
      dialogueMode: this.#proposed(),
      initialTurn: 'initiator',
      ...(link.mode !== 'normal' && { applicationProtocol: applicationProtocols[link.mode] }),
      ...(recover !== undefined && { recover }),
      userData: recover === undefined ? bindArgumentOctets(link.credentials, link.mode) : new Uint8Array(0),
    });
    return this;
  }

  #dialFailed(failure: DialFailure): void {
    const { link, emit } = this.#parts;
    const remote = `${link.peer.address ?? ''}:${link.peer.port}`;
    const { code, detail, tls } = failure;
    const common = { link: link.name, peer: link.peer.mta, remote };
    if (tls === undefined) emit('connect-failed', { ...common, code, detail });
    else emit('tls-handshake-failed', { ...common, direction: 'out', ...tls });
    const kind = code === 'ETIMEDOUT' ? 'timeout' : 'refused';
    this.#end({ kind: 'open-failed', failure: kind, detail: `${code}: ${detail}` });
  }

  #openConfirmed(confirm: Extract<RTIndication, { kind: 'RTOPENcnf+' }>): void {
    const { link, emit, listener } = this.#parts;
    const recovered = this.#parts.recover !== undefined;
    const wrong = recovered ? undefined : checkResponder(link, confirm.userData);
    if (wrong !== undefined) {
      emit(wrong.event, { ...this.#common(), ...wrong.fields });
      this.#openFailure = { failure: 'policy', detail: `${wrong.event} in the answer of the peer` };
      this.#handle?.request({ kind: 'RTUABreq' });
      return;
    }
    this.#opened = true;
    this.#connection = confirm.connection;
    const exchange = this.#exchangeOn(confirm);
    emit('association-opened', {
      ...this.#common(),
      direction: 'out',
      mode: link.mode,
      checkpoint: confirm.checkpointSize,
      window: confirm.window,
      dialogue: confirm.dialogueMode,
    });
    listener.opened(exchange.dialogue);
  }

  #exchangeOn(confirm: Extract<RTIndication, { kind: 'RTOPENcnf+' }>): Exchange {
    const { link, store, transferTime_ms, confirmed, outgoing, emit, incoming } = this.#parts;
    const handle = this.#handle;
    assert(handle !== undefined, 'a handle of what is open');
    const { connection, window, dialogueMode: mode, initialTurn } = confirm;
    const tolerated = (name: ToleranceName): void => this.#tolerated(name);
    const counted = { tolerated, connection: () => this.#connection, confirmed, outgoing };
    const common = (): EventFields => this.#common();
    const exchange = new Exchange({
      handle,
      dialogue: { mode, turn: initialTurn === 'initiator' ? 'ours' : 'peers' },
      out: new TransferOut({ handle, store, link, transferTime_ms, ...counted }),
      in: incomingTransfers(incoming(handle), { link, handle, connection, window, emit, common }),
    });
    exchange.attach(this.#listener);
    this.#exchange = exchange;
    return exchange;
  }

  #proposed(): Dialogue['mode'] {
    return this.#parts.link.rts.dialogue === 'two-way-alternate' ? 'two-way-alternate' : 'monologue';
  }

  #tolerated(name: ToleranceName): void {
    this.#parts.tolerated?.(name, this.#common());
  }

  #end(end: CallerEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#parts.listener.ended(end);
  }

  #common(): { link: string; peer: string; remote: string; association: number } {
    const { link } = this.#parts;
    const remote = this.#handle?.peerAddress ?? `${link.peer.address ?? ''}:${link.peer.port}`;
    return { link: link.name, peer: link.peer.mta, remote, association: this.#handle?.id ?? 0 };
  }
}

/**
 * The references that name a session connection after it is lost (X.225 8.3.1): who calls, when, and a count,
 * so that no two of this process are alike.
 */
export function connectionReference(
  mtaName: string,
  clock: Clock,
  count: number,
): AssociationOptions['connectionReference'] {
  const time = formatUTCTime(clock.now());
  const user = `${mtaName.slice(0, 40)}-${count.toString(36)}`;
  return { userReference: stringValue(0x14, user), commonReference: stringValue(0x17, time) };
}

/** The BER of a short string, as peers encode these references: T61String and UTCTime. */
function stringValue(tag: number, text: string): Uint8Array {
  const octets = fromLatin1(text);
  return Uint8Array.of(tag, octets.length, ...octets);
}
