// The contents of BOOLEAN, INTEGER, ENUMERATED, NULL and OBJECT IDENTIFIER. X.690 8.2, 8.3, 8.4, 8.8, 8.19.

import { boundsText, type Contents } from './codec.ts';
import { oidOctets, oidText } from './object-identifier.ts';
import type { Reader } from './reader.ts';
import type { IntegerNode } from './type.ts';
import type { Writer } from './writer.ts';

export const booleanContents: Contents = {
  form: 'primitive',
  read(reader: Reader) {
    if (reader.to - reader.from !== 1) reader.fail(reader.start, 'one octet', lengthText(reader));
    return reader.octets[reader.from] !== 0;
  },
  write(writer: Writer, value: unknown) {
    if (typeof value !== 'boolean') writer.fail('a boolean', typeof value);
    writer.octet(value ? 0xff : 0);
  },
};

export const nullContents: Contents = {
  form: 'primitive',
  read(reader: Reader) {
    if (reader.to !== reader.from) reader.fail(reader.start, 'no octets', lengthText(reader));
    return null;
  },
  write(writer: Writer, value: unknown) {
    if (value !== null) writer.fail('null', typeof value);
  },
};

export const objectIdentifierContents: Contents = {
  form: 'primitive',
  read(reader: Reader) {
    const text = oidText(reader.octets, reader.from, reader.to);
    return text ?? reader.fail(reader.start, 'an object identifier', 'arcs that are none');
  },
  write(writer: Writer, value: unknown) {
    const octets = typeof value === 'string' ? oidOctets(value) : undefined;
    if (octets === undefined) writer.fail('an object identifier', JSON.stringify(value) ?? 'undefined');
    else writer.copy(octets, 0, octets.length);
  },
};

/** INTEGER or ENUMERATED, with or without names. */
export function integerContents(node: IntegerNode): Contents {
  const { names, bounds } = node;
  if (names !== undefined) return namedContents(names);
  if (bounds === undefined) return { form: 'primitive', read: readInteger, write: writeNumber };
  return {
    form: 'primitive',
    read(reader: Reader) {
      const value = readInteger(reader);
      if (reader.checks && (value < bounds.min || value > bounds.max)) {
        reader.violation(reader.start, `a number of ${boundsText(bounds)}`, `${value}`);
      }
      return value;
    },
    write(writer: Writer, value: unknown) {
      if (typeof value === 'number' && (value < bounds.min || value > bounds.max)) {
        writer.violation(`a number of ${boundsText(bounds)}`, `${value}`);
      }
      writeNumber(writer, value);
    },
  };
}

function namedContents(names: Readonly<Record<string, number>>): Contents {
  const toName = new Map(Object.entries(names).map(([name, value]) => [value, name]));
  const toNumber = new Map(Object.entries(names));
  return {
    form: 'primitive',
    read(reader: Reader) {
      const value = readInteger(reader);
      return toName.get(value) ?? value;
    },
    write(writer: Writer, value: unknown) {
      if (typeof value === 'string') {
        const number = toNumber.get(value);
        if (number === undefined) writer.fail(`one of ${[...toNumber.keys()].join(', ')}`, value);
        else writeInteger(writer, number);
      } else writeNumber(writer, value);
    },
  };
}

function readInteger(reader: Reader): number {
  const { octets, to } = reader;
  let at = reader.from;
  if (at >= to) reader.fail(reader.start, 'at least one octet', 'none');
  let value = (octets[at] << 24) >> 24;
  at += 1;
  // The most of ±2^53 is passed over long before a number could lose precision.
  for (; at < to; at += 1) {
    value = value * 256 + octets[at];
    if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) {
      reader.fail(reader.start, 'an integer within ±2^53', lengthText(reader));
    }
  }
  return value;
}

function writeNumber(writer: Writer, value: unknown): void {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) writer.fail('an integer', String(value));
  else writeInteger(writer, value);
}

function writeInteger(writer: Writer, value: number): void {
  let rest = value;
  for (;;) {
    const octet = rest & 0xff;
    writer.octet(rest >= -0x8000_0000 && rest <= 0x7fff_ffff ? octet : modulo256(rest));
    if (rest >= -128 && rest <= 127) return;
    rest = Math.floor(rest / 256);
  }
}

function modulo256(value: number): number {
  return ((value % 256) + 256) % 256;
}

function lengthText(reader: Reader): string {
  return `${reader.to - reader.from} octets`;
}
