// What a check finds: one finding for each thing that is not as it was written.

import type { CopyId, MessageId } from '../../port.ts';

export type CheckKind =
  /** SQLite does not find its way through the file, or an index does not say what its table says. */
  | 'structure'
  /** The write-ahead log is not what was synced: transactions that were acknowledged are passed over. */
  | 'log'
  /** The row of a message does not match its checksum, or cannot be read. */
  | 'damaged-message'
  /** The row of a copy does not match its checksum, or cannot be read. */
  | 'damaged-copy'
  /** A recovery point, a strike or a tracking record. */
  | 'damaged-record'
  /** A message that nobody would ever take up or remove. */
  | 'message-without-copy'
  /** A copy that names a message which is not there. */
  | 'copy-without-message'
  /** An identifier that was given twice, or will be. */
  | 'identifier'
  /** The counts of the queue are not those of its rows. */
  | 'tally'
  /** A spool file is not what was sealed. */
  | 'damaged-spool'
  /** A row names a spool file which is not there. */
  | 'missing-spool'
  /** A spool file that no row names. */
  | 'spool-without-name';

/**
 * `damage` makes a check fail. `known`: the message is in quarantine already, nobody takes it up. `note`:
 * what a crash leaves behind, which the next start puts in order by itself.
 */
export type CheckWeight = 'damage' | 'known' | 'note';

export interface CheckFinding {
  readonly kind: CheckKind;
  readonly weight: CheckWeight;
  readonly detail: string;
  readonly message?: MessageId;
  readonly copy?: CopyId;
  readonly mtsIdentifier?: string;
}

export interface CheckCount {
  messages: number;
  copies: number;
  records: number;
  spools: number;
  octets: number;
  damage: number;
  known: number;
  notes: number;
}

export function emptyCheckCount(): CheckCount {
  return { messages: 0, copies: 0, records: 0, spools: 0, octets: 0, damage: 0, known: 0, notes: 0 };
}

/** Findings of one slice, the count of everything up to here, and how far it has come. */
export interface CheckSlice {
  readonly findings: readonly CheckFinding[];
  readonly count: Readonly<CheckCount>;
  readonly stage: 'log' | 'structure' | 'messages' | 'copies' | 'records' | 'spools' | 'done';
  /** Of this stage, from 0 to 1; SQLite's structure is verified in one step. */
  readonly progress: number;
  /** Of the database file. */
  readonly databaseOctets: number;
}
