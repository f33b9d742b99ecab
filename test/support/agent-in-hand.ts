// A whole MTA on a memory store and a clock that stands still, without a network: arrivals are handed to it
// as a peer's association would.

import { seededRandom } from '../../src/base/random.ts';
import type { Configuration } from '../../src/config/index.ts';
import type { Emit } from '../../src/events/index.ts';
import { encodeMTSAPDU, type MTSAPDU } from '../../src/p1/index.ts';
import { openMemoryStore, type Store } from '../../src/store/index.ts';
import type { MemoryDisk } from '../../src/store/memory/store.ts';
import { type ListMembers, type LocalDelivery, MessageTransferAgent } from '../../src/transfer/index.ts';
import type { InHand } from '../../src/transfer/poison-ports.ts';
import type { Network } from '../../src/transfer/ports.ts';
import type { AcceptVerdict } from '../../src/transfer/transfer-in.ts';
import { ClockInHand, domainNamed, linkNamed, listening, ours, type Told } from './transfer.ts';

export interface AgentInHand {
  readonly agent: MessageTransferAgent;
  readonly store: Store;
  readonly clock: ClockInHand;
  readonly told: Told[];
  /** What the peer of `link` transfers. */
  arrive(link: string, apdu: MTSAPDU): Promise<AcceptVerdict>;
  eventsNamed(name: string): readonly Told[1][];
}

export async function agentInHand(
  given: {
    readonly disk?: MemoryDisk;
    readonly configuration?: Configuration;
    readonly clock?: ClockInHand;
    /** Absent: nobody answers. */
    readonly network?: Network;
    /** Absent: no delivery ever ends. */
    readonly delivery?: LocalDelivery;
    readonly members?: (parts: { readonly clock: ClockInHand; readonly emit: Emit }) => ListMembers;
    /** What the process before died of. Absent: nothing is known. */
    readonly inHand?: InHand;
    /** The store behind another one. */
    readonly behind?: (store: Store) => Store;
    /** Absent: the start is waited for. */
    readonly started?: (start: Promise<number>) => void;
  } = {},
): Promise<AgentInHand> {
  const { configuration = ours, clock = new ClockInHand() } = given;
  const memory = openMemoryStore({ ...(given.disk && { disk: given.disk }), now: () => clock.now() });
  const store = given.behind?.(memory) ?? memory;
  const { told, emit } = listening();
  let count = 0;
  const agent = new MessageTransferAgent({
    configuration,
    store,
    clock,
    network: given.network ?? { dial: () => () => undefined },
    emit,
    random: seededRandom(1),
    owner: 'test',
    identifier: () => {
      count += 1;
      return { globalDomainIdentifier: domainNamed('X'), localIdentifier: `report-${count}` };
    },
    delivery: () => given.delivery ?? { deliver: () => new Promise(() => undefined) },
    ...(given.members && { members: given.members({ clock, emit }) }),
    ...(given.inHand && { inHand: given.inHand }),
  });
  const start = agent.start();
  if (given.started === undefined) await start;
  else given.started(start);
  return {
    agent,
    store,
    clock,
    told,
    arrive: (name, apdu) => {
      const octets = encodeMTSAPDU(apdu);
      const from = { link: linkNamed(name, configuration), remote: `${name}:1`, association: 1 };
      return agent.acceptance.transferred({ kind: 'whole', octets }, { octets: octets.length }, from);
    },
    eventsNamed: (name) => told.filter(([each]) => each === name).map(([, fields]) => fields),
  };
}
