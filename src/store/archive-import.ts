// Takes the messages of an archive into a store, one transition each, as the archive comes in. What is
// known already is passed over (archive-known.ts); what is damaged or cut off is said so, and what is whole
// is taken. One archive at a time: two at once could take one message twice. Invariant: a message is taken
// whole, with the record of its import, or leaves nothing.

import type { Instant } from '../base/time.ts';
import type { ArchiveHead, ArchivedCopy, ArchiveTotals } from './archive-entry.ts';
import { readEnd, readEntry, readHead, readTotals, jsonOf } from './archive-entry.ts';
import { type ArchiveFrame, FrameReader } from './archive-frames.ts';
import { MessageIntake } from './archive-intake.ts';
import { importDetail, type ReadMessage, unknownCopies } from './archive-known.ts';
import type { CommitResult, NewCopy, NewMessage, Store, TrackingRecord, Transition } from './port.ts';

/** Things wrong that are told one by one; more are only counted. */
const problems_max = 100;

export interface ImportOrder {
  readonly inlineOctetsMax: number;
  /** Nothing is sent until it is released. */
  readonly hold: boolean;
  /** Nothing is taken; only what would be is said. */
  readonly dryRun: boolean;
  now(): Instant;
  /** Commits; the default is the store's own. */
  readonly take?: (transition: Transition) => Promise<CommitResult>;
  /** After each message. */
  readonly progress?: (summary: ImportSummary) => Promise<void> | void;
}

export interface ImportSummary {
  archive?: string;
  source?: string;
  octets: number;
  /** Messages and copies that were taken, or would be in a dry run. */
  messages: number;
  copies: number;
  /** Messages all of whose recipients are here or have been, or that had some such. */
  duplicates: number;
  /** Messages that are not whole in the archive. */
  damaged: number;
  /** Messages that had ended when the archive was made. */
  dropped: number;
  /** Whether the archive has come to its end with nothing missing. */
  complete: boolean;
  /** Why it was not read to its end. */
  stopped?: string;
  /** In words, where in the archive. */
  problems: string[];
  problemCount: number;
}

type Target = Pick<Store, 'commit' | 'openSpool' | 'track' | 'list' | 'show' | 'readContent'>;

/** Reads an archive and takes what is in it. Rejects only if `octets` does. */
export async function importArchive(
  store: Target,
  octets: AsyncIterable<Uint8Array>,
  order: ImportOrder,
): Promise<ImportSummary> {
  const import_ = new ArchiveImport(store, order);
  const reader = new FrameReader();
  try {
    for await (const piece of octets) {
      import_.summary.octets += piece.length;
      for (const found of reader.push(piece)) {
        if (found.kind === 'frame') await import_.take(found.frame);
        else import_.damage(found.detail);
      }
      if (import_.summary.stopped !== undefined) return import_.summary;
    }
    for (const found of reader.end()) if (found.kind === 'damage') import_.damage(found.detail);
    import_.end();
    return import_.summary;
  } finally {
    await import_.abandon();
  }
}

class ArchiveImport {
  readonly summary: ImportSummary = {
    octets: 0,
    messages: 0,
    copies: 0,
    duplicates: 0,
    damaged: 0,
    dropped: 0,
    complete: false,
    problems: [],
    problemCount: 0,
  };
  readonly #store: Target;
  readonly #order: ImportOrder;
  #head: ArchiveHead | undefined;
  #intake: MessageIntake | undefined;
  #totals: ArchiveTotals | undefined;
  /** Messages whose frames have all come, taken or not. */
  #whole = 0;

  constructor(store: Target, order: ImportOrder) {
    this.#store = store;
    this.#order = order;
  }

  async take({ kind, payload }: ArchiveFrame): Promise<void> {
    if (this.summary.stopped !== undefined) return;
    switch (kind) {
      case 'HEAD':
        this.#begin(payload);
        break;
      case 'MESG':
        await this.#beginMessage(payload);
        break;
      case 'ENVL':
        this.#intake?.addEnvelope(payload);
        break;
      case 'TRAK':
        this.#intake?.addRecords(payload);
        break;
      case 'CONT':
        await this.#intake?.addContent(payload);
        break;
      case 'ENDM':
        await this.#endMessage(payload);
        break;
      case 'DROP':
        this.summary.dropped += 1;
        this.#problem(`a message was left out when it was made: ${jsonOf(payload)?.detail ?? 'unknown'}`);
        await this.abandon();
        break;
      case 'ENDA':
        this.#totals = readTotals(payload);
        break;
    }
  }

  /** Something of it is lost: the message in hand is found out by its digest. */
  damage(detail: string): void {
    this.#problem(detail);
  }

  end(): void {
    const { summary } = this;
    if (this.#intake !== undefined) this.#broken('the archive ends in the middle of it');
    if (this.#head === undefined) {
      summary.stopped = 'it is no archive of messages, or its beginning is gone';
      return;
    }
    if (this.#totals === undefined) {
      this.#problem('the archive has no end: it was cut off, or its making was broken off');
      return;
    }
    const lost = this.#totals.messages - this.#whole;
    if (lost > summary.damaged) {
      this.#problem(`${lost} of its ${this.#totals.messages} messages are not whole in it`);
      summary.damaged = lost;
    }
    summary.complete = lost === 0 && summary.damaged === 0;
  }

  /** Nothing of the message in hand stays. */
  async abandon(): Promise<void> {
    const intake = this.#intake;
    this.#intake = undefined;
    await intake?.discard();
  }

  #begin(payload: Uint8Array): void {
    const head = readHead(payload);
    if (typeof head === 'string') this.summary.stopped = head;
    else {
      this.#head = head;
      this.summary.archive = head.archive;
      this.summary.source = head.source;
    }
  }

  async #beginMessage(payload: Uint8Array): Promise<void> {
    if (this.#intake !== undefined) {
      this.#broken('its end is missing');
      await this.abandon();
    }
    if (this.#head === undefined) {
      this.summary.stopped = 'its head is damaged: without it nobody knows which archive it is';
      return;
    }
    const entry = readEntry(payload);
    if (entry === undefined) {
      this.summary.damaged += 1;
      this.#problem('the description of a message cannot be read');
      return;
    }
    const { inlineOctetsMax, dryRun } = this.#order;
    const openSpool = dryRun ? undefined : () => this.#store.openSpool();
    this.#intake = new MessageIntake(entry, { openSpool, inlineOctetsMax });
  }

  async #endMessage(payload: Uint8Array): Promise<void> {
    const { summary } = this;
    const [intake, end] = [this.#intake, readEnd(payload)];
    if (intake === undefined || this.#head === undefined) return;
    const checked = end === undefined ? { wrong: 'its end cannot be read' } : intake.check(end);
    if (intake.refusal !== undefined) {
      summary.stopped = `the store took no more: ${refusalWords(intake.refusal)}`;
    } else if ('wrong' in checked) this.#broken(checked.wrong);
    else {
      this.#whole += 1;
      const { archive } = this.#head;
      const read = { archive, entry: intake.entry, sha256: checked.sha256 };
      const copies = await unknownCopies(this.#store, read);
      if (numberOf(copies) < numberOf(intake.entry.copies)) summary.duplicates += 1;
      if (copies.length > 0 && (await this.#secure(intake, read, copies))) {
        this.#intake = undefined;
        summary.messages += 1;
        summary.copies += copies.length;
      }
    }
    await this.abandon();
    await this.#order.progress?.(summary);
  }

  /** True if it was taken. */
  async #secure(intake: MessageIntake, read: ReadMessage, copies: readonly ArchivedCopy[]): Promise<boolean> {
    if (this.#order.dryRun) return true;
    const content = await intake.seal();
    let refusal = intake.refusal;
    if (refusal === undefined) {
      const { envelope, records } = intake;
      const message: NewMessage = { ...newMessage(read, copies, this.#order.hold), envelope, content };
      const tracking = [this.#record(read, copies), ...records.map((each) => this.#foreign(each))];
      const transition: Transition = { create: [message], tracking };
      const result = await (this.#order.take ?? ((each) => this.#store.commit(each)))(transition);
      if (result.ok) return true;
      refusal = result.refusal;
    }
    this.summary.stopped = `the store took no more: ${refusalWords(refusal)}`;
    return false;
  }

  #record(read: ReadMessage, copies: readonly ArchivedCopy[]): TrackingRecord {
    const { mtsIdentifier, kind, originator, priority, contentType, contentLength } = read.entry;
    return {
      at: this.#order.now(),
      act: 'imported',
      mtsIdentifier,
      kind,
      originator,
      recipients: copies.flatMap((copy) => copy.recipients.map(({ address }) => address)),
      priority,
      ...(contentType !== undefined && { contentType }),
      contentLength,
      created: 0,
      detail: { from: this.#head?.source ?? '', ...importDetail(read, copies) },
    };
  }

  /** What another MTA did is history: it names no message of this store, and no book is kept by it. */
  #foreign({ message: _message, created: _created, ...record }: TrackingRecord): TrackingRecord {
    return { ...record, detail: { ...record.detail, archive: this.#head?.archive ?? '' } };
  }

  #broken(what: string): void {
    this.summary.damaged += 1;
    this.#problem(`${this.#intake?.entry.mtsIdentifier ?? 'a message'} is not whole: ${what}`);
  }

  #problem(text: string): void {
    this.summary.problemCount += 1;
    if (this.summary.problems.length < problems_max) this.summary.problems.push(text);
  }
}

function newMessage(
  { entry }: ReadMessage,
  copies: readonly ArchivedCopy[],
  hold: boolean,
): Omit<NewMessage, 'envelope' | 'content'> {
  const { kind, mtsIdentifier, priority, originator, contentType, contentLength } = entry;
  const { acceptedAt, expiresAt, arrivedBy } = entry;
  const recipients: string[] = [];
  for (const copy of copies) for (const { number, address } of copy.recipients) recipients[number] = address;
  return {
    kind,
    mtsIdentifier,
    priority,
    originator,
    // Whom others answer for has no name here.
    recipients: Array.from(recipients, (address) => address ?? ''),
    ...(contentType !== undefined && { contentType }),
    contentLength,
    acceptedAt,
    expiresAt,
    ...(arrivedBy !== undefined && { arrivedBy }),
    copies: copies.map((copy) => newCopy(copy, hold)),
  };
}

function newCopy({ nextHop, recipients, notBefore, state }: ArchivedCopy, hold: boolean): NewCopy {
  return {
    nextHop,
    recipients: recipients.map(({ number }) => number),
    ...(notBefore !== undefined && { notBefore }),
    ...(state === 'quarantined' ? { quarantined: true } : { held: hold || state === 'held' }),
  };
}

function numberOf(copies: readonly ArchivedCopy[]): number {
  return copies.reduce((sum, { recipients }) => sum + recipients.length, 0);
}

function refusalWords(refusal: { readonly kind: string; readonly detail?: string }): string {
  return refusal.detail === undefined ? refusal.kind : `${refusal.kind}: ${refusal.detail}`;
}
