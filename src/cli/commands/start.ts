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
  packEntries,
  type SetAsideEntry,
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

/** Entries that stay at a reload and are named in one event. */
const STAYING_MAX = 10;

/** The configuration, and its entries as the next reload wants them; undefined: no file had them. */
interface InForce {
  readonly configuration: Configuration;
  readonly entries: Uint8Array | undefined;
}

/** Resolves to the exit code when the MTA has stopped. */
export function start(context: CommandContext, options: CommonOptions): Promise<number> {
  const counters = new EventCounters();
  const sink = stderrSink({ now }, (name, fields) => counters.count(name, fields));
  const { emit } = sink;
  const life = new ProcessLife(process, sink);
  return life.live(async () => {
    const loaded = configurationOrEvents(options, emit);
    if (loaded === undefined) return exitCodes.failure;
    return run(context, options, { ...loaded, counters, emit, life });
  });
}

interface Run extends InForce {
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
  life.answerHangUps(reloader(options, { mta, emit, entries: given.entries }));
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

function configurationOrEvents(options: CommonOptions, emit: Emit): InForce | undefined {
  const read = readConfigurationAroundErrors(options);
  if (read.ok) {
    const { configuration, entries } = read.value;
    return { configuration, entries: configuration.file === undefined ? undefined : packEntries(entries) };
  }
  reportErrors(read.error, emit);
  emit('start-failed', { detail: `the configuration has ${read.error.length} errors` });
  return undefined;
}

function reportErrors(errors: readonly ConfigurationError[], emit: Emit): void {
  for (const { file, line, column, key, message } of errors) {
    emit('configuration-invalid', { file, line, column, key, detail: message });
  }
}

/** Every entry with errors, and what is in force in its place. */
function tellSetAside({ setAside = [] }: Configuration, emit: Emit): void {
  for (const entry of setAside) {
    const { kind, name, errors } = entry;
    const [{ file, line, key }] = errors;
    const place = { file, line, key, errors: errors.map(formatConfigurationError) };
    emit('entry-set-aside', {
      ...(kind === 'link' && { link: name }),
      entry: `${kind} ${name}`,
      ...place,
      meanwhile: meanwhileText(entry),
    });
  }
}

function meanwhileText({ kind, meanwhile, refusesStart, staying = [] }: SetAsideEntry): string {
  const atStart = refusesStart ? 'on this file no MTA would start' : disabledAtStart(kind);
  switch (meanwhile) {
    case 'fewer-members':
      return 'it goes on without those members';
    case 'disabled':
      return 'it is disabled, and what is for it waits';
    case 'as-before':
      return `it works on as it was configured before; ${atStart}`;
    case 'left-out': {
      const shown = staying.slice(0, STAYING_MAX).join(', ');
      const more = staying.length > STAYING_MAX ? ` and ${staying.length - STAYING_MAX} more` : '';
      const stay = `; what the file no longer has stays, since this may be one of them: ${shown}${more}`;
      return `it was not there before, and is left out${staying.length > 0 ? stay : ''}; ${atStart}`;
    }
  }
}

function disabledAtStart(kind: SetAsideEntry['kind']): string {
  return kind === 'link' ? 'from the next start on it would be disabled' : 'the next start does without it';
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

interface ReloadParts {
  readonly mta: RunningMta;
  readonly emit: Emit;
  readonly entries: Uint8Array | undefined;
}

/**
 * Reads the configuration again, one time after the other. Entries with errors are as they were before; with
 * an error elsewhere, or if that does not fit together, the configuration in force stays.
 */
function reloader(options: CommonOptions, { mta, emit, entries }: ReloadParts): () => void {
  let inForce = entries;
  const reload = async () => {
    const file = configurationFile(options);
    if (file === undefined) return;
    const read = await loadConfigurationAside(file, inForce);
    if (!read.ok) {
      reportErrors(read.error, emit);
      return;
    }
    const { configuration } = read.value;
    const taken: Result<readonly string[], string> = await mta.reload(configuration);
    if (!taken.ok) {
      emit('configuration-invalid', { file: configuration.file, detail: taken.error });
      return;
    }
    inForce = read.value.entries;
    tellSetAside(configuration, emit);
    emit('configuration-reloaded', { restart: taken.value });
  };
  let last: Promise<unknown> = Promise.resolve(ok(undefined));
  return () => {
    last = last.then(reload).catch((error: unknown) => {
      emit('internal-error', { where: 'reload', detail: String(error), stack: stackOf(error) });
    });
  };
}
