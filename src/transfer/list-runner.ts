// Expands one distribution list: takes up what is for it, plans who gets it, and puts slice after slice of
// the members on their way, each in one transition with the number of slices that are done. So a death in
// between neither loses nor doubles a member. Whoever else has work goes between two slices. Invariants:
// the copy for the list is claimed until its last slice stands; a member's slice depends on its name alone.

import type { Steps } from '../base/steps.ts';
import { after, type Instant, millis } from '../base/time.ts';
import type { ListConfiguration } from '../config/index.ts';
import { nextHopKey } from '../routing/index.ts';
import type { QueuedCopy, RecoveryPoint, Transition } from '../store/index.ts';
import { queuedContent } from './content-to-return.ts';
import type { CreatedIds } from './created-copies.ts';
import type { Judgement, JudgeParts } from './draft.ts';
import { type ExpansionPlan, planExpansion } from './expansion-plan.ts';
import { HopServer, type HopServerParts } from './hop-server.ts';
import {
  type Expansion,
  judgeExpanded,
  judgeSlice,
  judgeUnexpandable,
  notMembers,
} from './judge-expansion.ts';
import type { ListMembers } from './list-members.ts';
import { Slices } from './slices.ts';
import { storedInSteps } from './stored-value.ts';
import type { Strikes } from './strikes.ts';

/** Messages to one list that are expanded at once. */
const IN_EXPANSION_MAX = 2;
/** After a failure of the world, the copy waits so long, in milliseconds. */
const RETRY_MS = 60_000;

export interface ListRunnerParts extends HopServerParts {
  readonly list: ListConfiguration;
  /** Every list of ours, for those that are members of others. */
  readonly lists: () => readonly ListConfiguration[];
  readonly members: ListMembers;
  readonly strikes: Strikes;
  /** The most content that comes back with a report, in octets. */
  readonly returnedOctetsMax: () => number;
  readonly judgeParts: () => JudgeParts;
  /** Copies of these messages were created: whoever serves their hops may take them up. */
  readonly created: (judgement: Judgement, ids: CreatedIds) => void;
  /** Our own copy cannot be read, or its content be passed on. */
  readonly unreadable: (copy: QueuedCopy, detail: string) => Promise<void>;
}

/** How far an expansion has come. */
interface Progress {
  /** Into how many slices the members were put; undefined before that is known. */
  readonly slices: number | undefined;
  readonly done: number;
  readonly members: number;
}

export class ListRunner extends HopServer {
  readonly #parts: ListRunnerParts;

  constructor(parts: ListRunnerParts) {
    super(nextHopKey({ kind: 'list', name: parts.list.name }), IN_EXPANSION_MAX, parts);
    this.#parts = parts;
  }

  protected async serve(copy: QueuedCopy): Promise<void> {
    await this.#expand(copy).catch((error: unknown) => this.#failed(copy, error));
  }

  async #expand(copy: QueuedCopy): Promise<void> {
    const { list, lists, members, clock, ledger } = this.#parts;
    const stored = await Slices.on(clock).run(storedInSteps(copy));
    if (!stored.ok || stored.value.kind !== 'message') {
      const detail = stored.ok ? `a ${stored.value.kind} is not expanded` : stored.error.message;
      return this.#parts.unreadable(copy, detail);
    }
    const { envelope } = stored.value;
    const from = { store: ledger.store, octets_max: this.#parts.returnedOctetsMax() };
    const toReturn = await queuedContent(stored.value, copy, from);
    const expansion: Expansion = { copy, envelope, list, toReturn };
    const progress = await this.#progressOf(copy);
    const { passed, exempted } = notMembers(envelope);
    const planned = await planExpansion({
      list,
      lists: lists(),
      read: (each) => members.read(each),
      without: [...passed, ...exempted],
      slices: progress.slices,
      pause: () => this.#pause(),
    });
    if (planned.ok) return this.#putOnTheirWay(expansion, planned.plan, progress);
    if (planned.lasting === 'temporary') return this.#tryLater(copy, planned.detail);
    const failed = { detail: planned.detail, now: clock.now() };
    const judgement = await this.#judged(copy, (parts) => judgeUnexpandable(parts, expansion, failed));
    await this.#commit(copy, judgement, this.#end(copy));
  }

  async #putOnTheirWay(expansion: Expansion, plan: ExpansionPlan, progress: Progress): Promise<void> {
    const { clock } = this.#parts;
    const { copy } = expansion;
    const { paths, slices } = plan;
    let { members: count } = progress;
    for (let next = progress.done; next < slices.length; next += 1) {
      // What is done is noted: the next start goes on from here.
      if (this.stopping) return this.#parts.ledger.unclaim([copy.copy]);
      const members = slices[next];
      const now = clock.now();
      const judgement = await this.#judged(copy, (parts) =>
        judgeSlice(parts, expansion, { members, paths, now }),
      );
      count += members.length;
      const point = this.#point(copy, { slices: slices.length, done: next + 1, members: count }, now);
      if (!(await this.#commit(copy, judgement, { saveRecovery: [point] }))) return;
      await this.#pause();
    }
    const done = { members: count, now: clock.now() };
    const judgement = await this.#judged(copy, (parts) => judgeExpanded(parts, expansion, done));
    await this.#commit(copy, judgement, this.#end(copy));
    this.#parts.strikes.passed('routing', copy.copy);
  }

  #judged(copy: QueuedCopy, judge: (parts: JudgeParts) => Steps<Judgement>): Judgement | Promise<Judgement> {
    return this.#parts.strikes.run('routing', copy.copy, judge(this.#parts.judgeParts()));
  }

  /** False if the copy is no longer ours, or was set aside because its content is lost. */
  async #commit(copy: QueuedCopy, judgement: Judgement, change: Transition): Promise<boolean> {
    const { ledger, emit, created } = this.#parts;
    const { create, tracking, events } = judgement;
    const result = await ledger.commitSurely({ ...change, create, tracking });
    if (!result.ok) {
      if (result.refusal.kind === 'damaged') await this.#parts.unreadable(copy, result.refusal.detail);
      return false;
    }
    created(judgement, result.created);
    for (const [name, fields] of events) emit(name, fields);
    return true;
  }

  #end(copy: QueuedCopy): Transition {
    return { finish: [copy.copy], dropRecovery: [this.#key(copy)] };
  }

  #key(copy: QueuedCopy): string {
    return `${this.hop}/${copy.copy}`;
  }

  #point(copy: QueuedCopy, progress: Progress, savedAt: Instant): RecoveryPoint {
    const data = new TextEncoder().encode(JSON.stringify(progress));
    return { key: this.#key(copy), link: this.hop, direction: 'out', savedAt, data };
  }

  async #progressOf(copy: QueuedCopy): Promise<Progress> {
    const points = await this.#parts.ledger.store.recoveryPoints(this.hop);
    const point = points.find(({ key }) => key === this.#key(copy));
    if (point === undefined) return { slices: undefined, done: 0, members: 0 };
    return JSON.parse(new TextDecoder().decode(point.data)) as Progress;
  }

  async #tryLater(copy: QueuedCopy, detail: string): Promise<void> {
    const { ledger, emit, list, clock } = this.#parts;
    const { mtsIdentifier } = copy;
    emit('list-waits', { mtsIdentifier, list: list.name, file: list.file, detail });
    const at = clock.now();
    const notBefore = after(at, millis(RETRY_MS));
    await ledger.commitSurely({
      attempts: [{ copy: copy.copy, at, error: detail, counts: true, notBefore }],
    });
    this.dueAt(notBefore);
  }

  /** Our own fault: the copy has its own clock, and is set aside at the third time. */
  async #failed(copy: QueuedCopy, error: unknown): Promise<void> {
    const notBefore = await this.#parts.strikes.failed(copy, { stage: 'routing', error }, 'holder');
    if (notBefore !== undefined) this.dueAt(notBefore);
  }

  /** Lets others work. */
  #pause(): Promise<void> {
    const { clock } = this.#parts;
    return new Promise((resolve) => {
      clock.schedule(clock.now(), resolve);
    });
  }
}
