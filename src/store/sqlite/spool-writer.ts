// A spool file being written, on the main thread: content streams in, the loop is never held. Once
// something failed, every further call answers with that refusal, and the file is never sealed.

import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import type { SpoolName, SpoolResult, SpoolWriter, StoreRefusal } from '../port.ts';
import { refusalFor } from './errors.ts';
import { giveToOwner } from './owner.ts';
import { BlockChecksums, preamble_octets, readPreamble, sealOf } from './spool-format.ts';

/** How much is read at once when checksums are taken again. */
const read_back_octets = 1024 * 1024;

export class SpoolFileWriter implements SpoolWriter {
  readonly name: SpoolName;
  readonly #directory: string;
  readonly #mayRemove: () => boolean;
  readonly #checksums = new BlockChecksums();
  #file: FileHandle | undefined;
  #refusal: StoreRefusal | undefined;
  #isNamed = false;
  #last: Promise<unknown> = Promise.resolve();

  /** `mayRemove`: whether it is certain that what was refused is not in the store after all. */
  constructor(directory: string, name: SpoolName, mayRemove: () => boolean = () => true) {
    this.name = name;
    this.#directory = directory;
    this.#mayRemove = mayRemove;
  }

  /** Makes the file. If that fails, the writer refuses everything. */
  async create(): Promise<this> {
    await this.#step(async () => {
      this.#file = await open(this.#path, 'wx', 0o600);
      giveToOwner(this.#directory, this.name);
    });
    return this;
  }

  /**
   * Goes on after the first `octets_count` octets of a file that was never sealed; undefined if it cannot.
   */
  async reopen(octets_count: number): Promise<this | undefined> {
    const opened = await this.#step(async () => {
      this.#file = await open(this.#path, 'r+');
      const preamble = new Uint8Array(preamble_octets);
      const { bytesRead } = await this.#file.read(preamble, 0, preamble_octets, 0);
      const sealed = bytesRead === preamble_octets && readPreamble(preamble) !== undefined;
      const has = await this.#readBack(this.#file, octets_count);
      if (sealed || !has) throw new Error(`spool ${this.name} has no ${octets_count} octets to go on from`);
      await this.#file.truncate(preamble_octets + octets_count);
    });
    if (opened.ok) return this;
    await this.release();
    return undefined;
  }

  write(octets: Uint8Array): Promise<SpoolResult> {
    return this.#step(async (file) => {
      const at = preamble_octets + this.#checksums.octets_count;
      this.#checksums.add(octets);
      await writeAll(file, octets, at);
    });
  }

  sync(): Promise<SpoolResult> {
    return this.#step(async (file) => {
      await file.datasync();
      await this.#nameIt();
    });
  }

  seal(header: Uint8Array): Promise<SpoolResult> {
    return this.#step(async (file) => {
      const { octets_count } = this.#checksums;
      const { preamble, trailer } = sealOf(this.#checksums.all(), octets_count, header);
      await writeAll(file, trailer, preamble_octets + octets_count);
      await writeAll(file, preamble, 0);
      await file.datasync();
      await this.#nameIt();
      this.#file = undefined;
      this.#refusal = { kind: 'failed', detail: `spool ${this.name} is sealed` };
      await file.close();
    });
  }

  async release(): Promise<void> {
    this.#refusal ??= { kind: 'failed', detail: `spool ${this.name} is closed` };
    await this.#last;
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
  }

  async discard(): Promise<void> {
    this.#refusal ??= { kind: 'failed', detail: `spool ${this.name} is discarded` };
    await this.#last;
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
    // What is not removed now is an orphan, and removed at the next start, if it is none of a message then.
    if (this.#mayRemove()) await unlink(this.#path).catch(() => undefined);
  }

  get #path(): string {
    return join(this.#directory, this.name);
  }

  /** Takes the checksums of what is there; false if it is less than that. */
  async #readBack(file: FileHandle, octets_count: number): Promise<boolean> {
    const buffer = new Uint8Array(Math.min(octets_count, read_back_octets));
    while (this.#checksums.octets_count < octets_count) {
      const at = this.#checksums.octets_count;
      const wanted = Math.min(buffer.length, octets_count - at);
      const { bytesRead } = await file.read(buffer, 0, wanted, preamble_octets + at);
      if (bytesRead === 0) return false;
      this.#checksums.add(buffer.subarray(0, bytesRead));
    }
    return true;
  }

  /** The steps of one spool follow each other, whoever does not wait for them. */
  #step(work: (file: FileHandle) => Promise<void>): Promise<SpoolResult> {
    const result = this.#last.then(() => this.#try(work));
    this.#last = result;
    return result;
  }

  async #try(work: (file: FileHandle) => Promise<void>): Promise<SpoolResult> {
    if (this.#refusal !== undefined) return { ok: false, refusal: this.#refusal };
    try {
      await work(this.#file as FileHandle);
      return { ok: true };
    } catch (error) {
      this.#refusal = refusalFor(error);
      return { ok: false, refusal: this.#refusal };
    }
  }

  /** The directory must remember the file, too. */
  async #nameIt(): Promise<void> {
    if (this.#isNamed) return;
    const directory = await open(this.#directory, 'r');
    await directory.sync().finally(() => directory.close());
    this.#isNamed = true;
  }
}

/** One write may take less than it was given, when the disk is nearly full. */
async function writeAll(file: FileHandle, octets: Uint8Array, at: number): Promise<void> {
  let done = 0;
  while (done < octets.length) {
    const { bytesWritten } = await file.write(octets, done, octets.length - done, at + done);
    done += bytesWritten;
  }
}
