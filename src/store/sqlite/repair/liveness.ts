// Which pages are in use, and which are free: freed pages keep what they held, so that a message that is
// finished can still be read there with a valid checksum. A page is live if a b-tree reaches it and the
// list of free pages does not; free if that list, whole, has it. Of any other nobody knows.

import type { DatabaseSync } from 'node:sqlite';

import { openDatabase } from '../schema.ts';
import { cellOffsets, childrenOf, headerAt, type PageSource, pageTypes, readCell } from './cells.ts';

export type Liveness = 'live' | 'free' | 'unknown';

export function liveness(source: PageSource): (page: number) => Liveness {
  const free = freePages(source);
  const live = new Uint8Array(source.pages + 1);
  for (const root of [1, ...rootPages(source)]) reach(source, root, live);
  return (page) => {
    if (free !== undefined) return free[page] === 1 ? 'free' : 'live';
    return live[page] === 1 ? 'live' : 'unknown';
  };
}

/** Undefined if the list is not whole. */
function freePages(source: PageSource): Uint8Array | undefined {
  const first = source.read(1).octets;
  if (Buffer.from(first.subarray(0, 15)).toString('latin1') !== 'SQLite format 3') return undefined;
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
  const [head, count] = [view.getUint32(32), view.getUint32(36)];
  const free = new Uint8Array(source.pages + 1);
  let found = 0;
  const take = (page: number): boolean => {
    if (page < 2 || page > source.pages || free[page] === 1) return false;
    free[page] = 1;
    found += 1;
    return true;
  };
  for (let trunk = head; trunk !== 0; ) {
    if (!take(trunk)) return undefined;
    const octets = source.read(trunk).octets;
    const list = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    const leaves = list.getUint32(4);
    if (leaves > 1022) return undefined;
    for (let index = 0; index < leaves; index += 1) {
      if (!take(list.getUint32(8 + 4 * index))) return undefined;
    }
    trunk = list.getUint32(0);
  }
  return found === count ? free : undefined;
}

/** As the schema says; where it cannot be read, as a new database has them. */
function rootPages(source: PageSource): readonly number[] {
  const { octets } = source.read(1);
  const offsets = octets[100] === pageTypes.tableLeaf ? cellOffsets(octets, 1) : undefined;
  const cells = offsets?.map((offset) => readCell(source, octets, { offset, type: pageTypes.tableLeaf }));
  const roots = cells?.map((cell) => (cell?.values.length === 5 ? cell.values[3] : undefined));
  if (roots !== undefined && roots.length > 0 && roots.every((root) => typeof root === 'number'))
    return roots;
  const fresh: DatabaseSync = openDatabase(':memory:', 0);
  const rows = fresh.prepare('SELECT rootpage FROM sqlite_schema').all();
  fresh.close();
  return rows.map(({ rootpage }) => Number(rootpage));
}

function reach(source: PageSource, root: number, live: Uint8Array): void {
  const waiting = [root];
  for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
    if (page < 1 || page > source.pages || live[page] === 1) continue;
    const { octets } = source.read(page);
    const type = octets[headerAt(page)];
    if (type !== pageTypes.tableLeaf && type !== pageTypes.indexLeaf) {
      const isInterior = type === pageTypes.tableInterior || type === pageTypes.indexInterior;
      const children = isInterior ? childrenOf(octets, page, source.pages) : undefined;
      if (children === undefined) continue;
      waiting.push(...children);
    }
    live[page] = 1;
  }
}
