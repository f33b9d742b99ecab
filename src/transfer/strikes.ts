// Poison in the queue: a copy that makes us fail while it is processed, by an exception or by the death of
// the process. Each failure in a stage is a strike, kept over restarts; the third one quarantines the copy
// with the reason and a dump. A stage that ends orderly clears its strikes. Of several that were in hand at a
// death each gets a strike, and those that waited for the world meanwhile (deliveries) are then tried one at
// a time, before anything else is taken up: the innocent are cleared, and only the guilty dies thrice.
// Invariant: what was struck three times is not taken up by itself again.

import type { Steps } from '../base/steps.ts';
import { after, type Instant, millis } from '../base/time.ts';
import type { CopyId, QueuedCopy } from '../store/index.ts';
import { ArrivalGuard } from './arrival-guard.ts';
import { headOf } from './copy-end.ts';
import type { Standing } from './ledger.ts';
import { type MakeOutgoing, outgoingInSteps } from './outgoing.ts';
import type { Stage } from './poison-ports.ts';
import { type Held, heldSteps, Slices } from './slices.ts';
import { type Fault, StrikeBook, type StrikesParts, strikes_max, textOf } from './strike-book.ts';
import { tellMistake } from './unawaited.ts';

/** Each copy's own clock after a strike, in milliseconds. */
const RETRY_MS = 60_000;

export class Strikes {
  /** The same for what has not been secured yet. */
  readonly arrivals: ArrivalGuard;
  readonly #parts: StrikesParts;
  readonly #book: StrikeBook;
  /** Until when what failed in this process is left alone, by key. As many as there are strikes. */
  readonly #resting = new Map<string, Instant>();

  constructor(parts: StrikesParts) {
    this.#parts = parts;
    this.#book = new StrikeBook(parts);
    this.arrivals = new ArrivalGuard(parts, this.#book);
  }

  /**
   * Judges whom the last process died of. Before anything is taken up. Resolves to the copies to try alone.
   */
  async recall(): Promise<readonly CopyId[]> {
    await this.#book.open();
    const alone: CopyId[] = [];
    for (const strike of this.#book.of('copy/')) {
      const [, id, stage] = /^copy\/(\d+)\/([a-z-]+)$/.exec(strike.key) ?? [];
      if (id === undefined) continue;
      const copy = await this.#parts.ledger.store.show(Number(id));
      if (copy === undefined) this.#book.clear(strike.key);
      else if (copy.state === 'quarantined') continue;
      else if (strike.count >= strikes_max) {
        const fault = { stage: stage as Stage, error: strike.detail };
        await this.quarantine(copy, fault, 'outsider');
      } else if (stage === 'delivery') alone.push(copy.copy);
    }
    return alone;
  }

  /** A clean stop. */
  close(): void {
    this.#parts.inHand?.close();
  }

  /** Takes a copy in hand for a stage; what is returned lets it go again. */
  begin(stage: Stage, copy: CopyId): () => void {
    return this.#book.hold(stage, keyOf(copy, stage));
  }

  /**
   * One step of a stage that waits for nothing: in hand while it lasts, its strikes forgotten when it ends
   * orderly. Throws what `work` throws: that is for `failed`.
   */
  during<T>(stage: Stage, copy: CopyId, work: () => T): T {
    const done = this.#book.during(stage, keyOf(copy, stage), work);
    this.passed(stage, copy);
    return done;
  }

  /** The same for work in steps, each of which is in hand while it lasts. Throws, or rejects. */
  run<T>(stage: Stage, copy: CopyId, steps: Steps<T>): T | Promise<T> {
    const held: Held = (work) => this.#book.during(stage, keyOf(copy, stage), work);
    const done = Slices.on(this.#parts.clock).run(heldSteps(held, steps));
    if (done instanceof Promise) return done.then((value) => this.#ended(stage, copy, value));
    return this.#ended(stage, copy, done);
  }

  #ended<T>(stage: Stage, copy: CopyId, value: T): T {
    this.passed(stage, copy);
    return value;
  }

  /** `outgoingApdu`, on guard: throws what it throws. */
  readonly outgoing: MakeOutgoing = (copy, link) =>
    this.run('transfer-out', copy.copy, outgoingInSteps(copy, link));

  /** A stage ended orderly: its strikes are forgotten. */
  passed(stage: Stage, copy: CopyId): void {
    const key = keyOf(copy, stage);
    if (this.#book.get(key) !== undefined) this.#clear(key);
  }

  /** Whether a copy failed in this stage, and its time to be tried again has not come. */
  resting(stage: Stage, copy: CopyId): boolean {
    const until = this.#resting.get(keyOf(copy, stage));
    return until !== undefined && until > this.#parts.clock.now();
  }

  /** An operator gives a copy another three. */
  forgive(copy: CopyId): void {
    for (const { key } of this.#book.of(`copy/${copy}/`)) this.#clear(key);
  }

  #clear(key: string): void {
    this.#resting.delete(key);
    this.#book.clear(key);
  }

  /**
   * A stage failed by our own fault. Resolves to when the copy may be tried again; not, if it is set aside.
   */
  async failed(copy: QueuedCopy, fault: Fault, as: Standing): Promise<Instant | undefined> {
    const { ledger, clock, emit } = this.#parts;
    tellMistake(emit, fault.error);
    const at = clock.now();
    const strike = this.#book.strike(keyOf(copy.copy, fault.stage), fault.error);
    if (strike.count >= strikes_max && (await this.quarantine(copy, fault, as))) return undefined;
    const notBefore = after(at, millis(RETRY_MS));
    this.#resting.set(strike.key, notBefore);
    const error = `internal-error: ${strike.detail}`;
    const attempts = [{ copy: copy.copy, at, error, counts: true, notBefore }];
    await ledger.commitSurely({ strikes: [strike], attempts }, as);
    return notBefore;
  }

  /** Sets a copy aside, with a dump. False if it was busy or gone. */
  async quarantine(copy: QueuedCopy, fault: Fault, as: Standing): Promise<boolean> {
    const { ledger, clock, emit } = this.#parts;
    const { stage, error } = fault;
    const key = keyOf(copy.copy, stage);
    const count = this.#book.get(key)?.count ?? strikes_max;
    const detail = `failed ${count} times in ${stage}: ${textOf(error)}`;
    const heading = `${copy.mtsIdentifier} for ${copy.nextHop}\n${detail}`;
    const dump = await this.#book.dump(`copy-${copy.copy}`, copy.envelope, { heading, error });
    const told = { detail, stage, ...(dump !== undefined && { dump }) };
    const at = clock.now();
    const tracking = [{ ...headOf(copy), at, act: 'quarantined', detail: told }] as const;
    const place = [{ copy: copy.copy, state: 'quarantined' }] as const;
    // The reason is the copy's last error too, so that whoever looks at the queue finds it there.
    const last = dump === undefined ? detail : `${detail}; dump: ${dump}`;
    const attempts = [{ copy: copy.copy, at, error: last, counts: true }];
    const result = await ledger.commitSurely({ place, attempts, tracking, dropStrikes: [key] }, as);
    if (!result.ok) return false;
    this.#resting.delete(key);
    this.#book.forget(key);
    emit('quarantined', { mtsIdentifier: copy.mtsIdentifier, copy: copy.copy, ...told });
    return true;
  }
}

function keyOf(copy: CopyId, stage: Stage): string {
  return `copy/${copy}/${stage}`;
}
