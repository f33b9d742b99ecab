// An association that a peer opened: admits the caller by its bind, then takes in what it transfers. Its end
// touches nothing but its own link's count and its own unfinished activity.

import type { LinkConfiguration } from '../config/index.ts';
import type { Emit, EventName } from '../events/index.ts';
import type { ProtocolViolation, RTIndication } from '../stack/association/service.ts';
import type { Transition } from '../store/index.ts';
import { admissionRefusal } from './admission.ts';
import type { IntakeParts, TakenIn } from './taken-in.ts';
import {
  type BindRefusal,
  bindErrorRefusal,
  bindResultOctets,
  identifyCaller,
  recovers,
  refusalInMode,
} from './bind.ts';
import { type Connection, hostOf } from './inbound-point.ts';
import type { InboundRecovery } from './inbound-recovery.ts';
import { envelopePrefixFrom } from './peer-protocol.ts';
import type { AssociationHandle, AssociationUser } from './ports.ts';
import { type AcceptVerdict, TransferIn, type TransferRecovery } from './transfer-in.ts';
import { violationEvent } from './violation.ts';

/** Where an APDU came from, for routing, trace and the log. */
export interface Arrival {
  readonly link: LinkConfiguration;
  readonly remote: string;
  readonly association: number;
}

export interface CalledAssociationParts {
  readonly handle: AssociationHandle;
  readonly emit: Emit;
  /** The links as they are configured now. */
  readonly links: () => readonly LinkConfiguration[];
  readonly intake: IntakeParts;
  /** Whether one more association of this link may be open; says the limit if not. */
  readonly admits: (link: LinkConfiguration) => { readonly key: string; readonly limit: number } | undefined;
  readonly opened: (link: LinkConfiguration) => void;
  readonly closed: (link: LinkConfiguration) => void;
  readonly accept: (
    taken: TakenIn,
    what: {
      readonly octets: number;
      readonly remembered?: Pick<Transition, 'saveRecovery' | 'dropRecovery'>;
    },
    from: Arrival,
  ) => Promise<AcceptVerdict>;
  /** What is remembered of broken transfers; absent: a recover bind is refused. */
  readonly recovery?: InboundRecovery;
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

export class CalledAssociation implements AssociationUser {
  readonly #parts: CalledAssociationParts;
  #link: LinkConfiguration | undefined;
  #transfers: TransferIn | undefined;
  #connection: Connection | undefined;
  #closed = false;
  #ending: Ending | undefined;

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

  /** Whether an activity is open. */
  get transferring(): boolean {
    return this.#transfers?.active ?? false;
  }

  onIndication(primitive: RTIndication): void {
    switch (primitive.kind) {
      case 'RTOPENind':
        this.#open(primitive);
        return;
      case 'RTbeginind':
      case 'RTresumeind':
      case 'RTdataind':
      case 'RTcheckpointind':
      case 'RTTRind':
      case 'RTdiscardind':
        this.#transfers?.handle(primitive);
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
      // Nothing else is said to a responder that only receives.
    }
  }

  onViolation(violation: ProtocolViolation): void {
    const { event, fields } = violationEvent(violation);
    this.#parts.emit(event, { ...this.#common(), ...fields });
  }

  onWritable(): void {
    // A responder supplies no octets.
  }

  onClosed(detail: string): void {
    this.#closed = true;
    this.#transfers?.lost(detail);
    this.#parts.ended();
    const link = this.#link;
    if (link === undefined) return;
    const { event, fields } = this.#ending ?? lostBy('network', 'connection-lost', detail);
    const direction = 'in';
    this.#parts.emit(event, {
      ...this.#common(),
      direction,
      ...fields,
      ...(event === 'association-closed' && { transfers: this.#transfers?.transfers ?? 0 }),
    });
    this.#link = undefined;
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
    if (open.recover !== undefined) {
      void this.#recover(open, open.recover);
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
    const { handle, intake, emit } = this.#parts;
    this.#link = link;
    const from: Arrival = { link, remote: handle.peerAddress, association: handle.id };
    this.#transfers = new TransferIn({
      intake: { ...intake, envelopePrefix: envelopePrefixFrom(link.mode) },
      handle,
      recovery: this.#recoveryOf(link, open),
      accept: (taken, octets, remembered) => this.#parts.accept(taken, { octets, remembered }, from),
      failed: (octets, detail) => emit('transfer-in-failed', { ...this.#common(), octets, detail }),
    });
    const userData =
      open.recover === undefined ? bindResultOctets(link.credentials, open.mode) : new Uint8Array(0);
    handle.request({ kind: 'RTOPENrsp+', userData });
    this.#parts.opened(link);
    emit('association-opened', {
      ...this.#common(),
      direction: 'in',
      mode: link.mode,
      checkpoint: open.answered.checkpointSize,
      window: open.answered.window,
      dialogue: open.dialogueMode,
    });
  }

  #recoveryOf(link: LinkConfiguration, open: OpenIndication): TransferRecovery | undefined {
    const { handle, recovery, emit } = this.#parts;
    const { connection } = open;
    if (recovery === undefined || connection === undefined) return undefined;
    const carrier = { link, host: hostOf(handle.peerAddress), connection, window: open.answered.window };
    const common = { link: link.name, peer: link.peer.mta, remote: handle.peerAddress, direction: 'in' };
    return {
      begin: (activity) => recovery.begin(carrier, activity),
      resume: ({ oldConnection = connection, oldActivity, serialNumber, activity }) =>
        recovery.resume(carrier, { connection: oldConnection, oldActivity, serialNumber }, activity),
      resumed: (octets) => emit('recovery-started', { ...common, octets }),
      refused: () => emit('recovery-failed', { ...common, detail: 'the activity is not known' }),
    };
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
