// RT-E2 (Q185934, Q189754, Q187929, Q140958): what an open proposes and what is agreed, over the matrix of
// window, checkpoint size and dialogue mode, two stacks in memory; and the same result when the association
// is recovered.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromLatin1 } from '../../src/base/octets.ts';
import { exchange, opened } from '../support/associations.ts';

const windows = [0, 1, 3, 5, 99];
const checkpoints = [0, 1, 30, 64, 1024];
const dialogues = ['monologue', 'two-way-alternate'] as const;
const recover = { callingUserReference: fromLatin1('test'), commonReference: fromLatin1('260101000000Z') };

/** X.228: the lower of both; a checkpoint size of 0 is no limit, and a window is never less than 1. */
function lowerSize(a: number, b: number): number {
  return Math.min(a === 0 ? Number.POSITIVE_INFINITY : a, b === 0 ? Number.POSITIVE_INFINITY : b);
}

test('RT-E2: the lower of both proposals, for every pair, the same on both sides and on recovery', (t) => {
  let cases = 0;
  for (const dialogueMode of dialogues) {
    for (const window of windows) {
      for (const offered of windows) {
        for (const checkpointSize of checkpoints) {
          for (const offeredSize of checkpoints) {
            const size = lowerSize(checkpointSize, offeredSize);
            const agreed = [Number.isFinite(size) ? size : 0, Math.max(1, Math.min(window, offered))];
            for (const recovering of [false, true]) {
              const { a, b } = opened({
                asked: { checkpointSize, window, dialogueMode, ...(recovering && { recover }) },
                responderOptions: { offer: { checkpointSize: offeredSize, window: offered } },
              });
              exchange(a, b);
              const [confirm] = a.heard;
              const [indication] = b.heard;
              assert(confirm?.kind === 'RTOPENcnf+' && indication?.kind === 'RTOPENind');
              const where = `${dialogueMode} ${window}/${offered} ${checkpointSize}/${offeredSize}`;
              assert.deepEqual([confirm.checkpointSize, confirm.window], agreed, where);
              const { answered } = indication;
              assert.deepEqual([answered.checkpointSize, answered.window], agreed, where);
              assert.equal(confirm.dialogueMode, dialogueMode, where);
              assert.equal(indication.dialogueMode, dialogueMode, where);
              cases += 1;
            }
          }
        }
      }
    }
  }
  t.diagnostic(`${cases} cases`);
  assert.equal(cases, 2500);
});
