// One copy per next hop: the recipients of a message grouped by where each of them goes, and those that go
// nowhere set apart. Every recipient handed in is in exactly one group.

import { eachLightlyInSteps, type Steps } from '../base/steps.ts';
import type { NextHopKey } from '../store/port.ts';
import type { RouteDecision, UndeliverableDecision } from './decision.ts';

export interface RoutedRecipient {
  /** Its index in the envelope. */
  readonly recipient: number;
  readonly decision: RouteDecision;
}
export interface Splitting {
  /** In the order in which next hops first occur; recipients in the order given. */
  readonly copies: readonly { readonly nextHop: NextHopKey; readonly recipients: readonly number[] }[];
  /** Those that end here without a word: a list that has expanded the message already. */
  readonly ended: readonly { readonly recipient: number; readonly list: string }[];
  readonly undeliverable: readonly { readonly recipient: number; readonly decision: UndeliverableDecision }[];
}

/** Groups recipients by next hop. */
export function* splitByNextHop(recipients: readonly RoutedRecipient[]): Steps<Splitting> {
  const groups = new Map<NextHopKey, number[]>();
  const undeliverable: { recipient: number; decision: UndeliverableDecision }[] = [];
  const ended: { recipient: number; list: string }[] = [];
  yield* eachLightlyInSteps(recipients, ({ recipient, decision }) => {
    if (decision.kind === 'list-recursion') {
      ended.push({ recipient, list: decision.list });
      return;
    }
    if (!('nextHop' in decision)) {
      undeliverable.push({ recipient, decision });
      return;
    }
    const group = groups.get(decision.nextHop);
    if (group === undefined) groups.set(decision.nextHop, [recipient]);
    else group.push(recipient);
  });
  return {
    copies: [...groups].map(([nextHop, members]) => ({ nextHop, recipients: members })),
    ended,
    undeliverable,
  };
}
