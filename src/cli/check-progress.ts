// What `chappe store check` says of how far it is: on a terminal one line that is written over, elsewhere
// lines that follow. While SQLite verifies the structure in one step it says that this runs, on what, and
// since when.

import { type Clock, type Instant, type Millis, millis } from '../base/time.ts';
import type { CheckSlice } from '../store/index.ts';
import { sizeText } from './size-text.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds between two signs of life. */
const PROGRESS_MS = { interactive: 250, plain: 3000 } as const;

const stages: Readonly<Record<CheckSlice['stage'], string>> = {
  log: 'the log',
  structure: "SQLite's structure",
  messages: 'messages',
  copies: 'copies',
  records: 'records',
  spools: 'spool files',
  done: 'done',
};

export class CheckProgress {
  readonly every: Millis;
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #startedAt: Instant;
  #saidAt: Instant;
  #last: CheckSlice | undefined;
  #isShown = false;

  constructor(terminal: Terminal, clock: Clock) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#saidAt = this.#startedAt;
    this.every = millis(terminal.interactive ? PROGRESS_MS.interactive : PROGRESS_MS.plain);
  }

  /** It has come so far. */
  async say(slice: CheckSlice): Promise<void> {
    this.#last = slice;
    if (this.#clock.now() - this.#saidAt >= this.every) await this.tell();
  }

  /** Says how far it was at the last slice, and since when it runs. */
  async tell(): Promise<void> {
    const now = this.#clock.now();
    this.#saidAt = now;
    if (this.#last === undefined) return;
    const line = lineOf(this.#last, now - this.#startedAt);
    const { interactive } = this.#terminal;
    this.#isShown = interactive;
    await this.#terminal.err(interactive ? `\r\u001b[K${line}` : `${line}\n`);
  }

  async clear(): Promise<void> {
    if (this.#isShown) await this.#terminal.err('\r\u001b[K');
    this.#isShown = false;
  }
}

function lineOf({ stage, progress, count, databaseOctets }: CheckSlice, elapsed_ms: number): string {
  const seconds = `${Math.floor(elapsed_ms / 1000)} s so far`;
  if (stage === 'structure') {
    return `checking ${stages[stage]} of ${sizeText(databaseOctets)}, in one step: ${seconds}`;
  }
  const rows = count.messages + count.copies + count.records;
  const rate = Math.round((1000 * rows) / Math.max(1, elapsed_ms));
  const percent = Math.floor(progress * 100);
  return `checking ${stages[stage]}: ${percent} %, ${rows} rows, ${rate} a second, ${seconds}`;
}
