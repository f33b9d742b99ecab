// Who gets a message to a list: its members, and those of lists of ours among them, each once, by the first
// way in which it is found (X.411 06/1999, 14.3.10). A list that may not be flattened, because it does not
// take what this one sends or cannot be read, stays a member: what becomes of it is judged on its own.
// Members are put into slices by a hash of their name alone, so that the number of a slice tells who has had
// the message even if the list has changed meanwhile. So it is with the lists that are flattened, of which
// their senders are told. Invariants: time and memory are bounded by the members, whatever the lists contain;
// no step goes over more than `members_per_step` of them.

import { normalKey, type ORAddress } from '../address/index.ts';
import type { ListConfiguration } from '../config/index.ts';
import { maySubmit } from '../routing/index.ts';
import type { ListMember, MembersRead } from './list-members.ts';
import { leavesRequests } from './member-fields.ts';

/** Members that one slice has on average: what one step of the event loop routes and encodes. */
export const members_per_slice = 64;
/** Members that are looked at between two turns of the event loop. */
const members_per_step = 1000;

export interface PlannedMember {
  readonly text: string;
  /** Index into `paths`. */
  readonly path: number;
}
/** A way in which members are found. */
export interface ExpansionPath {
  /** The lists that lead to a member, the expanded one first. */
  readonly lists: readonly ListConfiguration[];
  /** Index of the path of which the last list is a member; of that list itself, if it is the expanded one. */
  readonly from: number;
  /**
   * The slice with which the sender of the last list is told that it was expanded, because reports on whom it
   * leads to do not go to that sender, or it leads to nobody. Undefined where they do.
   */
  readonly toldWith?: readonly PlannedMember[] | undefined;
}
export interface ExpansionPlan {
  readonly slices: readonly (readonly PlannedMember[])[];
  /** That of the expanded list first. */
  readonly paths: readonly ExpansionPath[];
  readonly members: number;
}

export interface PlanRequest {
  readonly list: ListConfiguration;
  readonly lists: readonly ListConfiguration[];
  readonly read: (list: ListConfiguration) => Promise<MembersRead>;
  /** Lists that the message has passed, and members that are exempt: none of them is a member. */
  readonly without: readonly ORAddress[];
  /** The number of slices, where the expansion has begun before. */
  readonly slices?: number | undefined;
  /** Lets others work. */
  readonly pause: () => Promise<void>;
}

export type Planned =
  | { readonly ok: true; readonly plan: ExpansionPlan }
  | Extract<MembersRead, { readonly ok: false }>;

/** The plan of one expansion, or why the list cannot be read. */
export async function planExpansion(request: PlanRequest): Promise<Planned> {
  const { list, read, pause } = request;
  const root = await read(list);
  if (!root.ok) return root;
  const byKey = new Map(request.lists.map((each) => [normalKey(each.address.address), each]));
  const seen = new Set([list.address.address, ...request.without].map((address) => normalKey(address)));
  const found: { member: ListMember; path: number }[] = [];
  const paths: FoundPath[] = [{ lists: [list], from: 0, key: normalKey(list.address.address) }];
  /** Paths whose last list leads to anybody. */
  const leading = new Set<number>();
  const rest: (readonly ListMember[])[] = [root.members];
  // `rest` grows while it is gone through: by each list of ours once.
  for (let path = 0; path < rest.length; path += 1) {
    let step = 0;
    for (const member of rest[path]) {
      step += 1;
      if (step % members_per_step === 0) await pause();
      if (seen.has(member.key)) continue;
      seen.add(member.key);
      const nested = byKey.get(member.key);
      const inner = nested && (await flattened(nested, paths[path].lists, request));
      leading.add(path);
      if (nested === undefined || inner === undefined) found.push({ member, path });
      else {
        paths.push({ lists: [...paths[path].lists, nested], from: path, key: member.key });
        rest.push(inner);
      }
    }
  }
  const count = request.slices ?? Math.max(1, Math.ceil(found.length / members_per_slice));
  const slices = await sliced(found, count, pause);
  // Where nobody is left at all, that the expanded list was expanded says it.
  const told = found.length === 0 ? paths : withTold(paths, leading, slices);
  return { ok: true, plan: { slices, paths: told, members: found.length } };
}

interface FoundPath extends ExpansionPath {
  /** Of the last list, as a member. */
  readonly key: string;
}

/** With which slice each of the flattened lists is told of, if it is. */
function withTold(
  paths: readonly FoundPath[],
  leading: ReadonlySet<number>,
  slices: readonly (readonly PlannedMember[])[],
): readonly ExpansionPath[] {
  return paths.map((path, index) => {
    const [last] = path.lists.slice(-1);
    if (index === 0 || (leading.has(index) && leavesRequests(last))) return path;
    return { ...path, toldWith: slices[hash(path.key) % slices.length] };
  });
}

/** The members of a list of ours that another one sends to; undefined where it has to be judged itself. */
async function flattened(
  nested: ListConfiguration,
  path: readonly ListConfiguration[],
  { read }: PlanRequest,
): Promise<readonly ListMember[] | undefined> {
  if (!maySubmit(nested, path.at(-1)?.address.address)) return undefined;
  const inner = await read(nested);
  return inner.ok ? inner.members : undefined;
}

async function sliced(
  found: readonly { readonly member: ListMember; readonly path: number }[],
  count: number,
  pause: () => Promise<void>,
): Promise<readonly (readonly PlannedMember[])[]> {
  const slices: PlannedMember[][] = Array.from({ length: count }, () => []);
  let step = 0;
  for (const { member, path } of found) {
    step += 1;
    if (step % members_per_step === 0) await pause();
    slices[hash(member.key) % count].push({ text: member.text, path });
  }
  return slices;
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
