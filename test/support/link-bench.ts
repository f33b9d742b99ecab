// One link on a memory store, a clock that stands still and a network in the hands of a test.

import assert from 'node:assert/strict';
import { seededRandom } from '../../src/base/random.ts';
import { type CopyId, openMemoryStore, type Store } from '../../src/store/index.ts';
import { memoryDisk } from '../../src/store/memory/store.ts';
import { conversionsOn } from '../../src/transfer/conversions.ts';
import { judgeArrival } from '../../src/transfer/judge-arrival.ts';
import { Ledger } from '../../src/transfer/ledger.ts';
import { LinkRunner } from '../../src/transfer/link-runner.ts';
import type { LinkRunnerParts } from '../../src/transfer/link-runner-parts.ts';
import { NetworkInHand } from './dialling.ts';
import {
  arrivingMessage,
  ClockInHand,
  envelopeOf,
  judgeParts,
  linkNamed,
  listening,
  now,
  quiet,
  takingNothing,
} from './transfer.ts';

const link = linkNamed('c');

/** The link `c` of our MTA. */
export class LinkBench {
  readonly clock = new ClockInHand();
  readonly network = new NetworkInHand();
  readonly disk = memoryDisk();
  readonly ended: string[] = [];
  readonly alternates: string[] = [];
  readonly heard = listening();
  readonly ledger: Ledger;
  readonly runner: LinkRunner;

  constructor(change: (store: Store) => Store = (store) => store) {
    const { clock, disk } = this;
    const { emit } = this.heard;
    const store = change(openMemoryStore({ disk, now: () => clock.now() }));
    this.ledger = new Ledger({ store, clock, emit, owner: 'me', directory: '/d' });
    this.runner = this.another();
  }

  /** A runner of this link, which does its work otherwise in part. */
  another(more: Partial<LinkRunnerParts> = {}): LinkRunner {
    const { clock, network, ledger } = this;
    return new LinkRunner({
      ...{ link, clock, network, ledger, emit: this.heard.emit },
      mtaName: 'MTA-X',
      random: seededRandom(1),
      tsduOctetsMax: 1_000_000,
      incoming: () => takingNothing,
      conversions: conversionsOn(ledger, { clock }),
      endCopy: async (copy, cause) => {
        this.ended.push(`${copy.copy} ${cause.kind}`);
      },
      tryAlternates: async (hop, copies) => {
        this.alternates.push(`${hop} ${copies}`);
      },
      ...more,
    });
  }

  /** Messages that lie in the store, claimed by nobody; nobody is told. */
  async secure(count: number): Promise<CopyId[]> {
    const copies: CopyId[] = [];
    for (let each = 0; each < count; each += 1) {
      const arriving = arrivingMessage(envelopeOf([{ to: '/S=u/P=C/A= /C=GB/' }]));
      const result = await this.ledger.commit({ create: judgeArrival(judgeParts(), arriving, now).create });
      assert.ok(result.ok);
      copies.push(...result.created[0].copies);
    }
    return copies;
  }

  /** Messages that lie in the store, claimed by nobody; the runner is told. */
  async queue(count: number): Promise<CopyId[]> {
    const copies = await this.secure(count);
    this.runner.tell({ kind: 'copies-waiting', priority: 'normal', copies: count });
    await quiet();
    return copies;
  }

  /** Copies that anybody could claim now. */
  async free(): Promise<number> {
    const { clock, ledger } = this;
    const asked = {
      owner: 'other',
      until: ledger.claim.until,
      now: clock.now(),
      limit: 99,
      nextHop: 'link/c',
    };
    const copies = await ledger.store.claim(asked);
    await ledger.store.unclaim(
      'other',
      copies.map(({ copy }) => copy),
    );
    return copies.length;
  }
}
