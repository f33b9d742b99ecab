// Content of a submission on its way in: in memory while it is small, in a spool after that, so that 2 GB
// cost no more memory than 64 KB. What is too large is read to its end and thrown away, so that whoever
// sends it hears why.

import { concat } from '../base/octets.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { SpoolWriter, Store, StoreRefusal } from '../store/index.ts';
import type { SpooledContent } from '../submission/index.ts';

/** Content of several messages of one request is in memory: at most so many octets. */
const repeated_octets_max = 16 * 1024 * 1024;

export interface ContentLimits {
  readonly inlineOctetsMax: number;
  readonly contentOctetsMax: number;
  /** How many messages get it. */
  readonly count: number;
}
export type ContentRefusal =
  | { readonly kind: 'invalid'; readonly problem: string }
  | { readonly kind: 'refused'; readonly refusal: StoreRefusal };

/** The octets, or the spool that has them, not yet sealed. */
export async function takeContent(
  store: Pick<Store, 'openSpool'>,
  pieces: AsyncIterable<Uint8Array>,
  { inlineOctetsMax, contentOctetsMax, count }: ContentLimits,
): Promise<Result<Uint8Array | SpooledContent, ContentRefusal>> {
  const held_max = count > 1 ? repeated_octets_max : inlineOctetsMax;
  let held: Uint8Array[] = [];
  let spool: SpoolWriter | undefined;
  let octets = 0;
  let refusal: ContentRefusal | undefined;
  try {
    for await (const piece of pieces) {
      octets += piece.length;
      if (refusal !== undefined) continue;
      if (octets > contentOctetsMax) refusal = tooLarge(contentOctetsMax);
      else if (octets > held_max && count > 1) refusal = repeated();
      else if (octets <= held_max) held.push(piece.slice());
      else {
        spool ??= await store.openSpool();
        for (const each of [...held, piece]) {
          const written = await spool.write(each);
          if (!written.ok) refusal = { kind: 'refused', refusal: written.refusal };
        }
      }
      if (refusal !== undefined || spool !== undefined) held = [];
    }
  } catch (error) {
    await spool?.discard();
    throw error;
  }
  if (refusal !== undefined) {
    await spool?.discard();
    return err(refusal);
  }
  return ok(spool === undefined ? concat(held) : { spool, length: octets });
}

function tooLarge(contentOctetsMax: number): ContentRefusal {
  const problem = `is larger than ${contentOctetsMax} octets, which mta.limits.messageSize allows`;
  return { kind: 'invalid', problem };
}

function repeated(): ContentRefusal {
  const problem = `of several messages may have ${repeated_octets_max} octets; send larger ones one by one`;
  return { kind: 'invalid', problem };
}
