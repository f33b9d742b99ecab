// Local delivery into a directory: NAME.content with the content octets and then, by atomic rename, NAME.json
// that says what they are. Whoever sees NAME.json finds the content whole. A probe is answered and writes
// nothing. Invariants: `delivered` is said only after files and directory are synced; one NAME is written by
// one delivery at a time; the content of spooled messages is never in memory whole.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Clock } from '../base/time.ts';
import type { QueuedCopy } from '../store/index.ts';
import { type LocalDelivery, type RecipientDelivery, Slices, type StoredValue } from '../transfer/index.ts';
import { type ContentReader, contentPieces } from './content-source.ts';
import { deliveryFailure } from './failure.ts';
import { deliveryName, otherContentName } from './file-name.ts';
import { deliveryRecord, type WrittenContent } from './record.ts';
import { recordText } from './record-text.ts';
import { ensureDirectory, syncDirectory, writeStable } from './stable-file.ts';

export interface DirectoryDeliveryOptions {
  /** Absolute path; made when needed. Belongs to this MTA alone. */
  readonly directory: string;
  readonly store: ContentReader;
  readonly clock: Clock;
}

type Written = Exclude<StoredValue, { kind: 'probe' }>;
type Recipient = QueuedCopy['recipients'][number];

interface Delivering {
  readonly copy: QueuedCopy;
  readonly value: Written;
  readonly reader: ContentReader;
}

export class DirectoryDelivery implements LocalDelivery {
  readonly #options: DirectoryDeliveryOptions;
  /** The delivery that now writes a NAME: the next one of the same NAME waits for it. */
  readonly #writing = new Map<string, Promise<unknown>>();

  /** Whether the directory's own name is durable. */
  #isNamed = false;

  constructor(options: DirectoryDeliveryOptions) {
    this.#options = options;
  }

  async deliver(
    copy: QueuedCopy,
    value: StoredValue,
    reader: ContentReader = this.#options.store,
  ): Promise<readonly RecipientDelivery[]> {
    if (value.kind === 'probe') {
      const at = this.#options.clock.now();
      return copy.recipients.map(({ number }) => ({ kind: 'deliverable', recipient: number, at }));
    }
    const outcomes: RecipientDelivery[] = [];
    for (const recipient of copy.recipients) {
      outcomes.push(await this.#deliverTo({ copy, value, reader }, recipient));
    }
    return outcomes;
  }

  async #deliverTo(delivering: Delivering, recipient: Recipient): Promise<RecipientDelivery> {
    const name = deliveryName(delivering.copy.mtsIdentifier, recipient.address);
    const mine = this.#inTurn(name, () => this.#write(delivering, { name, recipient }));
    try {
      return await mine;
    } catch (error) {
      return { kind: 'failed', recipient: recipient.number, failure: deliveryFailure(error) };
    }
  }

  async #write(
    { copy, value, reader }: Delivering,
    { name, recipient }: { readonly name: string; readonly recipient: Recipient },
  ): Promise<RecipientDelivery> {
    const { directory, clock } = this.#options;
    await ensureDirectory(directory, this.#isNamed);
    this.#isNamed = true;
    const path = (of: string, kind: 'content' | 'json'): string => join(directory, `${of}.${kind}`);
    let own = name;
    const content = await writeStable(
      path(name, 'content'),
      contentPieces(copy, value, reader),
      async (of) => {
        own = await nameOf(of, { name, record: path(name, 'json') });
        return path(own, 'content');
      },
    );
    // The content's name is durable before that of the record can be.
    await syncDirectory(directory);
    const at = clock.now();
    const { address, number } = recipient;
    const slices = Slices.on(clock);
    const record = await slices.run(deliveryRecord(copy, value, { recipient: address, number, content, at }));
    await writeStable(path(own, 'json'), await slices.run(recordText(record)));
    await syncDirectory(directory);
    return { kind: 'delivered', recipient: recipient.number, at };
  }

  /** Runs `work` after whatever writes the same NAME now. */
  async #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#writing.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#writing.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.#writing.get(name) === mine) this.#writing.delete(name);
    }
  }
}

/**
 * `name`, unless another content was delivered under it: peers give one identifier to two messages, and the
 * second must not take the place of the first.
 */
async function nameOf(
  { sha256 }: WrittenContent,
  { name, record }: { readonly name: string; readonly record: string },
): Promise<string> {
  const before = await deliveredSha256(record);
  return before === undefined || before === sha256 ? name : otherContentName(name, sha256);
}

/** What a record says of its content; undefined if there is none, or none that can be read. */
async function deliveredSha256(record: string): Promise<string | undefined> {
  try {
    const { contentSha256 } = JSON.parse(await readFile(record, 'utf8'));
    return typeof contentSha256 === 'string' ? contentSha256 : undefined;
  } catch {
    return undefined;
  }
}
