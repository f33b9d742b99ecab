// What must hold at the end of a world of two stacks: everything arrived whole, in order, once, unless it
// had to begin anew; nothing is remembered for ever; nobody broke the protocol.

import type { Seat } from './two-stacks-seat.ts';
import type { Site } from './two-stacks-site.ts';

/**
 * What troubled weather brings about: silence, and a transfer whose time is over just when the peer has
 * secured it, so that its discarding crosses the end (X.225 has no way out of that but an abort).
 */
const excused = /got silence|got AD .*Vact false/;

/** What this end complains of and has no reason to. */
export function complaints(seat: Seat, calm: boolean): readonly string[] {
  return seat.violations.filter((each) => calm || !excused.test(each));
}

/** What is wrong with what `from` sent to `to`, and with what `from` has left. */
export function judged(from: Site, to: Site): readonly string[] {
  const breaches = [...from.breaches];
  const first = [...new Set(to.inbox)];
  const expected = from.outbox.map(({ id }) => id);
  if (JSON.stringify(first) !== JSON.stringify(expected))
    breaches.push(`${to.name} has ${first}, and ${from.name} sent ${expected}`);
  for (const { id, begun } of from.outbox) {
    // Each beginning had its reason: X.228 allows no other repetition.
    const times = to.inbox.filter((each) => each === id).length;
    if (times > begun) breaches.push(`APDU ${id} is secured ${times} times, and was begun ${begun} times`);
  }
  if (from.kept.size > 0) breaches.push(`${from.name} keeps ${from.kept.size} activities for ever`);
  return breaches;
}
