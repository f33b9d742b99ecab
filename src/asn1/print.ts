// A value as an indented tree with the names of its declaration, for people. The form is not parsed by
// anything.

import { toHex } from '../base/octets.ts';
import { type BitString, hasBit } from './bit-string.ts';
import { nameOf } from './decode.ts';
import { printElement } from './print-ber.ts';
import { type Raw, rawOctets } from './raw.ts';
import type { Node, Type } from './type.ts';

/** Octets of a string that are shown. */
const shown_octets_max = 64;
/** Bits of a bit string that are looked at. */
const shown_bits_max = 512;
/** Levels of the tree that are shown: what decode accepts at its default is less. */
const depth_max = 200;

/** The tree of `value`, one line a field. */
export function print<V>(type: Type<V>, value: NoInfer<V>): string {
  const lines: string[] = [];
  printNode({ lines, depth: 0 }, { label: nameOf(type), type, value });
  return lines.join('\n');
}

interface Place {
  readonly lines: string[];
  readonly depth: number;
}

interface Labelled {
  readonly label: string;
  readonly type: Type<unknown>;
  readonly value: unknown;
}

function printNode(place: Place, { label, type, value }: Labelled): void {
  const { node } = type;
  if (place.depth > depth_max) line(place, label, '…');
  else if (value === undefined || value === null) line(place, label, value === null ? 'NULL' : '—');
  else printValue(place, { label, node, value });
}

interface Valued {
  readonly label: string;
  readonly node: Node;
  readonly value: unknown;
}

function printValue(place: Place, { label, node, value }: Valued): void {
  switch (node.form) {
    case 'tagged':
    case 'retained':
    case 'named':
      printNode(place, { label, type: node.inner, value });
      return;
    case 'recursive':
      printNode(place, { label, type: node.inner(), value });
      return;
    case 'SEQUENCE':
    case 'SET':
      printStructure(place, { label, node, value });
      return;
    case 'SEQUENCE OF':
    case 'SET OF': {
      const list = value as readonly unknown[];
      line(place, label, list.length === 0 ? '(empty)' : '');
      list.forEach((one, index) => {
        printNode(inside(place), { label: `[${index}]`, type: node.element, value: one });
      });
      return;
    }
    case 'CHOICE': {
      const chosen = value as { readonly kind: string; readonly value: unknown };
      const member = node.alternatives.find((alternative) => alternative.name === chosen.kind);
      if (member === undefined) line(place, label, `(no alternative ${chosen.kind})`);
      else printNode(place, { label: joined(label, chosen.kind), type: member.type, value: chosen.value });
      return;
    }
    case 'ANY':
      line(place, label, '');
      printElement(rawOctets(value as Raw), place.lines, place.depth + 1);
      return;
    default:
      line(place, label, scalarText(node, value));
      return;
  }
}

function printStructure(place: Place, { label, node, value }: Valued): void {
  if (node.form !== 'SEQUENCE' && node.form !== 'SET') return;
  const fields = value as Readonly<Record<string, unknown>>;
  line(place, label, '');
  for (const member of node.members) {
    const one = fields[member.name];
    if (one !== undefined) printNode(inside(place), { label: member.name, type: member.type, value: one });
  }
  for (const element of (fields.unknown ?? []) as readonly Raw[]) {
    line(inside(place), '(unknown)', '');
    printElement(rawOctets(element), place.lines, place.depth + 2);
  }
}

function scalarText(node: Node, value: unknown): string {
  if (node.form === 'BIT STRING') return bitText(value as BitString, node.names ?? {});
  if (value instanceof Uint8Array) return octetText(value);
  if (node.form === 'string') return JSON.stringify(value);
  return String(value);
}

function bitText(value: BitString, names: Readonly<Record<string, number>>): string {
  const byNumber = new Map(Object.entries(names).map(([name, number]) => [number, name]));
  const set: string[] = [];
  for (let number = 0; number < Math.min(value.bits, shown_bits_max); number += 1) {
    if (hasBit(value, number)) set.push(byNumber.get(number) ?? `${number}`);
  }
  return `{${set.join(', ')}} (${value.bits} bits)`;
}

function octetText(octets: Uint8Array): string {
  const shown = toHex(octets.subarray(0, shown_octets_max));
  return `${octets.length} octets ${shown}${octets.length > shown_octets_max ? '…' : ''}`;
}

function inside({ lines, depth }: Place): Place {
  return { lines, depth: depth + 1 };
}

function joined(label: string, kind: string): string {
  return label === '' ? kind : `${label}.${kind}`;
}

function line({ lines, depth }: Place, label: string, text: string): void {
  const colon = label === '' || text === '' ? '' : ': ';
  lines.push(`${'  '.repeat(depth)}${label}${colon}${text}`);
}
