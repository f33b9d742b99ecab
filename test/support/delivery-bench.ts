// The local delivery of one space on a memory store and a clock that stands still: what is handed over is
// answered as a test says, and noted.

import assert from 'node:assert/strict';

import {
  type CopyId,
  type CopySummary,
  openMemoryStore,
  type QueuedCopy,
  type TrackingAct,
} from '../../src/store/index.ts';
import { summaryOf } from '../../src/store/memory/disk.ts';
import { memoryDisk } from '../../src/store/memory/store.ts';
import type { Arriving } from '../../src/transfer/arriving.ts';
import { deliveryOutcomes } from '../../src/transfer/delivery-outcomes.ts';
import { DeliveryRunner } from '../../src/transfer/delivery-runner.ts';
import { judgeArrival } from '../../src/transfer/judge-arrival.ts';
import { Ledger } from '../../src/transfer/ledger.ts';
import type { LocalDelivery, RecipientDelivery } from '../../src/transfer/local-delivery.ts';
import { Strikes } from '../../src/transfer/strikes.ts';
import { arrivingMessage, ClockInHand, envelopeOf, judgeParts, listening, now, ours } from './transfer.ts';

const [deliver] = ours.deliver;
/** The space has whoever is written to. */
const configuration = { ...ours, deliver: [{ ...deliver, users: 'any' as const }] };

export class DeliveryBench {
  readonly clock = new ClockInHand();
  readonly disk = memoryDisk();
  readonly heard = listening();
  readonly delivered: CopyId[] = [];
  readonly unreadable: CopyId[] = [];
  readonly dead: string[] = [];
  readonly created: string[] = [];
  readonly ledger: Ledger;
  readonly runner: DeliveryRunner;
  answer: LocalDelivery['deliver'] = async (copy) => done(copy);

  constructor() {
    const { clock, disk } = this;
    const { emit } = this.heard;
    const store = openMemoryStore({ disk, now: () => clock.now() });
    this.ledger = new Ledger({ store, clock, emit, owner: 'me', directory: '/d' });
    this.runner = new DeliveryRunner({
      deliver,
      clock,
      emit,
      ledger: this.ledger,
      strikes: new Strikes({ ledger: this.ledger, clock, emit }),
      delivery: {
        deliver: (copy, value) => {
          this.delivered.push(copy.copy);
          return this.answer(copy, value);
        },
      },
      returnedOctetsMax: () => 0,
      judge: (subject, outcomes, at) => deliveryOutcomes(judgeParts(), { subject, outcomes, now: at }),
      created: (judgement) => this.created.push(...judgement.create.map(({ kind }) => kind)),
      deadLetter: async (_copy, detail) => {
        this.dead.push(detail);
      },
      unreadable: async (copy) => {
        this.unreadable.push(copy.copy);
      },
    });
  }

  async queue(count: number, report: 'report' | 'non-delivery-report' = 'non-delivery-report') {
    for (let each = 0; each < count; each += 1) await this.queueFor(['one'], report);
  }

  /** One message to these, in one copy. */
  async queueFor(names: readonly string[], report: 'report' | 'non-delivery-report') {
    const recipients = names.map((name) => ({ to: userNamed(name), report }));
    await this.take(arrivingMessage(envelopeOf(recipients)));
  }

  /** Secures what arrives. */
  async take(arriving: Arriving) {
    const result = await this.ledger.commit(judgeArrival(judgeParts({ configuration }), arriving, now));
    assert.ok(result.ok);
  }

  /** What waits here, reports aside. */
  waits(): readonly CopySummary[] {
    return [...this.disk.copies.values()].map(summaryOf).filter(({ kind }) => kind === 'message');
  }

  /** The recipients of whom the log says this. */
  tracked(act: TrackingAct): readonly string[] {
    return this.disk.tracking.filter((each) => each.act === act).flatMap(({ recipients }) => recipients);
  }
}

/** The O/R address of a user of the space. */
export const userNamed = (name: string): string => `/S=${name}/P=X/A= /C=GB/`;

/** Every recipient has it. */
export function done(copy: QueuedCopy): readonly RecipientDelivery[] {
  return copy.recipients.map(({ number }) => ({ kind: 'delivered', recipient: number, at: now }));
}
