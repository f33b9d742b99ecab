// Any BER as an indented tree of tags, lengths and contents, without a declaration. Whatever the octets are,
// the result is text: where they are no BER, the rest is shown in hexadecimal. Bounded in depth and in lines.

import { latin1, toHex } from '../base/octets.ts';
import { oidText } from './object-identifier.ts';
import { type Header, readHeader } from './header.ts';
import { tagText, UniversalTag } from './tag.ts';

const depth_max = 64;
const lines_max = 100_000;
const shown_octets_max = 64;

/** The tree of the elements that `octets` are, one line an element. */
export function printBer(octets: Uint8Array): string {
  const lines: string[] = [];
  printElement(octets, lines, 0);
  return lines.join('\n');
}

/** Adds the lines of the elements that `octets` are, indented by `depth`. */
export function printElement(octets: Uint8Array, lines: string[], depth: number): void {
  printWithin({ octets, lines }, { from: 0, to: octets.length, depth, levels: 0 });
}

interface Printing {
  readonly octets: Uint8Array;
  readonly lines: string[];
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly levels: number;
}

function printWithin({ octets, lines }: Printing, { from, to, depth, levels }: Span): void {
  const indent = '  '.repeat(depth);
  let at = from;
  while (at < to) {
    if (lines.length >= lines_max) return;
    const result = readHeader(octets, at, to);
    if (!result.ok) {
      lines.push(`${indent}(no BER: ${result.error.message}) ${hexText(octets.subarray(at, to))}`);
      return;
    }
    const header = result.value;
    at = header.next;
    const contents = octets.subarray(header.from, header.to);
    const length = `(${contents.length}${header.indefinite ? ', indefinite' : ''})`;
    if (!header.constructed)
      lines.push(`${indent}${tagText(header.tag)} ${length} ${primitiveText(header, contents)}`);
    else if (levels >= depth_max)
      lines.push(`${indent}${tagText(header.tag)} ${length} … ${hexText(contents)}`);
    else {
      lines.push(`${indent}${tagText(header.tag)} ${length}`);
      const span = { from: header.from, to: header.to, depth: depth + 1, levels: levels + 1 };
      printWithin({ octets, lines }, span);
    }
  }
}

const numbers: readonly number[] = [UniversalTag.integer, UniversalTag.enumerated];

function primitiveText({ tag }: Header, contents: Uint8Array): string {
  if (tag === UniversalTag.boolean && contents.length === 1) return contents[0] === 0 ? 'FALSE' : 'TRUE';
  if (numbers.includes(tag) && contents.length > 0 && contents.length <= 6) return `${numberOf(contents)}`;
  if (tag === UniversalTag.objectIdentifier)
    return oidText(contents, 0, contents.length) ?? hexText(contents);
  const printable = contents.length > 0 && contents.every((octet) => octet >= 32 && octet < 127);
  if (printable) return `${JSON.stringify(latin1(contents.subarray(0, shown_octets_max)))}${more(contents)}`;
  return hexText(contents);
}

function numberOf(contents: Uint8Array): number {
  return contents.reduce((value, octet) => value * 256 + octet, contents[0] >= 0x80 ? -1 : 0);
}

function hexText(octets: Uint8Array): string {
  return `${toHex(octets.subarray(0, shown_octets_max))}${more(octets)}`;
}

function more(octets: Uint8Array): string {
  return octets.length > shown_octets_max ? '…' : '';
}
