// A source, an MTA whose store lies on a disk that can fail, and an MTA beyond it: what the source was
// confirmed has to come out there, once. The source is a peer without a disk: it sends a message again
// until it is confirmed, and keeps what it was told.

import assert from 'node:assert/strict';
import { join } from 'node:path';

import { parseORAddress } from '../../src/address/index.ts';
import { encode } from '../../src/asn1/index.ts';
import { MTSAPDU } from '../../src/p1/index.ts';
import { templateMessage } from '../../bench/template.ts';
import { Caller } from '../support/caller.ts';
import { eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, type Site, sites, temporaryDirectory, userAt } from '../support/network.ts';
import { type FaultyDiskMta, mtaOnFaultyDisk } from './faulty-disk-mta.ts';

export interface FaultyWorld extends FaultyDiskMta {
  readonly site: Site;
  /** Where the messages go. */
  readonly beyond: MtaProcess;
  readonly to: string;
}

/** Prepares both MTAs; nothing runs yet. */
export async function faultyWorld(t: { after: (end: () => Promise<void>) => void }): Promise<FaultyWorld> {
  const directory = await temporaryDirectory(t);
  const [site, siteC, source] = await sites('B', 'C', 'SOURCE');
  const extra = '    retry: { openInterval: 1s, transferInterval: 1s }\n';
  const { mta, disk } = await mtaOnFaultyDisk(
    join(directory, 'b'),
    configurationOf(site, {
      links: [
        { to: siteC, extra },
        { to: source, spaces: [] },
      ],
    }),
  );
  const beyond = await MtaProcess.prepare(
    join(directory, 'c'),
    configurationOf(siteC, { links: [{ to: site }] }),
  );
  t.after(async () => {
    await Promise.all([mta.stop('SIGKILL'), beyond.stop('SIGKILL')]);
    disk.close();
  });
  return { mta, disk, site, beyond, to: userAt(siteC) };
}

/** What a message came to: confirmed, or how it was refused. */
export type Sent = { readonly confirmed: true } | { readonly confirmed: false; readonly how: string };

export class Source {
  readonly confirmed = new Set<string>();
  readonly #world: Pick<FaultyWorld, 'site' | 'to'>;
  readonly #contentOctets: number;
  #caller: Caller | undefined;
  #count = 0;

  constructor(world: Pick<FaultyWorld, 'site' | 'to'>, contentOctets = 1000) {
    this.#world = world;
    this.#contentOctets = contentOctets;
  }

  /** Transfers one message, once. */
  async send(localIdentifier = this.next()): Promise<Sent> {
    const recipient = parseORAddress(this.#world.to);
    assert.ok(recipient.ok);
    const contentOctets = this.#contentOctets;
    const plan = { recipient: recipient.value, contentOctets, localIdentifier };
    let caller = this.#caller;
    if (caller === undefined || caller.closed !== undefined) {
      caller = await Caller.call({
        port: this.#world.site.port,
        mta: 'MTA-SOURCE',
        password: 'SOURCE-secret',
      });
      this.#caller = caller;
      if (!caller.opened) return { confirmed: false, how: `not opened: ${caller.closed ?? 'refused'}` };
    }
    const ended = await caller.transfer(encode(MTSAPDU, templateMessage(plan)));
    if (ended?.kind === 'RTTRcnf+') {
      this.confirmed.add(localIdentifier);
      return { confirmed: true };
    }
    return { confirmed: false, how: ended === undefined ? `lost: ${caller.closed}` : JSON.stringify(ended) };
  }

  /** Transfers messages for a while, each until it is confirmed; how some were refused meanwhile. */
  async sendWhile(goes: () => boolean): Promise<string[]> {
    const refusals: string[] = [];
    while (goes()) {
      const localIdentifier = this.next();
      for (;;) {
        const sent = await this.send(localIdentifier);
        if (sent.confirmed) break;
        refusals.push(sent.how);
        await new Promise((resolve) => setTimeout(resolve, 200));
        if (!goes()) break;
      }
    }
    return refusals;
  }

  /** Transfers so many messages, and insists that each is confirmed. */
  async sendAll(count: number): Promise<void> {
    for (let left = count; left > 0; left -= 1) {
      const sent = await this.send();
      assert.ok(sent.confirmed, JSON.stringify(sent));
    }
  }

  /** An identifier that no other source in this process uses. */
  next(): string {
    this.#count += 1;
    return `${sourceNumber(this)}.${this.#count}`;
  }

  close(): void {
    this.#caller?.destroy();
  }
}

const numbers = new Map<Source, number>();

function sourceNumber(source: Source): number {
  const known = numbers.get(source) ?? numbers.size + 1;
  numbers.set(source, known);
  return known;
}

/** The audit: what was confirmed is delivered beyond, each once. */
export async function arrivedOnce(
  world: FaultyWorld,
  sources: readonly Source[],
  limit_ms = 60_000,
): Promise<number> {
  const confirmed = sources.flatMap((source) => [...source.confirmed]);
  const identifiers = async (): Promise<string[]> =>
    (await world.beyond.delivered()).map(({ mtsIdentifier }) =>
      mtsIdentifier.slice(mtsIdentifier.indexOf(';') + 1),
    );
  await eventually(`${confirmed.length} messages beyond`, limit_ms, async () => {
    const found = new Set(await identifiers());
    return confirmed.every((each) => found.has(each)) ? true : undefined;
  }).catch(async (error: unknown) => {
    const found = new Set(await identifiers());
    const missing = confirmed.filter((each) => !found.has(each));
    throw new Error(`${missing.length} of ${confirmed.length} missing: ${missing.slice(0, 5)}; ${error}`);
  });
  const all = await identifiers();
  assert.equal(all.length, new Set(all).size, 'nothing is delivered twice');
  return confirmed.length;
}
