// The sink of events: JSON lines on standard error, each in one write. Never throws and never waits: lines
// that a slow reader does not take are kept up to a bound and then dropped and counted, because mail is
// worth more.

import { destination } from 'pino';

import { type Clock, isoTime } from '../base/time.ts';
import { type Emit, type EventFields, type EventName, formatEvent } from '../events/index.ts';

export interface EventSink {
  readonly emit: Emit;
  /** Writes what is kept, at the end of the process. */
  flush(): void;
}

/** Most octets kept for a reader that does not read. */
export const kept_octets_max = 16 * 1024 * 1024;

/** `observe` sees every event before it is written. */
export function stderrSink(clock: Clock | { now: Clock['now'] }, observe: Emit): EventSink {
  const stream = destination({ fd: 2, sync: false, minLength: 0, maxLength: kept_octets_max });
  let dropped = 0;
  stream.on('drop', () => {
    dropped += 1;
  });
  stream.on('error', () => {
    dropped += 1;
  });
  const emit = (name: EventName, fields: EventFields) => {
    try {
      observe(name, fields);
      stream.write(`${lineOf(name, fields, clock)}\n`);
    } catch {
      dropped += 1;
    }
  };
  return {
    emit,
    flush: () => {
      try {
        if (dropped > 0)
          stream.write(`${JSON.stringify({ time: isoTime(clock.now()), eventsDropped: dropped })}\n`);
        stream.flushSync();
      } catch {
        // A reader that went away: there is nobody left to tell.
      }
    },
  };
}

function lineOf(name: EventName, fields: EventFields, clock: { now: Clock['now'] }): string {
  return JSON.stringify(formatEvent(name, fields, clock.now()));
}
