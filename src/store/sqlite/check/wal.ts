// SQLite's write-ahead log, read frame by frame (the file format's section 4, "The Write-Ahead Log").
// SQLite reads it up to the first frame that does not match and is silent about the rest: it cannot tell a
// write that a crash cut off from a flipped bit. Here each frame is judged by the checksum stored in the
// one before, so that what comes after a bad frame can be judged too. A transaction begins only when the
// one before is synced: a good frame right behind a commit that lies at or behind a bad frame proves
// damage. Writes nothing.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import { systemCodeOf } from '../errors.ts';

const header_octets = 32;
const frameHeader_octets = 24;
/** The last bit says in which order the checksum takes the octets of a word. */
const magic = 0x377f0682;

export interface WalFrame {
  readonly page: number;
  /** Of a bad frame: the page whose number would make it good, if one does. Its data may be bad instead. */
  readonly meant?: number;
  /** Pages of the database after the transaction that this frame ends; 0: it ends none. */
  readonly commit_pages: number;
  /** Where its page stands in the file. */
  readonly offset: number;
  readonly isGood: boolean;
}

export interface Wal {
  /** `torn`: ends in what a crash may have cut off. `damaged`: what had been synced is not what it was. */
  readonly verdict: 'none' | 'whole' | 'torn' | 'damaged';
  readonly page_octets: number;
  /** In their order; without those of an older round, which the log has not written over yet. */
  readonly frames: readonly WalFrame[];
  /** How many of them SQLite takes: up to the last commit before anything bad. */
  readonly taken: number;
  readonly detail: string;
}

const none: Wal = { verdict: 'none', page_octets: 0, frames: [], taken: 0, detail: 'there is no log' };

/** Reads a log. Throws what the file system says, but for a file that is not there. */
export function readWal(path: string): Wal {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return none;
    throw error;
  }
  try {
    return readFrames(file, fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

interface WalHeader {
  readonly isSound: boolean;
  readonly isBigEndian: boolean;
  readonly page_octets: number;
  readonly salt: bigint;
  readonly sum: Sum;
}
interface Sum {
  readonly one: number;
  readonly two: number;
}

function readFrames(file: number, size: number): Wal {
  const octets = new Uint8Array(header_octets);
  if (size <= header_octets || readSync(file, octets, 0, header_octets, 0) < header_octets) return none;
  const header = readHeader(octets);
  const frames: WalFrame[] = [];
  const frame = new Uint8Array(frameHeader_octets + header.page_octets);
  const view = new DataView(frame.buffer);
  let { sum, salt } = header;
  /** What the checksum of the frame before should be. */
  let computed = sum;
  /** The page of the frame before, which is bad, by its checksum. */
  let meant: number | undefined;
  for (let at = header_octets; at + frame.length <= size; at += frame.length) {
    if (readSync(file, frame, 0, frame.length, at) < frame.length) break;
    const found = view.getBigUint64(8);
    // Without a header the first frame says to which round the others belong.
    if (frames.length === 0 && !header.isSound) salt = found;
    const stored = { one: view.getUint32(16), two: view.getUint32(20) };
    const expected = sumOf(view, { ...header, sum });
    const isAsExpected = sameSum(stored, expected);
    // Where it is but the checksum before it that is not what it was, what that should have been proves this.
    const isSummed = isAsExpected || sameSum(stored, sumOf(view, { ...header, sum: computed }));
    const isGood = found === salt && isSummed;
    computed = expected;
    const commit_pages = view.getUint32(4);
    // A flipped checksum, its own or the one before, may look like a flipped number: then a neighbour is bad.
    const before = frames.at(-1);
    if (isAsExpected && isGood && before !== undefined && meant !== undefined) {
      frames[frames.length - 1] = { ...before, meant };
    }
    const isFirstBad = !isGood && found === salt && (before?.isGood ?? header.isSound);
    meant = isFirstBad ? pageMeant(view, stored, { ...header, sum }) : undefined;
    sum = stored;
    frames.push({ page: view.getUint32(0), commit_pages, offset: at + frameHeader_octets, isGood });
    if (!isGood && isOlder(found, salt) && hasNoneLeft(file, { at, size, length: frame.length, salt })) {
      frames.pop();
      break;
    }
  }
  return judge(header, frames);
}

/** Rounds differ in both halves of their salt: a count, and a random number. One half alone is damage. */
function isOlder(found: bigint, salt: bigint): boolean {
  const differing = found ^ salt;
  return differing >> 32n !== 0n && (differing & 0xffffffffn) !== 0n;
}

/**
 * The page of a bad frame whose number lost a bit, by its checksum: under a wrong number the page would lie
 * over another that is sound. A bit of the data can add up to the same: which it is, the checksum cannot say.
 */
function pageMeant(
  view: DataView,
  stored: Sum,
  before: Pick<WalHeader, 'isBigEndian' | 'sum'>,
): number | undefined {
  const said = view.getUint32(0);
  let found: number | undefined;
  for (let bit = 0; bit < 32; bit += 1) {
    const tried = (said ^ (1 << bit)) >>> 0;
    view.setUint32(0, tried);
    if (sameSum(sumOf(view, before), stored)) found = tried;
  }
  view.setUint32(0, said);
  return found;
}

/** Whether no later frame is of this round: then the rest is of an older one. */
function hasNoneLeft(
  file: number,
  { at, size, length, salt }: { at: number; size: number; length: number; salt: bigint },
): boolean {
  const octets = new Uint8Array(8);
  const view = new DataView(octets.buffer);
  for (let next = at + length; next + length <= size; next += length) {
    if (readSync(file, octets, 0, 8, next + 8) === 8 && view.getBigUint64(0) === salt) return false;
  }
  return true;
}

function readHeader(octets: Uint8Array): WalHeader {
  const view = new DataView(octets.buffer);
  const page_octets = view.getUint32(8);
  const isBigEndian = (view.getUint32(0) & 1) === 1;
  const sum = addUp(view, { from: 0, to: 24, isBigEndian, sum: { one: 0, two: 0 } });
  const stored = { one: view.getUint32(24), two: view.getUint32(28) };
  const isSound =
    (view.getUint32(0) ^ magic) >>> 1 === 0 &&
    sum.one === stored.one &&
    sum.two === stored.two &&
    page_octets >= 512 &&
    page_octets <= 65_536;
  // A header that is not sound says nothing: pages are as this program makes them.
  if (!isSound) return { isSound, isBigEndian: false, page_octets: 4096, salt: 0n, sum: stored };
  return { isSound, isBigEndian, page_octets, salt: view.getBigUint64(16), sum };
}

function judge(header: WalHeader, frames: readonly WalFrame[]): Wal {
  const page_octets = header.page_octets;
  const bad = header.isSound ? frames.findIndex(({ isGood }) => !isGood) : 0;
  const sound = bad === -1 ? frames : frames.slice(0, bad);
  const taken = 1 + sound.findLastIndex(({ commit_pages }) => commit_pages > 0);
  const end = { page_octets, frames, taken };
  if (!header.isSound) {
    const verdict = frames.some(({ isGood }) => isGood) ? 'damaged' : 'torn';
    return { ...end, verdict, detail: `the header of the log is damaged; ${frames.length} frames follow` };
  }
  if (bad === -1) {
    const open = frames.length - taken;
    const detail = open === 0 ? 'every frame is good' : `${open} frames of a transaction without its end`;
    return { ...end, verdict: open === 0 ? 'whole' : 'torn', detail };
  }
  const isProven = frames.some(
    ({ isGood }, index) => index > bad && isGood && frames[index - 1].commit_pages > 0,
  );
  const after = frames.length - bad - 1;
  const place = `frame ${bad + 1} of ${frames.length} (page ${frames[bad].page})`;
  const detail = `${place} does not match its checksum`;
  const rest = isProven ? `${detail}: SQLite passes over it and the ${after} frames after it` : detail;
  return { ...end, verdict: isProven ? 'damaged' : 'torn', detail: rest };
}

function sameSum(a: Sum, b: Sum): boolean {
  return a.one === b.one && a.two === b.two;
}

function sumOf(view: DataView, { isBigEndian, sum }: Pick<WalHeader, 'isBigEndian' | 'sum'>): Sum {
  const head = addUp(view, { from: 0, to: 8, isBigEndian, sum });
  return addUp(view, { from: frameHeader_octets, to: view.byteLength, isBigEndian, sum: head });
}

function addUp(
  view: DataView,
  { from, to, isBigEndian, sum }: { from: number; to: number; isBigEndian: boolean; sum: Sum },
): Sum {
  let { one, two } = sum;
  for (let at = from; at < to; at += 8) {
    one = (one + view.getUint32(at, !isBigEndian) + two) >>> 0;
    two = (two + view.getUint32(at + 4, !isBigEndian) + one) >>> 0;
  }
  return { one, two };
}
