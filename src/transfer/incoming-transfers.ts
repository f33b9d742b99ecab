// Transfers in on one open association, whoever opened it: `TransferIn` with what it needs of the MTA, and
// the events of its association. Not here: the way of an APDU (`transfer-in.ts`), what is remembered of it
// (`inbound-recovery.ts`).

import type { Steps } from '../base/steps.ts';
import type { LinkConfiguration } from '../config/index.ts';
import type { Emit, EventFields } from '../events/index.ts';
import type { EnvelopePrefix } from '../p1/index.ts';
import type { Transition } from '../store/index.ts';
import { type Connection, hostOf } from './inbound-point.ts';
import type { InboundRecovery } from './inbound-recovery.ts';
import { envelopePrefixFrom } from './peer-protocol.ts';
import type { AssociationHandle } from './ports.ts';
import type { IntakeParts, TakenIn } from './taken-in.ts';
import { type AcceptVerdict, TransferIn, type TransferRecovery } from './transfer-in.ts';
import { tellMistake } from './unawaited.ts';

/** Where an APDU came from, for routing, trace and the log. */
export interface Arrival {
  readonly link: LinkConfiguration;
  readonly remote: string;
  readonly association: number;
}

/** What the MTA does with what comes in. */
export interface IncomingParts {
  readonly intake: IntakeParts;
  readonly accept: (
    taken: TakenIn,
    what: {
      readonly octets: number;
      readonly remembered?: Pick<Transition, 'saveRecovery' | 'dropRecovery'>;
    },
    from: Arrival,
  ) => Promise<AcceptVerdict>;
  /** Runs the search for the envelope in the front of what this link's peer sends; absent: it is run. */
  readonly guardFront?: (
    front: Uint8Array,
    link: string,
    find: () => Steps<EnvelopePrefix>,
  ) => Steps<EnvelopePrefix>;
  /** What is remembered of broken transfers; absent: nothing is. */
  readonly recovery?: InboundRecovery;
  /** Why nothing new is taken at present; undefined: all is. */
  readonly refuses?: (() => string | undefined) | undefined;
}

/** The association that they come over. */
export interface IncomingOn {
  readonly link: LinkConfiguration;
  readonly handle: AssociationHandle;
  readonly connection: Connection | undefined;
  readonly window: number;
  readonly emit: Emit;
  /** What every event of the association says. */
  readonly common: () => EventFields;
}

/** Takes in what the peer transfers over this association. */
export function incomingTransfers(parts: IncomingParts, on: IncomingOn): TransferIn {
  const { link, handle, emit, common } = on;
  const { intake, accept, guardFront } = parts;
  const prefix = envelopePrefixFrom(link.mode);
  const envelopePrefix = (front: Uint8Array): Steps<EnvelopePrefix> => {
    const find = (): Steps<EnvelopePrefix> => prefix(front);
    return guardFront?.(front, link.name, find) ?? find();
  };
  const from: Arrival = { link, remote: handle.peerAddress, association: handle.id };
  return new TransferIn({
    intake: { ...intake, envelopePrefix },
    handle,
    recovery: recoveryOf(parts.recovery, on),
    closed: () => parts.refuses?.(),
    accept: (taken, octets, remembered) => accept(taken, { octets, remembered }, from),
    failed: (octets, detail) => emit('transfer-in-failed', { ...common(), octets, detail }),
    mistaken: (error) => {
      tellMistake(emit, error);
      handle.destroy('internal error');
    },
  });
}

function recoveryOf(recovery: InboundRecovery | undefined, on: IncomingOn): TransferRecovery | undefined {
  const { link, handle, connection, window, emit } = on;
  if (recovery === undefined || connection === undefined) return undefined;
  const carrier = { link, host: hostOf(handle.peerAddress), connection, window };
  const common = { link: link.name, peer: link.peer.mta, remote: handle.peerAddress, direction: 'in' };
  return {
    begin: (activity) => recovery.begin(carrier, activity),
    resume: ({ oldConnection = connection, oldActivity, serialNumber, activity }) =>
      recovery.resume(carrier, { connection: oldConnection, oldActivity, serialNumber }, activity),
    resumed: (octets) => emit('recovery-started', { ...common, octets }),
    refused: () => emit('recovery-failed', { ...common, detail: 'the activity is not known' }),
  };
}
