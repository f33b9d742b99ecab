// Transcripts: what happened, line by line, held against a file that a person has read. `UPDATE=1` writes
// the files anew; the difference is then read before it is kept. '<' is what the peer sends, '>' what we
// answer.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

const transcripts = new URL('transcripts/', import.meta.url);

/** Holds the lines against the transcript of that name. */
export function assertTranscript(name: string, lines: readonly string[]): void {
  const path = new URL(`${name}.txt`, transcripts);
  const text = `${lines.join('\n')}\n`;
  if (process.env.UPDATE === '1') writeFileSync(path, text);
  assert.equal(text, readFileSync(path, 'utf8'), `${name} differs; UPDATE=1 writes it anew`);
}
