// The octets of a copy's content, piece by piece, wherever they lie: beside the message, in a spool file, or
// (a report's returned content) inside the envelope. Never more than one piece in memory of what is spooled.

import type { QueuedCopy, Store } from '../store/index.ts';
import type { StoredValue } from '../transfer/index.ts';
import { ContentDamaged } from './failure.ts';

/** What delivery needs of the store. */
export type ContentReader = Pick<Store, 'readContent'>;

/** Octets read at once of spooled content: large enough to keep a disk busy, small beside any quota. */
export const piece_octets_max = 256 * 1024;

/**
 * The pieces of the content, in order. Throws ContentDamaged if they are fewer octets than the store says.
 */
export async function* contentPieces(
  copy: QueuedCopy,
  value: StoredValue,
  reader: ContentReader,
): AsyncGenerator<Uint8Array> {
  const { content } = copy;
  if (content.kind === 'inline') yield content.octets;
  else if (content.kind === 'spooled') yield* spooledPieces(copy.message, content.octets_count, reader);
  else if (value.kind === 'report' && value.report.content.returnedContent !== undefined) {
    yield value.report.content.returnedContent;
  }
}

async function* spooledPieces(
  message: number,
  octets_count: number,
  reader: ContentReader,
): AsyncGenerator<Uint8Array> {
  let offset = 0;
  while (offset < octets_count) {
    const piece = await reader.readContent(
      message,
      offset,
      Math.min(piece_octets_max, octets_count - offset),
    );
    if (piece === undefined || piece.length === 0) {
      throw new ContentDamaged(`the spooled content can be read up to ${offset} of ${octets_count} octets`);
    }
    offset += piece.length;
    yield piece;
  }
}
