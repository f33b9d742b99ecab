// The cells of a b-tree page and the records in them (SQLite's file format, sections 1.6 and 2.1). Any octets
// may come: what does not read as a cell is undefined. Bounded: a payload is at most `payload_octets_max`,
// and its overflow pages are read once each.

import { page_octets } from './page-image.ts';

export const pageTypes = { indexInterior: 2, tableInterior: 5, indexLeaf: 10, tableLeaf: 13 } as const;

export type Value = number | string | Uint8Array | null;
export interface Cell {
  /** 0 in an index. */
  readonly rowid: number;
  readonly values: readonly Value[];
  /** The pages that its payload runs over to. */
  readonly overflow: readonly number[];
}
export interface PageSource {
  readonly pages: number;
  read(page: number): { readonly octets: Uint8Array };
}

const payload_octets_max = 64 * 1024 * 1024;
const header_octets_max = 64;
const least = Math.floor(((page_octets - 12) * 32) / 255) - 23;
const indexMost = Math.floor(((page_octets - 12) * 64) / 255) - 23;
const tableMost = page_octets - 35;

/** Where the b-tree header of a page begins: the first page has the file's header before it. */
export function headerAt(page: number): number {
  return page === 1 ? 100 : 0;
}

/** The offsets of a page's cells; undefined if they cannot all be right. */
export function cellOffsets(octets: Uint8Array, page: number, type = octets[headerAt(page)]) {
  const at = headerAt(page);
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const count = view.getUint16(at + 3);
  const from = at + (type === pageTypes.indexInterior || type === pageTypes.tableInterior ? 12 : 8);
  if (from + 2 * count > page_octets) return undefined;
  const offsets = Array.from({ length: count }, (_, index) => view.getUint16(from + 2 * index));
  return offsets.every((offset) => offset >= from + 2 * count && offset < page_octets - 3)
    ? offsets
    : undefined;
}

/** The children of an interior page; undefined if it is not one. */
export function childrenOf(octets: Uint8Array, page: number, pages: number): readonly number[] | undefined {
  const offsets = cellOffsets(octets, page);
  if (offsets === undefined) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const children = offsets.map((offset) => view.getUint32(offset));
  children.push(view.getUint32(headerAt(page) + 8));
  return children.every((child) => child > 1 && child <= pages) ? children : undefined;
}

/** Reads the cell at an offset: of a table's leaf, or of an index. */
export function readCell(
  source: PageSource,
  octets: Uint8Array,
  { offset, type }: { readonly offset: number; readonly type: number },
): Cell | undefined {
  const start = offset + (type === pageTypes.indexInterior ? 4 : 0);
  const length = varint(octets, start);
  if (length === undefined || length.value < 2 || length.value > payload_octets_max) return undefined;
  const isTable = type === pageTypes.tableLeaf;
  const rowid = isTable ? varint(octets, length.next) : { value: 0, next: length.next };
  if (rowid === undefined || !Number.isSafeInteger(rowid.value)) return undefined;
  const header = readHeader(octets, rowid.next, length.value);
  if (header === undefined) return undefined;
  const payload = gather(source, octets, {
    at: rowid.next,
    length: length.value,
    most: isTable ? tableMost : indexMost,
  });
  if (payload === undefined) return undefined;
  const values = readValues(payload.octets, header);
  return values === undefined ? undefined : { rowid: rowid.value, values, overflow: payload.overflow };
}

interface RecordHeader {
  readonly types: readonly number[];
  readonly length: number;
}

/** Its lengths must add up to that of the payload: little else reads as a record. */
function readHeader(octets: Uint8Array, at: number, payload: number): RecordHeader | undefined {
  const length = varint(octets, at);
  if (length === undefined || length.value < 2 || length.value > header_octets_max) return undefined;
  const types: number[] = [];
  let next = length.next;
  let total = length.value;
  while (next < at + length.value) {
    const type = varint(octets, next);
    if (type === undefined || type.value === 10 || type.value === 11 || type.value === 7) return undefined;
    types.push(type.value);
    total += octetsOf(type.value);
    next = type.next;
  }
  return next === at + length.value && total === payload ? { types, length: length.value } : undefined;
}

const integer_octets = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function octetsOf(type: number): number {
  return type < 12 ? integer_octets[type] : Math.floor((type - 12) / 2);
}

function gather(
  source: PageSource,
  octets: Uint8Array,
  { at, length, most }: { readonly at: number; readonly length: number; readonly most: number },
): { readonly octets: Uint8Array; readonly overflow: readonly number[] } | undefined {
  const split = least + ((length - least) % (page_octets - 4));
  const local = length <= most ? length : split <= most ? split : least;
  if (at + local > page_octets) return undefined;
  if (local === length) return { octets: octets.subarray(at, at + length), overflow: [] };
  if (at + local + 4 > page_octets) return undefined;
  const whole = new Uint8Array(length);
  whole.set(octets.subarray(at, at + local));
  const overflow: number[] = [];
  let next = uint32(octets, at + local);
  for (let done = local; done < length; ) {
    if (next < 2 || next > source.pages || overflow.length > length / (page_octets - 4) + 1) return undefined;
    overflow.push(next);
    const page = source.read(next).octets;
    const part = page.subarray(4, 4 + Math.min(page_octets - 4, length - done));
    whole.set(part, done);
    done += part.length;
    next = uint32(page, 0);
  }
  return { octets: whole, overflow };
}

function readValues(octets: Uint8Array, { types, length }: RecordHeader): Value[] | undefined {
  const values: Value[] = [];
  let at = length;
  for (const type of types) {
    const end = at + octetsOf(type);
    const part = octets.subarray(at, end);
    if (type === 0) values.push(null);
    else if (type === 8 || type === 9) values.push(type - 8);
    else if (type < 12) values.push(integer(part));
    else values.push(type % 2 === 0 ? part.slice() : Buffer.from(part).toString());
    at = end;
  }
  return values.some((value) => typeof value === 'number' && !Number.isSafeInteger(value))
    ? undefined
    : values;
}

function integer(octets: Uint8Array): number {
  let value = BigInt.asIntN(8, BigInt(octets[0]));
  for (const octet of octets.subarray(1)) value = value * 256n + BigInt(octet);
  return Number(value);
}

function uint32(octets: Uint8Array, at: number): number {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength).getUint32(at);
}

function varint(
  octets: Uint8Array,
  at: number,
): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const octet = octets[at + index];
    if (octet === undefined) return undefined;
    value = value * 128 + (octet & 0x7f);
    if (octet < 0x80) return { value, next: at + index + 1 };
  }
  return undefined;
}
