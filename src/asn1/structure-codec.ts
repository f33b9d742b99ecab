// The contents of SEQUENCE and SET. X.690 8.9, 8.11. What no field takes is kept in `unknown` and written
// after the fields. Invariant: a decoded object has its fields as own properties only where they came or have
// a default.

import { assert } from '../base/assert.ts';
import type { Codec, Contents, Read, Write } from './codec.ts';
import { equalTo } from './equal.ts';
import type { Raw } from './raw.ts';
import { Malformed, type Reader } from './reader.ts';
import { tagText } from './tag.ts';
import type { Member, StructureNode } from './type.ts';
import { Misfit, type Writer } from './writer.ts';

/** A member with its compiled codec. */
interface Field {
  readonly member: Member;
  readonly codec: Codec;
}

type Values = Record<string, unknown>;

/** Fields are noted in two words of bits, 31 each. */
const word_bits = 31;
const fields_max = 2 * word_bits;

export function structureContents(node: StructureNode, codecOf: (member: Member) => Codec): Contents {
  assert(node.members.length <= fields_max, `at most ${fields_max} fields`);
  const fields = node.members.map((member) => ({ member, codec: codecOf(member) }));
  return {
    form: 'constructed',
    read: structureRead(fields, node.form === 'SEQUENCE'),
    write: structureWrite(fields),
  };
}

function structureRead(fields: readonly Field[], ordered: boolean): Read {
  const names = fields.map((field) => field.member.name);
  const reads = fields.map((field) => field.codec.read);
  const first = firstTakers(fields);
  // An open type that must be there comes, in a SEQUENCE, before whatever is declared after it.
  const open = ordered ? fields.findIndex(isMandatoryOpen) : -1;
  const [wantedLow, wantedHigh] = mandatoryWords(fields);
  const defaults = defaultsOf(fields);
  // Each type has a constructor of its own, so that the engine learns its size and keeps its shapes apart;
  // what it makes are ordinary objects.
  const Value = valueConstructor();
  return (reader) => {
    const value: Values = new Value();
    const end = reader.to;
    const start = reader.start;
    let at = reader.from;
    let next = 0;
    let low = 0;
    let high = 0;
    let unknown: Raw[] | undefined;
    while (at < end) {
      reader.header(at, end);
      at = reader.next;
      const { tag } = reader;
      let index = tag < 256 ? first[tag] : -1;
      // The first field that takes the tag is mostly the one; else look for a later one.
      if (index < 0 || (ordered && (index < next || next <= open))) {
        index = laterTaker(fields, ordered ? next : 0, { tag, ordered });
      }
      if (index < 0) {
        unknown = keepUnknown(reader, ordered ? fields : [], unknown);
        continue;
      }
      if (ordered) next = index + 1;
      if (index < word_bits) {
        const bit = 1 << index;
        if ((low & bit) !== 0) duplicate(reader, names[index]);
        low |= bit;
      } else {
        const bit = 1 << (index - word_bits);
        if ((high & bit) !== 0) duplicate(reader, names[index]);
        high |= bit;
      }
      try {
        value[names[index]] = reads[index](reader);
      } catch (cause) {
        if (cause instanceof Malformed) cause.path.push(names[index]);
        throw cause;
      }
    }
    if ((low & wantedLow) !== wantedLow || (high & wantedHigh) !== wantedHigh) {
      missing({ reader, start, fields, low, high });
    }
    for (const { name, word, bit, defaultValue } of defaults) {
      if (((word === 0 ? low : high) & bit) === 0) value[name] = defaultValue;
    }
    if (unknown !== undefined) value.unknown = unknown;
    return value;
  };
}

/** Makes ordinary objects: own constructor, the prototype of all. */
function valueConstructor(): new () => Values {
  function Value(): void {}
  Value.prototype = Object.prototype;
  return Value as unknown as new () => Values;
}

/** For each tag below 256 the first field that takes it by name; −1 where none does. */
function firstTakers(fields: readonly Field[]): Int8Array {
  const first = new Int8Array(256).fill(-1);
  fields.forEach(({ codec }, index) => {
    for (const tag of codec.tags ?? []) if (tag < 256 && first[tag] < 0) first[tag] = index;
  });
  return first;
}

/** The words of bits of the fields that must be there in the end. */
function mandatoryWords(fields: readonly Field[]): readonly [number, number] {
  const words: [number, number] = [0, 0];
  fields.forEach(({ member }, index) => {
    if (member.presence === 'mandatory') words[wordOf(index)] |= bitOf(index);
  });
  return words;
}

interface Default {
  readonly name: string;
  readonly word: 0 | 1;
  readonly bit: number;
  readonly defaultValue: unknown;
}

function defaultsOf(fields: readonly Field[]): readonly Default[] {
  return fields.flatMap(({ member: { name, presence, defaultValue } }, index) =>
    presence === 'default' ? [{ name, word: wordOf(index), bit: bitOf(index), defaultValue }] : [],
  );
}

function wordOf(index: number): 0 | 1 {
  return index < word_bits ? 0 : 1;
}

function bitOf(index: number): number {
  return 1 << (index % word_bits);
}

/** The field from `from` on that takes the tag: by name, or being open. */
function laterTaker(fields: readonly Field[], from: number, { tag, ordered }: Wanted): number {
  for (let index = from; index < fields.length; index += 1) {
    if (fields[index].codec.tags?.includes(tag)) return index;
    if (ordered && tag !== 0 && isMandatoryOpen(fields[index])) return index;
  }
  if (tag === 0) return -1;
  return fields.findIndex(({ codec }, index) => index >= from && codec.tags === undefined);
}

function isMandatoryOpen({ codec, member }: Field): boolean {
  return codec.tags === undefined && member.presence === 'mandatory';
}

interface Wanted {
  readonly tag: number;
  readonly ordered: boolean;
}

function keepUnknown(reader: Reader, fields: readonly Field[], unknown: Raw[] | undefined): Raw[] {
  const { tag, start, next } = reader;
  if (tag === 0) reader.fail(start, 'an element', 'end-of-contents out of place');
  const known = fields.find(({ codec }) => codec.tags?.includes(tag));
  if (known !== undefined) {
    reader.fail(start, 'the fields in their order, once each', `${known.member.name} again or too late`);
  }
  const kept = unknown ?? [];
  kept.push({ buffer: reader.octets, start, end: next });
  return kept;
}

function duplicate(reader: Reader, name: string): never {
  reader.fail(reader.start, `${name} once`, `${name} again`);
}

interface Incomplete {
  readonly reader: Reader;
  readonly start: number;
  readonly fields: readonly Field[];
  readonly low: number;
  readonly high: number;
}

function missing({ reader, start, fields, low, high }: Incomplete): never {
  const absent = fields.filter(
    ({ member }, index) =>
      member.presence === 'mandatory' && ((wordOf(index) === 0 ? low : high) & bitOf(index)) === 0,
  );
  const texts = absent.map(
    ({ member, codec }) => `${member.name} ${(codec.tags ?? []).map(tagText).join(' or ')}`,
  );
  return reader.fail(start, texts.join(', '), 'an element without');
}

function structureWrite(fields: readonly Field[]): Write {
  const names = fields.map((field) => field.member.name);
  const mandatory = fields.map((field) => field.member.presence === 'mandatory');
  const writes = fields.map(fieldWrite);
  return (writer, given) => {
    if (typeof given !== 'object' || given === null) writer.fail('an object', String(given));
    const value = given as Values;
    if (value.unknown !== undefined) writeUnknown(writer, value.unknown);
    let index = names.length - 1;
    try {
      for (; index >= 0; index -= 1) {
        const one = value[names[index]];
        if (one !== undefined) writes[index](writer, one);
        else if (mandatory[index]) writer.fail('a value', 'undefined');
      }
    } catch (cause) {
      if (cause instanceof Misfit) cause.path.push(names[index]);
      throw cause;
    }
  };
}

function fieldWrite({ member, codec }: Field): Write {
  const { write } = codec;
  const { presence, defaultValue } = member;
  if (presence !== 'default') return write;
  const isDefault = equalTo(member.type, defaultValue);
  return (writer, value) => {
    if (value === defaultValue) return;
    if (typeof value !== typeof defaultValue || value === null || !isDefault(value)) write(writer, value);
  };
}

function writeUnknown(writer: Writer, unknown: unknown): void {
  const elements = unknown as readonly Raw[];
  for (let index = elements.length - 1; index >= 0; index -= 1) {
    const { buffer, start, end } = elements[index];
    writer.copy(buffer, start, end);
  }
}
