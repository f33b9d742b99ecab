// chappe store export and import: messages of the queue to an archive and back, with a running MTA or
// without. An archive has its name only when it is whole and on the disk; until then it is FILE.partial.
// Messages are removed after that, and never before.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { ArchiveSearchJson } from '../../admin/index.ts';
import { ArchiveWitness, type ImportSummary } from '../../store/index.ts';
import { type ArchiveStore, archiveStore } from '../archive-store.ts';
import { type CommandContext, type CommonOptions, requireConfiguration } from '../context.ts';
import { CommandFailure, exitCodes, WrongUsage } from '../failure.ts';
import { fields, report } from '../output.ts';
import { sizeText } from '../size-text.ts';
import type { Terminal } from '../terminal.ts';
import { timeOf } from '../../admin/index.ts';

/** Between two signs of life, in milliseconds. */
const PROGRESS_MS = 2000;
/** Octets of an archive that are read at a time. */
const read_octets = 256 * 1024;
/** Copies that could not be removed and are named one by one. */
const named_max = 20;

export interface ExportOptions extends CommonOptions, ArchiveSearchJson {
  readonly tracking?: boolean;
  readonly remove?: boolean;
  readonly force?: boolean;
}
export interface ImportOptions extends CommonOptions {
  readonly hold?: boolean;
  readonly dryRun?: boolean;
}

/** Writes an archive; exits 1 if something could not be removed afterwards. */
export async function storeExport(
  { terminal }: CommandContext,
  file: string,
  options: ExportOptions,
): Promise<number> {
  const { link, nextHop, state, id, from, to, since, until, tracking, remove } = options;
  for (const time of [since, until]) {
    if (timeOf(time) === 'malformed')
      throw new WrongUsage('a time is written in ISO 8601: 2031-01-31T12:00:00Z');
  }
  if (existsSync(file) && options.force !== true) {
    throw new CommandFailure(`${file} exists; --force replaces it`, 'exists');
  }
  // A directory that is not the store's must not look like an empty queue.
  const store = await archiveStore(requireConfiguration(options), false);
  try {
    const search = { link, nextHop, state, id, from, to, since, until };
    const move = remove === true;
    const octets = await store.export({ ...search, tracking: tracking === true, move });
    const witness = await written({ file, octets, terminal, store, move });
    const left = move ? await removed(store, witness) : [];
    const { messages, copies, totals } = witness;
    const result = {
      file,
      archive: witness.archive,
      messages,
      copies: copies.length,
      octets: witness.octets,
      dropped: totals?.dropped ?? 0,
      busy: totals?.busy ?? 0,
      ...(move && { removed: copies.length - left.length, notRemoved: left }),
    };
    await report(terminal, options, { json: result, text: () => exportText(result) });
    return left.length === 0 ? exitCodes.success : exitCodes.failure;
  } finally {
    await store.close();
  }
}

interface Writing {
  readonly file: string;
  readonly octets: AsyncIterable<Uint8Array>;
  readonly terminal: Terminal;
  readonly store: ArchiveStore;
  readonly move: boolean;
}

/** The archive on the disk, under its name, synced. Rejects if it is not whole: it stays FILE.partial. */
async function written({ file, octets, terminal, store, move }: Writing): Promise<ArchiveWitness> {
  const partial = `${file}.partial`;
  const witness = new ArchiveWitness();
  const say = signs(terminal, () => `exported ${witness.messages} messages, ${sizeText(witness.octets)}\n`);
  try {
    const handle = await open(partial, 'w', 0o600);
    try {
      for await (const piece of octets) {
        await handle.writeFile(piece);
        witness.see(piece);
        await say();
      }
      await handle.datasync();
    } finally {
      await handle.close();
    }
    if (witness.totals === undefined) throw new Error('the MTA broke off in the middle of it');
    await rename(partial, file);
    await syncDirectory(dirname(file));
    return witness;
  } catch (error) {
    const { message } = error as Error;
    if (move) await store.release(heldIn(witness)).catch(() => undefined);
    const kept = witness.messages > 0 ? `; ${partial} holds ${witness.messages} messages that are whole` : '';
    throw new CommandFailure(`${file} could not be written: ${message}${kept}; nothing was removed`);
  }
}

/** What the export has put on hold. */
function heldIn({ copies }: ArchiveWitness): number[] {
  return copies.filter(({ state }) => state === 'queued').map(({ copy }) => copy);
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  await handle.sync().finally(() => handle.close());
}

interface Left {
  readonly copy: number;
  readonly detail: string;
}

/** Removes what the archive has; what could not be. */
async function removed(store: ArchiveStore, { archive, copies }: ArchiveWitness): Promise<readonly Left[]> {
  const numbers = copies.map(({ copy }) => copy);
  const outcomes = numbers.length === 0 ? [] : await store.remove(archive ?? '', numbers);
  return outcomes.flatMap(({ copy, done, detail }) => (done ? [] : [{ copy, detail: detail ?? 'unknown' }]));
}

interface ExportResult {
  readonly file: string;
  readonly messages: number;
  readonly copies: number;
  readonly octets: number;
  readonly dropped: number;
  readonly busy: number;
  readonly removed?: number;
  readonly notRemoved?: readonly Left[];
}

function exportText({ notRemoved = [], ...result }: ExportResult): string {
  const { file, messages, copies, octets, dropped, busy, removed: gone } = result;
  const lines = [
    `${file}: ${messages} messages (${copies} copies), ${sizeText(octets)}`,
    ...(busy > 0 ? [`${busy} copies were being sent and are not in it`] : []),
    ...(dropped > 0 ? [`${dropped} messages ended or were found damaged meanwhile and are not in it`] : []),
    ...(gone === undefined ? [] : [`${gone} copies removed from this queue`]),
  ];
  if (notRemoved.length === 0) return lines.join('\n');
  lines.push(`${notRemoved.length} copies are in the archive AND were not removed: they may go twice`);
  for (const { copy, detail } of notRemoved.slice(0, named_max)) lines.push(`  copy ${copy}: ${detail}`);
  return lines.join('\n');
}

/** Takes an archive; exits 1 if it was not whole or not all of it could be taken. */
export async function storeImport(
  { terminal }: CommandContext,
  file: string,
  options: ImportOptions,
): Promise<number> {
  let size: number;
  try {
    size = statSync(file).size;
  } catch (error) {
    throw new CommandFailure(`${file} cannot be read: ${(error as Error).message}`);
  }
  const store = await archiveStore(requireConfiguration(options), true);
  const dryRun = options.dryRun === true;
  try {
    const octets = readWithSigns(file, size, terminal);
    const summary = await store.import(octets, { hold: options.hold === true, dryRun });
    await report(terminal, options, { json: summary, text: () => importText(file, summary, dryRun) });
    return summary.complete && summary.stopped === undefined ? exitCodes.success : exitCodes.failure;
  } finally {
    await store.close();
  }
}

async function* readWithSigns(file: string, size: number, terminal: Terminal): AsyncGenerator<Uint8Array> {
  let octets = 0;
  const say = signs(terminal, () => `read ${sizeText(octets)} of ${sizeText(size)}\n`);
  for await (const piece of createReadStream(file, { highWaterMark: read_octets })) {
    octets += piece.length;
    yield piece;
    await say();
  }
}

function importText(file: string, summary: ImportSummary, dryRun: boolean): string {
  const { archive, source, messages, copies, duplicates, damaged, dropped, problems, problemCount } = summary;
  const more = problemCount - problems.length;
  const verdict =
    summary.stopped !== undefined
      ? `${file}: NOT READ TO ITS END: ${summary.stopped}`
      : `${file}: ${summary.complete ? 'whole' : 'NOT WHOLE: what is whole was taken'}`;
  const counts = fields([
    ['archive', archive],
    ['from', source],
    [dryRun ? 'would be taken' : 'taken', `${messages} messages (${copies} copies)`],
    ['here already', duplicates > 0 ? `${duplicates} messages, in whole or in part` : undefined],
    ['not whole', damaged > 0 ? `${damaged} messages` : undefined],
    ['left out when made', dropped > 0 ? `${dropped} messages` : undefined],
  ]);
  const wrong = [...problems, ...(more > 0 ? [`and ${more} more`] : [])].map((each) => `  ${each}`);
  return [verdict, counts, ...wrong].join('\n');
}

/** Says how far it is from time to time. */
function signs(terminal: Terminal, text: () => string): () => Promise<void> {
  let saidAt = performance.now();
  return async () => {
    if (performance.now() - saidAt < PROGRESS_MS) return;
    saidAt = performance.now();
    await terminal.err(text());
  };
}
