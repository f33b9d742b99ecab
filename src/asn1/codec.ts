// What a declaration is compiled into: two closures and the tags that begin its values.

import type { Reader } from './reader.ts';
import { constructedBit } from './reader.ts';
import { tagText } from './tag.ts';
import type { Bounds } from './type.ts';
import type { Writer } from './writer.ts';

/** Reads the element whose header `reader` has just read, one of the codec's tags. May move the header on. */
export type Read = (reader: Reader) => unknown;
/** Writes the whole element in front of what has been written. */
export type Write = (writer: Writer, value: unknown) => void;

export interface Codec {
  /** The tags that a value can begin with; undefined: any (open types). */
  readonly tags: readonly number[] | undefined;
  readonly read: Read;
  readonly write: Write;
  /** The same type with an implicit tag; undefined where the tag must be explicit (X.680 31.2.7). */
  readonly retag: ((tag: number) => Codec) | undefined;
}

/** Header-less halves of a codec: `read` as above; `write` writes the contents alone. */
export interface Contents {
  readonly form: 'primitive' | 'constructed' | 'either';
  readonly read: Read;
  readonly write: Write;
}

/** The codec of a type with one tag. */
export function element(tag: number, contents: Contents): Codec {
  const bit = contents.form === 'constructed' ? constructedBit : 0;
  const { write: writeContents } = contents;
  return {
    tags: [tag],
    read: checkedRead(contents, bit),
    write(writer, value) {
      // The buffer may grow: distances from its back stay true.
      const behind = writer.capacity - writer.at;
      writeContents(writer, value);
      writer.header(tag, bit, writer.capacity - behind);
    },
    retag: (other) => element(other, contents),
  };
}

function checkedRead(contents: Contents, bit: number): Read {
  const { read, form } = contents;
  if (form === 'either') return read;
  return (reader) => {
    if (reader.constructed !== bit) {
      reader.fail(reader.start, `${form} contents`, `${tagText(reader.tag)} with the other form`);
    }
    return read(reader);
  };
}

/** A constraint on a size or a value, as words. */
export function boundsText(bounds: Bounds): string {
  return bounds.min === bounds.max ? `${bounds.min}` : `${bounds.min} to ${bounds.max}`;
}

/** Looks at a size that was read. */
export function checkSize(reader: Reader, bounds: Bounds | undefined, size: number): void {
  if (bounds === undefined || (size >= bounds.min && size <= bounds.max)) return;
  if (reader.checks) reader.violation(reader.start, `a size of ${boundsText(bounds)}`, `${size}`);
}

/** Looks at a size that is to be written. */
export function fitSize(writer: Writer, bounds: Bounds | undefined, size: number): void {
  if (bounds === undefined || (size >= bounds.min && size <= bounds.max)) return;
  writer.violation(`a size of ${boundsText(bounds)}`, `${size}`);
}
