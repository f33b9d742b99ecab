// Not a test of its own: a running MTA as the HTTP API sees it, in memory, for the tests of this room and
// the next.

import { buffer } from 'node:stream/consumers';

import { err, ok } from '../base/result.ts';
import { instant } from '../base/time.ts';
import { exportArchive, importArchive, openMemoryStore, removalOf, type Store } from '../store/index.ts';
import type { CopySummary } from '../store/port.ts';
import type { SubmissionRequest } from '../submission/index.ts';
import type { LinkCommand } from '../transfer/index.ts';
import type { CopyCommand, LinkSnapshot, Operations } from './operations.ts';

type WholeRequest = Omit<SubmissionRequest, 'content'> & { readonly content?: Uint8Array };

/** What was asked of the fake, in order. */
export interface FakeOperations extends Operations {
  readonly submitted: { readonly request: WholeRequest; readonly count: number }[];
  readonly commands: { readonly copies: readonly number[]; readonly command: CopyCommand }[];
  readonly copies: CopySummary[];
  readonly linkCommands: LinkCommand[];
  /** What archives are made of and taken into. */
  readonly store: Store;
}

export function fakeCopy(copy: number, message = copy): CopySummary {
  return {
    copy,
    message,
    kind: 'message',
    mtsIdentifier: `/P=A/A= /C=GB/;${message}`,
    priority: 'normal',
    originator: '/S=from/P=A/A= /C=GB/',
    recipients: [{ number: 0, address: '/S=to/P=B/A= /C=GB/' }],
    contentLength: 10,
    acceptedAt: instant(1000),
    expiresAt: instant(2000),
    nextHop: copy % 2 === 0 ? 'link/even' : 'link/odd',
    state: 'queued',
    attempts: 0,
  };
}

const link: LinkSnapshot = {
  name: 'odd',
  peer: { mta: 'MTA-B', address: '127.0.0.1', port: 102 },
  mode: 'normal',
  state: 'retrying',
  healthy: false,
  associations: { outbound: 0, inbound: 1 },
  open: [
    {
      association: 7,
      direction: 'in',
      remote: '192.0.2.1:40000',
      dialogue: 'two-way-alternate',
      turn: "the peer's",
      transferring: 'in',
    },
  ],
  queued: 3,
  queuedOctets: 30,
  lastError: 'refused',
  nextAttemptAt: instant(5000),
  openAttempts: 7,
  openRetries: 144,
  transferRetries: 2,
  enabled: { out: true, in: true },
  schedule: { style: 'times', callsFor: 'none', changesAt: instant(6000) },
  waitsFor: { for: 'schedule', until: instant(6000) },
};

export function fakeOperations(): FakeOperations {
  const submitted: FakeOperations['submitted'][number][] = [];
  const commands: FakeOperations['commands'][number][] = [];
  const copies: CopySummary[] = [];
  const linkCommands: LinkCommand[] = [];
  const store = openMemoryStore();
  const find = (name: string) =>
    name === link.name
      ? ok(link)
      : err({ kind: 'not-found', message: `there is no link "${name}"` } as const);
  return {
    submitted,
    commands,
    linkCommands,
    copies,
    store,
    async submit(asked, count, pieces): ReturnType<Operations['submit']> {
      const content = pieces === undefined ? asked.content : await buffer(pieces);
      const { content: _, ...others } = asked;
      const request = content instanceof Uint8Array ? { ...others, content } : others;
      if (request.from === 'bad') {
        const errors = [{ field: 'from', problem: 'no O/R address' }] as const;
        return err({ kind: 'invalid', message: 'no O/R address', errors });
      }
      submitted.push({ request, count });
      return ok(Array.from({ length: count }, (_, index) => `/P=A/A= /C=GB/;${index}`));
    },
    async queue(query) {
      return copies
        .filter((copy) => query.nextHop === undefined || copy.nextHop === query.nextHop)
        .filter((copy) => query.mtsIdentifier === undefined || copy.mtsIdentifier === query.mtsIdentifier)
        .filter((copy) => copy.copy > (query.afterCopy ?? -1))
        .slice(0, query.limit);
    },
    async command(which, command) {
      commands.push({ copies: which, command });
      return which.map((copy) => ({ copy, done: true }));
    },
    async exportCopy(copy) {
      if (copy !== 1) return err({ kind: 'not-found', message: 'gone' });
      return ok(
        (async function* () {
          yield Uint8Array.of(1, 2);
          yield Uint8Array.of(3);
        })(),
      );
    },
    async *exportArchive({ selection, tracking }) {
      const order = { archive: 'archive-1', source: 'MTA-A', madeAt: instant(0), selection, tracking };
      yield* exportArchive(store, order);
    },
    async removeExported(archive, which) {
      for (const copy of await store.list({})) {
        if (which.includes(copy.copy)) await store.commit(removalOf(copy, archive, instant(0)));
      }
      return which.map((copy) => ({ copy, done: true }));
    },
    async importArchive(octets, order) {
      const here = { ...order, inlineOctetsMax: 1000, now: () => instant(0) };
      return ok(await importArchive(store, octets, here));
    },
    links: async () => [link],
    async commandLink(name, command) {
      linkCommands.push(command);
      return find(name);
    },
    track: (query) => store.track(query),
    async explainRoute({ address }) {
      const json = {
        recipient: address,
        decision: 'no-route',
        nextHop: null,
        alternates: [],
        redirections: [],
        why: 'why',
      } as const;
      return ok({ ...json, candidates: [], text: `${address}\n  why` });
    },
    health: () => ({ status: 'ok', mta: 'MTA-A', version: '0', startedAt: instant(0), uptime_ms: 1 }),
    metrics: async () => ({
      store: { freeOctets: 1024, accepting: true },
      tolerances: [{ link: 'odd', name: 'numericAdmd', uses: 2 }],
      queues: [
        {
          nextHop: 'link/odd',
          priority: 'normal',
          state: 'queued',
          copies: 3,
          octets: 30,
          oldestAcceptedAt: instant(0),
        },
      ],
      links: [link],
      eventLoopDelayP99_ms: 2,
      lateEvents: 3,
      timers: 4,
    }),
  };
}
