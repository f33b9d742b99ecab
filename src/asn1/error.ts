// What decoding and encoding say when they fail. A DecodeError is the sender's violation and a value; an
// EncodeError is the caller's mistake and is thrown (or given by tryEncode).

/** Why octets are no value of the type. */
export interface DecodeError {
  /** Where in the octets, counted from their beginning. */
  readonly offset: number;
  /** Which field, as in `MTSTransferEnvelope.originator.standard`; empty at the outermost element. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  /** All of it in one sentence. */
  readonly message: string;
}

/** A value that its type cannot hold. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError';
  /** Which field, as in `originator.standard.country`. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;

  constructor(path: string, expected: string, got: string) {
    super(`${path === '' ? 'value' : path}: expected ${expected}, got ${got}`);
    this.path = path;
    this.expected = expected;
    this.got = got;
  }
}
