// The disk of a simulated MTA: the memory store behind a delay, so that between asking and having there is
// time for everything else to go wrong; with refusals, and with death. It also keeps the books of what was
// secured, by which the checkers judge every acknowledgement.

import type { Random } from '../../src/base/random.ts';
import { after, type Clock, instant, millis } from '../../src/base/time.ts';
import {
  type CommitResult,
  openMemoryStore,
  type SpoolResult,
  type SpoolWriter,
  type Store,
  type Transition,
} from '../../src/store/index.ts';
import type { MemoryDisk } from '../../src/store/memory/store.ts';

export interface DiskWeather {
  /** Milliseconds that a request takes, from and to. */
  delay: readonly [number, number];
  /** Chance that a commit is refused for want of space. */
  refusalChance: number;
}

export interface VirtualStoreParts {
  readonly disk: MemoryDisk;
  readonly clock: Clock;
  readonly random: Random;
  readonly weather: DiskWeather;
  readonly inlineOctetsMax: number;
  /** After the death of its MTA nothing is carried out and nothing answered. */
  readonly alive: () => boolean;
  readonly committed: (transition: Transition, result: CommitResult) => void;
}

/** A store in the world's time. Requests are carried out in the order in which they were made. */
export function virtualStore(parts: VirtualStoreParts): Store {
  const { disk, clock, random, weather, inlineOctetsMax, alive } = parts;
  const store = openMemoryStore({ disk, inlineOctetsMax, now: () => clock.now() });
  let lastAt = clock.now();
  /** Carries `act` out after a while, and answers when that is done. */
  const later = <T>(act: () => Promise<T>): Promise<T> =>
    new Promise((resolve) => {
      lastAt = instant(Math.max(lastAt, after(clock.now(), millis(random.between(...weather.delay)))));
      clock.schedule(lastAt, () => {
        if (alive()) void act().then((value) => alive() && answer(() => resolve(value)));
      });
    });
  const answer = (tell: () => void): void => {
    clock.schedule(after(clock.now(), millis(random.between(...weather.delay))), () => alive() && tell());
  };
  const commit = async (transition: Transition): Promise<CommitResult> => {
    const refused = random.chance(weather.refusalChance);
    const result: CommitResult = refused
      ? { ok: false, refusal: { kind: 'no-space', detail: 'the simulated disk is full' } }
      : await store.commit(transition);
    parts.committed(transition, result);
    return result;
  };
  return {
    commit: (transition) => later(() => commit(transition)),
    claim: (request) => later(() => store.claim(request)),
    unclaim: (owner, copies) => later(() => store.unclaim(owner, copies)),
    nextDue: (hop, now) => later(() => store.nextDue(hop, now)),
    expired: (now, limit) => later(() => store.expired(now, limit)),
    show: (copy) => later(() => store.show(copy)),
    list: (query) => later(() => store.list(query)),
    counts: () => later(() => store.counts()),
    readContent: (message, offset, octets) => later(() => store.readContent(message, offset, octets)),
    readSpool: (name, offset, octets) => later(() => store.readSpool(name, offset, octets)),
    openSpool: () => later(async () => virtualSpool(await store.openSpool(), later)),
    reopenSpool: (name, octets) =>
      later(async () => {
        const spool = await store.reopenSpool(name, octets);
        return spool && virtualSpool(spool, later);
      }),
    recoveryPoints: (link) => later(() => store.recoveryPoints(link)),
    strikes: () => later(() => store.strikes()),
    track: (query) => later(() => store.track(query)),
    entries: (after, limit) => later(() => store.entries(after, limit)),
    prune: (before) => later(() => store.prune(before)),
    close: () => store.close(),
  };
}

function virtualSpool(spool: SpoolWriter, later: <T>(act: () => Promise<T>) => Promise<T>): SpoolWriter {
  return {
    name: spool.name,
    write: (octets) => later((): Promise<SpoolResult> => spool.write(octets)),
    sync: () => later(() => spool.sync()),
    seal: (header) => later(() => spool.seal(header)),
    release: () => later(() => spool.release()),
    discard: () => later(() => spool.discard()),
  };
}
