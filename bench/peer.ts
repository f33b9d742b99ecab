// What p1-source and p1-sink share: associations of a peer that has no disk, no queue and no routing, only
// the stack. Not an MTA: it exists to load one and to swallow what one sends.

import { randomBytes } from 'node:crypto';
import { ctx, encode } from '../src/asn1/index.ts';
import { fromLatin1 } from '../src/base/octets.ts';
import { MTABindArgument, MTABindResult, simpleCredentials } from '../src/p1/index.ts';
import type { AssociationOptions } from '../src/stack/association/service.ts';

/** Name and password of one side of the bind. */
export interface PeerIdentity {
  readonly mta: string;
  readonly password: string;
}

/** Stack options of a bench peer in either role. */
export function peerOptions(role: AssociationOptions['role']): AssociationOptions {
  return {
    role,
    mode: 'normal',
    called: {},
    calling: {},
    connectionReference: {
      userReference: randomBytes(8),
      commonReference: fromLatin1('260101000000Z'),
    },
    limits: { tpdu_octets_max: 65_531, tsdu_octets_max: 4 * 1024 * 1024 },
    timers: { open_ms: 30_000, activity_ms: 120_000, disconnect_ms: 10_000, idle_ms: 600_000 },
    offer: { checkpointSize: 63, window: 5 },
    acceptsTransportSelector: () => true,
  };
}

/** The bind argument of a bench peer, as it rides in RTORQ. */
export function bindArgumentOf(identity: PeerIdentity): Uint8Array {
  return encode(ctx(16, MTABindArgument), {
    kind: 'authenticated',
    value: { initiatorName: identity.mta, initiatorCredentials: credentialsOf(identity) },
  });
}

/** The bind result of a bench peer, as it rides in RTOAC. */
export function bindResultOf(identity: PeerIdentity): Uint8Array {
  return encode(ctx(17, MTABindResult), {
    kind: 'authenticated',
    value: { responderName: identity.mta, responderCredentials: credentialsOf(identity) },
  });
}

function credentialsOf(identity: PeerIdentity): ReturnType<typeof simpleCredentials> {
  return simpleCredentials(fromLatin1(identity.password));
}
