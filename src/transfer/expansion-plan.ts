// Who gets a message to a list: its members, and those of lists of ours among them, each once, by the first
// way in which it is found (X.411 06/1999, 14.3.10). A list that may not be flattened, because it does not
// take what this one sends or cannot be read, stays a member: what becomes of it is judged on its own.
// Members are put into slices by a hash of their name alone, so that the number of a slice tells who has had
// the message even if the list has changed meanwhile. Invariants: time and memory are bounded by the members,
// whatever the lists contain; no step goes over more than `members_per_step` of them.

import { normalKey, type ORAddress } from '../address/index.ts';
import type { ListConfiguration } from '../config/index.ts';
import { maySubmit } from '../routing/index.ts';
import type { ListMember, MembersRead } from './list-members.ts';

/** Members that one slice has on average: what one step of the event loop routes and encodes. */
export const members_per_slice = 64;
/** Members that are looked at between two turns of the event loop. */
const members_per_step = 1000;

export interface PlannedMember {
  readonly text: string;
  /** Index into `paths`. */
  readonly path: number;
}
export interface ExpansionPlan {
  readonly slices: readonly (readonly PlannedMember[])[];
  /** The lists that lead to a member, the expanded one first. */
  readonly paths: readonly (readonly ListConfiguration[])[];
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
  const paths: (readonly ListConfiguration[])[] = [[list]];
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
      const inner = nested && (await flattened(nested, paths[path], request));
      if (nested === undefined || inner === undefined) found.push({ member, path });
      else {
        paths.push([...paths[path], nested]);
        rest.push(inner);
      }
    }
  }
  const count = request.slices ?? Math.max(1, Math.ceil(found.length / members_per_slice));
  return { ok: true, plan: { slices: await sliced(found, count, pause), paths, members: found.length } };
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
