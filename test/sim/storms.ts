// The weather of simulated worlds of three MTAs in a row, A, B and C: what may be wrong with a connection,
// and the end of all that.

import type { Random } from '../../src/base/random.ts';
import type { Weather } from './virtual-socket.ts';
import type { World } from './world.ts';

/** Some weather for one pair of MTAs. */
export function weatherOf(random: Random): Partial<Weather> {
  const bad: readonly Partial<Weather>[] = [
    {},
    { cuts: true },
    { resetChance: 0.05, cuts: true },
    { halfCloseChance: 0.05 },
    { connect: 'refuse' },
    { connect: 'silent' },
    { stalled: true },
    { delay: [200, 3000] },
  ];
  return random.pick(bad);
}

/** Fair weather between neighbours, disks that take everything, and everybody alive. */
export function heal(world: World): void {
  for (const between of [
    ['A', 'B'],
    ['B', 'C'],
  ] as const)
    world.network.setWeather(between, {});
  for (const mta of world.mtas.values()) {
    mta.diskWeather.refusalChance = 0;
    mta.deliveryFailureChance = 0;
    if (!mta.alive) mta.start();
  }
}
