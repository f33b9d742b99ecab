// The contents of OCTET STRING and BIT STRING. X.690 8.6, 8.7.

import { type BitString, significantBits } from './bit-string.ts';
import { boundsText, checkSize, type Contents, fitSize } from './codec.ts';
import type { Reader } from './reader.ts';
import { joined, joinedSegments, segmentsOf } from './segments.ts';
import { UniversalTag } from './tag.ts';
import type { Bounds } from './type.ts';
import type { Writer } from './writer.ts';

export function octetStringContents(size: Bounds | undefined): Contents {
  return {
    form: 'either',
    read(reader: Reader) {
      const octets =
        reader.constructed === 0
          ? reader.octets.subarray(reader.from, reader.to)
          : joinedSegments(reader, UniversalTag.octetString, UniversalTag.octetString);
      checkSize(reader, size, octets.length);
      return octets;
    },
    write(writer: Writer, value: unknown) {
      if (!(value instanceof Uint8Array)) writer.fail('octets', typeof value);
      fitSize(writer, size, value.length);
      writer.copy(value, 0, value.length);
    },
  };
}

/** With `named`, a size counts no trailing zero bits: they carry no meaning (X.680 22.7). */
export function bitStringContents(size: Bounds | undefined, named: boolean): Contents {
  return {
    form: 'either',
    read(reader: Reader) {
      const { start } = reader;
      const value = reader.constructed === 0 ? primitiveBits(reader) : constructedBits(reader);
      if (size !== undefined && reader.checks && !fits(value, size, named)) {
        reader.violation(start, `${boundsText(size)} bits`, `${value.bits}`);
      }
      return value;
    },
    write(writer: Writer, value: unknown) {
      if (!isBitString(value)) writer.fail('a bit string whose octets and bits agree', typeof value);
      if (size !== undefined && !fits(value, size, named)) {
        writer.violation(`${boundsText(size)} bits`, `${value.bits}`);
      }
      writeBits(writer, value);
    },
  };
}

function fits(value: BitString, size: Bounds, named: boolean): boolean {
  if (value.bits >= size.min && value.bits <= size.max) return true;
  return named && (value.bits < size.min || significantBits(value) <= size.max);
}

function isBitString(value: unknown): value is BitString {
  if (typeof value !== 'object' || value === null) return false;
  const { octets, bits } = value as Partial<BitString>;
  return octets instanceof Uint8Array && typeof bits === 'number' && octets.length === Math.ceil(bits / 8);
}

function writeBits(writer: Writer, value: BitString): void {
  const unused = 8 * value.octets.length - value.bits;
  writer.copy(value.octets, 0, value.octets.length);
  if (unused > 0) writer.octets[writer.at + value.octets.length - 1] &= 0xff << unused;
  writer.octet(unused);
}

function primitiveBits(reader: Reader): BitString {
  const { octets, from, to } = reader;
  const unused = octets[from];
  if (from === to) reader.fail(reader.start, 'the octet of unused bits', 'no octets');
  if (unused > 7 || (unused > 0 && to - from === 1)) {
    reader.fail(reader.start, 'unused bits that the last octet has', `${unused}`);
  }
  return bitsWithin(octets.subarray(from + 1, to), unused);
}

function constructedBits(reader: Reader): BitString {
  const { start, octets } = reader;
  const segments = segmentsOf(reader, UniversalTag.bitString, UniversalTag.bitString);
  const { spans } = segments;
  let unused = 0;
  for (let index = 0; index < spans.length; index += 2) {
    const length = spans[index + 1] - spans[index];
    const last = index + 2 === spans.length;
    unused = length === 0 ? 8 : octets[spans[index]];
    if (unused > (last && length > 1 ? 7 : 0)) {
      reader.fail(start, 'segments whose bits fill their octets, except the last', `${unused} unused bits`);
    }
  }
  const whole = joined(octets, segments, 1);
  return bitsWithin(whole, unused);
}

/**
 * Unused bits may be anything (8.6.2.4); in the value they are zeros, so that equal strings are equal values.
 */
function bitsWithin(octets: Uint8Array, unused: number): BitString {
  const bits = 8 * octets.length - unused;
  const last = octets.length - 1;
  if (unused === 0 || (octets[last] & ((1 << unused) - 1)) === 0) return { octets, bits };
  const cleared = new Uint8Array(octets);
  cleared[last] &= 0xff << unused;
  return { octets: cleared, bits };
}
