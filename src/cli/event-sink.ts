// The sink of events: JSON lines on standard error. Never throws and never waits: lines that a slow
// reader does not take are kept up to a bound, then dropped and counted, because mail is worth more. Whole
// lines only: those of a few milliseconds go out in one write, which does not block on a pipe, and for a
// file or terminal is done beside the event loop.

import { fstatSync } from 'node:fs';

import { destination } from 'pino';

import { type Clock, isoTime } from '../base/time.ts';
import { type Emit, type EventFields, type EventName, formatEvent } from '../events/index.ts';

export interface EventSink {
  readonly emit: Emit;
  /**
   * Writes what is kept and ends. False where the reader did not take it in time: then something still waits.
   */
  close(): Promise<boolean>;
}

/** Most octets kept for a reader that does not read. */
export const kept_octets_max = 16 * 1024 * 1024;
/** How long the end waits for a reader, in milliseconds. */
export const close_ms_max = 2000;

/** How long lines are gathered for one write, in milliseconds: many events a second are few writes. */
export const gather_ms = 5;

/** Most characters gathered: more goes out at once. */
export const gathered_octets_max = 64 * 1024;

/** Takes whole lines. */
interface LineWriter {
  write(line: string): void;
  /** Calls `done` when everything was taken, or cannot be any more. */
  end(done: () => void): void;
}

/** `observe` sees every event before it is written. */
export function stderrSink(clock: { now: Clock['now'] }, observe: Emit): EventSink {
  let dropped = 0;
  const drop = () => {
    dropped += 1;
  };
  const writer = gathering(isPipe() ? pipeWriter(drop) : fileWriter(drop));
  const write = (line: object) => writer.write(`${JSON.stringify(line)}\n`);
  return {
    emit: (name: EventName, fields: EventFields) => {
      try {
        observe(name, fields);
        write(formatEvent(name, fields, clock.now()));
      } catch {
        drop();
      }
    },
    close: () => {
      if (dropped > 0) write({ time: isoTime(clock.now()), eventsDropped: dropped });
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), close_ms_max);
        writer.end(() => {
          clearTimeout(timer);
          resolve(true);
        });
      });
    },
  };
}

function isPipe(): boolean {
  try {
    const found = fstatSync(2);
    return found.isFIFO() || found.isSocket();
  } catch {
    return false;
  }
}

/** Hands lines on together, a few milliseconds after the first of them. */
function gathering(writer: LineWriter): LineWriter {
  let lines = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const gathered = lines;
    lines = '';
    if (gathered !== '') writer.write(gathered);
  };
  return {
    write: (line) => {
      lines += line;
      if (lines.length > gathered_octets_max) flush();
      else timer ??= setTimeout(flush, gather_ms);
    },
    end: (done) => {
      flush();
      writer.end(done);
    },
  };
}

function pipeWriter(drop: () => void): LineWriter {
  const stream = process.stderr;
  let gone = false;
  stream.on('error', () => {
    gone = true;
    drop();
  });
  return {
    write: (line) => {
      if (gone || stream.writableLength + line.length > kept_octets_max) drop();
      else stream.write(line);
    },
    end: (done) => {
      if (gone) done();
      else stream.write('', () => done());
    },
  };
}

function fileWriter(drop: () => void): LineWriter {
  const stream = destination({ fd: 2, sync: false, minLength: 0, maxLength: kept_octets_max });
  stream.on('drop', drop).on('error', drop);
  return {
    write: (line) => void stream.write(line),
    end: (done) => {
      stream.once('close', done).once('error', done);
      try {
        stream.end();
      } catch {
        done();
      }
    },
  };
}
