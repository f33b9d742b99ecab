// Moves copies between a running MTA and archives: keeps from being sent what is being exported, ends what an
// archive has, and takes up what came out of one. Each copy by a transition of its own, as an outsider: what
// is in transfer is busy, and stays. Reads and writes no archive.

import type { Clock } from '../base/time.ts';
import {
  type CommitResult,
  type CopyId,
  type CopySummary,
  removalOf,
  type Transition,
} from '../store/index.ts';
import type { Hops } from './hops.ts';
import type { Ledger } from './ledger.ts';
import type { CommandOutcome, QueueCommands } from './queue-commands.ts';
import { refusalText } from './refusal-text.ts';

export interface ArchiveMovesParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly hops: Hops;
  readonly commands: QueueCommands;
  /** Why nothing new is taken now, if it is not. */
  readonly refuses: () => string | undefined;
}

export class ArchiveMoves {
  readonly #parts: ArchiveMovesParts;

  constructor(parts: ArchiveMovesParts) {
    this.#parts = parts;
  }

  /** Holds a copy that could be sent. `busy`: it is being sent now, or gone; `idle`: nobody would send it. */
  async keepBack({ copy, state }: CopySummary): Promise<'held' | 'idle' | 'busy'> {
    if (state !== 'queued') return 'idle';
    const { done } = await this.#parts.commands.perform(copy, { kind: 'hold' });
    return done ? 'held' : 'busy';
  }

  /** Lets go on what was held for an archive that did not come about. */
  async letGoOn(copies: readonly CopyId[]): Promise<void> {
    for (const copy of copies) await this.#parts.commands.perform(copy, { kind: 'release' });
  }

  /** Ends a copy that an archive has. */
  async remove(id: CopyId, archive: string): Promise<CommandOutcome> {
    const { ledger, hops, clock } = this.#parts;
    const copy = await ledger.store.show(id);
    if (copy === undefined) return { copy: id, done: false, detail: 'it has ended meanwhile' };
    if (!(await hops.letGo(copy.nextHop, id))) return { copy: id, done: false, detail: 'it is being sent' };
    const result = await ledger.commit(removalOf(copy, archive, clock.now()), 'outsider');
    if (result.ok) return { copy: id, done: true };
    hops.waiting(copy.nextHop, copy.priority, copy.notBefore);
    return { copy: id, done: false, detail: refusalText(result.refusal) };
  }

  /** Commits what came out of an archive; its copies go to those who serve their next hops. */
  async take(transition: Transition): Promise<CommitResult> {
    const { ledger, hops, commands } = this.#parts;
    const detail = this.#parts.refuses();
    if (detail !== undefined) return { ok: false, refusal: { kind: 'no-space', detail } };
    const result = await ledger.commit(transition);
    if (!result.ok) return result;
    for (const [index, { priority, copies }] of (transition.create ?? []).entries()) {
      for (const [place, { nextHop, notBefore, held, quarantined }] of copies.entries()) {
        if (held === true || quarantined === true) continue;
        const copy = result.created[index]?.copies[place];
        // Nobody serves its hop here: routes of this MTA say where it goes.
        if (hops.serves(nextHop) || copy === undefined) hops.waiting(nextHop, priority, notBefore);
        else await commands.perform(copy, { kind: 'reroute' });
      }
    }
    return result;
  }
}
