// The turn of the associations on which both ends send (X.218 two-way alternate): when we ask for it, when we
// give it, and what a peer that keeps it for ever costs. Whoever is asked gives when it has nothing of the
// same or a higher priority to send, and in any case after `turn_transfers_max` transfers: no queue, however
// long, keeps the other end silent. Whoever did not open the association gives the turn back when its queue
// is empty, so that the opener can send and release at once. Not here: when associations are opened.

import { after, type Instant, type Millis } from '../base/time.ts';
import type { Priority } from '../store/port.ts';
import { patientUntil, type PooledAssociation } from './association-pool.ts';
import type { LinkState } from './link-state.ts';
import type { AssociationNumber, Dialogue } from './service.ts';
import { prioritiesInOrder } from './window.ts';

/** Transfers after a request of the same or a lower priority: as many as normal ones that go before a
 * non-urgent one. More would make the other end wait longer; fewer would spend a round trip on each few. */
export const turn_transfers_max = 8;
/** A peer that was asked and neither gives nor transfers has lost the turn: the association is broken off. */
export const turn_silence_ms = 180_000;

/** The priorities of RT-TURN-PLEASE: 0, the highest, is for the initiator's wish to release (X.218). */
export const release_priority = 0;
const priorityOf: Readonly<Record<Priority, number>> = { urgent: 1, normal: 2, 'non-urgent': 3 };

type Turnless = Extract<PooledAssociation, { readonly state: 'turnless' }>;

/** An association stands, and the turn is as it was agreed. */
export function opened(number: AssociationNumber, dialogue: Dialogue, now: Instant): PooledAssociation {
  return { state: dialogue.turn === 'ours' ? 'idle' : 'turnless', number, since: now };
}

/** The peer asks for the turn. A request that crossed our giving it asks for what it has. */
export function turnAsked(link: LinkState, number: AssociationNumber, priority: number): void {
  const terms = link.pool.terms(number);
  const state = link.pool.get(number)?.state;
  if (terms === undefined || (state !== 'idle' && state !== 'transferring')) return;
  const { transfers = 0, priority: before = priority } = terms.peerAsked ?? {};
  terms.peerAsked = { priority: Math.min(before, priority), transfers };
}

/** The turn is ours. */
export function turnGiven(link: LinkState, number: AssociationNumber, now: Instant): void {
  const terms = link.pool.terms(number);
  if (terms === undefined || link.pool.get(number)?.state !== 'turnless') return;
  terms.asked = undefined;
  terms.peerAsked = undefined;
  terms.receiving = false;
  link.pool.set({ state: 'idle', number, since: now });
}

/** The peer uses its turn. */
export function peerTransfers(
  link: LinkState,
  { association: number, active }: { readonly association: AssociationNumber; readonly active: boolean },
  now: Instant,
): void {
  const terms = link.pool.terms(number);
  if (terms === undefined || link.pool.get(number)?.state !== 'turnless') return;
  terms.receiving = active;
  link.pool.set({ state: 'turnless', number, since: now });
}

/** A transfer of ours begins: of those that the peer waits for, one less. */
export function countTransfer(link: LinkState, number: AssociationNumber): void {
  const terms = link.pool.terms(number);
  if (terms === undefined) return;
  terms.releasing = false;
  if (terms.peerAsked === undefined) return;
  terms.peerAsked = { ...terms.peerAsked, transfers: terms.peerAsked.transfers + 1 };
}

/** Before transfers start: gives what was asked for, where nothing of ours goes before it. */
export function giveWhatIsDue(link: LinkState, now: Instant): void {
  for (const { number } of link.pool.inState('idle'))
    if (mustGive(link, number, now)) give(link, number, now);
}

/** After transfers started: what is still idle is given to whoever asked, and back to who opened it. */
export function giveWhatIsIdle(link: LinkState, now: Instant): void {
  for (const { number } of link.pool.inState('idle')) {
    const terms = link.pool.terms(number);
    if (terms?.mode !== 'two-way-alternate') continue;
    const unused = terms.openedBy === 'peer' && link.sendable('peer', now) === 0;
    if (terms.peerAsked !== undefined || unused) give(link, number, now);
  }
  if (link.stopping) letGo(link);
}

/** Asks for the turn where copies wait for it, or to release what is idle. */
export function askAsNeeded(link: LinkState, now: Instant): void {
  for (const association of link.pool.inState('turnless')) {
    const terms = link.pool.terms(association.number);
    if (terms?.mode !== 'two-way-alternate') continue;
    const priority = wanted(link, association, now);
    if (priority === undefined || (terms.asked !== undefined && terms.asked.priority <= priority)) continue;
    terms.asked = { priority, at: terms.asked?.at ?? now };
    terms.releasing = priority === release_priority;
    link.actions.push({ kind: 'please-turn', association: association.number, priority });
  }
}

/** Breaks off what a peer keeps and does not use: a turn that both ends think the other has. */
export function abortTheSilent(link: LinkState, now: Instant): void {
  for (const association of link.pool.inState('turnless')) {
    const due = silentUntil(link, association);
    if (due === undefined || due > now) continue;
    const { number, since } = association;
    const asked = link.pool.terms(number)?.asked;
    const waited = now - Math.max(since, asked?.at ?? since);
    link.emit('turn-not-given', { waited, queued: link.waiting() });
    link.abort(number, 'turn-not-given');
  }
}

/** When something of this is due. */
export function turnTimeouts(link: LinkState): readonly Instant[] {
  const due: Instant[] = [];
  for (const association of link.pool.inState('turnless')) {
    const { number, since } = association;
    const silent = silentUntil(link, association);
    if (silent !== undefined) due.push(silent);
    const terms = link.pool.terms(number);
    if (terms?.asked !== undefined) due.push(patientUntil(terms.asked));
    const mayRelease = terms?.openedBy === 'us' && !terms.receiving && !terms.releasing;
    if (mayRelease) due.push(after(since, link.schedule.associations.lifetime));
  }
  return due;
}

function mustGive(link: LinkState, number: AssociationNumber, now: Instant): boolean {
  const terms = link.pool.terms(number);
  const asked = terms?.peerAsked;
  if (terms === undefined || asked === undefined) return false;
  const first = prioritiesInOrder.find(
    (level) => link.window.count(level) > 0 && link.maySend(level, terms.openedBy, now),
  );
  return (
    asked.priority === release_priority ||
    first === undefined ||
    priorityOf[first] > asked.priority ||
    asked.transfers >= turn_transfers_max
  );
}

function give(link: LinkState, number: AssociationNumber, now: Instant): void {
  const terms = link.pool.terms(number);
  if (terms?.mode !== 'two-way-alternate') return;
  terms.peerAsked = undefined;
  terms.asked = undefined;
  terms.releasing = false;
  link.pool.set({ state: 'turnless', number, since: now });
  link.actions.push({ kind: 'give-turn', association: number });
}

/** The priority to ask with, if the turn is wanted. */
function wanted(link: LinkState, { number, since }: Turnless, now: Instant): number | undefined {
  const terms = link.pool.terms(number);
  if (terms === undefined) return undefined;
  const rested = !terms.receiving && after(since, link.schedule.associations.lifetime) <= now;
  const { openedBy } = terms;
  const overdue = rested && link.sendable(openedBy, now) === 0;
  if (openedBy === 'us' && (!link.keepsOpen(now) || overdue)) return release_priority;
  if (!link.serves()) return undefined;
  const first = prioritiesInOrder.find(
    (level) => link.window.count(level) + link.backlog.count(level) > 0 && link.maySend(level, openedBy, now),
  );
  if (first === undefined) return undefined;
  return terms.asked !== undefined || wantsOneMore(link, first, now) ? priorityOf[first] : undefined;
}

/** As associations are opened: one, one more for every `threshold` that wait, one for what is urgent. */
function wantsOneMore(link: LinkState, first: Priority, now: Instant): boolean {
  const { pool } = link;
  const asked = pool.inState('turnless').filter(({ number }) => pool.terms(number)?.asked).length;
  const serving = pool.count('idle') + pool.count('transferring') + asked;
  if (link.sendable('peer', now) >= serving * link.schedule.associations.threshold) return true;
  return first === 'urgent' && asked === 0 && pool.carrying('urgent') === 0;
}

/** Until when the peer may be silent after it was asked. */
function silentUntil(link: LinkState, { number, since }: Turnless): Instant | undefined {
  const terms = link.pool.terms(number);
  if (terms?.asked === undefined || terms.receiving) return undefined;
  const { turnSilence = turn_silence_ms as Millis } = link.schedule;
  return after(Math.max(since, terms.asked.at) as Instant, turnSilence);
}

/** Stopping: associations of the peer's go on without us. */
function letGo(link: LinkState): void {
  for (const state of ['idle', 'turnless'] as const) {
    for (const { number } of link.pool.inState(state)) {
      if (link.pool.isOurs(number)) continue;
      link.pool.remove(number);
      link.actions.push({ kind: 'let-go-association', association: number });
    }
  }
}
