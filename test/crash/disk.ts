// A disk that is told by a log what a process did to it, and that can be asked how it could look if the
// power failed now. What was synced is there. What was not may be there, in part or not at all: each sector
// of 512 octets stands as some moment since the last sync left it, a file has the length of some moment,
// and of the names made, moved and removed since their directory was synced any may have come about, the
// later without the earlier. That is more than ext4 or XFS do at their worst; a program that survives it
// survives them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import type { Random } from '../../src/base/random.ts';
import type { LogRecord } from './shim-log.ts';

const sector_octets = 512;
const [O_CREAT, O_TRUNC] = [0o100, 0o1000];

/** How much of what was not synced survives. */
export type Survival = 'nothing' | 'everything' | 'a beginning' | 'any part';
export const survivals: readonly Survival[] = [
  'nothing',
  'everything',
  'a beginning',
  'any part',
  'any part',
];

type Change =
  | { readonly kind: 'write'; readonly at: number; readonly data: Uint8Array }
  | { readonly kind: 'size'; readonly size: number };

class FileNode {
  octets: Uint8Array = new Uint8Array();
  changes: Change[] = [];

  sync(): void {
    if (this.changes.length > 0) this.octets = withChanges(this.octets, this.changes);
    this.changes = [];
  }

  /** What stands on the disk after a power failure. */
  survivor(survival: Survival, random: Random): Uint8Array {
    const { octets, changes } = this;
    if (changes.length === 0 || survival === 'nothing') return octets;
    if (survival === 'everything') return withChanges(octets, changes);
    if (survival === 'a beginning') return withChanges(octets, beginning(changes, random));
    return withTornChanges(octets, changes, random);
  }
}

/** Some of the changes, the last of them perhaps cut off at a sector. */
function beginning(changes: readonly Change[], random: Random): Change[] {
  const kept = changes.slice(0, random.between(0, changes.length));
  const last = kept.at(-1);
  if (last?.kind === 'write' && random.chance(0.5)) {
    const end = Math.floor((last.at + random.between(0, last.data.length)) / sector_octets) * sector_octets;
    kept[kept.length - 1] = { ...last, data: last.data.subarray(0, Math.max(0, end - last.at)) };
  }
  return kept;
}

function withChanges(octets: Uint8Array, changes: readonly Change[]): Uint8Array {
  let size = octets.length;
  let most = size;
  for (const change of changes) {
    size = change.kind === 'size' ? change.size : Math.max(size, change.at + change.data.length);
    most = Math.max(most, size);
  }
  const result = new Uint8Array(most);
  result.set(octets);
  let end = octets.length;
  for (const change of changes) {
    if (change.kind === 'write') {
      if (change.data.length === 0) continue;
      result.set(change.data, change.at);
      end = Math.max(end, change.at + change.data.length);
    } else {
      if (change.size < end) result.fill(0, change.size, end);
      end = change.size;
    }
  }
  return result.subarray(0, end);
}

/** Every sector as some moment left it; the length of some moment. */
function withTornChanges(octets: Uint8Array, changes: readonly Change[], random: Random): Uint8Array {
  const moments = [octets.length];
  for (const change of changes) {
    const size = moments[moments.length - 1];
    moments.push(change.kind === 'size' ? change.size : Math.max(size, change.at + change.data.length));
  }
  const most = Math.max(...moments);
  const result = new Uint8Array(most);
  result.set(octets);
  const until = new Map<number, number>();
  const momentOf = (sector: number): number => {
    const known = until.get(sector);
    if (known !== undefined) return known;
    const moment = random.chance(0.4) ? changes.length : random.between(0, changes.length);
    until.set(sector, moment);
    return moment;
  };
  for (const [index, change] of changes.entries()) {
    const from = change.kind === 'write' ? change.at : change.size;
    const to = change.kind === 'write' ? change.at + change.data.length : most;
    for (let at = from; at < to; ) {
      const sector = Math.floor(at / sector_octets);
      const end = Math.min(to, (sector + 1) * sector_octets);
      if (index < momentOf(sector)) {
        if (change.kind === 'write') result.set(change.data.subarray(at - from, end - from), at);
        else result.fill(0, at, end);
      }
      at = end;
    }
  }
  return result.subarray(0, random.chance(0.5) ? moments[moments.length - 1] : random.pick(moments));
}

type Node = FileNode | DirectoryNode;
/** A name that was given or taken away; a move does both at once. */
type Naming = readonly { readonly name: string; readonly node: Node | undefined }[];

class DirectoryNode {
  readonly durable = new Map<string, Node>();
  readonly now = new Map<string, Node>();
  namings: Naming[] = [];

  name(naming: Naming): void {
    this.namings.push(naming);
    apply(this.now, naming);
  }

  sync(): void {
    for (const naming of this.namings) apply(this.durable, naming);
    this.namings = [];
  }

  survivor(survival: Survival, random: Random): Map<string, Node> {
    const names = new Map(this.durable);
    const upTo = survival === 'a beginning' ? random.between(0, this.namings.length) : this.namings.length;
    for (const naming of this.namings.slice(0, upTo)) {
      if (survival === 'nothing' || (survival === 'any part' && random.chance(0.5))) continue;
      apply(names, naming);
    }
    return names;
  }
}

function apply(names: Map<string, Node>, naming: Naming): void {
  for (const { name, node } of naming) {
    if (node === undefined) names.delete(name);
    else names.set(name, node);
  }
}

export class Disk {
  readonly #rootPath: string;
  readonly #root = new DirectoryNode();
  #open = new Map<number, Node>();

  /** The directory that was watched; it was there, and empty. */
  constructor(rootPath: string) {
    this.#rootPath = rootPath;
  }

  /** Takes the next record of the log. */
  take({ op, fd, number, path, data }: LogRecord): void {
    const node = this.#open.get(fd);
    if (op === 'start') this.#open = new Map();
    else if (op === 'open') this.#open.set(fd, this.#opened(path, number));
    else if (op === 'close') this.#open.delete(fd);
    // The log belongs to the shim alone: its octets stay as they are.
    else if (op === 'write') fileOf(node).changes.push({ kind: 'write', at: number, data });
    else if (op === 'truncate') fileOf(node).changes.push({ kind: 'size', size: number });
    else if (op === 'sync') node?.sync();
    else if (op === 'mkdir') this.#name(path, new DirectoryNode());
    else if (op === 'unlink' || op === 'rmdir') this.#name(path, undefined);
    else if (op === 'rename' || op === 'link') this.#move(path, op === 'rename');
  }

  /** Writes into `target` how the directory could stand after a power failure now. */
  fail(target: string, survival: Survival, random: Random): void {
    const write = (directory: DirectoryNode, path: string): void => {
      for (const [name, node] of directory.survivor(survival, random)) {
        const at = join(path, name);
        if (node instanceof DirectoryNode) {
          mkdirSync(at);
          write(node, at);
          // The index of SQLite's log is made anew from the log; whatever stands in it must not be believed.
        } else if (name.endsWith('-shm')) writeFileSync(at, random.octets(random.pick([0, 100, 32_768])));
        else writeFileSync(at, node.survivor(survival, random));
      }
    };
    write(this.#root, target);
  }

  /** Every file as it is now, synced or not. */
  files(): Map<string, Uint8Array> {
    const found = new Map<string, Uint8Array>();
    const visit = (directory: DirectoryNode, path: string): void => {
      for (const [name, node] of directory.now) {
        const at = path === '' ? name : `${path}/${name}`;
        if (node instanceof DirectoryNode) visit(node, at);
        else found.set(at, withChanges(node.octets, node.changes));
      }
    };
    visit(this.#root, '');
    return found;
  }

  #opened(path: string, flags: number): Node {
    if (path === this.#rootPath) return this.#root;
    const found = this.#directory(dirname(path)).now.get(basename(path));
    if (found === undefined) {
      if ((flags & O_CREAT) === 0) throw new Error(`${path} was opened and never made`);
      const made = new FileNode();
      this.#name(path, made);
      return made;
    }
    if ((flags & O_TRUNC) !== 0) fileOf(found).changes.push({ kind: 'size', size: 0 });
    return found;
  }

  #name(path: string, node: Node | undefined): void {
    this.#directory(dirname(path)).name([{ name: basename(path), node }]);
  }

  /** Within one directory a move is one act. */
  #move(paths: string, takesAway: boolean): void {
    const [from, to] = paths.split('\n');
    const node = this.#directory(dirname(from)).now.get(basename(from));
    const given = { name: basename(to), node };
    const taken = { name: basename(from), node: undefined };
    if (!takesAway) this.#name(to, node);
    else if (dirname(from) === dirname(to)) this.#directory(dirname(to)).name([given, taken]);
    else {
      this.#name(to, node);
      this.#name(from, undefined);
    }
  }

  #directory(path: string): DirectoryNode {
    if (path === this.#rootPath) return this.#root;
    const found = this.#directory(dirname(path)).now.get(basename(path));
    if (!(found instanceof DirectoryNode)) throw new Error(`${path} is no directory of the log`);
    return found;
  }
}

function fileOf(node: Node | undefined): FileNode {
  if (!(node instanceof FileNode)) throw new Error('a write to what is no open file');
  return node;
}
