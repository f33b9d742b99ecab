// The content that a report on a message may have to bring back (X.411 06/1999, 8.2.1.1.1.23): the octets,
// read from the store where they do not lie at hand, and only where its originator asked for them and they
// are short enough. What cannot be read does not come back; the report is made all the same.

import { concat } from '../base/octets.ts';
import { hasPerMessageIndicator } from '../p1/index.ts';
import type { QueuedCopy, Store, StoredContent } from '../store/index.ts';
import type { Arriving } from './arriving.ts';
import type { StoredValue } from './stored-value.ts';

/** The content of something that is being taken in. */
export function arrivingContent(
  { value, content, contentLength }: Pick<Arriving, 'value' | 'content' | 'contentLength'>,
  store: Pick<Store, 'readSpool'>,
  octets_max: number,
): Promise<Uint8Array | undefined> | Uint8Array | undefined {
  if (!comesBack(value, contentLength, octets_max)) return undefined;
  return read(content, contentLength, (spool, offset, octets) => store.readSpool(spool, offset, octets));
}

/** The content of a copy in the queue. */
export function queuedContent(
  value: StoredValue,
  copy: Pick<QueuedCopy, 'content' | 'contentLength' | 'message'>,
  from: { readonly store: Pick<Store, 'readContent'>; readonly octets_max: number },
): Promise<Uint8Array | undefined> | Uint8Array | undefined {
  const { content, contentLength, message } = copy;
  if (!comesBack(value, contentLength, from.octets_max)) return undefined;
  return read(content, contentLength, (_spool, at, octets) => from.store.readContent(message, at, octets));
}

function comesBack(value: StoredValue, contentLength: number, octets_max: number): boolean {
  if (value.kind !== 'message' || contentLength > octets_max) return false;
  return hasPerMessageIndicator(value.envelope.perMessageIndicators, 'content-return-request');
}

function read(
  content: StoredContent,
  contentLength: number,
  piece: (spool: string, offset: number, octets_max: number) => Promise<Uint8Array | undefined>,
): Promise<Uint8Array | undefined> | Uint8Array | undefined {
  switch (content.kind) {
    case 'none':
      return undefined;
    case 'inline':
      return content.octets;
    case 'spooled':
      return inPieces(contentLength, (at, octets_max) => piece(content.spool, at, octets_max));
  }
}

async function inPieces(
  contentLength: number,
  piece: (offset: number, octets_max: number) => Promise<Uint8Array | undefined>,
): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < contentLength; ) {
    const octets = await piece(at, contentLength - at);
    if (octets === undefined || octets.length === 0) return undefined;
    pieces.push(octets);
    at += octets.length;
  }
  return concat(pieces);
}
