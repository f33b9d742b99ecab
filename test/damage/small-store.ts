// A store of a few pages with a bit of everything: copies that wait, that are held, deferred and finished, a
// message of two copies, content in its row, over several pages and in a spool file, a recovery point, a
// strike, tables and indexes of more than one page. Small, so that each of its octets can be damaged.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { seededRandom } from '../../src/base/random.ts';
import { farAway, noon, taken } from '../../src/store/compliance-fixtures.ts';
import type { CopyId, NewCopy, Store, TrackingRecord } from '../../src/store/index.ts';
import { quickDirectory } from '../crash/crash-points.ts';
import { openedHere } from '../crash/opened-store.ts';
import { actOn, lastTransition, storedMessage, takeIn } from './messages.ts';

export const smallInline_octets = 6500;
export const smallHops = ['link/b', 'link/c'] as const;
const [hopB, hopC] = smallHops;

interface Made {
  readonly message: number;
  readonly copies: readonly CopyId[];
}

/** A copy that must be there, as it would be told: message, next hop, state. */
export type ExpectedCopy = string;

export interface SmallStore {
  readonly directory: string;
  /** The name of every message that is queued, by its number. */
  readonly names: ReadonlyMap<number, string>;
  readonly contents: ReadonlyMap<string, Uint8Array>;
  readonly copies: ReadonlySet<ExpectedCopy>;
  /** The name of the message of each copy. */
  readonly ofCopy: ReadonlyMap<number, string>;
  /** The names of the messages whose content lies in a spool file, by its path. */
  readonly spooled: ReadonlyMap<string, string[]>;
}

interface Plan {
  readonly name: string;
  readonly size: number;
  readonly copies: readonly NewCopy[];
  readonly isFinished?: boolean;
  readonly isHeld?: boolean;
}

/** What is put into it; `late` is what only the log of a killed process holds, `last` is finished there. */
function plans(): { readonly early: readonly Plan[]; readonly late: Plan; readonly last: Plan } {
  const one = (n: number, size: number, copy: Partial<NewCopy> = {}): Plan => ({
    name: `/P=SITE-A/A= /C=GB/;m-${n}`,
    size,
    copies: [{ nextHop: n % 4 === 3 ? hopC : hopB, recipients: [0], ...copy }],
  });
  const finished = (n: number, size: number): Plan => ({ ...one(n, size), isFinished: true });
  const small = Array.from({ length: 24 }, (_, n) => (n % 5 === 4 ? finished(n, 60) : one(n, 60)));
  const both: NewCopy[] = smallHops.map((nextHop) => ({ nextHop, recipients: [0] }));
  return {
    early: [
      ...small,
      one(30, 6000),
      one(31, 6600),
      finished(32, 6000),
      finished(33, 6600),
      one(34, 60, { notBefore: farAway }),
      { ...one(35, 60), isHeld: true },
      { name: '/P=SITE-A/A= /C=GB/;m-36', size: 60, copies: both },
    ],
    late: one(40, 60),
    last: one(41, 60),
  };
}

export function expectedCopy(name: string, nextHop: string, state: string): ExpectedCopy {
  return `${name} ${nextHop} ${state}`;
}

/** Makes it. `isKilled` leaves it with a log, as a process does that dies. The caller removes its parent. */
export async function smallStore(isKilled: boolean): Promise<SmallStore> {
  const parent = mkdtempSync(join(quickDirectory(), 'chappe-small-'));
  const live = join(parent, 'live');
  const { early, late, last } = plans();
  const names = new Map<number, string>();
  const contents = new Map<string, Uint8Array>();
  const copies = new Set<ExpectedCopy>();
  const ofCopy = new Map<number, string>();
  const put = async (store: Store, wanted: readonly Plan[], also?: Ending): Promise<void> => {
    for (const plan of wanted) {
      const content = contentOf(plan);
      const { message, copies: made } = await create(store, plan, also);
      for (const copy of made) ofCopy.set(copy, plan.name);
      if (plan.isFinished) continue;
      names.set(message, plan.name);
      contents.set(plan.name, content);
      const state = plan.isHeld ? 'held' : 'queued';
      for (const { nextHop } of plan.copies) copies.add(expectedCopy(plan.name, nextHop, state));
    }
  };
  let { store } = openedHere(live, smallInline_octets);
  await put(store, early);
  const ending = await create(store, last);
  if (!isKilled) await taken(store, finishing(last, ending));
  const at = noon;
  const point = { key: 'out/1', link: 'b', direction: 'out', savedAt: at, data: new Uint8Array(50) } as const;
  const strike = { key: 'copy/2/delivery', count: 1, at, detail: 'the process died' };
  await taken(store, { saveRecovery: [point], strikes: [strike] });
  await store.close();
  const kept = join(parent, 'kept');
  if (isKilled) ({ store } = openedHere(live, smallInline_octets));
  if (isKilled) await put(store, [late], finishing(last, ending));
  if (isKilled) await taken(store, lastTransition);
  cpSync(live, kept, { recursive: true, filter: (path) => !/lock.sqlite|-shm|holder/.test(path) });
  if (isKilled) await store.close();
  rmSync(live, { recursive: true });
  const large = [...contents].filter(([, { length }]) => length > smallInline_octets).map(([name]) => name);
  const spools = readdirSync(join(kept, 'spool')).map((name) => join('spool', name));
  assert.equal(spools.length, large.length, 'one message, one spool');
  const spooled = new Map(spools.map((path) => [path, large]));
  return { directory: kept, names, contents, copies, ofCopy, spooled };
}

async function create(store: Store, plan: Plan, also?: Ending): Promise<Made> {
  const { name, copies, isFinished, isHeld } = plan;
  const made = await takeIn(store, storedMessage(name, contentOf(plan), { copies }), also);
  if (isHeld) await taken(store, { place: made.copies.map((copy) => ({ copy, state: 'held' })) });
  if (isFinished) await taken(store, finishing(plan, made));
  return made;
}

interface Ending {
  readonly finish: readonly CopyId[];
  readonly tracking: readonly TrackingRecord[];
}

function finishing({ name }: Plan, { message, copies }: Made): Ending {
  return { finish: copies, tracking: [{ ...actOn(name, 'transferred-out'), message }] };
}

function contentOf({ size }: Plan): Uint8Array {
  return seededRandom(size).octets(size);
}
