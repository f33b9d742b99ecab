// The contents of SEQUENCE OF and SET OF. X.690 8.10, 8.12. A long list may be put off, to be read or written
// a few elements at a time by decode-in-steps.ts and encode-in-steps.ts.

import { checkSize, type Codec, type Contents, fitSize } from './codec.ts';
import { Malformed, type Reader } from './reader.ts';
import { tagText } from './tag.ts';
import type { Bounds } from './type.ts';
import { Misfit, type Writer } from './writer.ts';

/** Octets of contents from which a list is worth putting off: less is read in a fraction of a millisecond. */
const postponed_octets_min = 16 * 1024;
/** The same in elements, where a list is written. */
const postponed_elements_min = 128;

export function listContents(codec: Codec, size: Bounds | undefined): Contents {
  const { write } = codec;
  const readSome = elementsRead(codec);
  return {
    form: 'constructed',
    read(reader: Reader) {
      const list: unknown[] = [];
      const { from, to, start } = reader;
      const fits = (): void => {
        if (size === undefined || (list.length >= size.min && list.length <= size.max)) return;
        reader.start = start;
        checkSize(reader, size, list.length);
      };
      if (reader.postponed !== undefined && to - from >= postponed_octets_min) {
        let at = from;
        const readOn = (count: number): boolean => {
          at = readSome(reader, list, { at, end: to, count });
          if (at < to) return false;
          fits();
          return true;
        };
        reader.postpone(readOn);
        return list;
      }
      readSome(reader, list, { at: from, end: to, count: Number.POSITIVE_INFINITY });
      fits();
      return list;
    },
    write(writer: Writer, value: unknown) {
      if (!Array.isArray(value)) writer.fail('a list', typeof value);
      fitSize(writer, size, value.length);
      const ready = writer.ready?.get(value);
      if (ready !== undefined && ready.write === write) {
        writer.copy(ready.octets, 0, ready.octets.length);
      } else if (writer.postponed !== undefined && value.length >= postponed_elements_min) {
        writer.postponed.push({ list: value, write });
      } else writeElements(writer, { list: value, write }, { from: 0, to: value.length });
    },
  };
}

/** Part of a list that is being read: where its next element begins, where it ends, how many to read. */
interface Reading {
  readonly at: number;
  readonly end: number;
  readonly count: number;
}

/** Reads elements into a list; gives where the next one begins. */
function elementsRead({ read, tags }: Codec) {
  const only = tags?.length === 1 ? tags[0] : undefined;
  return (reader: Reader, list: unknown[], { at: from, end, count }: Reading): number => {
    let at = from;
    for (let left = count; at < end && left > 0; left -= 1) {
      reader.header(at, end);
      at = reader.next;
      if (reader.tag !== only && (tags === undefined ? reader.tag === 0 : !tags.includes(reader.tag))) {
        reader.fail(reader.start, (tags ?? []).map(tagText).join(' or '), tagText(reader.tag));
      }
      try {
        list.push(read(reader));
      } catch (cause) {
        if (cause instanceof Malformed) cause.path.push(`[${list.length}]`);
        throw cause;
      }
    }
    return at;
  };
}

/** A list and how each of its elements is written. */
export interface WrittenList {
  readonly list: readonly unknown[];
  readonly write: Codec['write'];
}

/** Writes the elements from `from` up to, not including, `to`: the last one first. */
export function writeElements(
  writer: Writer,
  { list, write }: WrittenList,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  for (let index = to - 1; index >= from; index -= 1) {
    try {
      write(writer, list[index]);
    } catch (cause) {
      if (cause instanceof Misfit) cause.path.push(`[${index}]`);
      throw cause;
    }
  }
}
