// What the Message Transfer Agent needs of the world, as ports. Types only.

import type { MTSIdentifier } from '../address/index.ts';
import type { Random } from '../base/random.ts';
import type { Clock, Instant } from '../base/time.ts';
import type { Configuration, DeliverConfiguration } from '../config/index.ts';
import type { Emit } from '../events/index.ts';
import type { Store } from '../store/index.ts';
import type { ContentConverter } from './content-converter.ts';
import type { FreeOctets } from './disk-quota.ts';
import type { ListMembers } from './list-members.ts';
import type { LocalDelivery } from './local-delivery.ts';
import type { Dumps, InHand } from './poison-ports.ts';
import type { Network } from './ports.ts';

export interface AgentParts {
  readonly configuration: Configuration;
  readonly store: Store;
  readonly clock: Clock;
  readonly network: Network;
  readonly emit: Emit;
  readonly random: Random;
  /** Unique to this run of this MTA: owns its claims. */
  readonly owner: string;
  /** A new MTS identifier of our domain, never given before. */
  readonly identifier: (now: Instant) => MTSIdentifier;
  readonly delivery: (deliver: DeliverConfiguration) => LocalDelivery;
  /** Converts long contents beside the event loop; without it that is done in steps on it. */
  readonly converter?: ContentConverter;
  /** Without it, lists have the members that the configuration names, and none from files. */
  readonly members?: ListMembers;
  /** What finds out poison; without them only exceptions count, and nothing is dumped. */
  readonly inHand?: InHand;
  readonly dumps?: Dumps;
  /** For dumps of APDUs that could not be read; a place of their own. */
  readonly malformed?: Dumps;
  /** Octets free on the disk of the store; without it there is no quota. */
  readonly free?: FreeOctets;
  /** Milliseconds between two looks for what has expired. Default one second; simulated days take more. */
  readonly expirySweep_ms?: number;
  /** Milliseconds between two looks of a hop for copies lost sight of. Default 30 seconds; as above. */
  readonly hopSweep_ms?: number;
}
