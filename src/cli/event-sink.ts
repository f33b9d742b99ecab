// The sink of events: JSON lines on standard error. Never throws and never waits: lines that a slow
// reader does not take are kept up to a bound, then dropped and counted, because mail is worth more; how many
// is told by an event as soon as lines are taken again, and at the end. Whole
// lines only: those of a few milliseconds go out in one write, which does not block on a pipe, and for a
// file or terminal is done beside the event loop.

import { fstatSync, write } from 'node:fs';

import type { Clock } from '../base/time.ts';
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

/** What a writer says of the lines it was given. */
interface Heard {
  /** So many will never be written. */
  readonly drop: (lines?: number) => void;
  /** Everything that it was given and did not drop has been written. */
  readonly took: () => void;
}

/** `observe` sees every event before it is written. */
export function stderrSink(clock: { now: Clock['now'] }, observe: Emit): EventSink {
  let dropped = 0;
  let told = 0;
  const drop = (lines = 1) => {
    dropped += lines;
  };
  /** All that were dropped so far: so nothing is missing where this line is dropped too. */
  const tellDropped = () => {
    if (dropped === told) return;
    told = dropped;
    emit('events-dropped', { lines: dropped });
  };
  const heard = { drop, took: tellDropped };
  const writer = gathering(isPipe() ? pipeWriter(heard) : fileWriter(heard));
  const emit = (name: EventName, fields: EventFields) => {
    try {
      observe(name, fields);
      writer.write(`${JSON.stringify(formatEvent(name, fields, clock.now()))}\n`);
    } catch {
      drop();
    }
  };
  return {
    emit,
    close: () => {
      tellDropped();
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

function pipeWriter({ drop, took }: Heard): LineWriter {
  const stream = process.stderr;
  let gone = false;
  stream.on('error', () => {
    gone = true;
    drop();
  });
  return {
    write: (line) => {
      if (gone || stream.writableLength + line.length > kept_octets_max) drop(linesIn(Buffer.from(line)));
      else {
        stream.write(line, (error) => {
          if (!error && stream.writableLength === 0) took();
        });
      }
    },
    end: (done) => {
      if (gone) done();
      else stream.write('', () => done());
    },
  };
}

/**
 * A file or terminal, written beside the event loop. What a full disk does not take is dropped and the next
 * lines are tried: there may be room again.
 */
function fileWriter({ drop, took }: Heard): LineWriter {
  let waiting: string[] = [];
  let waitingOctets = 0;
  let writing = false;
  /** The last write ended inside a line. */
  let torn = false;
  let ended: (() => void) | undefined;
  const next = (): void => {
    if (writing) return;
    if (waiting.length === 0) {
      ended?.();
      return;
    }
    const lines = waiting.join('');
    [waiting, waitingOctets, writing] = [[], 0, true];
    const octets = Buffer.from(torn ? `\n${lines}` : lines);
    put(octets, (written) => {
      writing = false;
      if (written < octets.length) drop(linesIn(octets.subarray(written)));
      else if (waiting.length === 0) took();
      if (written > 0) torn = octets[written - 1] !== newline;
      next();
    });
  };
  return {
    write: (line) => {
      if (waitingOctets + line.length > kept_octets_max) {
        drop(linesIn(Buffer.from(line)));
        return;
      }
      waiting.push(line);
      waitingOctets += line.length;
      next();
    },
    end: (done) => {
      ended = done;
      next();
    },
  };
}

const newline = 10;

function linesIn(octets: Uint8Array): number {
  return octets.reduce((count, octet) => (octet === newline ? count + 1 : count), 0);
}

/** Writes what it can, then says how many octets that were. */
function put(octets: Uint8Array, done: (written: number) => void, from = 0): void {
  write(2, octets, from, octets.length - from, null, (error, count) => {
    const at = error === null ? from + count : from;
    if (at === octets.length || (error !== null && error.code !== 'EAGAIN')) done(at);
    else if (error === null) put(octets, done, at);
    else setTimeout(() => put(octets, done, at), gather_ms);
  });
}
