// Drives the local delivery of one deliver space: takes up its copies a few at a time, and commits the
// outcome of each with its report in one transition. A directory that cannot be written holds up its own
// space and nothing else. Invariants: a copy taken up is claimed; it is finished only after its files are on
// stable storage.

import { after, type Clock, type Instant, isoTime, millis } from '../base/time.ts';
import type { DeliverConfiguration } from '../config/index.ts';
import type { Emit } from '../events/index.ts';
import { nextHopKey } from '../routing/index.ts';
import type { CopyId, NextHopKey, QueuedCopy, TrackingRecord } from '../store/index.ts';
import { queuedContent } from './content-to-return.ts';
import { headOf } from './copy-end.ts';
import type { Judgement } from './draft.ts';
import type { Ledger } from './ledger.ts';
import type { Strikes } from './strikes.ts';
import type { Stage } from './poison-ports.ts';
import type { DeliverySubject, LocalDelivery, RecipientDelivery } from './local-delivery.ts';
import { decodeStored } from './stored-value.ts';
import { unawaited } from './unawaited.ts';

/** Copies in delivery at once, per space: as many as share a disk's syncs well. */
const IN_DELIVERY_MAX = 16;
/** After a failure of the world, the copy waits so long, in milliseconds. */
const RETRY_MS = 60_000;
/** How often a space is looked at for what came due or was lost sight of, in milliseconds. */
const SWEEP_MS = 30_000;

export interface DeliveryRunnerParts {
  readonly deliver: DeliverConfiguration;
  readonly delivery: LocalDelivery;
  readonly ledger: Ledger;
  readonly strikes: Strikes;
  readonly clock: Clock;
  readonly emit: Emit;
  /** The most content that comes back with a report, in octets. */
  readonly returnedOctetsMax: () => number;
  /** The report on these outcomes, as a judgement to be committed with them. */
  readonly judge: (
    subject: DeliverySubject,
    outcomes: readonly RecipientDelivery[],
    now: Instant,
  ) => Judgement;
  /** Copies of these messages were created (reports): whoever serves their hop may take them up. */
  readonly created: (judgement: Judgement, ids: CreatedIds) => void;
  /** A report that can never be delivered: nobody is told of it by another report. */
  readonly deadLetter: (copy: QueuedCopy, detail: string) => Promise<void>;
  /** Our own copy cannot be read. */
  readonly unreadable: (copy: QueuedCopy, detail: string) => Promise<void>;
}
export type CreatedIds = readonly { readonly message: number; readonly copies: readonly CopyId[] }[];

export class DeliveryRunner {
  readonly hop: NextHopKey;
  readonly #parts: DeliveryRunnerParts;
  readonly #inDelivery = new Map<CopyId, Promise<void>>();
  #claiming = false;
  #mayHaveMore = true;
  #stopping = false;
  #started = false;
  #cancelTimer: (() => void) | undefined;
  #due: Instant | undefined;
  #cancelDue: (() => void) | undefined;

  constructor(parts: DeliveryRunnerParts) {
    this.#parts = parts;
    this.hop = nextHopKey({ kind: 'deliver', name: parts.deliver.name });
  }

  /** Looks for waiting copies, now and from time to time. */
  start(): void {
    this.#started = true;
    this.#fill();
    const { clock } = this.#parts;
    this.#cancelTimer = clock.schedule(after(clock.now(), millis(SWEEP_MS)), () => {
      if (this.#stopping) return;
      this.#mayHaveMore = true;
      this.start();
    });
  }

  /** Whether a copy that is being secured may be claimed for this space at once. */
  wouldTake(): boolean {
    return this.#started && !this.#stopping && this.#inDelivery.size < IN_DELIVERY_MAX;
  }

  /** A copy was secured and claimed in one transition. */
  secured(copy: QueuedCopy): void {
    if (this.#stopping) unawaited(this.#parts.emit, this.#parts.ledger.unclaim([copy.copy]));
    else this.#begin(copy);
  }

  /** Copies were secured that nobody claimed. */
  waiting(): void {
    this.#mayHaveMore = true;
    this.#fill();
  }

  /** Whether the copy is being delivered now. */
  busyWith(copy: CopyId): boolean {
    return this.#inDelivery.has(copy);
  }

  /** Ends what is in delivery, takes up nothing more. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#cancelTimer?.();
    this.#cancelDue?.();
    await Promise.all(this.#inDelivery.values());
  }

  #fill(): void {
    if (this.#claiming || !this.#mayHaveMore || this.#stopping || !this.#started) return;
    const limit = IN_DELIVERY_MAX - this.#inDelivery.size;
    if (limit <= 0) return;
    this.#claiming = true;
    this.#mayHaveMore = false;
    unawaited(this.#parts.emit, this.#take(limit));
  }

  async #take(limit: number): Promise<void> {
    const { ledger, clock } = this.#parts;
    const copies = await ledger.store
      .claim({ ...ledger.claim, nextHop: this.hop, now: clock.now(), limit })
      .finally(() => {
        this.#claiming = false;
      });
    if (this.#stopping) return ledger.unclaim(copies.map(({ copy }) => copy));
    for (const copy of copies) this.#begin(copy);
    if (copies.length === limit) this.#mayHaveMore = true;
    const due = this.#mayHaveMore ? undefined : await ledger.store.nextDue(this.hop, clock.now());
    if (due !== undefined) this.dueAt(due);
    this.#fill();
  }

  /** A copy becomes due later: deferred, or to be tried again. */
  dueAt(at: Instant): void {
    if (this.#stopping || (this.#due !== undefined && this.#due <= at)) return;
    this.#due = at;
    this.#cancelDue?.();
    this.#cancelDue = this.#parts.clock.schedule(at, () => {
      this.#due = undefined;
      this.waiting();
    });
  }

  #begin(copy: QueuedCopy): void {
    const work = this.#deliver(copy)
      .catch((error: unknown) => this.#failed(copy, 'delivery', error))
      .finally(() => {
        this.#inDelivery.delete(copy.copy);
        this.#fill();
      });
    this.#inDelivery.set(copy.copy, work);
  }

  async #deliver(copy: QueuedCopy): Promise<void> {
    const { clock, ledger, strikes } = this.#parts;
    const delivered = await this.#handOver(copy);
    if (delivered === undefined) return;
    const { value, outcomes } = delivered;
    const now = clock.now();
    const failed = outcomes.find(
      (outcome) => outcome.kind === 'failed' && outcome.failure.lasting === 'temporary',
    );
    if (failed?.kind === 'failed') return this.#tryLater(copy, failed.failure, now);
    const lost = outcomes.find((outcome) => outcome.kind === 'failed');
    if (copy.kind === 'report' && lost?.kind === 'failed') {
      const { code, detail } = lost.failure;
      return this.#parts.deadLetter(copy, `cannot be delivered: ${code}: ${detail}`);
    }
    const octets_max = lost === undefined ? 0 : this.#parts.returnedOctetsMax();
    const content = await queuedContent(value, copy, { store: ledger.store, octets_max });
    const subject: DeliverySubject = { copy, value, ...(content !== undefined && { content }) };
    let judgement: Judgement;
    try {
      judgement = strikes.during('report', copy.copy, () => this.#parts.judge(subject, outcomes, now));
    } catch (error) {
      return this.#failed(copy, 'report', error);
    }
    const result = await ledger.commitSurely({
      finish: [copy.copy],
      create: judgement.create,
      tracking: [...this.#tracked(copy, { outcomes, judgement, at: now }), ...judgement.tracking],
    });
    this.#tell(copy, outcomes);
    if (result.ok) this.#parts.created(judgement, result.created);
  }

  /** In hand until its files are written; the stage ends with that. */
  async #handOver(
    copy: QueuedCopy,
  ): Promise<
    (Pick<DeliverySubject, 'value'> & { readonly outcomes: readonly RecipientDelivery[] }) | undefined
  > {
    const { delivery, strikes } = this.#parts;
    const letGo = strikes.begin('delivery', copy.copy);
    try {
      const stored = decodeStored(copy);
      if (!stored.ok) {
        await this.#parts.unreadable(copy, stored.error.message);
        return undefined;
      }
      const outcomes = await delivery.deliver(copy, stored.value);
      strikes.passed('delivery', copy.copy);
      return { value: stored.value, outcomes };
    } finally {
      letGo();
    }
  }

  /** Our own fault: the copy has its own clock, and is set aside at the third time. */
  async #failed(copy: QueuedCopy, stage: Stage, error: unknown): Promise<void> {
    const notBefore = await this.#parts.strikes.failed(copy, { stage, error }, 'holder');
    if (notBefore !== undefined) this.dueAt(notBefore);
  }

  /** Delivers these alone, one after the other, before anything else is taken up. */
  async deliverAlone(copies: readonly CopyId[]): Promise<void> {
    const { ledger, clock } = this.#parts;
    for (const copy of copies) {
      const claim = { ...ledger.claim, nextHop: this.hop, now: clock.now(), limit: 1, copies: [copy] };
      for (const claimed of await ledger.store.claim(claim)) this.#begin(claimed);
      await Promise.all(this.#inDelivery.values());
    }
  }

  async #tryLater(
    copy: QueuedCopy,
    failure: { readonly code: string; readonly detail: string },
    at: Instant,
  ): Promise<void> {
    const { ledger, emit, deliver } = this.#parts;
    const { code, detail } = failure;
    emit('delivery-failed', {
      mtsIdentifier: copy.mtsIdentifier,
      recipient: copy.recipients[0]?.address,
      directory: deliver.directory,
      code,
      detail,
    });
    const notBefore = after(at, millis(RETRY_MS));
    await ledger.commitSurely({
      attempts: [{ copy: copy.copy, at, error: `${code}: ${detail}`, counts: true, notBefore }],
    });
    this.dueAt(notBefore);
  }

  #tracked(
    copy: QueuedCopy,
    {
      outcomes,
      judgement,
      at,
    }: {
      readonly outcomes: readonly RecipientDelivery[];
      readonly judgement: Judgement;
      readonly at: Instant;
    },
  ): TrackingRecord[] {
    const addresses = new Map(copy.recipients.map((recipient) => [recipient.number, recipient.address]));
    const recipients = outcomes
      .filter((outcome) => outcome.kind === 'delivered')
      .map((outcome) => addresses.get(outcome.recipient) ?? '');
    if (recipients.length === 0) return [];
    const { name: deliver, directory } = this.#parts.deliver;
    const report = judgement.tracking.find(({ act }) => act === 'report-generated')?.mtsIdentifier;
    const acceptedAt = isoTime(copy.acceptedAt);
    const detail = { deliver, directory, acceptedAt, ...(report !== undefined && { report }) };
    return [{ ...headOf(copy), at, act: 'delivered', recipients, detail }];
  }

  #tell(copy: QueuedCopy, outcomes: readonly RecipientDelivery[]): void {
    const { emit, deliver } = this.#parts;
    for (const outcome of outcomes) {
      if (outcome.kind !== 'delivered') continue;
      const recipient = copy.recipients.find((each) => each.number === outcome.recipient)?.address;
      const { mtsIdentifier, kind, contentLength: octets } = copy;
      emit('delivered', { mtsIdentifier, recipient, kind, octets, deliver: deliver.name });
    }
  }
}
