// Lines of a text made no longer than a number of columns, by breaks put in between characters: nothing is
// taken away, moved or changed, so that taking the breaks out again restores the text. A break goes after the
// last space that fits, else where the line is full, never between a character and its marks. Piece by piece;
// invariant: what is held back is at most one line.

/** What is put in: the end of a line in X.420 texts. */
export const lineBreak = '\r\n';

/** Characters with their marks; what cannot be seen between two lines. */
const cluster = /\r\n|\P{M}\p{M}{0,32}|\p{M}/gsu;

export class LineWrapper {
  /** Breaks put in. */
  breaks = 0;
  readonly #columns: number;
  #line: string[] = [];
  #room: number;
  #held = '';

  /** `columns` ≥ 1. */
  constructor(columns: number) {
    this.#columns = columns;
    this.#room = columns;
  }

  /** The text as far as its lines are settled. */
  write(piece: string): string {
    const text = this.#held + piece;
    const clusters = text.match(cluster) ?? [];
    // The last one may go on in the next piece: marks, a line feed, half of a surrogate pair.
    this.#held = clusters.pop() ?? '';
    return clusters.map((each) => this.#put(each)).join('');
  }

  /** The rest. */
  end(): string {
    const text = (this.#held.match(cluster) ?? []).map((each) => this.#put(each)).join('');
    this.#held = '';
    return text + this.#flush();
  }

  #put(character: string): string {
    if (/^[\r\n\f\v\u0085\u2028\u2029]/.test(character)) return this.#flush() + character;
    if (this.#room > 0) {
      this.#line.push(character);
      this.#room -= 1;
      return '';
    }
    this.breaks += 1;
    const space = this.#line.lastIndexOf(' ');
    const kept = space === -1 ? [] : this.#line.slice(space + 1);
    const full = space === -1 ? this.#line : this.#line.slice(0, space + 1);
    this.#line = [...kept, character];
    this.#room = this.#columns - this.#line.length;
    return full.join('') + lineBreak;
  }

  #flush(): string {
    const text = this.#line.join('');
    this.#line = [];
    this.#room = this.#columns;
    return text;
  }
}

/** The whole text with its lines wrapped. */
export function wrapLines(text: string, columns: number): string {
  const wrapper = new LineWrapper(columns);
  return wrapper.write(text) + wrapper.end();
}
