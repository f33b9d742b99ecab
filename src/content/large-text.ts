// A body part that holds a text too long to be decoded whole: where its octets lie, and what they are in
// (X.420 06/1999, 7.3). Found by its tags; what is not as they say is malformed. Reads the small elements
// around the text, and none of the text itself.

import {
  decode,
  integer,
  objectIdentifier,
  setOf,
  tagOf,
  TagClass,
  type Type,
  UniversalTag,
} from '../asn1/index.ts';
import { type ContentWindow, MalformedContent, type Walk, type WalkedElement } from './element-walk.ts';
import type { Repertoire } from './repertoires.ts';
import { generalDefault, idEtGeneralText, idEtIA5Text, idEtTeletex, repertoiresOf } from './text-part.ts';
import { readingGeneral, readingIA5, type ReadingState, readingT61 } from './text-reader.ts';

export interface LargeText {
  readonly repertoires: readonly Repertoire[];
  readonly state: ReadingState;
  /** The string, or, of pages, the element that holds their strings. */
  readonly strings: { readonly from: number; readonly to: number };
}

/** What is found of an extended part before its data. */
export interface LargeExtended {
  readonly type: string;
  readonly registrations: readonly number[] | undefined;
  readonly text: LargeText | undefined;
}

const context = (number: number) => tagOf(TagClass.context, number);
const universal = (name: keyof typeof UniversalTag) => tagOf(TagClass.universal, UniversalTag[name]);

/** The longest parameters that are read. */
const parameters_octets_max = 16 * 1024;
const depth_max = 16;

/** Basic parts: parameters, then the data. */
export function* largeIA5(window: ContentWindow, part: WalkedElement): Walk<LargeText> {
  const data = yield* dataOf(window, part);
  return { repertoires: ['ia5'], state: readingIA5(), strings: { from: data.start, to: data.next } };
}

export function* largeTeletex(window: ContentWindow, part: WalkedElement): Walk<LargeText> {
  const data = yield* dataOf(window, part);
  if (data.tag !== universal('sequence')) throw new MalformedContent(`octet ${data.start}: no pages`);
  return { repertoires: ['t61'], state: readingT61, strings: data };
}

function* dataOf(window: ContentWindow, part: WalkedElement): Walk<WalkedElement> {
  const parameters = yield* window.element(part.from, part.to);
  if (parameters.tag !== universal('set')) throw new MalformedContent(`octet ${part.from}: no parameters`);
  return yield* window.element(parameters.next, part.to);
}

/** An extended part: its type, and its text if it is one. */
export function* largeExtended(window: ContentWindow, part: WalkedElement): Walk<LargeExtended> {
  const first = yield* window.element(part.from, part.to);
  const hasParameters = first.tag === context(0);
  const data = hasParameters ? yield* window.element(first.next, part.to) : first;
  const { type, value } = yield* externalIn(window, data);
  if (type !== idEtGeneralText && type !== idEtIA5Text && type !== idEtTeletex) {
    return { type, registrations: undefined, text: undefined };
  }
  if (value === undefined) throw new MalformedContent(`octet ${data.start}: a text in no octets`);
  if (type === idEtIA5Text) {
    return {
      type,
      registrations: undefined,
      text: { repertoires: ['ia5'], state: readingIA5(), strings: value },
    };
  }
  if (type === idEtTeletex) {
    const pages = yield* window.element(value.from, value.to);
    return {
      type,
      registrations: undefined,
      text: { repertoires: ['t61'], state: readingT61, strings: pages },
    };
  }
  const registrations = hasParameters ? yield* registrationsIn(window, first) : generalDefault;
  const text = { repertoires: repertoiresOf(registrations), state: readingGeneral(registrations) };
  return { type, registrations, text: { ...text, strings: value } };
}

interface ExternalValue {
  readonly type: string;
  /** Where its one element lies. */
  readonly value: { readonly from: number; readonly to: number } | undefined;
}

/** X.690 8.18: the type by its object identifier, then one element, or octets that are one. */
function* externalIn(window: ContentWindow, external: WalkedElement): Walk<ExternalValue> {
  let type = '';
  for (let at = external.from; at < external.to; ) {
    const each = yield* window.element(at, external.to);
    at = each.next;
    if (each.tag === universal('objectIdentifier')) {
      type = (yield* small(window, each, objectIdentifier())) ?? '';
    } else if (each.tag === context(0)) return { type, value: each };
    else if (each.tag === context(1) && !each.constructed) return { type, value: each };
    else if (each.tag === context(1) || each.tag === context(2)) return { type, value: undefined };
  }
  return { type, value: undefined };
}

function* registrationsIn(window: ContentWindow, parameters: WalkedElement): Walk<readonly number[]> {
  const { value } = yield* externalIn(window, parameters);
  if (value !== undefined) {
    const element = yield* window.element(value.from, value.to);
    const registrations = yield* small(window, element, setOf(integer()));
    if (registrations !== undefined) return registrations;
  }
  throw new MalformedContent(`octet ${parameters.start}: the parameters of a general text`);
}

function* small<V>(window: ContentWindow, each: WalkedElement, type: Type<V>): Walk<V | undefined> {
  if (each.next - each.start > parameters_octets_max) return undefined;
  const decoded = decode(type, yield* window.exactly(each.start, each.next));
  return decoded.ok ? decoded.value : undefined;
}

/** The octets of one string, whole or in segments, each piece `handle`d as it is read. */
export function* octetsOf(
  window: ContentWindow,
  string: WalkedElement,
  handle: (octets: Uint8Array) => Walk<void>,
): Walk<void> {
  yield* segments(window, { string, handle, depth: 0 });
}

interface Segments {
  readonly string: WalkedElement;
  readonly handle: (octets: Uint8Array) => Walk<void>;
  readonly depth: number;
}

function* segments(window: ContentWindow, { string, handle, depth }: Segments): Walk<void> {
  for (let at = string.from; at < string.to; ) {
    if (string.constructed) {
      if (depth >= depth_max) throw new MalformedContent(`octet ${at}: segments within segments`);
      const segment = yield* window.element(at, string.to);
      yield* segments(window, { string: segment, handle, depth: depth + 1 });
      at = segment.next;
    } else {
      const octets = yield* window.some(at, string.to - at);
      at += octets.length;
      yield* handle(octets);
    }
  }
}
