// Values into octets: encode and tryEncode. Definite lengths in their shortest form; defaults left out;
// retained values that are still themselves are copied from the octets they came in. X.690 8.

import { err, ok, type Result } from '../base/result.ts';
import { codecOf } from './compile.ts';
import { nameOf, pathText } from './decode.ts';
import { EncodeError } from './error.ts';
import type { Type } from './type.ts';
import { Misfit, Writer } from './writer.ts';

export interface EncodeOptions {
  /**
   * `strict` (the default) refuses a value outside a size, range or character set; `tolerant` writes it all
   * the same, for what was tolerated when it came in and must go on.
   */
  readonly constraints?: 'strict' | 'tolerant';
}

const noOptions: EncodeOptions = {};

/** One buffer serves all encodings: none begins before the other has ended. */
const writer = new Writer();

/** The octets of `value`. Throws an EncodeError if the type cannot hold it: that is the caller's mistake. */
export function encode<V>(type: Type<V>, value: NoInfer<V>, options: EncodeOptions = noOptions): Uint8Array {
  const result = tryEncode(type, value, options);
  if (!result.ok) throw result.error;
  return result.value;
}

/** The octets of `value`, or why the type cannot hold it. */
export function tryEncode<V>(
  type: Type<V>,
  value: NoInfer<V>,
  options: EncodeOptions = noOptions,
): Result<Uint8Array, EncodeError> {
  try {
    writer.begin(options.constraints !== 'tolerant');
    codecOf(type).write(writer, value);
    return ok(writer.finish());
  } catch (cause) {
    if (cause instanceof Misfit) return err(misfitOf(type, cause));
    throw cause;
  }
}

/** The octets that `write` writes for a value of `type`. Throws an EncodeError as `encode` does. */
export function writing(
  type: Type<unknown>,
  options: EncodeOptions,
  write: (writer: Writer) => void,
): Uint8Array {
  try {
    writer.begin(options.constraints !== 'tolerant');
    write(writer);
    return writer.finish();
  } catch (cause) {
    if (cause instanceof Misfit) throw misfitOf(type, cause);
    throw cause;
  }
}

function misfitOf(type: Type<unknown>, { path, expected, got }: Misfit): EncodeError {
  return new EncodeError(pathText(nameOf(type), path), expected, got);
}
