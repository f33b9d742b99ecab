// Which form of string holds a text: printable, else teletex (T.61), else universal. The forms of an
// attribute differ in their characters and in how many they may have (X.411 annex B). Reads and writes no
// address.

import { assert } from '../base/assert.ts';
import { t61OfText } from './t61.ts';

const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/;
const digits = /^[0-9 ]+$/;

/** Whether a PrintableString can hold the text (X.680 table 10). */
export function isPrintable(text: string): boolean {
  return printable.test(text);
}

/** Whether a NumericString can hold it, and something is in it. */
export function isNumeric(text: string): boolean {
  return digits.test(text);
}

export type StringForm = 'printable' | 'teletex' | 'universal';

/** A text, and the most characters that its printable and teletex forms have. */
export type Sized = readonly [text: string, length_max: number];

/** The least form that can hold every one of the texts. */
export function formOf(...texts: readonly Sized[]): StringForm {
  if (texts.every(([text, length_max]) => isPrintable(text) && text.length <= length_max)) return 'printable';
  const octets = texts.map(([text]) => t61OfText(text)?.length ?? Number.POSITIVE_INFINITY);
  return octets.every((length, index) => length <= texts[index][1]) ? 'teletex' : 'universal';
}

/** The T.61 octets of a text that `formOf` said has them. */
export function teletex(text: string): string {
  const octets = t61OfText(text);
  assert(octets !== undefined, 'T.61 has the characters');
  return octets;
}
