// chappe start: runs the MTA in the foreground. Loads, starts, offers the HTTP API, says `ready`, and waits
// for signals: SIGTERM and SIGINT drain and stop (a second one stops at once), SIGHUP reads the
// configuration again.

import { err, ok, type Result } from '../../base/result.ts';
import { type Instant, instant } from '../../base/time.ts';
import { type AdminServer, EventCounters, startAdminServer } from '../../admin/index.ts';
import {
  type Configuration,
  type ConfigurationError,
  formatConfigurationError,
  keepPreviousLinks,
} from '../../config/index.ts';
import type { Emit } from '../../events/index.ts';
import type { RunningMta } from '../composition.ts';
import { loadConfigurationAside } from '../configuration-aside.ts';
import {
  type CommandContext,
  type CommonOptions,
  configurationFile,
  readConfigurationAroundErrors,
} from '../context.ts';
import { type EventSink, stderrSink } from '../event-sink.ts';
import { exitCodes } from '../failure.ts';
import { announceAddress } from '../local-mta.ts';

const now = (): Instant => instant(Date.now());

/** Resolves to the exit code when the MTA has stopped. */
export async function start(context: CommandContext, options: CommonOptions): Promise<number> {
  const counters = new EventCounters();
  const sink = stderrSink({ now }, (name, fields) => counters.count(name, fields));
  const configuration = configurationOrEvents(options, sink.emit);
  // The clock of the MTA holds no process open, and what it does in steps is timed by nothing else: a start
  // with work at hand, and no caller yet, must not end for that.
  const alive = setInterval(() => {}, 3_600_000);
  const code =
    configuration === undefined
      ? exitCodes.failure
      : await run(context, options, { configuration, counters, sink });
  clearInterval(alive);
  const written = await sink.close();
  if (!written) process.exit(code);
  return code;
}

interface Run {
  readonly configuration: Configuration;
  readonly counters: EventCounters;
  readonly sink: EventSink;
}

async function run(context: CommandContext, options: CommonOptions, given: Run): Promise<number> {
  const { configuration, counters, sink } = given;
  const { emit } = sink;
  const { version } = context.composition;
  const startedAt = now();
  const stopAsked = signalled(emit);
  const hangUps = hangUpsAsked();
  watchForBugs(sink);
  emit('starting', { mta: configuration.mta.name, version, configuration: configuration.file ?? 'built-in' });
  tellSetAside(configuration, emit);
  const started = await context.composition.startMta(configuration, emit);
  if (!started.ok) {
    emit('start-failed', { detail: started.error });
    return exitCodes.failure;
  }
  const mta = started.value;
  const admin = await offerAdmin({ configuration, counters, emit, mta, version });
  if (!admin.ok) {
    await mta.stop();
    emit('start-failed', { detail: admin.error });
    return exitCodes.failure;
  }
  const listen = mta.listening.map(({ address, port }) => `${address}:${port}`);
  emit('ready', { listen, admin: `${admin.value.address}:${admin.value.port}` });
  const ready = {
    ready: true,
    mta: configuration.mta.name,
    listen: mta.listening,
    admin: place(admin.value),
  };
  await context.terminal.out(options.json === true ? `${JSON.stringify(ready)}\n` : 'ready\n');
  hangUps.answerBy(reloader(options, { mta, emit }));
  const ended = mta.ended.then((reason) => ({ reason, code: exitCodes.failure }));
  const asked = stopAsked.first.then((reason) => ({ reason, code: exitCodes.success }));
  const { reason, code } = await Promise.race([asked, ended]);
  emit('stopping', { reason });
  hangUps.answerBy(() => {});
  const stopped = (async () => {
    await admin.value.close();
    await mta.stop();
  })();
  // A store that has ended may leave somebody waiting for it for ever.
  const late = Promise.withResolvers<'at once'>();
  const patience = setTimeout(() => late.resolve('at once'), code === exitCodes.success ? 3_600_000 : 15_000);
  const how = await Promise.race([stopped.then(() => 'drained' as const), stopAsked.second, late.promise]);
  clearTimeout(patience);
  if (how !== 'drained') return exitCodes.failure;
  emit('stopped', { uptime: Math.round((now() - startedAt) / 1000) });
  return code;
}

function configurationOrEvents(options: CommonOptions, emit: Emit): Configuration | undefined {
  const read = readConfigurationAroundErrors(options);
  if (read.ok) return read.value;
  reportErrors(read.error, emit);
  emit('start-failed', { detail: `the configuration has ${read.error.length} errors` });
  return undefined;
}

function reportErrors(errors: readonly ConfigurationError[], emit: Emit): void {
  for (const { file, line, column, key, message } of errors) {
    emit('configuration-invalid', { file, line, column, key, detail: message });
  }
}

/** What the MTA does without; `kept` are links that work on as before. */
function tellSetAside(
  { setAside = [] }: Configuration,
  emit: Emit,
  kept: ReadonlySet<string> = new Set(),
): void {
  for (const { kind, name, errors } of setAside) {
    const [{ file, line, key }] = errors;
    const meanwhile =
      kind === 'group'
        ? 'it goes on without those members'
        : kept.has(name)
          ? 'it works on as it was configured before; from the next start on it would be disabled'
          : 'it is disabled, and what is for it waits';
    const place = { file, line, key, errors: errors.map(formatConfigurationError) };
    emit('entry-set-aside', {
      ...(kind === 'link' && { link: name }),
      entry: `${kind} ${name}`,
      ...place,
      meanwhile,
    });
  }
}

interface AdminParts {
  readonly configuration: Configuration;
  readonly counters: EventCounters;
  readonly emit: Emit;
  readonly mta: RunningMta;
  readonly version: string;
}

/** The HTTP API. Without it no command would reach the MTA: it does not start. */
async function offerAdmin(parts: AdminParts): Promise<Result<AdminServer, string>> {
  const { configuration, counters, emit, mta, version } = parts;
  const { operations } = mta;
  const server = await startAdminServer({ ...configuration.admin, operations, counters, emit, version, now });
  if (!server.ok) {
    const { code = 'unknown', message } = server.error as NodeJS.ErrnoException;
    const at = `${configuration.admin.address}:${configuration.admin.port}`;
    emit('admin-failed', { listen: at, code, detail: message });
    return err(`cannot open the HTTP API on ${at} (admin in the configuration): ${message}`);
  }
  const takeBack = announceAddress(configuration, place(server.value));
  return ok({
    ...server.value,
    close: async () => {
      takeBack();
      await server.value.close();
    },
  });
}

function place({ address, port }: { readonly address: string; readonly port: number }) {
  return { address, port };
}

/** The first and the second request to stop. */
function signalled(emit: Emit): { readonly first: Promise<string>; readonly second: Promise<'at once'> } {
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<'at once'>();
  let asked = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (asked) {
        emit('stopping', { reason: `${signal} again: at once` });
        second.resolve('at once');
      }
      asked = true;
      first.resolve(signal);
    });
  }
  return { first: first.promise, second: second.promise };
}

/** SIGHUP, from the first moment on: asked for before there is an MTA to answer, it is answered then. */
function hangUpsAsked(): { readonly answerBy: (answer: () => void) => void } {
  let waiting = false;
  let current = (): void => {
    waiting = true;
  };
  process.on('SIGHUP', () => current());
  return {
    answerBy: (answer) => {
      current = answer;
      if (waiting) answer();
      waiting = false;
    },
  };
}

/** Reads the configuration again, one time after the other; with an error the one in force stays. */
function reloader(
  options: CommonOptions,
  { mta, emit }: { readonly mta: RunningMta; readonly emit: Emit },
): () => void {
  const reload = async () => {
    const file = configurationFile(options);
    if (file === undefined) return;
    const read = await loadConfigurationAside(file);
    if (!read.ok) {
      reportErrors(read.error, emit);
      return;
    }
    const { configuration, kept } = keepPreviousLinks(read.value, mta.configuration());
    const taken: Result<readonly string[], string> = await mta.reload(configuration);
    if (!taken.ok) {
      emit('configuration-invalid', { file: configuration.file, detail: taken.error });
      return;
    }
    tellSetAside(configuration, emit, kept);
    emit('configuration-reloaded', { restart: taken.value });
  };
  let last: Promise<unknown> = Promise.resolve(ok(undefined));
  return () => {
    last = last.then(reload).catch((error: unknown) => {
      emit('internal-error', { where: 'reload', detail: String(error), stack: stackOf(error) });
    });
  };
}

/** An exception that nobody caught: said, then the process ends. What was answered for is in the store. */
function watchForBugs(sink: EventSink): void {
  const report = (error: unknown) => {
    sink.emit('internal-error', { where: 'process', detail: String(error), stack: stackOf(error) });
    void sink.close().then(() => process.exit(exitCodes.failure));
  };
  process.on('uncaughtException', report);
  process.on('unhandledRejection', report);
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
