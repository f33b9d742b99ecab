// The checksums of rows that are neither messages nor copies (those are in copy-codec.ts) nor tracking
// records (entries.ts), and what is damaged when they do not match. A strike carries its key a second time
// in its text, so that the checksum of the text vouches for the key too.

import { crc32 } from 'node:zlib';

import type { Strike } from '../port.ts';

export interface RecoveryRow {
  readonly key: string;
  readonly link: string;
  readonly direction: string;
  readonly saved_at: number;
  readonly spool: string | null;
  readonly data: Uint8Array;
}
export interface TallyRow {
  readonly next_hop: string;
  readonly rank: number;
  readonly state: number;
  readonly copies: number;
  readonly octets: number;
}
export interface VersionRow {
  readonly version: number;
  readonly since: number;
  readonly schema_crc: number;
}
/** The checksum over everything in a row of `recovery`; no number at all if its data are no octets. */
export function recoveryChecksum({ key, link, direction, saved_at, spool, data }: RecoveryRow): number {
  if (!(data instanceof Uint8Array)) return Number.NaN;
  return crc32(data, crc32(`${saved_at} ${direction} ${spool ?? ''} ${link} ${key}`));
}

/** The checksum over everything in a row of `tally`. */
export function tallyChecksum({ next_hop, rank, state, copies, octets }: TallyRow): number {
  return crc32(`${rank} ${state} ${copies} ${octets} ${next_hop}`);
}

/** The checksum over a row of `counter` or `tracking_bound`. */
export function counterChecksum(name: string, next: number): number {
  return crc32(`${next} ${name}`);
}

/** The checksum over a row of `schema_version`. It never changes: older programs know newer schemas by it. */
export function versionChecksum({ version, since, schema_crc }: VersionRow): number {
  return crc32(`${version} ${since} ${schema_crc}`);
}

/** The strike in a row of `strike`, or undefined if the row is not what was written. */
export function soundStrike(row: { key: string; record: string; crc: number }): Strike | undefined {
  const strike = parsed(row.record, row.crc) as Strike | undefined;
  return strike?.key === row.key ? strike : undefined;
}

function parsed(text: unknown, crc: unknown): unknown {
  return typeof text === 'string' && crc32(text) === crc ? JSON.parse(text) : undefined;
}
