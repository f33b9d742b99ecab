// A test double of the program: one real MTA, with its real store, files and sockets, in which processing a
// message with 'poison' in its recipient's address kills the process in a given stage. Its configuration is
// chappe.yaml in its directory. Submits where asked to; says 'idle' when nothing but what is set aside is
// left, and then ends, unless told to 'stay'.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../src/base/random.ts';
import { after, type Clock, instant, millis } from '../../src/base/time.ts';
import type { EventFields } from '../../src/events/index.ts';
import { DirectoryDelivery } from '../../src/delivery/index.ts';
import { listen, systemClock, tcpNetwork } from '../../src/net/index.ts';
import { Association, type AssociationOptions } from '../../src/stack/association/index.ts';
import {
  DumpDirectory,
  InHandFile,
  openSqliteStore,
  type QueuedCopy,
  type Store,
} from '../../src/store/index.ts';
import { MessageTransferAgent } from '../../src/transfer/index.ts';
import type { InHand } from '../../src/transfer/poison-ports.ts';
import { arrivingMessage, configured, domainNamed, envelopeOf } from '../support/transfer.ts';

const [directory, stage, ...orders] = process.argv.slice(2);
/** How many innocent messages are in hand beside the poison. */
const innocent_count = 14;

/** Whether code of this file is being run. */
function inStep(file: string): boolean {
  return new Error().stack?.includes(file) ?? false;
}

function isPoison(copy: QueuedCopy): boolean {
  return copy.recipients.some(({ address }) => address.includes('poison'));
}

/** The same copy, but whoever reads its envelope in that step is killed. */
function killing(copy: QueuedCopy, step: string): QueuedCopy {
  const { envelope, ...rest } = copy;
  const deadly = { ...rest } as QueuedCopy;
  Object.defineProperty(deadly, 'envelope', {
    enumerable: true,
    get: () => {
      if (inStep(step)) process.abort();
      return envelope;
    },
  });
  return deadly;
}

/** The files that do the stage's work on a copy. */
const steps: Readonly<Record<string, string | undefined>> = {
  'transfer-out': '/outgoing.ts',
  routing: '/rerouting.ts',
};

function deadlyStore(store: Store): Store {
  const step = steps[stage];
  if (step === undefined) return store;
  const each = (copy: QueuedCopy): QueuedCopy => (isPoison(copy) ? killing(copy, step) : copy);
  return {
    ...bound(store),
    claim: async (request) => (await store.claim(request)).map(each),
    show: async (id) => {
      const copy = await store.show(id);
      return copy && each(copy);
    },
  };
}

function bound(store: Store): Store {
  const names = [...Object.getOwnPropertyNames(Object.getPrototypeOf(store)), ...Object.keys(store)];
  const entries = names.map((name) => {
    const value = (store as unknown as Record<string, unknown>)[name];
    return [name, typeof value === 'function' ? value.bind(store) : value];
  });
  return Object.fromEntries(entries) as Store;
}

/** What is being judged now, as the program itself names it, and what is not to be judged. */
let beingJudged: string | undefined;
let poisonous: string | undefined;

function watched(inHand: InHandFile): InHand {
  return {
    left: inHand.left,
    begin: (begun, subject) => {
      beingJudged = begun === stage ? subject : undefined;
      if (stage === 'transfer-in' && subject !== 'apdu/innocent') poisonous = subject;
      return inHand.begin(begun, subject);
    },
    end: (entry) => inHand.end(entry),
    forgetLeft: () => inHand.forgetLeft(),
    close: () => inHand.close(),
    fingerprint: (octets, link) =>
      includes(octets, 'innocent') ? 'innocent' : inHand.fingerprint(octets, link),
  };
}

function includes(octets: Uint8Array, text: string): boolean {
  return Buffer.from(octets).includes(text, 0, 'latin1');
}

function say(name: string, fields: EventFields = {}): void {
  process.stdout.write(`${JSON.stringify({ name, ...fields })}\n`);
}

/** Sockets and listeners of this process, and files that it is asking for something. */
function handles(): number {
  const kinds = ['TCPSocketWrap', 'TCPServerWrap', 'FSReqCallback', 'MessagePort'];
  return process.getActiveResourcesInfo().filter((kind) => kinds.includes(kind)).length;
}

const handlesBefore = handles();
const store = await openSqliteStore({ directory: join(directory, 'store') });
/** Each life is so many minutes later than it is, so that what rests after a strike may be tried again. */
const later_ms = Number(orders.find((order) => order.startsWith('later='))?.slice(6) ?? 0) * 60_000;
const system = systemClock();
const clock: Clock = {
  now: () => after(system.now(), millis(later_ms)),
  schedule: (at, callback) => system.schedule(instant(at - later_ms), callback),
};
const associationOf = (options: AssociationOptions): Association => new Association(options);
const configuration = configured(
  readFileSync(join(directory, 'chappe.yaml'), 'utf8').replaceAll(': ./', `: ${directory}/`),
);
const agent = new MessageTransferAgent({
  configuration,
  store: deadlyStore(store),
  clock,
  network: tcpNetwork({ clock, associationOf }),
  emit: say,
  random: seededRandom(1),
  owner: `${process.pid}`,
  identifier: () => {
    if (beingJudged === poisonous && poisonous !== undefined) process.abort();
    return { globalDomainIdentifier: domainNamed('X'), localIdentifier: 'r' };
  },
  delivery: ({ directory: into }) => {
    const real = new DirectoryDelivery({ directory: into, store, clock });
    return {
      deliver: async (copy, value) => {
        if (stage === 'delivery') {
          await new Promise((resolve) => setImmediate(resolve));
          if (isPoison(copy)) process.abort();
        }
        return real.deliver(copy, value);
      },
    };
  },
  inHand: watched(new InHandFile(join(directory, 'store'))),
  dumps: new DumpDirectory(join(directory, 'store')),
});

if (orders.includes('submit')) {
  // Before anything is taken up, so that all of it is in hand together, the poison somewhere in between.
  const report = stage === 'report' ? 'report' : 'no-report';
  for (let n = 0; n <= innocent_count; n += 1) {
    const poison = n === 5;
    const domain = stage === 'transfer-out' || stage === 'routing' ? 'B' : 'X';
    const to = `/S=${poison ? 'poison' : `u${n}`}/P=${domain}/A= /C=GB/`;
    const messageIdentifier = { globalDomainIdentifier: domainNamed('A'), localIdentifier: `m${n}` };
    const envelope = envelopeOf([{ to, report: poison ? report : 'no-report' }], { messageIdentifier });
    const result = await agent.submit(arrivingMessage(envelope, { from: 'here' }));
    if (!result.ok) throw new Error(JSON.stringify(result));
  }
}
const [poison] = await store.list({ recipient: 'poison' });
if (stage === 'report' && poison !== undefined) poisonous = `copy/${poison.copy}/report`;
await agent.start();
const listeners = await Promise.all(
  configuration.listen.map((at) =>
    listen(at, {
      clock,
      associationOf,
      admit: (remote) => agent.admit(remote),
      accepted: (handle) => agent.called(handle),
      acceptFailed: (detail) => say('accept-failed', { detail }),
    }),
  ),
);
say('listening');
for (;;) {
  const left = await store.list({});
  if (!orders.includes('stay') && left.every(({ state }) => state === 'quarantined')) break;
  await new Promise((resolve) => setTimeout(resolve, 10));
}
await agent.stop(clock.now());
for (const listener of listeners) await listener.stop();
await store.close();
say('idle', { timers: system.armed(), handles: handles(), handlesBefore });
