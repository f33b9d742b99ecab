// Bugs planted into a network of MTAs, each of a kind that the checkers are there for: all are caught within
// a few seeds, and such networks are sound without them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeStored, decodeStored } from '../../src/transfer/index.ts';
import type { NewMessage, Store, Transition } from '../../src/store/index.ts';
import { beyondBounds } from './network-bounds.ts';
import { type NetworkOptions, playNetwork } from './network-run.ts';
import type { VirtualMta } from './virtual-mta.ts';
import { World } from './world.ts';

const size: NetworkOptions = { sitesMin: 3, sitesMax: 5, steps: 8 };
const seedsMax = 12;

interface PlantedBug {
  readonly what: string;
  readonly plant: (mta: VirtualMta) => void;
  readonly caughtAs: RegExp;
}

/** Plants what changes each transition on its way to the store. */
function changing(change: (transition: Transition) => Transition): PlantedBug['plant'] {
  return (mta) => {
    mta.plantedStore = (store) => ({ ...store, commit: (transition) => store.commit(change(transition)) });
  };
}

function storing(part: (store: Store) => Partial<Store>): PlantedBug['plant'] {
  return (mta) => {
    mta.plantedStore = (store) => ({ ...store, ...part(store) });
  };
}

const bugs: readonly PlantedBug[] = [
  {
    what: 'a confirmation before security',
    plant: (mta) => {
      mta.confirmsAtOnce = true;
    },
    caughtAs: /confirmed \d+, secured \d+/,
  },
  {
    what: 'our element is not added to the trace of what comes in',
    plant: changing((transition) => ({ ...transition, create: transition.create?.map(withoutLastTrace) })),
    caughtAs: /: trace .*, expected/,
  },
  {
    what: 'a copy that expires is finished and never reported',
    plant: changing((transition) => {
      const expired = transition.tracking?.some(({ act }) => act === 'expired') === true;
      return expired ? { ...transition, create: [], tracking: unreported(transition) } : transition;
    }),
    caughtAs: /neither delivered nor reported/,
  },
  {
    what: 'a claim is not released after an attempt that failed',
    plant: storing((store) => ({
      unclaim: async () => {},
      commit: (transition) => store.commit({ ...transition, attempts: [] }),
    })),
    caughtAs: /still in a queue|should have expired/,
  },
  {
    what: 'the wake-up for what is deferred is lost',
    plant: storing(() => ({ nextDue: async () => undefined })),
    caughtAs: /has been due since/,
  },
  {
    what: 'what was transferred is not always taken out of the queue',
    plant: (mta) => {
      let ended = 0;
      mta.plantedStore = (store) => ({
        ...store,
        commit: (transition) => {
          const sent = transition.tracking?.some(({ act }) => act === 'transferred-out') === true;
          if (sent) ended += 1;
          return store.commit(sent && ended % 3 === 0 ? { ...transition, finish: [] } : transition);
        },
      });
    },
    caughtAs: /double|times delivered|still in a queue/,
  },
  {
    what: 'points of broken transfers are never taken away',
    plant: changing((transition) => ({ ...transition, dropRecovery: [] })),
    caughtAs: /points left/,
  },
];

for (const { what, plant, caughtAs } of bugs) {
  test(`planted and caught: ${what}`, async () => {
    for (let seed = 1; seed <= seedsMax; seed += 1) {
      const { breaches } = await playNetwork(seed, { ...size, prepare: plant });
      if (breaches.some((breach) => caughtAs.test(breach))) return;
    }
    assert.fail(`not caught in ${seedsMax} networks`);
  });
}

test('what an MTA holds beyond its bounds is told', async () => {
  const queued = 30;
  const world = new World(1, [
    { name: 'A', links: [{ to: 'B' }] },
    { name: 'B', links: [{ to: 'A' }] },
  ]);
  world.network.setWeather(['A', 'B'], { stalled: true });
  for (let count = 0; count < queued; count += 1) world.submit('A', 'B', 100);
  await world.pass(10_000);
  const a = world.mta('A');
  assert.deepEqual(beyondBounds(a), []);
  assert.match(beyondBounds(a, queued - 5)[0] ?? '', /^A: \d+ copies in memory for to-B$/);
  a.kill();
  assert.deepEqual(beyondBounds(a), []);
});

test('without a planted bug such networks are sound', async () => {
  for (let seed = 1; seed <= seedsMax / 2; seed += 1) {
    const { breaches } = await playNetwork(seed, size);
    assert.deepEqual(breaches, [], `seed ${seed}`);
  }
});

function withoutLastTrace(message: NewMessage): NewMessage {
  const stored = decodeStored(message);
  if (message.arrivedBy === undefined || !stored.ok || stored.value.kind !== 'message') return message;
  const { envelope } = stored.value;
  const traceInformation = envelope.traceInformation.slice(0, -1);
  return {
    ...message,
    envelope: encodeStored({ kind: 'message', envelope: { ...envelope, traceInformation } }),
  };
}

/** The books as they would be if there had been no report. */
function unreported({ tracking = [] }: Transition): Transition['tracking'] {
  return tracking.filter(({ act }) => act !== 'report-generated');
}
