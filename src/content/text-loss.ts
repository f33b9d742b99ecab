// What a conversion of text loses, counted by the kinds that X.411 has diagnostics for (06/1999,
// 8.3.1.2.1.11: alphabetic characters, punctuation, pictorial symbols), and what stands in the place of
// what is lost. Pure.

export type LostKind = 'alphabetic' | 'punctuation' | 'pictorial';

export interface TextLoss {
  readonly alphabetic: number;
  readonly punctuation: number;
  readonly pictorial: number;
  /** The first character that was lost. */
  readonly first?: string;
}

export const noLoss: TextLoss = { alphabetic: 0, punctuation: 0, pictorial: 0 };

/** Characters lost, of all kinds. */
export function lostCharacters(loss: TextLoss): number {
  return loss.alphabetic + loss.punctuation + loss.pictorial;
}

/** Both together. */
export function addLoss(one: TextLoss, other: TextLoss): TextLoss {
  const first = one.first ?? other.first;
  return {
    alphabetic: one.alphabetic + other.alphabetic,
    punctuation: one.punctuation + other.punctuation,
    pictorial: one.pictorial + other.pictorial,
    ...(first !== undefined && { first }),
  };
}

/** The kind of what is lost where this character is. */
export function lostKindOf(character: string): LostKind {
  if (/^[\p{L}\p{M}\p{N}]/u.test(character)) return 'alphabetic';
  return /^[\p{P}\p{Z}]/u.test(character) ? 'punctuation' : 'pictorial';
}

/** What is nearest to a character that cannot be written, where taking its marks off does not help. */
export const nearestText: ReadonlyMap<string, string> = new Map([
  ['ß', 'ss'],
  ['Æ', 'AE'],
  ['æ', 'ae'],
  ['Œ', 'OE'],
  ['œ', 'oe'],
  ['Ĳ', 'IJ'],
  ['ĳ', 'ij'],
  ['Ø', 'O'],
  ['ø', 'o'],
  ['Đ', 'D'],
  ['đ', 'd'],
  ['Ð', 'D'],
  ['ð', 'd'],
  ['Þ', 'TH'],
  ['þ', 'th'],
  ['Ħ', 'H'],
  ['ħ', 'h'],
  ['Ł', 'L'],
  ['ł', 'l'],
  ['ı', 'i'],
  ['Ŋ', 'N'],
  ['ŋ', 'n'],
  ['Ŧ', 'T'],
  ['ŧ', 't'],
  ['©', '(c)'],
  ['®', '(R)'],
  ['™', '(TM)'],
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['¼', '1/4'],
  ['½', '1/2'],
  ['¾', '3/4'],
  ['«', '<<'],
  ['»', '>>'],
  ['‘', "'"],
  ['’', "'"],
  ['“', '"'],
  ['”', '"'],
  ['–', '-'],
  ['—', '-'],
  ['―', '-'],
  ['…', '...'],
  ['\u00a0', ' '],
  ['\u00ad', '-'],
]);
