// Before a message whose content could not be made anew is returned to its sender, the original goes where
// people can look at it: the MTS-APDU of 1988, as `chappe decode` reads it, in a dump that the tracking
// record and the event name. A dump that cannot be written stops nothing: the report says why, too.

import { concat } from '../base/octets.ts';
import { encodeMessageHead } from '../p1/index.ts';
import type { QueuedCopy, Store } from '../store/index.ts';
import type { Dumps } from './poison-ports.ts';
import { decodeStored } from './stored-value.ts';

/** The most content that is kept, in octets: 2 MiB, all of any content that is ever made anew. */
const kept_octets_max = 2 * 1024 * 1024;

/** Resolves to the dump's reference; undefined where none could be made. */
export async function keepOriginal(
  copy: QueuedCopy,
  why: string,
  to: { readonly store: Pick<Store, 'readContent'>; readonly dumps: Dumps | undefined },
): Promise<string | undefined> {
  const stored = decodeStored(copy);
  if (to.dumps === undefined || !stored.ok || stored.value.kind !== 'message') return undefined;
  const content = await contentOf(copy, to.store).catch(() => undefined);
  if (content === undefined) return undefined;
  const cut = content.length < copy.contentLength ? `\nthe first ${content.length} octets of content` : '';
  return to.dumps.write({
    name: `copy-${copy.copy}-original`,
    octets: concat([encodeMessageHead(stored.value.envelope, content.length), content]),
    text: `${copy.mtsIdentifier} for ${copy.nextHop}\n${why}\nreturned to its originator${cut}`,
  });
}

async function contentOf(
  copy: QueuedCopy,
  store: Pick<Store, 'readContent'>,
): Promise<Uint8Array | undefined> {
  if (copy.content.kind === 'inline') return copy.content.octets;
  const pieces: Uint8Array[] = [];
  const wanted = Math.min(copy.contentLength, kept_octets_max);
  for (let at = 0; at < wanted; ) {
    const octets = await store.readContent(copy.message, at, wanted - at);
    if (octets === undefined || octets.length === 0) return undefined;
    pieces.push(octets);
    at += octets.length;
  }
  return concat(pieces);
}
