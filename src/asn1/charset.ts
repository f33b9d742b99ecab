// Which characters each string type holds, as far as one octet is one character (X.680 41), and what the two
// time types look like. Decoding looks at these only when constraints are checked; encoding always does.

import type { StringForm } from './type.ts';

/** The string types of which one octet is one character. */
export type OctetStringForm = Exclude<StringForm, 'BMPString' | 'UniversalString' | 'UTF8String'>;

/** 1 where an octet is a character of the type. */
export type Charset = Uint8Array;

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';

const all = range(0, 255);
const ascii = range(0, 127);

/**
 * T.61, Graphic, General and Videotex strings may designate any registered set by escape sequences; their
 * octets are carried as they are.
 */
export const charsets: Readonly<Record<OctetStringForm, Charset>> = {
  IA5String: ascii,
  PrintableString: only(`${letters}${digits} '()+,-./:=?`),
  NumericString: only(`${digits} `),
  VisibleString: range(32, 126),
  TeletexString: all,
  GeneralString: all,
  GraphicString: all,
  VideotexString: all,
  UTCTime: only(`${digits}+-Z`),
  GeneralizedTime: only(`${digits}+-Z.,`),
};

/** What a time to be written must look like (X.680 46.3, 47.3). */
export const timeForms: Readonly<Partial<Record<StringForm, RegExp>>> = {
  UTCTime: /^\d{10}(\d\d)?(Z|[+-]\d{4})$/,
  GeneralizedTime: /^\d{10}(\d\d(\d\d)?)?([.,]\d+)?(Z|[+-]\d{4})?$/,
};

/** The characters of a set, as one string. */
export function charactersOf(charset: Charset): string {
  let text = '';
  charset.forEach((member, octet) => {
    if (member === 1) text += String.fromCharCode(octet);
  });
  return text;
}

function range(first: number, last: number): Charset {
  return new Uint8Array(256).fill(1, first, last + 1);
}

function only(characters: string): Charset {
  const charset = new Uint8Array(256);
  for (const character of characters) charset[character.charCodeAt(0)] = 1;
  return charset;
}
