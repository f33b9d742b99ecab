// CHOICE: its values begin with the tag of one alternative (X.690 8.13). An alternative may be an untagged
// choice.

import type { Codec } from './codec.ts';
import { Malformed } from './reader.ts';
import { tagText } from './tag.ts';
import type { Member } from './type.ts';
import { Misfit } from './writer.ts';

interface Alternative {
  readonly kind: string;
  readonly codec: Codec;
}

export function choiceCodec(members: readonly Member[], codecOf: (member: Member) => Codec): Codec {
  const alternatives = members.map((member): Alternative => ({ kind: member.name, codec: codecOf(member) }));
  const byTag = new Map<number, Alternative>();
  for (const alternative of alternatives) {
    for (const tag of alternative.codec.tags ?? []) if (!byTag.has(tag)) byTag.set(tag, alternative);
  }
  const byKind = new Map<unknown, Alternative>(
    alternatives.map((alternative) => [alternative.kind, alternative]),
  );
  const open = alternatives.find((alternative) => alternative.codec.tags === undefined);
  return {
    tags: open === undefined ? [...byTag.keys()] : undefined,
    read(reader) {
      const { tag } = reader;
      const alternative = byTag.get(tag) ?? (tag === 0 ? undefined : open);
      if (alternative === undefined) {
        return reader.fail(reader.start, [...byTag.keys()].map(tagText).join(' or '), tagText(tag));
      }
      try {
        return { kind: alternative.kind, value: alternative.codec.read(reader) };
      } catch (cause) {
        if (cause instanceof Malformed) cause.path.push(alternative.kind);
        throw cause;
      }
    },
    write(writer, value) {
      const chosen = value as { readonly kind?: unknown; readonly value?: unknown } | null | undefined;
      const alternative = byKind.get(chosen?.kind);
      if (alternative === undefined) {
        writer.fail(`one of ${[...byKind.keys()].join(', ')}`, String(chosen?.kind));
        return;
      }
      try {
        alternative.codec.write(writer, chosen?.value);
      } catch (cause) {
        if (cause instanceof Misfit) cause.path.push(alternative.kind);
        throw cause;
      }
    },
    retag: undefined,
  };
}
