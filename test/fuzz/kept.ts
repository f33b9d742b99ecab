// Cases that once failed, kept as text: a line of comment with what it was, then `DECODER HEX`. Replayed by
// a test.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fromHex, toHex } from '../../src/base/octets.ts';

const folder = new URL('./kept/', import.meta.url);

export interface KeptCase {
  readonly file: string;
  readonly decoder: string;
  readonly octets: Uint8Array;
}

/** Writes a failing case where the regression test finds it. */
export function keep(failure: {
  readonly decoder: string;
  readonly seed: number;
  readonly octets: Uint8Array;
  readonly message: string;
}): void {
  const { decoder, seed, octets, message } = failure;
  mkdirSync(folder, { recursive: true });
  const name = createHash('sha256').update(octets).digest('hex').slice(0, 8);
  const said = message.split('\n')[0].slice(0, 100);
  writeFileSync(
    new URL(`${decoder}-${name}.txt`, folder),
    `# seed ${seed}: ${said}\n${decoder} ${toHex(octets)}\n`,
  );
}

/** Every kept case. */
export function keptCases(): readonly KeptCase[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .toSorted()
    .map((file) => {
      const text = readFileSync(new URL(file, folder), 'utf8');
      const line = text.split('\n').find((each) => each !== '' && !each.startsWith('#')) ?? '';
      const [decoder, hex = ''] = line.split(' ');
      const octets = fromHex(hex);
      if (octets === undefined) throw new Error(`${file} is not hexadecimal`);
      return { file, decoder, octets };
    });
}
