// The composition root: builds the real ports (clock, network, store, delivery, log) and passes them in. The
// only file that knows every room. Nothing here decides anything about mail.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { AgentOperations } from './admin/index.ts';
import { seededRandom } from './base/random.ts';
import { err, ok, type Result } from './base/result.ts';
import { after, millis } from './base/time.ts';
import { type Composition, type RunningMta, runCli } from './cli/index.ts';
import type { Configuration } from './config/index.ts';
import { ConverterAside, DirectoryDelivery, ensureDirectory, MemberFiles } from './delivery/index.ts';
import type { Emit } from './events/index.ts';
import {
  type Listener,
  type ListenerParts,
  listen,
  monotonicClock,
  systemClock,
  tcpNetwork,
  TlsFiles,
} from './net/index.ts';
import { Association, type AssociationOptions } from './stack/association/index.ts';
import { DumpDirectory, InHandFile, openSqliteStore, type Store, StoreOpenError } from './store/index.ts';
import { bootNonce_octets, localIdentifierSource } from './submission/index.ts';
import { MessageTransferAgent, within } from './transfer/index.ts';

/** How long transfers may go on after the MTA was asked to stop, in milliseconds. */
const DRAIN_MS = 10_000;
/** How long a start waits for the directories of deliver spaces, in milliseconds. */
const DIRECTORIES_MS = 5000;

/** Runs the command line; sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await runCli([...argv], composition());
}

function composition(): Composition {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return { version, startMta: (configuration, emit) => startMta({ configuration, emit, version }) };
}

interface StartRequest {
  readonly configuration: Configuration;
  readonly emit: Emit;
  readonly version: string;
}

type NetParts = Pick<ListenerParts, 'clock' | 'tlsFiles' | 'late'>;

/** The network, on a clock that nobody sets: protocol timers do not care what time of day it is. */
function networkOf(net: NetParts, emit: Emit): ReturnType<typeof tcpNetwork> {
  return tcpNetwork({ ...net, associationOf, internalError: internalErrors('net', emit) });
}

async function startMta(request: StartRequest): Promise<Result<RunningMta, string>> {
  const ending = untilEnded();
  const store = await openStore(request, ending.end);
  if (!store.ok) return store;
  const clock = systemClock();
  const { configuration, emit, version } = request;
  const { late, lateEvents } = lateCounter();
  const tlsFiles = new TlsFiles((file, detail) => emit('tls-files-failed', { file, detail }));
  const net = { clock: monotonicClock(), tlsFiles, late };
  const identifiers = localIdentifierSource(randomBytes(bootNonce_octets));
  const agent: MessageTransferAgent = new MessageTransferAgent({
    configuration,
    store: store.value,
    clock,
    emit,
    network: networkOf(net, emit),
    random: seededRandom(randomBytes(4).readUInt32LE()),
    owner: `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`,
    identifier: (now) => ({
      globalDomainIdentifier: agent.configuration.mta.domain,
      localIdentifier: identifiers.next(now),
    }),
    ...besideTheStore(configuration.store),
    delivery: ({ directory }) => new DirectoryDelivery({ directory, store: store.value, clock }),
    ...besideTheLoop({ clock, emit }),
  });
  // One on a disk that hangs keeps nobody waiting: its deliveries are tried again.
  await within({ clock, emit }, after(clock.now(), millis(DIRECTORIES_MS)), makeDirectories(request));
  // Before the first caller: whoever is judged must find every link at work.
  await agent.start();
  const failed = ending.reason();
  const listeners = failed === undefined ? await listenAll(request, agent, net) : err(failed);
  if (!listeners.ok) {
    await agent.stop(clock.now());
    await store.value.close();
    return listeners;
  }
  let stopping = false;
  const operations = new AgentOperations({
    ...{ agent, clock, emit, identifiers, version },
    stopping: () => stopping,
    net: { timers: () => clock.armed() + net.clock.armed(), lateEvents },
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    // Where the store has ended nothing can be answered for: nothing is worth waiting for.
    const drain_ms = ending.reason() === undefined ? DRAIN_MS : 0;
    const drained = agent.stop(after(clock.now(), millis(drain_ms)));
    await Promise.all([...listeners.value.map((listener) => listener.stop()), drained]);
    operations.close();
    await store.value.close();
  };
  const reloadAll = (next: Configuration): ReturnType<RunningMta['reload']> => {
    tlsFiles.reload();
    reloadListeners(request, listeners.value);
    return reload(agent, next);
  };
  const control = { reload: reloadAll, ended: ending.ended, stop };
  return ok({ operations, listening: listeners.value, ...control });
}

/** Why the MTA cannot go on, once it cannot. */
function untilEnded() {
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  let reason: string | undefined;
  const end = (why: string): void => {
    reason ??= why;
    resolve(why);
  };
  return { ended, end, reason: () => reason };
}

/** Members of lists come from files, long contents are converted in a thread: it ends with its work. */
function besideTheLoop(parts: ConstructorParameters<typeof MemberFiles>[0]) {
  return { members: new MemberFiles(parts), converter: new ConverterAside() };
}

/** What lies in the directory of the store and is no part of it. */
function besideTheStore({ directory }: Configuration['store']) {
  const [inHand, dumps] = [new InHandFile(directory), new DumpDirectory(directory)];
  const malformed = new DumpDirectory(directory, 'dumps-malformed');
  return { inHand, dumps, malformed, free: () => freeOctets(directory) };
}

/** Delivery directories are there from the start; one that cannot be made holds up its own deliveries. */
async function makeDirectories({ configuration, emit }: StartRequest): Promise<void> {
  for (const { directory, name: recipient } of configuration.deliver) {
    await ensureDirectory(directory).catch(({ code, message: detail }: NodeJS.ErrnoException) => {
      emit('delivery-failed', { recipient, directory, code, detail });
    });
  }
}

/** What we may still write on the disk of a directory. */
async function freeOctets(directory: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/** Counts what is said of associations after their end. */
function lateCounter(): { readonly late: () => void; readonly lateEvents: () => number } {
  let count = 0;
  const late = (): void => {
    count += 1;
  };
  return { late, lateEvents: () => count };
}

function associationOf(options: AssociationOptions): Association {
  return new Association(options);
}

/** Our own mistakes, told as events: what they concern was given up, the rest goes on. */
function internalErrors(where: string, emit: Emit): (error: unknown) => void {
  return (error) => {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    emit('internal-error', { where, detail: message, stack });
  };
}

async function openStore(
  { configuration, emit }: StartRequest,
  ended: (reason: string) => void,
): Promise<Result<Store, string>> {
  const { directory, inlineOctetsMax } = configuration.store;
  try {
    const began = performance.now();
    const store = await openSqliteStore({
      directory,
      inlineOctetsMax,
      onFinding: (finding) => {
        const { detail, mtsIdentifier, copies } = finding;
        if (finding.kind === 'store-ended') {
          emit('store-ended', { directory, detail });
          ended('the store ended');
          return;
        }
        if (finding.kind === 'left-over') {
          emit('store-recovered', { directory, detail });
          return;
        }
        if (finding.kind === 'spool-orphan') {
          emit('spool-orphan', { directory, spools: finding.spools?.names, octets: finding.spools?.octets });
          return;
        }
        if (copies.length === 0) emit('store-failed', { directory, detail });
        for (const copy of copies) emit('quarantined', { mtsIdentifier, copy, detail });
      },
    });
    const duration = Math.round(performance.now() - began);
    const queued = (await store.counts()).reduce((sum, { copies }) => sum + copies, 0);
    emit('store-opened', { directory, queued, duration });
    return ok(store);
  } catch (error) {
    if (error instanceof StoreOpenError) return err(error.message);
    throw error;
  }
}

async function listenAll(
  { configuration, emit }: StartRequest,
  agent: MessageTransferAgent,
  net: NetParts,
): Promise<Result<readonly Listener[], string>> {
  const listeners: Listener[] = [];
  for (const at of configuration.listen) {
    const where = `${at.address}:${at.port}`;
    try {
      listeners.push(
        await listen(at, {
          ...net,
          associationOf,
          internalError: internalErrors('net', emit),
          admit: (remote) => agent.admit(remote),
          accepted: (handle) => agent.called(handle),
          handshakeFailed: (remote, misfit) =>
            emit('tls-handshake-failed', { remote, direction: 'in', ...misfit, listen: where }),
          acceptFailed: (detail) => emit('accept-failed', { listen: where, detail }),
        }),
      );
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      emit('listen-failed', { listen: where, code, detail: message });
      await Promise.all(listeners.map((listener) => listener.stop()));
      return err(`cannot listen on ${where}: ${message}`);
    }
  }
  return ok(listeners);
}

/** Reads the certificates of the listeners again; one that cannot keeps those that it has. */
function reloadListeners({ configuration, emit }: StartRequest, listeners: readonly Listener[]): void {
  for (const [index, listener] of listeners.entries()) {
    try {
      listener.reload();
    } catch (error) {
      const { path, message } = error as NodeJS.ErrnoException;
      const file = path ?? configuration.listen[index].tls?.certificate ?? '';
      emit('tls-files-failed', { file, detail: message });
    }
  }
}

/**
 * Takes over what can change while running; listeners, the store and the admin port count from the next
 * start.
 */
async function reload(
  agent: MessageTransferAgent,
  next: Configuration,
): Promise<Result<readonly string[], string>> {
  const before = agent.configuration;
  // What must be left free on the disk counts at once.
  const store = { ...before.store, space: next.store.space };
  const inForce = { ...before, store };
  const restart = (['listen', 'admin', 'store'] as const).filter(
    (key) => JSON.stringify(inForce[key]) !== JSON.stringify(next[key]),
  );
  if (before.mta.name !== next.mta.name) return err('mta.name cannot change while running');
  await agent.reconfigure({ ...next, listen: before.listen, admin: before.admin, store });
  return ok(restart);
}
