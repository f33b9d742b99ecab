// The life of the process that runs an MTA, in one place: what holds it open, what it is asked by signals,
// its own mistakes, and its end. It knows nothing of mail. An orderly end lets the process go, whatever
// opened something having closed it; by force it ends where somebody asks a second time, where what must end
// does not within its time, after a mistake that nobody caught, and where nobody reads the last events.

import type { EventSink } from './event-sink.ts';
import { exitCodes } from './failure.ts';

/** What is needed of `process`. */
export interface HostProcess {
  on(event: Asked | Mistake, listener: (what: unknown) => void): unknown;
  exit(code: number): void;
}
type Asked = 'SIGTERM' | 'SIGINT' | 'SIGHUP';
type Mistake = 'uncaughtException' | 'unhandledRejection';

/** As long as a timer waits, the process lives: this one never has anything to do, in milliseconds. */
const HOLD_MS = 3_600_000;

export class ProcessLife {
  /** The first request to stop: which signal it was. */
  readonly stopAsked: Promise<string>;
  readonly #host: HostProcess;
  readonly #sink: EventSink;
  #ending = false;
  #hungUp = false;
  #onHangUp: (() => void) | undefined;

  /** From here on signals are heard, and mistakes are told. */
  constructor(host: HostProcess, sink: EventSink) {
    this.#host = host;
    this.#sink = sink;
    const stop = Promise.withResolvers<string>();
    this.stopAsked = stop.promise;
    let asked = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      host.on(signal, () => {
        if (asked) this.#endAtOnce(`${signal} again`);
        asked = true;
        stop.resolve(signal);
      });
    }
    host.on('SIGHUP', () => {
      if (this.#onHangUp === undefined) this.#hungUp = true;
      else this.#onHangUp();
    });
    const tell = (error: unknown): void => this.#endMistaken(error);
    host.on('uncaughtException', tell);
    host.on('unhandledRejection', tell);
  }

  /**
   * Holds the process open until `work` has come to its exit code, whatever that waits for: the clock of an
   * MTA holds no process open, and neither does what it does in steps. Resolves to the code once the last
   * event is written.
   */
  async live(work: () => Promise<number>): Promise<number> {
    const hold = setInterval(() => {}, HOLD_MS);
    try {
      const code = await work();
      if (!(await this.#sink.close())) this.#host.exit(code);
      return code;
    } catch (error) {
      this.#endMistaken(error);
      return exitCodes.failure;
    } finally {
      clearInterval(hold);
    }
  }

  /** Who answers SIGHUP from now on; one that came before there was anybody is answered now. */
  answerHangUps(answer: () => void): void {
    this.#onHangUp = answer;
    if (this.#hungUp) answer();
    this.#hungUp = false;
  }

  /** Waits for what must end within so many milliseconds: beyond them the process ends without it. */
  async within(limit_ms: number, work: Promise<void>): Promise<void> {
    const timer = setTimeout(() => this.#endAtOnce(`not stopped within ${limit_ms / 1000} s`), limit_ms);
    await work.finally(() => clearTimeout(timer));
  }

  #endAtOnce(reason: string): void {
    if (this.#ending) return;
    this.#sink.emit('stopping', { reason: `${reason}: at once` });
    this.#exit();
  }

  /** An exception that nobody caught: said, then the process ends. What was answered for is in the store. */
  #endMistaken(error: unknown): void {
    this.#sink.emit('internal-error', { where: 'process', detail: String(error), stack: stackOf(error) });
    if (!this.#ending) this.#exit();
  }

  #exit(): void {
    this.#ending = true;
    void this.#sink.close().then(() => this.#host.exit(exitCodes.failure));
  }
}

/** Where an error came from, if it is one. */
export function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
