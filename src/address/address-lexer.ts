// Cuts the text of an O/R address into labels and values. Both written forms are read: `G=John; S=Smith;
// C=GB` and `/G=John/S=Smith/C=GB/` (RFC 1685 F.3.2). A delimiter inside a value is doubled (RFC 1685) or
// follows a `$` (RFC 2156 4.1.3), as may `=` and `$` themselves. What the labels mean is not known here.

import { err, ok, type Result } from '../base/result.ts';

/** Why a text is no address, and at which character. */
export interface AddressTextError {
  readonly offset: number;
  readonly message: string;
}

export interface LabelledValue {
  readonly label: string;
  readonly value: string;
  /** Where the label begins. */
  readonly offset: number;
}

/** The longest text that is read, in characters: no address of X.411 bounds comes near it. */
export const address_text_max = 4096;

/** The labelled values of `text`, in order. `/` alone has none. */
export function labelledValues(text: string): Result<readonly LabelledValue[], AddressTextError> {
  if (text.length > address_text_max) {
    return failure(address_text_max, `an address has at most ${address_text_max} characters`);
  }
  const cursor = { text, at: /^\s*(?:x\.?400\s*:)?\s*/i.exec(text)?.[0].length ?? 0 };
  const delimiter = delimiterOf(text.slice(cursor.at));
  if (text[cursor.at] === delimiter) cursor.at += 1;
  const found: LabelledValue[] = [];
  for (;;) {
    skipSpaces(cursor);
    if (cursor.at >= text.length) return ok(found);
    const offset = cursor.at;
    const label = readLabel(cursor, delimiter);
    if (!label.ok) return label;
    const value = readValue(cursor, delimiter);
    if (!value.ok) return value;
    found.push({ label: label.value, value: value.value, offset });
  }
}

interface Cursor {
  readonly text: string;
  at: number;
}

/** Only one of the two delimiters can be used in one address (RFC 1685 F.3.2.1). */
function delimiterOf(text: string): '/' | ';' {
  if (text.startsWith('/')) return '/';
  if (text.includes(';')) return ';';
  return /\/\s*[A-Za-z][A-Za-z0-9.:-]*=/.test(text) ? '/' : ';';
}

function skipSpaces(cursor: Cursor): void {
  while (/\s/.test(cursor.text[cursor.at] ?? '')) cursor.at += 1;
}

/** Up to the `=`. In the type of a domain-defined attribute `==` stands for one `=` (RFC 1685 F.3.2.3). */
function readLabel(cursor: Cursor, delimiter: string): Result<string, AddressTextError> {
  const { text } = cursor;
  const offset = cursor.at;
  const typed = /^(?:DDA?[.:]|DD[1-4][.:])/i.test(text.slice(offset, offset + 4));
  let label = '';
  while (cursor.at < text.length) {
    const character = text[cursor.at];
    const next = text[cursor.at + 1];
    if (character === '$' && next !== undefined) {
      label += next;
      cursor.at += 2;
    } else if (character === '=' && typed && next === '=' && !label.endsWith('.') && !label.endsWith(':')) {
      label += '=';
      cursor.at += 2;
    } else if (character === '=') {
      cursor.at += 1;
      return ok(typed ? label : label.trim());
    } else if (character === delimiter) {
      break;
    } else {
      label += character;
      cursor.at += 1;
    }
  }
  return failure(offset, `"${text.slice(offset, cursor.at)}" has no "=" after its label`);
}

/** Up to the delimiter, or the end. */
function readValue(cursor: Cursor, delimiter: string): Result<string, AddressTextError> {
  const { text } = cursor;
  let value = '';
  while (cursor.at < text.length) {
    const character = text[cursor.at];
    const next = text[cursor.at + 1];
    if (character === '$' || (character === delimiter && next === delimiter)) {
      if (next === undefined) return failure(cursor.at, 'nothing follows the "$"');
      value += next;
      cursor.at += 2;
    } else if (character === delimiter) {
      cursor.at += 1;
      return ok(value);
    } else {
      value += character;
      cursor.at += 1;
    }
  }
  return ok(value);
}

export function failure(offset: number, message: string): Result<never, AddressTextError> {
  return err({ offset, message });
}
