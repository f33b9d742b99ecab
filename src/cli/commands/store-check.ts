// chappe store check: whether everything in the store's directory is as it was written. Reads only, with or
// without an MTA that runs on it.

import { type CheckFinding, type CheckSlice, checkDirectory, StoreOpenError } from '../../store/index.ts';
import { type CommandContext, type CommonOptions, requireConfiguration } from '../context.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

/** Milliseconds between two signs of life: on a terminal one line is written over, elsewhere lines follow. */
const PROGRESS_MS = { interactive: 250, plain: 3000 } as const;
/** Findings that `--json` holds; more are counted. */
const LISTED_MAX = 10_000;

/** Exits 1 if anything is not as it was written. */
export async function storeCheck({ terminal }: CommandContext, options: CommonOptions): Promise<number> {
  const { directory } = requireConfiguration(options).store;
  const listed: CheckFinding[] = [];
  const progress = new Progress(terminal);
  let last: CheckSlice | undefined;
  try {
    for (const slice of checkDirectory(directory)) {
      last = slice;
      for (const finding of slice.findings) {
        if (options.json === true) {
          if (listed.length < LISTED_MAX) listed.push(finding);
        } else {
          await progress.clear();
          await terminal.out(`${findingText(finding)}\n`);
        }
      }
      await progress.say(slice);
    }
  } catch (error) {
    if (error instanceof StoreOpenError) throw new CommandFailure(error.message, error.problem);
    throw error;
  } finally {
    await progress.clear();
  }
  if (last === undefined) return exitCodes.success;
  const { count } = last;
  if (options.json === true) {
    const report = { directory, ...count, listed };
    await terminal.out(`${JSON.stringify(report, undefined, 2)}\n`);
  } else await terminal.out(`${summary(last)}\n`);
  return count.damage === 0 ? exitCodes.success : exitCodes.failure;
}

function findingText({ kind, weight, detail, mtsIdentifier }: CheckFinding): string {
  const words = { damage: 'DAMAGE', known: 'in quarantine', note: 'note' } as const;
  const named = mtsIdentifier === undefined || mtsIdentifier === '' ? '' : ` (${mtsIdentifier})`;
  return `${words[weight]}  ${kind}: ${detail}${named}`;
}

function summary({ count }: CheckSlice): string {
  const { messages, copies, records, spools, octets, damage, known, notes } = count;
  const read = `${messages} messages, ${copies} copies, ${records} records`;
  const files = `${spools} spool files with ${octets} octets`;
  const others = `${known} known and in quarantine, ${notes} notes`;
  if (damage === 0) return `checked ${read}, ${files}: no damage (${others})`;
  const remedy = 'stop the MTA, then: chappe store check --repair';
  return `checked ${read}, ${files}: ${damage} findings of damage (${others})\n${remedy}`;
}

const stages: Readonly<Record<CheckSlice['stage'], string>> = {
  log: 'the log',
  structure: "SQLite's structure",
  messages: 'messages',
  copies: 'copies',
  records: 'records',
  spools: 'spool files',
  done: 'done',
};

/** Says how far it has come. */
class Progress {
  readonly #terminal: Terminal;
  readonly #startedAt = performance.now();
  #saidAt = performance.now();
  #isShown = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  async say({ stage, progress, count }: CheckSlice): Promise<void> {
    const { interactive } = this.#terminal;
    const now = performance.now();
    if (now - this.#saidAt < (interactive ? PROGRESS_MS.interactive : PROGRESS_MS.plain)) return;
    this.#saidAt = now;
    const rows = count.messages + count.copies + count.records;
    const rate = Math.round((1000 * rows) / (now - this.#startedAt));
    const line = `checking ${stages[stage]}: ${Math.floor(progress * 100)} %, ${rows} rows, ${rate} a second`;
    this.#isShown = interactive;
    await this.#terminal.err(interactive ? `\r\u001b[K${line}` : `${line}\n`);
  }

  async clear(): Promise<void> {
    if (this.#isShown) await this.#terminal.err('\r\u001b[K');
    this.#isShown = false;
  }
}
