// Damage to single rows and files: verifies what is read, quarantines the message that is hurt, and keeps a
// finding for the main thread. All others flow. Damage to the structure (SQLite cannot read a page, or does
// not find what must be there) is not this file's: it is thrown on, and nobody is set aside for it, because
// the octets of the messages may be sound.

import { instant } from '../../base/time.ts';
import { copyStates, priorities } from '../order.ts';
import type { CopyId, MessageId, StoreFinding, TrackingRecord } from '../port.ts';
import { type CopyRow, type MessageRow, messageChecksum, readMeta } from './copy-codec.ts';
import { DamagedStoreError, detailOf, isDamage, isStructural } from './errors.ts';
import { isDamaged, type Ledger, type LedgerParts } from './ledger.ts';

export interface WholeCopy {
  readonly row: CopyRow;
  readonly message: MessageRow;
}

export class DamageControl {
  readonly #parts: LedgerParts;
  readonly #ledger: Ledger;
  readonly #passedOver = new Set<CopyId>();
  #findings: StoreFinding[] = [];
  /** Since the last `keep`. */
  #recent: { readonly copies: CopyId[]; readonly findings: StoreFinding[] } = { copies: [], findings: [] };

  constructor(parts: LedgerParts, ledger: Ledger) {
    this.#parts = parts;
    this.#ledger = ledger;
  }

  isPassedOver(copy: CopyId): boolean {
    return this.#passedOver.has(copy);
  }

  /** The copy with its message, verified. Undefined if it is gone, or damaged and now quarantined. */
  readWhole(copy: CopyId, now: number): WholeCopy | undefined {
    let row: CopyRow | undefined;
    try {
      row = this.#parts.sql.readCopy.get(copy) as CopyRow | undefined;
      if (row === undefined) return undefined;
      if (isDamaged(row)) return this.#condemn([copy], { now, detail: `the row of copy ${copy} is damaged` });
      const message = this.#parts.sql.readMessage.get(row.message) as MessageRow | undefined;
      if (message === undefined) {
        throw new DamagedStoreError(`message ${row.message} of copy ${copy} is not to be found`);
      }
      if (messageChecksum(message) === message.crc) return { row, message };
      return this.#condemnMessage(row, now, `the row of message ${row.message} is damaged`);
    } catch (error) {
      if (!isDamage(error) || isStructural(error)) throw error;
      const detail = `copy ${copy} cannot be read: ${detailOf(error)}`;
      return row === undefined
        ? this.#condemn([copy], { now, detail })
        : this.#condemnMessage(row, now, detail);
    }
  }

  /** Quarantines every copy of a message whose spool or row was found damaged. */
  condemn(message: MessageId, now: number, detail: string): void {
    const kind = detail.startsWith('spool') ? 'damaged-spool' : 'damaged-message';
    this.#condemn(
      this.copiesOf(message).map(({ id }) => id),
      { now, detail, message, kind },
    );
  }

  /** The copies of a message: the one that was made with it, or those marked as one of several. */
  copiesOf(message: MessageId): readonly CopyRow[] {
    const first = this.#parts.sql.readCopy.get(message + 1) as CopyRow | undefined;
    if (first !== undefined && first.message === message && first.sole === 1) return [first];
    return this.#parts.sql.copiesOfMessage.all(message) as unknown as CopyRow[];
  }

  note(finding: StoreFinding): void {
    this.#recent.findings.push(finding);
  }

  keep(): void {
    this.#findings.push(...this.#recent.findings);
    this.#recent = { copies: [], findings: [] };
  }

  takeBack(): void {
    for (const copy of this.#recent.copies) this.#passedOver.delete(copy);
    this.#recent = { copies: [], findings: [] };
  }

  /** The findings since the last call. */
  takeFindings(): readonly StoreFinding[] {
    const findings = this.#findings;
    this.#findings = [];
    return findings;
  }

  #condemnMessage(row: CopyRow, now: number, detail: string): undefined {
    const copies = row.sole === 1 ? [row.id] : this.copiesOf(row.message).map(({ id }) => id);
    return this.#condemn(copies.includes(row.id) ? copies : [row.id], { now, detail, message: row.message });
  }

  #condemn(
    copies: readonly CopyId[],
    found: { now: number; detail: string; message?: MessageId; kind?: StoreFinding['kind'] },
  ): undefined {
    const at = instant(found.now);
    const news = copies
      .filter((copy) => !this.#passedOver.has(copy))
      .filter((copy) => this.#quarantine(copy, found.detail));
    if (news.length === 0) return undefined;
    const mtsIdentifier = this.#leaveTrack(found, news);
    const { detail, message, kind = 'damaged-message' } = found;
    this.note({
      kind,
      at,
      detail,
      copies: news,
      ...(message === undefined ? {} : { message }),
      ...(mtsIdentifier === undefined ? {} : { mtsIdentifier }),
    });
    return undefined;
  }

  /**
   * Whether the copy was not in quarantine before. What was found is its last error, for whoever looks at the
   * queue. A damaged row keeps its wrong checksum: it must not look sound because it was marked.
   * One that the indexes do not know as it is now cannot be marked: it is passed over as long as this process
   * runs.
   */
  #quarantine(copy: CopyId, detail: string): boolean {
    const { sql, claims, tally } = this.#parts;
    const state = copyStates.indexOf('quarantined');
    this.#passedOver.add(copy);
    this.#recent.copies.push(copy);
    claims.end(copy);
    try {
      const row = sql.readCopy.get(copy) as CopyRow | undefined;
      if (row === undefined || row.state === state) return false;
      if (!isDamaged(row)) {
        this.#ledger.rewrite(row, { state, last_error: detail });
        return true;
      }
      if (!this.#isIndexed(row)) return true;
      sql.quarantineCopy.run(detail, copy);
      const shown = presentable(row);
      tally.add({ ...shown, state: copyStates[row.state] === undefined ? 0 : row.state }, -1);
      tally.add(shown, 1);
    } catch (error) {
      if (!isDamage(error) || isStructural(error)) throw error;
    }
    return true;
  }

  /** Whether a change of its state finds it in every index that has the state in it. */
  #isIndexed({ id, next_hop, state, rank, waiting, not_before, expires_at }: CopyRow): boolean {
    const { isInOrder, isByExpiry, isByDue } = this.#parts.sql;
    if (isInOrder.get(next_hop, state, rank, waiting, id) === undefined) return false;
    if (state < 2 && isByExpiry.get(expires_at, id) === undefined) return false;
    return !(state === 0 && waiting === 1) || isByDue.get(next_hop, rank, not_before, id) !== undefined;
  }

  /** Writes to the ledger what can still be said of the message, and returns its identifier. */
  #leaveTrack(found: { now: number; detail: string; message?: MessageId }, copies: readonly CopyId[]) {
    if (found.message === undefined) return undefined;
    let text: string;
    try {
      text = String(this.#parts.sql.readMeta.get(found.message)?.meta ?? '');
    } catch (error) {
      if (!isDamage(error) || isStructural(error)) throw error;
      return undefined;
    }
    const { mtsIdentifier, kind, originator, recipients } = readMeta(text);
    if (mtsIdentifier === '') return undefined;
    const record: TrackingRecord = {
      at: instant(found.now),
      act: 'quarantined',
      mtsIdentifier,
      kind,
      originator,
      recipients,
      detail: { reason: found.detail, copies: copies.join(' ') },
    };
    const { now: at, message } = found;
    this.#ledger.track({ at, mtsIdentifier, message, record: JSON.stringify(record) });
    return mtsIdentifier;
  }

  /** After a release by hand the copy is judged anew. */
  reconsider(copies: readonly CopyId[]): void {
    for (const copy of copies) this.#passedOver.delete(copy);
  }
}

/** A row that a list can show even when it is damaged. */
export function presentable(row: CopyRow): CopyRow {
  if (!isDamaged(row)) return row;
  const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
  const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  return {
    ...row,
    message: number(row.message),
    next_hop: String(row.next_hop),
    state: copyStates.indexOf('quarantined'),
    rank: priorities[number(row.rank)] === undefined ? 0 : number(row.rank),
    not_before: numberOrNull(row.not_before),
    recipients: String(row.recipients),
    octets: number(row.octets),
    attempts: number(row.attempts),
    last_attempt_at: numberOrNull(row.last_attempt_at),
    last_error: row.last_error === null ? null : String(row.last_error),
  };
}
