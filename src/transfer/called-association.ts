// An association that a peer opened: admits the caller by its bind, then takes in what it transfers, and
// offers itself for what waits for the peer where the dialogue lets us send. Its end touches nothing but its
// own link's count and its own unfinished activities.

import type { LinkConfiguration } from '../config/index.ts';
import type { Emit, EventName } from '../events/index.ts';
import type { ProtocolViolation, RTIndication, StackTolerance } from '../stack/association/service.ts';
import type { QueuedCopy, Store } from '../store/index.ts';
import { admissionRefusal } from './admission.ts';
import {
  type BindRefusal,
  bindErrorRefusal,
  bindResultOctets,
  identifyCaller,
  recovers,
  refusalInMode,
} from './bind.ts';
import type { CallerEnd } from './caller-association.ts';
import { Exchange, type ExchangeListener } from './exchange.ts';
import { type Connection, hostOf } from './inbound-point.ts';
import { type IncomingParts, incomingTransfers } from './incoming-transfers.ts';
import { transferTime_ms } from './link-copies.ts';
import type { MakeOutgoing } from './outgoing.ts';
import type { AssociationHandle, AssociationUser } from './ports.ts';
import type { AssociationView, SendingAssociation } from './sending-association.ts';
import type { NoteTolerance } from './tolerance-use.ts';
import { TransferOut, type TransferOutcome, type TransferStart } from './transfer-out.ts';
import { unawaited } from './unawaited.ts';
import { violationEvent } from './violation.ts';

export interface CalledAssociationParts extends IncomingParts {
  readonly handle: AssociationHandle;
  readonly emit: Emit;
  /** The links as they are configured now. */
  readonly links: () => readonly LinkConfiguration[];
  readonly store: Pick<Store, 'readContent'>;
  /** Counts the use of a tolerance. */
  readonly tolerated?: NoteTolerance;
  /** Makes what goes out for a copy, on guard against our own faults. */
  readonly outgoing?: MakeOutgoing;
  /** Whether one more association of this link may be open; says the limit if not. */
  readonly admits: (link: LinkConfiguration) => { readonly key: string; readonly limit: number } | undefined;
  readonly opened: (link: LinkConfiguration) => void;
  readonly closed: (link: LinkConfiguration) => void;
  /** The peer goes on with what this association carried: whoever still holds it, other than this, ends. */
  readonly superseded?: (connection: Connection) => void;
  /** The connection is gone; whether or not its bind was ever accepted. */
  readonly ended: () => void;
}

type OpenIndication = Extract<RTIndication, { kind: 'RTOPENind' }>;

/** How the association came to its end, as far as it has been said. */
interface Ending {
  readonly event: EventName;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

export class CalledAssociation implements AssociationUser, SendingAssociation {
  readonly #parts: CalledAssociationParts;
  #link: LinkConfiguration | undefined;
  #exchange: Exchange | undefined;
  #ended: ((end: CallerEnd) => void) | undefined;
  #connection: Connection | undefined;
  #recovers: Connection | undefined;
  #closed = false;
  #progressed = false;
  #ending: Ending | undefined;
  readonly #deviations = new Map<StackTolerance, string>();

  constructor(parts: CalledAssociationParts) {
    this.#parts = parts;
  }

  /** The link it belongs to once its bind is accepted. */
  get link(): LinkConfiguration | undefined {
    return this.#link;
  }

  /** What a recover bind would call it, once it is open. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** The association that this one was opened to recover. */
  get recovers(): Connection | undefined {
    return this.#recovers;
  }

  /** Whether an activity is open, in either direction. */
  get transferring(): boolean {
    return this.#exchange?.transferring !== undefined;
  }

  /** Whether copies for the peer may ever go over it. */
  get maySend(): boolean {
    return this.#exchange?.maySend ?? false;
  }

  get view(): AssociationView {
    const { id, peerAddress: remote } = this.#parts.handle;
    const dialogue = this.#exchange?.dialogue ?? { mode: 'monologue', turn: 'peers' };
    const transferring = this.#exchange?.transferring;
    return { ...dialogue, id, direction: 'in', remote, open: this.#link !== undefined, transferring };
  }

  /** Who sends over it, and hears of its turn and of its end; undefined: nobody. */
  attach(listener: ExchangeListener | undefined, ended?: (end: CallerEnd) => void): void {
    this.#ended = ended;
    this.#exchange?.attach(listener);
  }

  transfer(copy: QueuedCopy, ended: (outcome: TransferOutcome) => void, how?: TransferStart): void {
    const over = (outcome: TransferOutcome): void => {
      if (outcome.kind === 'lost') this.#progressed = outcome.progressed;
      ended(outcome);
    };
    this.#exchange?.transfer(copy, over, how);
  }

  pleaseTurn(priority: number): void {
    this.#exchange?.please(priority);
  }

  giveTurn(): void {
    this.#exchange?.give();
  }

  close(): void {
    // X.218: an association is released by its initiator.
  }

  abort(detail: string): void {
    this.#parts.handle.destroy(detail);
  }

  onIndication(primitive: RTIndication): void {
    switch (primitive.kind) {
      case 'RTOPENind':
        this.#open(primitive);
        return;
      case 'RTCLOSEind':
        this.#ending = { event: 'association-closed', fields: { by: 'the peer' } };
        this.#parts.handle.request({ kind: 'RTCLOSErsp' });
        return;
      case 'RTUABind':
        this.#ending = lostBy('peer-user', 'user-error', '');
        return;
      case 'RTPABind': {
        const { by, reason, detail } = primitive.abort;
        this.#ending = lostBy(by, reason, detail);
        return;
      }
      default:
        this.#exchange?.handle(primitive);
    }
  }

  onViolation(violation: ProtocolViolation): void {
    const { event, fields } = violationEvent(violation);
    this.#parts.emit(event, { ...this.#common(), ...fields });
  }

  onTolerance(name: StackTolerance, got: string): void {
    // Before the bind nobody knows whose it is.
    if (this.#link === undefined) this.#deviations.set(name, got);
    else this.#tolerates(this.#link, name, got);
  }

  /** Counts a deviation of the peer, or ends the association where the link has it off. */
  #tolerates(link: LinkConfiguration, name: StackTolerance, got: string): boolean {
    const { handle, emit, tolerated } = this.#parts;
    const { peerAddress: remote, id: association } = handle;
    const fields = { link: link.name, peer: link.peer.mta, remote, association };
    if (link.tolerances[name]) {
      tolerated?.(name, fields);
      return true;
    }
    emit('tolerance-off', { ...fields, tolerance: name, detail: got });
    handle.destroy(`${name} is not tolerated: ${got}`);
    return false;
  }

  onWritable(): void {
    this.#exchange?.writable();
  }

  /** Of a stranger nothing is told: it had nothing to be sent but its refusal. */
  onSendFailed(code: string, detail: string): void {
    if (this.#link !== undefined) this.#parts.emit('send-failed', { ...this.#common(), code, detail });
  }

  onClosed(detail: string): void {
    this.#closed = true;
    this.#exchange?.lost(detail);
    this.#parts.ended();
    const link = this.#link;
    if (link === undefined) return;
    const { event, fields } = this.#ending ?? lostBy('network', 'connection-lost', detail);
    const direction = 'in';
    this.#parts.emit(event, {
      ...this.#common(),
      direction,
      ...fields,
      ...(event === 'association-closed' && { transfers: this.#exchange?.transfers ?? 0 }),
    });
    this.#link = undefined;
    const lost = { kind: 'lost', detail, progressed: this.#progressed } as const;
    this.#ended?.(event === 'association-closed' ? { kind: 'closed' } : lost);
    this.#parts.closed(link);
  }

  /** A recover bind (X.228 7.8): the connection it names says whose it is. */
  async #recover(open: OpenIndication, recover: Connection): Promise<void> {
    const { handle, emit, recovery, links } = this.#parts;
    this.#parts.superseded?.(recover);
    let name: string | undefined;
    if (recovery !== undefined) name = await recovery.linkOf(recover, hostOf(handle.peerAddress));
    if (this.#closed) return;
    const link = links().find((each) => each.name === name);
    const fits = link !== undefined && recovers(link, open) && admissionRefusal(link, handle) === undefined;
    if (!fits) {
      emit('recovery-failed', { remote: handle.peerAddress, direction: 'in', detail: 'cannot recover' });
      handle.request({ kind: 'RTOPENrsp-', refuse: { kind: 'cannot-recover' } });
      return;
    }
    if (!this.#refusedAsBusy(link, open)) this.#accept(link, open);
  }

  /** Whether one more association would be too many for its link: then the peer is told so. */
  #refusedAsBusy(link: LinkConfiguration, open: OpenIndication): boolean {
    const limit = this.#parts.admits(link);
    if (limit === undefined) return false;
    const fields = { link: link.name, peer: link.peer.mta, direction: 'in', ...limit };
    this.#refuse({ event: 'association-limit', fields, refuse: bindErrorRefusal('busy') }, open);
    return true;
  }

  #open(open: OpenIndication): void {
    const { handle } = this.#parts;
    this.#connection = open.connection;
    this.#recovers = open.recover;
    if (open.recover !== undefined) {
      unawaited(this.#parts.emit, this.#recover(open, open.recover));
      return;
    }
    const found = identifyCaller(this.#parts.links(), open);
    if (!found.ok) {
      this.#refuse(found.error, open);
      return;
    }
    const link = found.value;
    const unfit = admissionRefusal(link, handle);
    if (unfit !== undefined) {
      this.#refuse(unfit, open);
      return;
    }
    if (!this.#refusedAsBusy(link, open)) this.#accept(link, open);
  }

  #refuse(refusal: BindRefusal, open: OpenIndication): void {
    const { handle, emit } = this.#parts;
    emit(refusal.event, { remote: handle.peerAddress, ...refusal.fields });
    handle.request({ kind: 'RTOPENrsp-', refuse: refusalInMode(refusal.refuse, open.mode) });
  }

  #accept(link: LinkConfiguration, open: OpenIndication): void {
    const { handle, emit } = this.#parts;
    for (const [name, got] of this.#deviations) if (!this.#tolerates(link, name, got)) return;
    this.#link = link;
    this.#exchange = this.#exchangeOn(link, open);
    const userData =
      open.recover === undefined ? bindResultOctets(link.credentials, open.mode) : new Uint8Array(0);
    handle.request({ kind: 'RTOPENrsp+', userData });
    emit('association-opened', {
      ...this.#common(),
      direction: 'in',
      mode: link.mode,
      checkpoint: open.answered.checkpointSize,
      window: open.answered.window,
      dialogue: open.dialogueMode,
    });
    this.#parts.opened(link);
  }

  #exchangeOn(link: LinkConfiguration, open: OpenIndication): Exchange {
    const { handle, emit, store, tolerated, outgoing } = this.#parts;
    const { connection, dialogueMode: mode, initialTurn } = open;
    const common = () => this.#common();
    const { window } = open.answered;
    return new Exchange({
      handle,
      dialogue: { mode, turn: initialTurn === 'responder' ? 'ours' : 'peers' },
      out: new TransferOut({
        handle,
        store,
        link,
        transferTime_ms: (copy) => transferTime_ms(link, copy),
        tolerated: (name) => tolerated?.(name, { ...common(), link: link.name }),
        connection: () => connection,
        outgoing,
      }),
      in: incomingTransfers(this.#parts, { link, handle, connection, window, emit, common }),
    });
  }

  #common(): { link?: string; peer?: string; remote: string; association: number } {
    const { peerAddress: remote, id: association } = this.#parts.handle;
    if (this.#link === undefined) return { remote, association };
    return { link: this.#link.name, peer: this.#link.peer.mta, remote, association };
  }
}

function lostBy(by: string, reason: string, detail: string): Ending {
  return { event: 'association-lost', fields: { by, reason, detail } };
}
