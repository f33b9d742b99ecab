// Names what the world did to a delivery. Unknown is temporary: an operator makes room or mends a permission,
// and the next attempt succeeds. Permanent is only what no attempt can change.

import type { LocalFailure } from '../transfer/index.ts';

/** A file larger than the file system or the limit of the process takes. */
const permanentCodes = new Set(['EFBIG']);

/** The content in the store is not as long as the store says: it is damaged. */
export class ContentDamaged extends Error {
  override readonly name = 'ContentDamaged';
}

/** The failure that a thrown error stands for. */
export function deliveryFailure(error: unknown): LocalFailure {
  if (error instanceof ContentDamaged) {
    return { lasting: 'permanent', code: 'content-damaged', detail: error.message };
  }
  const code = codeOf(error) ?? 'unknown';
  const detail = error instanceof Error ? error.message : String(error);
  return { lasting: permanentCodes.has(code) ? 'permanent' : 'temporary', code, detail };
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
