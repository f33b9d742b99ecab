// RT-N1: a large content is streamed by a peer into A and goes on to B over a connection that breaks again
// and again. Both stay within constant memory, B delivers octet for octet (SHA-256), and what was confirmed
// before a break is not sent again. CONTENT_OCTETS and BREAKS: 64 MiB and 3 by default, 1 GB and 20 in the
// nightly run. SEED makes the octets.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { Caller } from '../support/caller.ts';
import { eventually, type MtaProcess } from '../support/mta-process.ts';
import { domainOf, type Site, siteProcess, sites, temporaryDirectory, userAt } from '../support/network.ts';
import { backTo, countsAt, residentOctets } from '../support/process-counts.ts';
import { streamedMessage, supplied, transferRequest } from '../support/streamed-message.ts';
import { tcpRelay } from '../support/tcp-relay.ts';

const CONTENT_OCTETS = Number(process.env.CONTENT_OCTETS ?? 64 * 1024 * 1024);
const BREAKS = Number(process.env.BREAKS ?? 3);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** What either process may have resident more than when it was idle. A content in memory would be more. */
const GROWTH_OCTETS_MAX = Math.min(160 * 1024 * 1024, Math.max(96 * 1024 * 1024, CONTENT_OCTETS / 4));
const CHECKPOINT_KIB = 64;
const WINDOW = 5;
/** What a break may cost in octets sent twice: the unconfirmed window, and what was under way. */
const RESENT_OCTETS_MAX = (WINDOW + 2) * CHECKPOINT_KIB * 1024 + 4 * 1024 * 1024;
const limit_ms = 60_000 + CONTENT_OCTETS / 1000;

it(`RT-N1: ${CONTENT_OCTETS} octets over a link that breaks ${BREAKS} times`, {
  timeout: limit_ms,
}, async (t) => {
  const directory = await temporaryDirectory(t);
  const [siteA, siteB, source] = await sites('A', 'B', 'SOURCE');
  const relay = await tcpRelay({ targetPort: siteB.port, through: breaking() });
  const a = await siteProcess(directory, siteA, {
    links: [towards({ ...siteB, port: relay.port }), { to: source, spaces: [] }],
  });
  const b = await siteProcess(directory, siteB, { links: [towards(siteA)] });
  t.after(async () => {
    relay.stop();
    await Promise.all([a.stop('SIGKILL'), b.stop('SIGKILL')]);
  });
  await Promise.all([a.start(), b.start()]);
  const counts = () => Promise.all([countsAt(a, siteA.adminPort), countsAt(b, siteB.adminPort)]);
  const before = await counts();
  const memory = new Memory([a, b]);
  await memory.look();

  const message = streamedMessage({
    to: userAt(siteB),
    localIdentifier: `large-${SEED}`,
    contentOctets: CONTENT_OCTETS,
    seed: SEED,
  });
  await stream(siteA, message, memory);
  const sha256 = message.sha256();
  const delivered = await eventually('the delivery', limit_ms, async () => {
    await memory.look();
    return (await b.delivered())[0];
  });
  assert.equal(delivered.contentLength, CONTENT_OCTETS);
  assert.equal(delivered.contentSha256, sha256);
  assert.equal(await fileSha256(b), sha256);
  assert.equal((await b.delivered()).length, 1);
  assert.equal(relay.connections.length >= BREAKS + 1, true, `${relay.connections.length} connections`);

  const sent = relay.connections.reduce((sum, each) => sum + each.octets('to-target'), 0);
  const resumed = a.eventsNamed('recovery-started').length;
  t.diagnostic(
    `seed ${SEED}: ${CONTENT_OCTETS} octets, ${BREAKS} breaks, ${relay.connections.length} connections, ` +
      `${sent} octets sent, ${resumed} recoveries; resident grew by ${memory.grown().join(' and ')}`,
  );
  for (const grown of memory.grown()) assert.ok(grown < GROWTH_OCTETS_MAX, `resident grew by ${grown}`);
  assert.ok(resumed >= BREAKS, `${resumed} recoveries for ${BREAKS} breaks`);
  // Framing costs less than one part in fifty; each break costs at most what was not confirmed.
  const most = CONTENT_OCTETS * 1.02 + BREAKS * RESENT_OCTETS_MAX;
  assert.ok(
    sent <= most,
    `${sent} octets were sent for ${CONTENT_OCTETS}: what was confirmed was sent again`,
  );
  for (const mta of [a, b]) assert.deepEqual(mta.eventsNamed('internal-error'), []);
  await backTo(before, counts, { limit_ms: 60_000, keys: ['files', 'sockets', 'timers', 'associations'] });
});

/** Resets the connection whenever another share of the content has passed, over all connections together. */
function breaking(): NonNullable<Parameters<typeof tcpRelay>[0]['through']> {
  const share = CONTENT_OCTETS / (BREAKS + 1);
  let passed = 0;
  let breaks = 0;
  return (piece, direction, connection) => {
    if (direction === 'to-target') passed += piece.length;
    if (breaks < BREAKS && passed >= share * (breaks + 1)) {
      breaks += 1;
      connection.cut();
    }
    return undefined;
  };
}

function towards(to: Site): {
  readonly to: Site;
  readonly spaces: { address: string; cost: number }[];
  readonly extra: string;
} {
  const extra = `    retry: { openInterval: 300ms, transferInterval: 300ms }
    rts: { checkpoint: ${CHECKPOINT_KIB}KiB, window: ${WINDOW}, recoveryTimeout: 20s }
    associations: { lifetime: 2s }
`;
  return { to, spaces: [{ address: domainOf(to), cost: 10 }], extra };
}

/** A peer that holds nothing: it makes the octets as they are asked for. */
async function stream(to: Site, message: ReturnType<typeof streamedMessage>, memory: Memory): Promise<void> {
  const source = await Caller.call({ port: to.port, mta: 'MTA-SOURCE', password: 'SOURCE-secret' });
  assert.ok(source.opened, JSON.stringify(source.indications));
  source.answer = (asked) => supplied(message, asked);
  source.request(transferRequest(message));
  const watching = setInterval(() => void memory.look(), 250);
  const confirmed = await source.until(({ kind }) => kind.startsWith('RTTRcnf'));
  clearInterval(watching);
  assert.equal(confirmed?.kind, 'RTTRcnf+', JSON.stringify(confirmed));
  await source.release();
}

async function fileSha256(mta: MtaProcess): Promise<string> {
  const folder = join(mta.directory, 'delivered');
  const [name] = (await readdir(folder)).filter((each) => each.endsWith('.content'));
  const hash = createHash('sha256');
  for await (const piece of createReadStream(join(folder, name))) hash.update(piece);
  return hash.digest('hex');
}

/** The most that each process had resident, against its first. */
class Memory {
  readonly #mtas: readonly MtaProcess[];
  readonly #first: number[] = [];
  readonly #most: number[] = [];

  constructor(mtas: readonly MtaProcess[]) {
    this.#mtas = mtas;
  }

  async look(): Promise<void> {
    for (const [index, mta] of this.#mtas.entries()) {
      const now = await residentOctets(mta);
      this.#first[index] ??= now;
      this.#most[index] = Math.max(this.#most[index] ?? 0, now);
    }
  }

  grown(): readonly number[] {
    return this.#most.map((most, index) => most - this.#first[index]);
  }
}
