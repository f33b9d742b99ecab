// Looks on while an archive is written, and says what is in it: how much, which copies, whether it came to
// its end. Who removes the messages goes by this, and by nothing that the writer of the archive says of
// itself.

import { type ArchivedCopy, type ArchiveTotals, readEntry, readHead, readTotals } from './archive-entry.ts';
import { FrameReader } from './archive-frames.ts';

export class ArchiveWitness {
  /** The copies of messages that are whole in it. */
  readonly copies: ArchivedCopy[] = [];
  messages = 0;
  octets = 0;
  /** The name of the archive, once its head has come. */
  archive: string | undefined;
  /** Present once the archive is whole. */
  totals: ArchiveTotals | undefined;
  readonly #reader = new FrameReader();
  #pending: readonly ArchivedCopy[] = [];
  #isSound = true;

  see(octets: Uint8Array): void {
    this.octets += octets.length;
    for (const found of this.#reader.push(octets)) {
      if (found.kind === 'damage') this.#isSound = false;
      else if (found.frame.kind === 'HEAD') this.#begin(readHead(found.frame.payload));
      else if (found.frame.kind === 'MESG') this.#pending = readEntry(found.frame.payload)?.copies ?? [];
      else if (found.frame.kind === 'ENDM') {
        this.messages += 1;
        for (const copy of this.#pending) this.copies.push(copy);
      } else if (found.frame.kind === 'DROP') this.#pending = [];
      else if (found.frame.kind === 'ENDA') this.#end(readTotals(found.frame.payload));
    }
  }

  #begin(head: ReturnType<typeof readHead>): void {
    if (typeof head !== 'string') this.archive = head.archive;
  }

  #end(totals: ArchiveTotals | undefined): void {
    if (this.#isSound && totals?.messages === this.messages) this.totals = totals;
  }
}
