// What a conversion of text loses, counted by the kinds that X.411 has diagnostics for (06/1999,
// 8.3.1.2.1.11: alphabetic characters, punctuation, pictorial symbols, lines that are too long), and what
// stands in the place of what is lost. Pages are never split here. Pure.

/** What a character is that is lost; nobody knows that of octets that mean nothing. */
export type LostKind = 'alphabetic' | 'punctuation' | 'pictorial' | 'unknown';

/** What is said of a loss: what X.411 has a diagnostic of its own for, several of that, or none of it. */
export type LossVerdict = Exclude<LostKind, 'unknown'> | 'line' | 'several' | 'unknown';

export interface TextLoss {
  readonly alphabetic: number;
  readonly punctuation: number;
  readonly pictorial: number;
  readonly unknown: number;
  /** Lines that were broken. */
  readonly line: number;
  /** The first character that was lost. */
  readonly first?: string;
}

export const noLoss: TextLoss = { alphabetic: 0, punctuation: 0, pictorial: 0, unknown: 0, line: 0 };

/** Characters lost, of all kinds. */
export function lostCharacters(loss: TextLoss): number {
  return loss.alphabetic + loss.punctuation + loss.pictorial + loss.unknown;
}

const said = {
  alphabetic: 'letters would be lost',
  punctuation: 'punctuation would be lost',
  pictorial: 'symbols would be lost',
  unknown: 'characters that cannot be read would be lost',
  line: 'lines would have to be broken',
} as const satisfies Readonly<Record<LostKind | 'line', string>>;
const kinds = Object.keys(said) as readonly (keyof typeof said)[];

/** What a report says that was lost; undefined where nothing was. */
export function lossVerdict(loss: TextLoss): LossVerdict | undefined {
  const [kind, ...others] = kinds.filter((each) => each !== 'unknown' && loss[each] > 0);
  if (kind === undefined) return loss.unknown > 0 ? 'unknown' : undefined;
  return others.length > 0 ? 'several' : kind;
}

/** The same in words, with how many of each. */
export function lossInWords(loss: TextLoss): string {
  return kinds
    .filter((each) => loss[each] > 0)
    .map((each) => `${said[each]}: ${loss[each]}`)
    .join('; ');
}

/** Both together. */
export function addLoss(one: TextLoss, other: TextLoss): TextLoss {
  const first = one.first ?? other.first;
  return {
    alphabetic: one.alphabetic + other.alphabetic,
    punctuation: one.punctuation + other.punctuation,
    pictorial: one.pictorial + other.pictorial,
    unknown: one.unknown + other.unknown,
    line: one.line + other.line,
    ...(first !== undefined && { first }),
  };
}

/** Stands for what could not be read. */
const unreadable = '\ufffd';

/** The kind of what is lost where this character is. */
export function lostKindOf(character: string): LostKind {
  if (/^[\p{L}\p{M}\p{N}]/u.test(character)) return 'alphabetic';
  if (/^[\p{P}\p{Z}]/u.test(character)) return 'punctuation';
  return character === unreadable ? 'unknown' : 'pictorial';
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
