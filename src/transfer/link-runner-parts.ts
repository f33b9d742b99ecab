// What a link's runner needs of the rest of the MTA. Types only.

import type { Random } from '../base/random.ts';
import type { Clock } from '../base/time.ts';
import type { LinkConfiguration } from '../config/index.ts';
import type { Emit } from '../events/index.ts';
import type { CopyId, NextHopKey, QueuedCopy } from '../store/index.ts';
import type { ConversionsParts } from './conversions.ts';
import type { CopyEnd } from './copy-end.ts';
import type { IncomingParts } from './incoming-transfers.ts';
import type { Ledger } from './ledger.ts';
import type { MakeOutgoing } from './outgoing.ts';
import type { AssociationHandle, Network } from './ports.ts';
import type { NoteTolerance } from './tolerance-use.ts';

/** What the rest of the MTA does for a link. */
export interface LinkRunnerParts {
  readonly link: LinkConfiguration;
  readonly mtaName: string;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly network: Network;
  readonly emit: Emit;
  readonly random: Random;
  readonly tsduOctetsMax: number;
  /** What is done with what the peer transfers over an association of ours. */
  readonly incoming: (handle: AssociationHandle) => IncomingParts;
  /** Counts the use of a tolerance. */
  readonly tolerated?: NoteTolerance;
  /** Makes what goes out for a copy, on guard against our own faults. */
  readonly outgoing?: MakeOutgoing;
  /** Converts texts that the peer does not take. */
  readonly conversions: ConversionsParts;
  /** The time of a message is over, or it can never be transferred: reports and finishes the copy. */
  readonly endCopy: (copy: QueuedCopy, cause: CopyEnd) => Promise<void>;
  /** Looks for another way for these copies; those without one stay. */
  readonly tryAlternates: (hop: NextHopKey, copies: readonly CopyId[] | 'all') => Promise<void>;
}
