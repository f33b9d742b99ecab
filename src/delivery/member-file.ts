// The members of distribution lists from files: an O/R address a line; empty lines and those that begin with
// # are no members, and a line that is no address is passed over with an event. What was read counts for the
// list's `ttl`; then the file is looked at, and read if it is another. Not the expansion. Invariants: one
// step reads so few lines that the event loop goes on; a file larger than its list may be is not kept.

import { open, stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { normalKey, parseORAddress } from '../address/index.ts';
import { after, type Clock, type Instant } from '../base/time.ts';
import type { ListConfiguration } from '../config/index.ts';
import type { Emit } from '../events/index.ts';
import type { ListMember, ListMembers, MembersRead } from '../transfer/index.ts';

/** Lines that are read between two turns of the event loop: about two milliseconds. */
const lines_per_step = 100;
/** The longest line of a file, in octets: addresses have at most 4,096 characters. */
const line_octets_max = 16_384;
/** Lines that are named in the event; of the others the number. */
const bad_lines_told = 5;

interface Kept {
  readonly state: string;
  readonly read: MembersRead;
  until: Instant;
}

export class MemberFiles implements ListMembers {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #emit: Emit;
  readonly #kept = new Map<string, Kept>();
  readonly #reading = new Map<string, Promise<MembersRead>>();

  constructor(parts: { readonly clock: Pick<Clock, 'now'>; readonly emit: Emit }) {
    this.#clock = parts.clock;
    this.#emit = parts.emit;
  }

  read(list: ListConfiguration): Promise<MembersRead> {
    const key = JSON.stringify([list.name, list.file, list.maxMembers, list.members.length]);
    const now = this.#reading.get(key);
    if (now !== undefined) return now;
    const reading = this.#current(list, key).finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    return reading;
  }

  async #current(list: ListConfiguration, key: string): Promise<MembersRead> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.#clock.now() < kept.until) return kept.read;
    const until = after(this.#clock.now(), list.ttl);
    try {
      const state = list.file === undefined ? '' : await stateOf(list.file);
      if (kept !== undefined && kept.state === state) {
        kept.until = until;
        return kept.read;
      }
      const read = await this.#whole(list);
      if (read.ok) this.#kept.set(key, { state, read, until });
      else this.#kept.delete(key);
      return read;
    } catch (error) {
      this.#kept.delete(key);
      return failure(error, list.file ?? '');
    }
  }

  async #whole(list: ListConfiguration): Promise<MembersRead> {
    const members = new Map<string, ListMember>();
    const add = (text: string): boolean => {
      const address = parseORAddress(text);
      if (!address.ok) return false;
      const key = normalKey(address.value);
      if (!members.has(key)) members.set(key, { key, text });
      return true;
    };
    let step = 0;
    for (const { text } of list.members) {
      step += 1;
      if (step % lines_per_step === 0) await nextTurn();
      add(text);
    }
    const bad: number[] = [];
    let number = 0;
    for await (const line of list.file === undefined ? [] : linesOf(list.file)) {
      number += 1;
      if (number % lines_per_step === 0) await nextTurn();
      const text = line.trim();
      if (text === '' || text.startsWith('#')) continue;
      if (!add(text)) bad.push(number);
      if (members.size > list.maxMembers || bad.length > list.maxMembers) {
        const detail = `${list.file} has more than the ${list.maxMembers} members that maxMembers allows`;
        return { ok: false, lasting: 'permanent', detail };
      }
    }
    if (bad.length > 0) {
      const lines = bad.slice(0, bad_lines_told).map(String);
      this.#emit('list-lines-bad', { list: list.name, file: list.file, lines, count: bad.length });
    }
    return { ok: true, members: [...members.values()] };
  }
}

/** The lines of a file, in pieces; of one that is too long, what is too long by one. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const file = await open(path, 'r');
  try {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const piece of file.createReadStream({ autoClose: false, highWaterMark: 16_384 })) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
      rest = (lines.pop() ?? '').slice(0, line_octets_max);
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    await file.close();
  }
}

/** What tells that a file is another than before. */
async function stateOf(path: string): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [ino, size, mtimeNs, ctimeNs].join('/');
}

/** A file that is not there, or is none, does not come back by waiting. */
function failure(error: unknown, path: string): MembersRead {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const permanent = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG'].includes(code);
  const what = code === 'ENOENT' ? `the file of its members is missing: ${path}` : `${code} ${message}`;
  return { ok: false, lasting: permanent ? 'permanent' : 'temporary', detail: what };
}
