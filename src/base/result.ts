// A value or a typed error. For what the peer or the world does wrong; our own mistakes are assertions.

export type Result<T, E> = Ok<T> | Err<E>;
export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}
export interface Err<E> {
  readonly ok: false;
  readonly error: E;
}

/** A success that carries `value`. */
export function ok<T>(value: T): Ok<T> {
  return { ok: true, value };
}

/** A failure that carries `error`. */
export function err<E>(error: E): Err<E> {
  return { ok: false, error };
}
