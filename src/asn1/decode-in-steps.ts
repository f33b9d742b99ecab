// Octets into values, a few list elements at a time: for encodings with tens of thousands of them, so that
// other work gets a turn between two steps (design law 14). What `decode` says of the octets is said here
// too; lists of more than 16 KiB are left empty while the rest is read, and filled afterwards. Lists within
// the elements of such a list are read in one step with their element.

import { err, type Result } from '../base/result.ts';
import type { Steps } from '../base/steps.ts';
import { type DecodeOptions, errorOf, readerOf, run } from './decode.ts';
import type { DecodeError } from './error.ts';
import { Malformed } from './reader.ts';
import type { Type } from './type.ts';

/** Elements of one step: about a tenth of a millisecond for recipients. */
const elements_per_step = 64;

/** As `decode`, in steps; violated constraints are told to nobody. The value is given when it is whole. */
export function* decodeInSteps<V>(
  type: Type<V>,
  octets: Uint8Array,
  options: Omit<DecodeOptions, 'onViolation'> = {},
): Steps<Result<V, DecodeError>> {
  const trailing = options.trailing === true;
  const reader = readerOf(octets, options);
  const postponed: ((count: number) => boolean)[] = [];
  reader.postponed = postponed;
  const value = run(type, reader, trailing);
  if (!value.ok) return value;
  reader.postponed = undefined;
  for (const [list, readOn] of postponed.entries()) {
    for (;;) {
      yield;
      try {
        if (readOn(elements_per_step)) break;
      } catch (cause) {
        if (!(cause instanceof Malformed)) throw cause;
        return err(inItsPlace({ type, octets, options, trailing }, { list, cause }));
      }
    }
  }
  return value;
}

/** The error with the whole path: the octets around the lists are read again, up to the list that failed. */
function inItsPlace(
  {
    type,
    octets,
    options,
    trailing,
  }: {
    readonly type: Type<unknown>;
    readonly octets: Uint8Array;
    readonly options: DecodeOptions;
    readonly trailing: boolean;
  },
  failure: { readonly list: number; readonly cause: Malformed },
): DecodeError {
  const reader = readerOf(octets, options);
  reader.postponed = [];
  reader.failure = failure;
  const again = run(type, reader, trailing);
  return again.ok ? errorOf(failure.cause, type) : again.error;
}
