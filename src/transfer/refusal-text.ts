// A refusal of the store in words, for the peer and for the log.

import type { StoreRefusal } from '../store/index.ts';

/** One line that says what the store could not do. */
export function refusalText(refusal: StoreRefusal): string {
  return 'detail' in refusal ? `${refusal.kind}: ${refusal.detail}` : refusal.kind;
}
