// Random valid values from declarations, for tests: sizes, ranges, character sets, choices and optional
// fields are drawn; recursion ends at a depth. All from a seeded generator, so that a run can be repeated.

import { assert } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import { type BitString, bitsOf } from './bit-string.ts';
import { charactersOf, charsets } from './charset.ts';
import { encode } from './encode.ts';
import { integer, octetString, utf8String } from './declare.ts';
import { type Raw, rawOf } from './raw.ts';
import { sequence } from './structure.ts';
import type { BitStringNode, Bounds, IntegerNode, Member, Node, StringForm, Type } from './type.ts';

export interface ArbitraryOptions {
  /** Recursive references on one path; beyond, optional fields and elements are left out. Default 3. */
  readonly depth_max?: number;
  /** Characters, octets or elements where the declaration sets no bound, or a larger one. Default 12. */
  readonly size_max?: number;
  /** How likely an optional field is there. Default 0.5. */
  readonly presence?: number;
}

/** A random value of the type. */
export function arbitrary<V>(type: Type<V>, random: Random, options: ArbitraryOptions = {}): V {
  const { depth_max = 3, size_max = 12, presence = 0.5 } = options;
  return drawValue(type, { random, depth_max, size_max, presence, depth: 0, levels: 0 }) as V;
}

interface Draw {
  readonly random: Random;
  readonly depth_max: number;
  readonly size_max: number;
  readonly presence: number;
  readonly depth: number;
  /** All levels, to stop where a type cannot end. */
  readonly levels: number;
}

function drawValue(type: Type<unknown>, outer: Draw): unknown {
  const draw = { ...outer, levels: outer.levels + 1 };
  assert(draw.levels < 1000, 'a recursive type that has a finite value');
  const { node } = type;
  switch (node.form) {
    case 'tagged':
    case 'retained':
    case 'named':
      return drawValue(node.inner, draw);
    case 'recursive':
      return drawValue(node.inner(), { ...draw, depth: draw.depth + 1 });
    case 'SEQUENCE':
    case 'SET':
      return structureOf(node.members, draw);
    case 'SEQUENCE OF':
    case 'SET OF':
      return Array.from({ length: listSize(node.size, draw) }, () => drawValue(node.element, draw));
    case 'CHOICE':
      return choiceOf(node.alternatives, draw);
    default:
      return scalarOf(node, draw);
  }
}

function scalarOf(node: Node, draw: Draw): unknown {
  const { random } = draw;
  switch (node.form) {
    case 'BOOLEAN':
      return random.chance(0.5);
    case 'NULL':
      return null;
    case 'OBJECT IDENTIFIER':
      return oidOf(random);
    case 'ANY':
      return openOf(random);
    case 'INTEGER':
    case 'ENUMERATED':
      return integerOf(node, random);
    case 'BIT STRING':
      return bitsOfSize(node, draw);
    case 'OCTET STRING':
      return random.octets(sizeOf(node.size, draw));
    case 'string':
      return stringOf(node.charset, node.size, draw);
    default:
      return undefined;
  }
}

/** Where bits have names, the last one is a one as far as the size allows: trailing zeros mean nothing. */
function bitsOfSize(node: BitStringNode, draw: Draw): BitString {
  const bits = sizeOf(node.size, draw);
  const numbers = Array.from({ length: bits }, (_, number) => number);
  const ones = numbers.filter((number) => draw.random.chance(0.5) || (node.names && number === bits - 1));
  return bitsOf(ones, bits);
}

function structureOf(members: readonly Member[], draw: Draw): unknown {
  const entries: [string, unknown][] = [];
  for (const { name, type, presence, defaultValue } of members) {
    const wanted = presence === 'mandatory' || (!tooDeep(draw) && draw.random.chance(draw.presence));
    if (wanted) entries.push([name, drawValue(type, draw)]);
    else if (presence === 'default') entries.push([name, defaultValue]);
  }
  return Object.fromEntries(entries);
}

/** Past the depth, an alternative that does not lead deeper is taken if there is one. */
function choiceOf(alternatives: readonly Member[], draw: Draw): unknown {
  const ending = tooDeep(draw) ? alternatives.filter(({ type }) => ends(type, 0)) : [];
  const { name, type } = draw.random.pick(ending.length > 0 ? ending : alternatives);
  return { kind: name, value: drawValue(type, draw) };
}

/** Whether a type has a value that needs no recursive reference. */
function ends({ node }: Type<unknown>, levels: number): boolean {
  if (levels > 30) return false;
  switch (node.form) {
    case 'recursive':
      return false;
    case 'tagged':
    case 'retained':
    case 'named':
      return ends(node.inner, levels + 1);
    case 'SEQUENCE':
    case 'SET':
      return node.members.every(({ type, presence }) => presence !== 'mandatory' || ends(type, levels + 1));
    case 'SEQUENCE OF':
    case 'SET OF':
      return (node.size?.min ?? 0) === 0 || ends(node.element, levels + 1);
    case 'CHOICE':
      return node.alternatives.some(({ type }) => ends(type, levels + 1));
    default:
      return true;
  }
}

function tooDeep(draw: Draw): boolean {
  return draw.depth >= draw.depth_max || draw.levels > 100;
}

function listSize(size: Bounds | undefined, draw: Draw): number {
  return tooDeep(draw) ? (size?.min ?? 0) : Math.min(sizeOf(size, draw), Math.max(4, size?.min ?? 0));
}

function sizeOf(size: Bounds | undefined, { random, size_max }: Draw): number {
  const min = size?.min ?? 0;
  return random.between(min, Math.max(min, Math.min(size?.max ?? size_max, min + size_max)));
}

function integerOf({ names, bounds }: IntegerNode, random: Random): unknown {
  if (names !== undefined && random.chance(0.9)) {
    // A number may bear several names: decoding gives the last.
    const number = random.pick(Object.values(names));
    return Object.entries(names).findLast(([, value]) => value === number)?.[0];
  }
  if (names !== undefined) return 1 + Math.max(...Object.values(names));
  const limit = 2 ** random.between(1, 52);
  const { min, max } = bounds ?? { min: -limit, max: limit };
  return random.between(Math.max(min, -limit), Math.max(Math.max(min, -limit), Math.min(max, limit)));
}

function oidOf(random: Random): string {
  const first = random.between(0, 2);
  const arcs = [first, random.between(0, first < 2 ? 39 : 999)];
  for (let left = random.between(0, 6); left > 0; left -= 1)
    arcs.push(random.between(0, 2 ** random.between(0, 40)));
  return arcs.join('.');
}

const openTypes = [
  integer(),
  utf8String(),
  octetString(),
  sequence({ number: integer(), octets: octetString() }),
];

function openOf(random: Random): Raw {
  const type: Type<unknown> = random.pick(openTypes);
  return rawOf(encode(type, arbitrary(type, random)));
}

const wideSamples = 'Az09 éßŁЖ中';

function stringOf(form: StringForm, size: Bounds | undefined, draw: Draw): string {
  const { random } = draw;
  if (form === 'UTCTime') return `${timeDigits(random)}Z`;
  if (form === 'GeneralizedTime') return `20${timeDigits(random)}Z`;
  const wide = form === 'BMPString' || form === 'UniversalString' || form === 'UTF8String';
  const characters = wide ? wideSamples : charactersOf(charsets[form]);
  let text = '';
  for (let left = sizeOf(size, draw); left > 0; left -= 1) {
    text += characters[random.between(0, characters.length - 1)];
  }
  return text;
}

function timeDigits(random: Random): string {
  const two = (low: number, high: number): string => String(random.between(low, high)).padStart(2, '0');
  return `${two(0, 99)}${two(1, 12)}${two(1, 28)}${two(0, 23)}${two(0, 59)}${two(0, 59)}`;
}
