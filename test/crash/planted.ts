// Programs that forget a sync, made from the recording of one that does not: a log from which the syncs of
// some files are taken out is, to the octet, the log of a program that never called for them.

import { basename, dirname } from 'node:path';

import type { Recording } from './recording.ts';
import type { LogRecord } from './shim-log.ts';

export const forgetfulness = {
  'the log of the database (synchronous = OFF)': (path: string) => path.endsWith('-wal'),
  'the database, when its log is brought in': (path: string) => path.endsWith('queue.sqlite'),
  'a spool file': (path: string) => basename(path).startsWith('spool-'),
  'the directory of the spools': (path: string) => basename(path) === 'spool',
  'the directory of the store': (path: string) => basename(path) === 'store',
  'the directories above the store': (path: string, { store }: Recording) =>
    path !== store && store.startsWith(path),
} as const satisfies Record<string, (path: string, recording: Recording) => boolean>;

export type Forgotten = keyof typeof forgetfulness;

/** The recording of a program that forgets those syncs. */
export function forgetting(recording: Recording, what: Forgotten): Recording {
  return filtered(recording, (path) => forgetfulness[what](path, recording));
}

/** The recording of a program that believes its log as it finds it at the start. */
export function trustingAtStart(recording: Recording): Recording {
  let isStarting = false;
  return filtered(recording, (path, record) => {
    if (record.op === 'start') isStarting = true;
    if (record.op === 'mark') isStarting = false;
    return isStarting && path.endsWith('-wal');
  });
}

function filtered(
  recording: Recording,
  isForgotten: (path: string, record: LogRecord) => boolean,
): Recording {
  let open = new Map<number, string>();
  const records = recording.records.filter((record) => {
    if (record.op === 'start') open = new Map();
    if (record.op === 'open') open.set(record.fd, record.path);
    const forgets = isForgotten(open.get(record.fd) ?? dirname(record.path), record);
    return record.op !== 'sync' || !forgets;
  });
  return { ...recording, records };
}
