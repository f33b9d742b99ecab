// What tests of distribution lists share: messages to a list at one MTA in hand, its expansion, and who waits
// for what in the queue afterwards.

import assert from 'node:assert/strict';
import { printORAddress } from '../../src/address/index.ts';
import { type MessageTransferEnvelope, readExtension } from '../../src/p1/index.ts';
import { auditEntry, emptyCount } from '../../src/store/index.ts';
import { entriesOf } from '../../src/store/memory/entries.ts';
import type { MemoryDisk } from '../../src/store/memory/store.ts';
import { decodeStored } from '../../src/transfer/index.ts';
import type { AgentInHand } from './agent-in-hand.ts';
import { ClockInHand, envelopeOf, type RecipientPlan } from './transfer.ts';

/** A message of 100 octets that link `b` brings. */
export async function sendTo(
  mta: AgentInHand,
  to: readonly RecipientPlan[],
  more: Partial<MessageTransferEnvelope> = {},
): Promise<void> {
  const value = { envelope: envelopeOf(to, more), content: new Uint8Array(100) };
  assert.deepEqual(await mta.arrive('b', { kind: 'message', value }), { ok: true });
}

/** Time passes until nothing waits for a list. */
export async function expanded(mta: AgentInHand): Promise<void> {
  for (let round = 0; round < 100_000; round += 1) {
    await mta.clock.pass(0);
    const counts = await mta.store.counts();
    if (!counts.some(({ nextHop }) => nextHop.startsWith('list/'))) return;
  }
  assert.fail('the expansion does not end');
}

/** Who waits for a next hop, with the lists that led there; fails if anybody does twice. */
export function waiting(disk: MemoryDisk): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const copy of disk.copies.values()) {
    const stored = decodeStored(copy.message.fields);
    assert.ok(stored.ok);
    if (stored.value.kind !== 'message') continue;
    const history = readExtension(stored.value.envelope.extensions, 'dl-expansion-history');
    assert.ok(history.ok);
    const by = (history.value ?? []).map(({ dl }) => printORAddress(dl));
    for (const number of copy.recipients) {
      const address = copy.message.fields.recipients[number];
      assert.ok(!found.has(address), `${address} twice`);
      found.set(address, by);
    }
  }
  return found;
}

/** Every recipient that was accepted or put in another's place has one outcome, or waits. */
export function checkBooks(disk: MemoryDisk): void {
  const entries = entriesOf(disk, 0, Number.POSITIVE_INFINITY);
  const count = emptyCount();
  assert.deepEqual(
    entries.flatMap((entry) => auditEntry(entry, count)),
    [],
  );
}

/** Stands still for ever after so many callbacks, as the clock of a process that died. */
export class DyingClock extends ClockInHand {
  #left: number;

  constructor(callbacks: number) {
    super();
    this.#left = callbacks;
  }

  override schedule(at: number, callback: () => void): () => void {
    return super.schedule(at, () => {
      this.#left -= 1;
      if (this.#left >= 0) callback();
    });
  }
}
