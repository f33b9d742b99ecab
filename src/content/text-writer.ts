// Unicode text in the octets of a repertoire, piece by piece: marks go before their letters in T.61 and ISO
// 6937, letters and marks are composed elsewhere, and what the repertoire lacks becomes its nearest letters
// or a substitution, and is counted. Octets are characters of the same number. Invariant: one character and
// its marks are held back, no more than `cluster_units_max`.

import { type Repertoire, type WritingTable, writingTable } from './repertoires.ts';
import { addLoss, lostKindOf, nearestText, noLoss, type TextLoss } from './text-loss.ts';

export interface WritingOptions {
  /** Stands for what cannot be written: characters of IA5. Default a question mark. */
  readonly substitution?: string;
  /** Whether the nearest letters are tried before the substitution (é as e, ß as ss). Default true. */
  readonly nearest?: boolean;
}

/** A character with its marks, in UTF-16 units: no letter of a living language has more. */
const cluster_units_max = 16;
/** Letters with marks that are remembered: more than any repertoire has. */
const known_max = 1024;
const mark = /^\p{M}/u;

export class TextWriter {
  loss: TextLoss = noLoss;
  readonly #table: WritingTable;
  readonly #controls: RegExp;
  readonly #substitution: string;
  readonly #nearest: boolean;
  /** What was found out of letters and marks, so that it is found out once. */
  readonly #known = new Map<string, string>();
  #cluster = '';
  #half = '';

  constructor(repertoire: Repertoire, options: WritingOptions = {}) {
    this.#table = writingTable(repertoire);
    // What would be taken for a shift or an escape is no text where shifts are looked for.
    this.#controls = repertoire.startsWith('ia5')
      ? // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is asked for
        /^[\u0000-\u001f\u007f]$/
      : // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is asked for
        /^[\u0000-\u000d\u0010-\u0018\u001a\u001c-\u001f\u007f]$/;
    this.#substitution = options.substitution ?? '?';
    this.#nearest = options.nearest ?? true;
  }

  /** The octets of this text, as far as they are certain. */
  write(piece: string): string {
    const text = this.#whole(piece);
    let octets = '';
    let at = 0;
    const { plain } = this.#table;
    while (at < text.length) {
      plain.lastIndex = at;
      const run = plain.exec(text)?.[0];
      if (run !== undefined) {
        octets += this.#flush() + run.slice(0, -1);
        this.#cluster = run.slice(-1);
        at += run.length;
        continue;
      }
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      at += character.length;
      if (character >= '\u0300' && mark.test(character) && this.#cluster.length < cluster_units_max)
        this.#cluster += character;
      else {
        octets += this.#flush();
        this.#cluster = character;
      }
    }
    return octets;
  }

  /** What was held back, at the end of the text. */
  end(): string {
    const octets = this.#flush();
    this.#cluster = this.#half;
    this.#half = '';
    return octets + this.#flush();
  }

  /** The piece with the half of a character that the last one ended in, and without its own. */
  #whole(piece: string): string {
    const text = this.#half + piece;
    const isHalf = /[\ud800-\udbff]$/.test(text);
    this.#half = isHalf ? text.slice(-1) : '';
    return isHalf ? text.slice(0, -1) : text;
  }

  #flush(): string {
    const cluster = this.#cluster;
    if (cluster === '') return '';
    this.#cluster = '';
    const known = this.#table.octets.get(cluster) ?? this.#known.get(cluster);
    if (known !== undefined) return known;
    const composed = cluster.normalize('NFC');
    const direct = this.#direct(composed);
    if (direct !== undefined) {
      if (this.#known.size < known_max) this.#known.set(cluster, direct);
      return direct;
    }
    const [first, ...marks] = composed;
    const begun = this.#direct(first);
    if (begun === undefined) return this.#replaced(composed);
    // Where the letter can be written, marks after it are, or are lost, one by one.
    const after = marks.map((each) => {
      const octets = this.#table.octets.get(each);
      if (octets === undefined) this.#lose(each);
      return octets ?? '';
    });
    return begun + after.join('');
  }

  #direct(composed: string): string | undefined {
    const { octets, marks } = this.#table;
    const known = octets.get(composed);
    if (known !== undefined) return known;
    if (this.#controls.test(composed)) return composed;
    if (marks.size === 0) return undefined;
    const [base, ...over] = composed.normalize('NFD');
    const before = over.map((each) => marks.get(each));
    if (over.length === 0 || !/^[A-Za-zı]$/.test(base) || before.includes(undefined)) return undefined;
    const ofOnePiece = [...composed.replaceAll('\u0332', '')].length === 1;
    return ofOnePiece ? `${before.join('')}${octets.get(base) ?? base}` : undefined;
  }

  #replaced(composed: string): string {
    const [base] = composed.normalize('NFD');
    this.#lose(composed);
    if (!this.#nearest) return this.#substitution;
    const near = this.#table.octets.get(base) ?? this.#ofNearest(nearestText.get(base));
    return near ?? this.#substitution;
  }

  #ofNearest(near: string | undefined): string | undefined {
    if (near === undefined) return undefined;
    const octets = [...near].map((each) => this.#table.octets.get(each));
    return octets.includes(undefined) ? undefined : octets.join('');
  }

  #lose(character: string): void {
    const kind = lostKindOf(character);
    this.loss = addLoss(this.loss, { ...noLoss, [kind]: 1, first: character });
  }
}

export interface WrittenText {
  readonly octets: string;
  readonly loss: TextLoss;
}

/** The whole text in a repertoire. */
export function textOctets(repertoire: Repertoire, text: string, options: WritingOptions = {}): WrittenText {
  const writer = new TextWriter(repertoire, options);
  const octets = writer.write(text) + writer.end();
  return { octets, loss: writer.loss };
}
