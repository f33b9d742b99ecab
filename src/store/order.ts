// The levels of priority in the order in which they are taken up, and the states of a copy as numbers for
// rows.

import type { CopyState, Priority } from './port.ts';

/** From the first taken up to the last. The rank of a priority is its place here. */
export const priorities: readonly Priority[] = ['urgent', 'normal', 'non-urgent'];

/** The number of a state is its place here; rows keep it, so places never change. */
export const copyStates: readonly CopyState[] = ['queued', 'held', 'quarantined'];

/** The place of a priority in the order of taking up, from 0. */
export function rankOf(priority: Priority): number {
  return priorities.indexOf(priority);
}

/** The ranks that a claim asks for, rising; all of them if it names none. */
export function ranksOf(wanted: readonly Priority[] | undefined): readonly number[] {
  const ranks = priorities.map((_, rank) => rank);
  return wanted === undefined ? ranks : ranks.filter((rank) => wanted.includes(priorities[rank]));
}
