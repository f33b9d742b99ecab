// The members of distribution lists as transfer needs them: a port. Files implement it, a directory may
// later. Types only.

import type { Lasting } from './local-delivery.ts';
import type { ListConfiguration } from '../config/index.ts';

/** One member. */
export interface ListMember {
  /** Equal exactly where the addresses are the same (`normalKey`). */
  readonly key: string;
  /** The O/R address in text form. */
  readonly text: string;
}

export type MembersRead =
  /** Each once, in any order. */
  | { readonly ok: true; readonly members: readonly ListMember[] }
  | { readonly ok: false; readonly lasting: Lasting; readonly detail: string };

export interface ListMembers {
  /** The members, at most `ttl` old. Does not hold up the event loop, however many they are. */
  read(list: ListConfiguration): Promise<MembersRead>;
}
