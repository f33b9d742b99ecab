// The contents of SEQUENCE OF and SET OF. X.690 8.10, 8.12.

import { checkSize, type Codec, type Contents, fitSize } from './codec.ts';
import { Malformed, type Reader } from './reader.ts';
import { tagText } from './tag.ts';
import type { Bounds } from './type.ts';
import { Misfit, type Writer } from './writer.ts';

export function listContents(codec: Codec, size: Bounds | undefined): Contents {
  const { read, write, tags } = codec;
  const only = tags?.length === 1 ? tags[0] : undefined;
  return {
    form: 'constructed',
    read(reader: Reader) {
      const list: unknown[] = [];
      const end = reader.to;
      const start = reader.start;
      let at = reader.from;
      while (at < end) {
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
      if (size !== undefined && (list.length < size.min || list.length > size.max)) {
        reader.start = start;
        checkSize(reader, size, list.length);
      }
      return list;
    },
    write(writer: Writer, value: unknown) {
      if (!Array.isArray(value)) writer.fail('a list', typeof value);
      fitSize(writer, size, value.length);
      for (let index = value.length - 1; index >= 0; index -= 1) {
        try {
          write(writer, value[index]);
        } catch (cause) {
          if (cause instanceof Misfit) cause.path.push(`[${index}]`);
          throw cause;
        }
      }
    },
  };
}
