// A content that was made of another: octets that stay as they lie there, octets that were written anew, and
// the tags and lengths around them, as one row of pieces. Lengths come out definite, as they are known only
// when everything is written. Pure.

import { elementHeader, elementHeaderOctets } from '../asn1/index.ts';

export type MadePiece =
  | { readonly kind: 'literal'; readonly octets: Uint8Array }
  /** Octets of the content that it was made of. */
  | { readonly kind: 'kept'; readonly at: number; readonly octets_count: number }
  /** Octets of what was written. */
  | { readonly kind: 'written'; readonly at: number; readonly octets_count: number };

/** An element that holds others, or the octets of a string; its tag is one octet. */
export interface MadeElement {
  readonly kind: 'element';
  readonly identifier: number;
  readonly contents: readonly MadePart[];
}
export type MadePart = MadePiece | MadeElement;

/** The element with this identifier octet and these contents. */
export function element(identifier: number, ...contents: readonly MadePart[]): MadeElement {
  return { kind: 'element', identifier, contents };
}

/** The pieces in order; neighbours that lie side by side are one. */
export function piecesOf(part: MadePart): readonly MadePiece[] {
  const pieces: MadePiece[] = [];
  flatten(part, lengths(part), pieces);
  return pieces;
}

/** How many octets they are. */
export function octetsOfPieces(pieces: readonly MadePiece[]): number {
  return pieces.reduce((sum, piece) => sum + sizeOf(piece), 0);
}

/** The octets of one piece. */
export function sizeOf(piece: MadePiece): number {
  return piece.kind === 'literal' ? piece.octets.length : piece.octets_count;
}

/** Octets of the contents of each element. */
function lengths(part: MadePart, found = new Map<MadeElement, number>()): ReadonlyMap<MadeElement, number> {
  if (part.kind !== 'element') return found;
  let length = 0;
  for (const each of part.contents) {
    lengths(each, found);
    if (each.kind !== 'element') length += sizeOf(each);
    else {
      const inner = found.get(each) ?? 0;
      length += elementHeaderOctets(inner) + inner;
    }
  }
  found.set(part, length);
  return found;
}

function flatten(part: MadePart, found: ReadonlyMap<MadeElement, number>, pieces: MadePiece[]): void {
  if (part.kind !== 'element') {
    add(pieces, part);
    return;
  }
  add(pieces, { kind: 'literal', octets: elementHeader(part.identifier, found.get(part) ?? 0) });
  for (const each of part.contents) flatten(each, found, pieces);
}

function add(pieces: MadePiece[], piece: MadePiece): void {
  if (sizeOf(piece) === 0) return;
  const last = pieces.at(-1);
  if (last?.kind === 'literal' && piece.kind === 'literal') {
    const octets = new Uint8Array(last.octets.length + piece.octets.length);
    octets.set(last.octets);
    octets.set(piece.octets, last.octets.length);
    pieces[pieces.length - 1] = { kind: 'literal', octets };
    return;
  }
  if (
    last !== undefined &&
    last.kind !== 'literal' &&
    piece.kind === last.kind &&
    last.at + last.octets_count === piece.at
  ) {
    pieces[pieces.length - 1] = { ...last, octets_count: last.octets_count + piece.octets_count };
    return;
  }
  pieces.push(piece);
}
