// Every row that can still be read in the pages of a damaged database, whether or not SQLite would find its
// way to it. A page that does not read as what it says is read again, cell by cell, at every octet:
// whatever matches its checksum there comes back as doubtful, because cells that were deleted look alike.

import {
  type Cell,
  cellOffsets,
  childrenOf,
  headerAt,
  type PageSource,
  pageTypes,
  readCell,
} from './cells.ts';
import { type FoundRow, indexRow, tableRow } from './found-row.ts';
import { liveness } from './liveness.ts';
import { type PageImage, page_octets } from './page-image.ts';

export interface Candidate extends FoundRow {
  /** What is found only so comes back in quarantine. */
  readonly isDoubtful: boolean;
  readonly order: number;
}

export interface ScanSlice {
  readonly rows: readonly Candidate[];
  readonly page: number;
  readonly pages: number;
}

export class Scan {
  readonly #image: PageImage;
  readonly #overflow: Uint8Array;
  /** Pages that are to be read again. */
  readonly #broken: number[] = [];

  constructor(image: PageImage) {
    this.#image = image;
    this.#overflow = new Uint8Array(image.pages + 1);
  }

  /** How many pages did not read as what they are. */
  get broken(): number {
    return this.#broken.length;
  }

  *run(): Generator<ScanSlice> {
    const { pages, stray } = this.#image;
    const standing = liveness(this.#image);
    for (let page = 1; page <= pages; page += 1) {
      const found = standing(page);
      if (found === 'free') continue;
      yield { rows: [...this.#readPage(page, found === 'unknown')], page, pages };
    }
    for (const page of this.#broken) {
      if (this.#overflow[page] === 1) continue;
      const { octets, order } = this.#image.read(page);
      yield { rows: [...this.#carve(octets, order)], page, pages };
    }
    for (const frame of stray) {
      const { octets } = this.#image.readStray(frame);
      yield { rows: [...this.#carve(octets, 0)], page: pages, pages };
    }
  }

  *#readPage(page: number, isDoubtful: boolean): Generator<Candidate> {
    const { octets, order } = this.#image.read(page);
    const type = octets[headerAt(page)];
    if (type === pageTypes.tableInterior && childrenOf(octets, page, this.#image.pages) !== undefined) return;
    const isIndex = type === pageTypes.indexLeaf || type === pageTypes.indexInterior;
    if (!isIndex && type !== pageTypes.tableLeaf) {
      if (!isZero(octets)) this.#broken.push(page);
      return;
    }
    const cells = this.#cellsOf(octets, page, type);
    let isWhole = cells !== undefined && (cells.length > 0 || !isIndex);
    for (const cell of cells ?? []) {
      if (cell === undefined) isWhole = false;
      else for (const each of cell.overflow) this.#overflow[each] = 1;
      if (cell === undefined || page === 1) continue;
      const row = isIndex ? indexRow(cell) : tableRow(cell);
      if (row === undefined) continue;
      isWhole &&= row.isSound;
      yield { ...row, isDoubtful, order };
    }
    if (!isWhole) this.#broken.push(page);
  }

  #cellsOf(octets: Uint8Array, page: number, type: number): (Cell | undefined)[] | undefined {
    const source: PageSource = this.#image;
    return cellOffsets(octets, page)?.map((offset) => readCell(source, octets, { offset, type }));
  }

  *#carve(octets: Uint8Array, order: number): Generator<Candidate> {
    for (let offset = 8; offset < page_octets - 4; offset += 1) {
      const cell = readCell(this.#image, octets, { offset, type: pageTypes.tableLeaf });
      const row = cell === undefined ? undefined : tableRow(cell);
      if (row?.isSound === true) yield { ...row, isDoubtful: true, order };
    }
    for (let offset = 8; offset < page_octets - 4; offset += 1) {
      const cell = readCell(this.#image, octets, { offset, type: pageTypes.indexLeaf });
      const row = cell === undefined ? undefined : indexRow(cell);
      if (row !== undefined) yield { ...row, isDoubtful: true, order };
    }
  }
}

function isZero(octets: Uint8Array): boolean {
  return octets.every((octet) => octet === 0);
}
