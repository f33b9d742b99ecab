// Values into octets, a few list elements at a time, as decode-in-steps.ts reads them (design law 14). A
// first pass writes all but long lists, and so finds them; their elements are written in steps; the last
// pass copies those. The octets are those of `encode`. The value must not change meanwhile.

import { concat } from '../base/octets.ts';
import type { Steps } from '../base/steps.ts';
import { codecOf } from './compile.ts';
import { type EncodeOptions, writing } from './encode.ts';
import { type WrittenList, writeElements } from './list-codec.ts';
import type { Type } from './type.ts';
import type { WrittenBefore } from './writer.ts';

/** Elements of one step. */
const elements_per_step = 64;

/** As `encode`, in steps. */
export function* encodeInSteps<V>(
  type: Type<V>,
  value: NoInfer<V>,
  options: EncodeOptions = {},
): Steps<Uint8Array> {
  const codec = codecOf(type);
  const postponed: WrittenList[] = [];
  const first = writing(type, options, (writer) => {
    writer.postponed = postponed;
    codec.write(writer, value);
  });
  if (postponed.length === 0) return first;
  const ready = new Map<readonly unknown[], WrittenBefore>();
  for (const each of postponed) {
    const pieces: Uint8Array[] = [];
    for (let from = 0; from < each.list.length; from += elements_per_step) {
      yield;
      const to = Math.min(each.list.length, from + elements_per_step);
      pieces.push(writing(type, options, (writer) => writeElements(writer, each, { from, to })));
    }
    ready.set(each.list, { write: each.write, octets: concat(pieces) });
  }
  yield;
  return writing(type, options, (writer) => {
    writer.ready = ready;
    codec.write(writer, value);
  });
}
