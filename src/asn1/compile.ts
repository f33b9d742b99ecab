// Declarations into codecs, each once. A type that refers to itself is compiled when it is first met in a
// value.

import { assert } from '../base/assert.ts';
import { bitStringContents, octetStringContents } from './binary.ts';
import { choiceCodec } from './choice-codec.ts';
import { type Codec, type Contents, element, type Read } from './codec.ts';
import { listContents } from './list-codec.ts';
import type { Raw } from './raw.ts';
import { Malformed } from './reader.ts';
import { retain, retainedRaw } from './retention.ts';
import { booleanContents, integerContents, nullContents, objectIdentifierContents } from './scalar.ts';
import { structureContents } from './structure-codec.ts';
import { tagText, UniversalTag } from './tag.ts';
import { stringContents, stringTags } from './text.ts';
import type { Node, TaggedNode, Type } from './type.ts';

const compiled = new WeakMap<Type<unknown>, Codec>();

/** The codec of a type. */
export function codecOf(type: Type<unknown>): Codec {
  const found = compiled.get(type);
  if (found !== undefined) return found;
  const codec = compile(type.node);
  compiled.set(type, codec);
  return codec;
}

function compile(node: Node): Codec {
  switch (node.form) {
    case 'BOOLEAN':
      return element(UniversalTag.boolean, booleanContents);
    case 'NULL':
      return element(UniversalTag.null, nullContents);
    case 'OBJECT IDENTIFIER':
      return element(UniversalTag.objectIdentifier, objectIdentifierContents);
    case 'ANY':
      return anyCodec;
    case 'INTEGER':
      return element(UniversalTag.integer, integerContents(node));
    case 'ENUMERATED':
      return element(UniversalTag.enumerated, integerContents(node));
    case 'BIT STRING':
      return element(UniversalTag.bitString, bitStringContents(node.size, node.names !== undefined));
    case 'OCTET STRING':
      return element(UniversalTag.octetString, octetStringContents(node.size));
    case 'string':
      return element(stringTags[node.charset], stringContents(node.charset, node.size));
    case 'SEQUENCE':
    case 'SET':
      return element(
        structureTag(node.form),
        structureContents(node, (member) => codecOf(member.type)),
      );
    case 'SEQUENCE OF':
    case 'SET OF':
      return element(structureTag(node.form), listContents(codecOf(node.element), node.size));
    case 'CHOICE':
      return choiceCodec(node.alternatives, (member) => codecOf(member.type));
    case 'tagged':
      return taggedCodec(node);
    case 'retained':
      return retainedCodec(codecOf(node.inner), node, node.otherwise);
    case 'named':
      return codecOf(node.inner);
    case 'recursive':
      return recursiveCodec(node.inner);
  }
}

function structureTag(form: 'SEQUENCE' | 'SET' | 'SEQUENCE OF' | 'SET OF'): number {
  return form === 'SEQUENCE' || form === 'SEQUENCE OF' ? UniversalTag.sequence : UniversalTag.set;
}

const anyCodec: Codec = {
  tags: undefined,
  read: (reader): Raw => ({ buffer: reader.octets, start: reader.start, end: reader.next }),
  write(writer, value) {
    const raw = value as Raw | undefined;
    if (!(raw?.buffer instanceof Uint8Array)) return writer.fail('an element as octets', typeof value);
    writer.copy(raw.buffer, raw.start, raw.end);
  },
  retag: undefined,
};

function taggedCodec({ tag, explicit, inner }: TaggedNode): Codec {
  const codec = codecOf(inner);
  if (!explicit && codec.retag !== undefined) return codec.retag(tag);
  return element(tag, explicitContents(codec));
}

/** X.690 8.14.2: the contents are one element of the inner type. */
function explicitContents({ tags, read, write }: Codec): Contents {
  return {
    form: 'constructed',
    read(reader) {
      const end = reader.to;
      reader.header(reader.from, end);
      if (reader.next !== end) reader.fail(reader.next, 'one element in an explicit tag', 'more');
      if (tags === undefined ? reader.tag === 0 : !tags.includes(reader.tag)) {
        reader.fail(reader.start, (tags ?? []).map(tagText).join(' or '), tagText(reader.tag));
      }
      return read(reader);
    },
    write,
  };
}

/** Octets are copied only under the declaration and the tag that they were read by. */
function retainedCodec(codec: Codec, type: object, otherwise?: object): Codec {
  const { tags, write, retag } = codec;
  const read = otherwise === undefined ? codec.read : readOr(codec.read, otherwise);
  return {
    tags,
    read(reader) {
      const { octets, start, next, tag } = reader;
      const value = read(reader) as object;
      retain(value, { buffer: octets, start, end: next, type, tag });
      return value;
    },
    write(writer, value) {
      const raw = typeof value === 'object' && value !== null ? retainedRaw(value) : undefined;
      if (raw !== undefined && raw.type === type && (tags === undefined || tags.includes(raw.tag))) {
        writer.copy(raw.buffer, raw.start, raw.end);
      } else write(writer, value);
    },
    retag: retag === undefined ? undefined : (tag) => retainedCodec(retag(tag), type, otherwise),
  };
}

/** Takes what cannot be read for `otherwise`: the element's header has said where it ends. */
function readOr(read: Read, otherwise: object): Read {
  return (reader) => {
    const { depth, postponed } = reader;
    // Whether it can be read must be known here.
    reader.postponed = undefined;
    try {
      return read(reader);
    } catch (cause) {
      if (!(cause instanceof Malformed) || reader.tolerated >= reader.tolerated_max) throw cause;
      reader.tolerated += 1;
      reader.depth = depth;
      return { ...otherwise };
    } finally {
      reader.postponed = postponed;
    }
  };
}

function recursiveCodec(inner: () => Type<unknown>): Codec {
  const seen = firstTags(inner(), 0);
  return lazily(() => codecOf(inner()), seen);
}

/** A codec that is made when it is first used, and counts a level each time. */
function lazily(make: () => Codec, seen: Beginning): Codec {
  let codec: Codec | undefined;
  const made = (): Codec => {
    codec ??= make();
    return codec;
  };
  return {
    tags: seen.tags,
    read(reader) {
      reader.enter();
      const value = made().read(reader);
      reader.leave();
      return value;
    },
    write(writer, value) {
      writer.enter();
      made().write(writer, value);
      writer.leave();
    },
    retag: seen.explicit
      ? undefined
      : (tag) => lazily(() => retagged(made(), tag), { tags: [tag], explicit: false }),
  };
}

function retagged(codec: Codec, tag: number): Codec {
  return codec.retag === undefined ? element(tag, explicitContents(codec)) : codec.retag(tag);
}

/** What a type begins with, found without compiling it; `explicit`: it takes no implicit tag. */
interface Beginning {
  readonly tags: readonly number[] | undefined;
  readonly explicit: boolean;
}

function firstTags(type: Type<unknown>, depth: number): Beginning {
  assert(depth < 100, 'a choice that has itself for an alternative has no first tag');
  const { node } = type;
  switch (node.form) {
    case 'tagged':
      return { tags: [node.tag], explicit: false };
    case 'retained':
    case 'named':
      return firstTags(node.inner, depth + 1);
    case 'recursive':
      return firstTags(node.inner(), depth + 1);
    case 'ANY':
      return { tags: undefined, explicit: true };
    case 'CHOICE': {
      const each = node.alternatives.map((member) => firstTags(member.type, depth + 1).tags);
      const open = each.includes(undefined);
      return { tags: open ? undefined : each.flatMap((tags) => tags ?? []), explicit: true };
    }
    case 'SEQUENCE':
    case 'SET':
    case 'SEQUENCE OF':
    case 'SET OF':
      return { tags: [structureTag(node.form)], explicit: false };
    default:
      return { tags: codecOf(type).tags, explicit: false };
  }
}
