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
import { stderrSink } from '../event-sink.ts';
import { exitCodes } from '../failure.ts';
import { announceAddress } from '../local-mta.ts';
import { ProcessLife, stackOf } from '../process-life.ts';

const now = (): Instant => instant(Date.now());

/** How long an MTA that cannot go on may take to stop, in milliseconds: then it ends as it is. */
const STOP_MS_MAX = 15_000;

/** Resolves to the exit code when the MTA has stopped. */
export function start(context: CommandContext, options: CommonOptions): Promise<number> {
  const counters = new EventCounters();
  const sink = stderrSink({ now }, (name, fields) => counters.count(name, fields));
  const { emit } = sink;
  const life = new ProcessLife(process, sink);
  return life.live(async () => {
    const configuration = configurationOrEvents(options, emit);
    if (configuration === undefined) return exitCodes.failure;
    return run(context, options, { configuration, counters, emit, life });
  });
}

interface Run {
  readonly configuration: Configuration;
  readonly counters: EventCounters;
  readonly emit: Emit;
  readonly life: ProcessLife;
}

async function run(context: CommandContext, options: CommonOptions, given: Run): Promise<number> {
  const { configuration, counters, emit, life } = given;
  const { version } = context.composition;
  const startedAt = now();
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
  life.answerHangUps(reloader(options, { mta, emit }));
  const ended = mta.ended.then((reason) => ({ reason, code: exitCodes.failure }));
  const asked = life.stopAsked.then((reason) => ({ reason, code: exitCodes.success }));
  const { reason, code } = await Promise.race([asked, ended]);
  emit('stopping', { reason });
  life.answerHangUps(() => {});
  const stopped = admin.value.close().then(() => mta.stop());
  // Who asked may ask again; nobody does where the MTA ends by itself, and what watches it wants it gone.
  await (code === exitCodes.success ? stopped : life.within(STOP_MS_MAX, stopped));
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
