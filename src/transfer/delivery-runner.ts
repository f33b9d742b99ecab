// Drives the local delivery of one deliver space: commits the outcome of each copy with its report in one
// transition. A directory that cannot be written holds up its own space and nothing else. Invariants: a copy
// taken up is claimed; it is finished only after its files are on stable storage; who has an outcome has it
// for good, and where others have none yet, another copy goes on for them alone.

import { eachInSteps, type Steps } from '../base/steps.ts';
import { after, type Instant, isoTime, millis } from '../base/time.ts';
import type { DeliverConfiguration } from '../config/index.ts';
import { nextHopKey } from '../routing/index.ts';
import type { AttemptRecord, CopyId, QueuedCopy, TrackingRecord, Transition } from '../store/index.ts';
import { queuedContent } from './content-to-return.ts';
import { headOf } from './copy-end.ts';
import { HopServer, type HopServerParts } from './hop-server.ts';
import type { Judgement } from './draft.ts';
import type { Strikes } from './strikes.ts';
import type { Stage } from './poison-ports.ts';
import type { DeliverySubject, LocalDelivery, LocalFailure, RecipientDelivery } from './local-delivery.ts';
import { Slices } from './slices.ts';
import { storedInSteps } from './stored-value.ts';

/** Copies in delivery at once, per space: as many as share a disk's syncs well. */
const IN_DELIVERY_MAX = 16;
/** After a failure of the world, the copy waits so long, in milliseconds. */
const RETRY_MS = 60_000;

export interface DeliveryRunnerParts extends HopServerParts {
  readonly deliver: DeliverConfiguration;
  readonly delivery: LocalDelivery;
  readonly strikes: Strikes;
  /** The most content that comes back with a report, in octets. */
  readonly returnedOctetsMax: () => number;
  /** The report on these outcomes, as a judgement to be committed with them. */
  readonly judge: (
    subject: DeliverySubject,
    outcomes: readonly RecipientDelivery[],
    now: Instant,
  ) => Steps<Judgement>;
  /** Copies of these messages were created (reports): whoever serves their hop may take them up. */
  readonly created: (judgement: Judgement, ids: CreatedIds) => void;
  /** A report that can never be delivered: nobody is told of it by another report. */
  readonly deadLetter: (copy: QueuedCopy, detail: string) => Promise<void>;
  /** Our own copy cannot be read. */
  readonly unreadable: (copy: QueuedCopy, detail: string) => Promise<void>;
}
export type CreatedIds = readonly { readonly message: number; readonly copies: readonly CopyId[] }[];

export class DeliveryRunner extends HopServer {
  readonly #parts: DeliveryRunnerParts;

  constructor(parts: DeliveryRunnerParts) {
    super(nextHopKey({ kind: 'deliver', name: parts.deliver.name }), IN_DELIVERY_MAX, parts);
    this.#parts = parts;
  }

  override stop(until: Instant): Promise<void> {
    this.#parts.delivery.stop?.();
    return super.stop(until);
  }

  protected async serve(copy: QueuedCopy): Promise<void> {
    await this.#deliver(copy).catch((error: unknown) => this.#failed(copy, 'delivery', error));
  }

  async #deliver(copy: QueuedCopy): Promise<void> {
    const { clock, ledger, strikes } = this.#parts;
    const delivered = await this.#handOver(copy);
    if (delivered === undefined) return;
    const { value } = delivered;
    const { outcomes, postponed } = parted(delivered.outcomes);
    const now = clock.now();
    if (postponed !== undefined && outcomes.length === 0) return this.#tryLater(copy, postponed, now);
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
      judgement = await strikes.run('report', copy.copy, this.#parts.judge(subject, outcomes, now));
    } catch (error) {
      return this.#failed(copy, 'report', error);
    }
    const change = postponed === undefined ? { finish: [copy.copy] } : this.#goOn(copy, postponed, now);
    const result = await ledger.commitSurely({
      ...change,
      create: judgement.create,
      tracking: [...this.#tracked(copy, { outcomes, judgement, at: now }), ...judgement.tracking],
    });
    await this.#tell(copy, outcomes);
    if (result.ok) this.#parts.created(judgement, result.created);
    else if (result.refusal.kind === 'damaged') await this.#parts.unreadable(copy, result.refusal.detail);
    if (postponed !== undefined) this.dueAt(retryAt(now));
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
      const stored = await Slices.on(this.#parts.clock).run(storedInSteps(copy));
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

  async #tryLater(copy: QueuedCopy, postponed: Postponed, at: Instant): Promise<void> {
    await this.#parts.ledger.commitSurely({ attempts: [this.#attempt(copy, postponed, at)] });
    this.dueAt(retryAt(at));
  }

  /** The copy goes on for those who wait, as if it had been theirs alone from the start. */
  #goOn(copy: QueuedCopy, postponed: Postponed, at: Instant): Transition {
    const { copy: id, nextHop } = copy;
    const rest = { nextHop, recipients: postponed.recipients, notBefore: retryAt(at), keepsAttempts: true };
    return { attempts: [this.#attempt(copy, postponed, at)], split: [{ copy: id, into: [rest] }] };
  }

  /** The attempt as the ledger notes it; tells what holds the copy up. */
  #attempt(copy: QueuedCopy, { recipient, failure }: Postponed, at: Instant): AttemptRecord {
    const { emit, deliver } = this.#parts;
    const { code, detail, noRoom = false } = failure;
    const { mtsIdentifier, nextHop } = copy;
    const error = noRoom ? detail : `${code}: ${detail}`;
    if (!noRoom) {
      const { address } = copy.recipients.find(({ number }) => number === recipient) ?? {};
      const { directory } = deliver;
      emit('delivery-failed', { mtsIdentifier, recipient: address, directory, code, detail });
    } else if (copy.lastError !== error) {
      emit('conversion-postponed', { mtsIdentifier, nextHop, detail });
    }
    return { copy: copy.copy, at, error, counts: !noRoom, notBefore: retryAt(at) };
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
    const converted = outcomes.find((each) => each.kind === 'delivered' && each.converted !== undefined);
    const detail = {
      deliver,
      directory,
      acceptedAt,
      ...(report !== undefined && { report }),
      ...(converted?.kind === 'delivered' && { converted: converted.converted?.said ?? '' }),
    };
    return [{ ...headOf(copy), at, act: 'delivered', recipients, detail }];
  }

  async #tell(copy: QueuedCopy, outcomes: readonly RecipientDelivery[]): Promise<void> {
    const { clock, emit, deliver } = this.#parts;
    const addresses = new Map(copy.recipients.map(({ number, address }) => [number, address]));
    const { mtsIdentifier, kind, contentLength: octets } = copy;
    const telling = eachInSteps(outcomes, (outcome) => {
      if (outcome.kind !== 'delivered') return;
      const recipient = addresses.get(outcome.recipient);
      emit('delivered', { mtsIdentifier, recipient, kind, octets, deliver: deliver.name });
    });
    await Slices.on(clock).run(telling);
  }
}

/** Recipients that have no outcome yet, and why: of one of them, a failure before a want of room. */
interface Postponed {
  /** Their numbers in the copy, rising. */
  readonly recipients: readonly number[];
  readonly recipient: number;
  readonly failure: LocalFailure;
}

/** What is final, and who is to be tried again. */
function parted(all: readonly RecipientDelivery[]): {
  readonly outcomes: readonly RecipientDelivery[];
  readonly postponed: Postponed | undefined;
} {
  const outcomes: RecipientDelivery[] = [];
  const waiting: Extract<RecipientDelivery, { kind: 'failed' }>[] = [];
  for (const each of all) {
    if (each.kind === 'failed' && each.failure.lasting === 'temporary') waiting.push(each);
    else outcomes.push(each);
  }
  if (waiting.length === 0) return { outcomes, postponed: undefined };
  const { recipient, failure } = waiting.find((each) => each.failure.noRoom !== true) ?? waiting[0];
  const recipients = waiting.map((each) => each.recipient).sort((one, other) => one - other);
  return { outcomes, postponed: { recipients, recipient, failure } };
}

function retryAt(at: Instant): Instant {
  return after(at, millis(RETRY_MS));
}
