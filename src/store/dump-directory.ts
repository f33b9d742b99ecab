// Dumps of what could not be handled, for whoever has to find out why: the octets in NAME.ber, what was known
// of the failure in NAME.txt. They are no part of the ledger: written once, without sync, bounded in number
// and size, the oldest giving way. Names are ours: letters, digits and '-'.

import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const dumps_max = 100;
const dump_octets_max = 4 * 1024 * 1024;
const text_characters_max = 64 * 1024;

export interface Dump {
  readonly name: string;
  readonly text: string;
  readonly octets: Uint8Array;
}

export class DumpDirectory {
  readonly #directory: string;

  /** Each folder has bounds of its own, so that what strangers cause drives out nothing of ours. */
  constructor(storeDirectory: string, folder: 'dumps' | 'dumps-malformed' = 'dumps') {
    this.#directory = join(storeDirectory, folder);
  }

  /** Writes a dump; resolves to its reference for people, or undefined if it could not be written. */
  async write({ name, text, octets }: Dump): Promise<string | undefined> {
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      const path = join(this.#directory, `${name}.txt`);
      const cut = octets.length > dump_octets_max ? `\n(the first ${dump_octets_max} octets are kept)` : '';
      const options = { mode: 0o600 };
      await writeFile(join(this.#directory, `${name}.ber`), octets.subarray(0, dump_octets_max), options);
      await writeFile(path, `${text.slice(0, text_characters_max)}${cut}\n`, options);
      await this.#makeRoom();
      return path;
    } catch {
      return undefined;
    }
  }

  async #makeRoom(): Promise<void> {
    const names = (await readdir(this.#directory)).filter((each) => each.endsWith('.txt'));
    if (names.length <= dumps_max) return;
    const dated = await Promise.all(
      names.map(async (name) => ({ name, at: (await stat(join(this.#directory, name))).mtimeMs })),
    );
    dated.sort((one, other) => one.at - other.at);
    for (const { name } of dated.slice(0, names.length - dumps_max)) {
      await rm(join(this.#directory, name), { force: true });
      await rm(join(this.#directory, name.replace(/txt$/, 'ber')), { force: true });
    }
  }
}
