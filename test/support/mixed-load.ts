// Mail of every kind through the middle MTA of A – B – C, for the proof that kills it: transfer in and
// out, large content, delivery, non-delivery reports, deferral, submission, holds and releases. It keeps the
// books of what was accepted for sure, and of what has not come yet.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Random } from '../../src/base/random.ts';
import { AdminClient } from './admin-client.ts';
import type { DeliveredFile, MtaProcess } from './mta-process.ts';
import { type Site, userAt } from './network.ts';

interface Chain {
  readonly a: MtaProcess;
  readonly b: MtaProcess;
  readonly c: MtaProcess;
  readonly sites: { readonly a: Site; readonly b: Site; readonly c: Site };
}
/** What must come: a delivery to a recipient of C or B, or a report on it to its originator. */
interface Expected {
  readonly id: string;
  readonly at: 'a' | 'b' | 'c';
  readonly recipient: string;
  readonly kind: 'message' | 'report';
}

const large_octets = 300_000;
/** Copies in a queue beyond which nothing more is submitted. */
const backlog_copies_max = 300;

export class MixedLoad {
  readonly expected: Expected[] = [];
  readonly counts = { submitted: 0, large: 0, deferred: 0, held: 0, released: 0 };
  readonly #chain: Chain;
  readonly #random: Random;
  readonly #a: AdminClient;
  readonly #b: AdminClient;
  readonly #c: AdminClient;
  readonly #arrived = new Set<string>();
  readonly #seen = new Set<string>();
  #stopped = false;

  constructor(chain: Chain, random: Random) {
    this.#chain = chain;
    this.#random = random;
    this.#a = new AdminClient(chain.a, chain.sites.a);
    this.#b = new AdminClient(chain.b, chain.sites.b);
    this.#c = new AdminClient(chain.c, chain.sites.c);
  }

  /** Goes on until `stop`, a round every `pause_ms`. */
  async run(pause_ms: number): Promise<void> {
    while (!this.#stopped) {
      const isBehind = await this.#isBehind();
      const mail = isBehind ? [] : [this.#fromA(), this.#fromB()];
      await Promise.all([...mail, this.#command()]);
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Lets go on whatever is held, or was set aside because it was in hand at three kills. */
  async releaseAll(): Promise<void> {
    for (const state of ['held', 'quarantined'])
      await this.#b.post('/queue/commands', { command: 'release', search: { state } });
  }

  /** One line: what was put in, and what waits where. */
  async progress(): Promise<string> {
    const missing = await this.missing();
    const [atA, atB] = await Promise.all([this.#waiting(this.#a), this.#waiting(this.#b)]);
    const { submitted } = this.counts;
    return `${submitted} messages, ${missing.length} outcomes to come, ${atA} copies at A, ${atB} at B`;
  }

  /** What the queues know of what is missing, and what else they hold. */
  async whereabouts(missing: readonly Expected[]): Promise<readonly unknown[]> {
    const clients = Object.entries({ a: this.#a, b: this.#b, c: this.#c });
    const found: unknown[] = [];
    for (const [at, client] of clients) {
      for (const each of missing) {
        const path = `/queue?id=${encodeURIComponent(each.id)}`;
        found.push({ ...each, askedOf: at, queue: await client.get(path) });
      }
      found.push({ at, links: await client.get('/links'), waiting: await this.#waiting(client) });
    }
    return found;
  }

  async #waiting(client: AdminClient): Promise<string> {
    const queue = await client.get<{ copies: unknown[] }>(`/queue?limit=${backlog_copies_max}`);
    return queue === undefined ? 'unknown' : `${queue.copies.length}`;
  }

  /** What was accepted and has not come. Each file is read once. */
  async missing(): Promise<readonly Expected[]> {
    const { a, b, c } = this.#chain;
    for (const [at, mta] of Object.entries({ a, b, c }))
      await this.#look(at, join(mta.directory, 'delivered'));
    return this.expected.filter(({ at, id, recipient }) => !this.#arrived.has(`${at} ${id} ${recipient}`));
  }

  async #look(at: string, folder: string): Promise<void> {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!name.endsWith('.json') || this.#seen.has(`${at} ${name}`)) continue;
      this.#seen.add(`${at} ${name}`);
      const file: DeliveredFile = JSON.parse(await readFile(join(folder, name), 'utf8'));
      if (file.kind === 'message') this.#arrived.add(`${at} ${file.mtsIdentifier} ${file.recipient}`);
      for (const { recipient, nonDelivered } of file.outcomes ?? []) {
        if (nonDelivered !== undefined) this.#arrived.add(`${at} ${file.subjectMtsIdentifier} ${recipient}`);
      }
    }
  }

  /** The machine may be slower than the load: then no more is put on it. */
  async #isBehind(): Promise<boolean> {
    for (const client of [this.#a, this.#b]) {
      const queue = await client.get<{ copies: unknown[] }>(`/queue?limit=${backlog_copies_max}`);
      if (queue !== undefined && queue.copies.length >= backlog_copies_max) return true;
    }
    return false;
  }

  async #fromA(): Promise<void> {
    const isLarge = this.#random.chance(0.15);
    const ids = await this.#submit(this.#a, this.#chain.sites.a, isLarge ? { size: large_octets } : {});
    if (isLarge) this.counts.large += ids.length;
    this.#expect(ids, 'a');
  }

  async #fromB(): Promise<void> {
    const isDeferred = this.#random.chance(0.3);
    const until = new Date(Date.now() + this.#random.between(1000, 4000)).toISOString();
    const ids = await this.#submit(this.#b, this.#chain.sites.b, isDeferred ? { deferred: until } : {});
    if (isDeferred) this.counts.deferred += ids.length;
    this.#expect(ids, 'b');
  }

  async #submit(
    to: AdminClient,
    from: Site,
    { size = 400, ...rest }: { readonly size?: number; readonly deferred?: string },
  ): Promise<readonly string[]> {
    const { b, c } = this.#chain.sites;
    const priority = this.#random.pick(['urgent', 'normal', 'non-urgent'] as const);
    const text = 'x'.repeat(size);
    const recipients = [userAt(c), userAt(b, 'bell'), userAt(b, 'unknown')];
    const body = {
      from: userAt(from, 'bell'),
      to: recipients,
      priority,
      text,
      count: size > 400 ? 1 : 2,
      ...rest,
    };
    const ids = (await to.post<{ mtsIdentifier: string }[]>('/messages', body)) ?? [];
    this.counts.submitted += ids.length;
    return ids.map(({ mtsIdentifier }) => mtsIdentifier);
  }

  #expect(ids: readonly string[], origin: 'a' | 'b'): void {
    const { b, c } = this.#chain.sites;
    for (const id of ids) {
      this.expected.push(
        { id, at: 'c', recipient: userAt(c), kind: 'message' },
        { id, at: 'b', recipient: userAt(b, 'bell'), kind: 'message' },
        { id, at: origin, recipient: userAt(b, 'unknown'), kind: 'report' },
      );
    }
  }

  async #command(): Promise<void> {
    if (this.#random.chance(0.2)) {
      await this.releaseAll();
      this.counts.released += 1;
      return;
    }
    const queue = await this.#b.get<{ copies: { copy: number }[] }>('/queue?limit=50');
    if (queue === undefined || queue.copies.length === 0) return;
    const { copy } = this.#random.pick(queue.copies);
    const done = await this.#b.post<{ outcomes: { done: boolean }[] }>('/queue/commands', {
      command: 'hold',
      copies: [copy],
    });
    if (done?.outcomes[0]?.done === true) this.counts.held += 1;
  }
}
