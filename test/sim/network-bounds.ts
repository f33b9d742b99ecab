// What an MTA of a simulated network may hold at any moment, whatever the weather: so many associations and
// copies in memory for each link, and no more. Says what is beyond that.

import { window_copies_max } from '../../src/scheduler/window.ts';
import type { VirtualMta } from './virtual-mta.ts';

/** Copies of each of the three priorities that a link has in memory. */
const copies_max = 3 * window_copies_max;

/** What this MTA holds beyond its bounds. */
export function beyondBounds(mta: VirtualMta, waiting_max = copies_max): readonly string[] {
  if (!mta.alive) return [];
  const breaches: string[] = [];
  for (const runner of mta.agent.hops.links.values()) {
    const { link } = runner;
    const { waiting, associations } = runner.snapshot();
    const ours = Object.values(associations).reduce((sum, count) => sum + count, 0);
    const { max } = link.associations;
    if (ours > max) breaches.push(`${mta.host}: ${ours} associations on ${link.name}, at most ${max}`);
    if (waiting > waiting_max) breaches.push(`${mta.host}: ${waiting} copies in memory for ${link.name}`);
  }
  const { inboundAssociations } = mta.configuration.mta.limits;
  const callers = mta.agent.inboundAssociations;
  if (callers > inboundAssociations) breaches.push(`${mta.host}: ${callers} associations of callers`);
  return breaches;
}
