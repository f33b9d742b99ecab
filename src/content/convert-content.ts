// A P2 or P22 content with its texts converted, as the recipient's capabilities or the originator's
// explicit request want it (X.408; X.411 06/1999, 8.2.1.1.1.27 to .30, 14.3.5), in memory and in one step:
// for contents that are short. Never touched: content of other types, notifications, and whatever needs no
// conversion. Pure; the same in, the same out.

import { concat } from '../base/octets.ts';
import type { Conversion, ConversionPlan } from './conversion-plan.ts';
import { convertInPieces, type PiecewiseOptions } from './convert-pieces.ts';
import type { MadePiece } from './made-pieces.ts';

/** The content as the plan wants it. */
export function convertContent(
  content: Uint8Array,
  plan: ConversionPlan,
  options: PiecewiseOptions = {},
): Conversion {
  const walk = convertInPieces(content.length, plan, options);
  const written: Uint8Array[] = [];
  for (let step = walk.next(); ; ) {
    if (step.done === true) {
      if (step.value.kind !== 'converted') return step.value;
      const { pieces, octets_count: _, ...made } = step.value;
      return { ...made, content: octetsOfPieces(pieces, { content, written: concat(written) }) };
    }
    const request = step.value;
    if (request.kind === 'write') written.push(request.octets);
    const { at, octets_max } = request.kind === 'read' ? request : { at: 0, octets_max: 0 };
    step = walk.next(content.subarray(at, at + octets_max));
  }
}

function octetsOfPieces(
  pieces: readonly MadePiece[],
  from: { readonly content: Uint8Array; readonly written: Uint8Array },
): Uint8Array {
  return concat(
    pieces.map((piece) => {
      if (piece.kind === 'literal') return piece.octets;
      const source = piece.kind === 'kept' ? from.content : from.written;
      return source.subarray(piece.at, piece.at + piece.octets_count);
    }),
  );
}
