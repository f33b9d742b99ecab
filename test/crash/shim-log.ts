// The log that the shim writes, and the marks that tests put between its records. `shim.c` says what a record
// holds and what its order means.

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

const ops = [
  '',
  'start',
  'open',
  'close',
  'write',
  'truncate',
  'sync',
  'rename',
  'unlink',
  'mkdir',
  'rmdir',
  'link',
  'mark',
] as const;
const header_octets = 24;

export interface LogRecord {
  readonly op: (typeof ops)[number];
  readonly fd: number;
  /** Flags of an open, offset of a write, size of a truncation. */
  readonly number: number;
  /** Of a rename and a link: both, with a line feed between them. */
  readonly path: string;
  readonly data: Uint8Array;
}

/** Every record of a log; one that was cut off by the death of its writer is left out. */
export function readLog(file: string): readonly LogRecord[] {
  const octets = readFileSync(file);
  const records: LogRecord[] = [];
  for (let at = 0; at + header_octets <= octets.length; ) {
    const length = octets.readUInt32LE(at);
    if (at + length > octets.length) break;
    const dataAt = at + header_octets + octets.readUInt16LE(at + 6);
    records.push({
      op: ops[octets.readUInt16LE(at + 4)],
      fd: octets.readInt32LE(at + 8),
      number: Number(octets.readBigInt64LE(at + 16)),
      path: octets.toString('utf8', at + header_octets, dataAt),
      data: octets.subarray(dataAt, at + length),
    });
    at += length;
  }
  return records;
}

/** Puts marks into a log, from any process: what is marked has happened before whatever follows. */
export class LogMarks {
  readonly #file: number;

  constructor(file: string) {
    this.#file = openSync(file, 'a', 0o600);
  }

  put(mark: object): void {
    const data = Buffer.from(JSON.stringify(mark));
    const record = Buffer.alloc(header_octets + data.length);
    record.writeUInt32LE(record.length, 0);
    record.writeUInt16LE(ops.indexOf('mark'), 4);
    record.writeUInt32LE(data.length, 12);
    data.copy(record, header_octets);
    writeSync(this.#file, record);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** What was marked. */
export function markOf<Mark>(record: LogRecord): Mark {
  return JSON.parse(Buffer.from(record.data).toString('utf8')) as Mark;
}
