// Lines of a text made no longer than a number of columns, by breaks put in between characters: nothing is
// taken away, moved or changed, so that taking the breaks out again restores the text. A break goes after the
// last space that fits, else where the line is full, never between a character and its marks. Piece by piece;
// invariant: what is held back is at most one line.

/** What is put in: the end of a line in X.420 texts. */
export const lineBreak = '\r\n';

/** Characters with their marks; what cannot be seen between two lines. */
const cluster = /\r\n|\P{M}\p{M}{0,32}|\p{M}/suy;

export class LineWrapper {
  /** Breaks put in. */
  breaks = 0;
  readonly #columns: number;
  readonly #marksBefore: boolean;
  #line = '';
  #room: number;
  #held = '';

  /** `columns` ≥ 1. With `marksBefore` it is octets of T.61 or ISO 6937, whose marks go before letters. */
  constructor(columns: number, { marksBefore = false }: { readonly marksBefore?: boolean } = {}) {
    this.#columns = columns;
    this.#room = columns;
    this.#marksBefore = marksBefore;
  }

  /** The text as far as its lines are settled. */
  write(piece: string): string {
    const text = this.#held + piece;
    this.#held = '';
    // Gathered, not added up: strings that grow character by character are copied again and again.
    const settled: string[] = [];
    for (let at = 0; at < text.length; ) {
      // The last one may have marks after it.
      const plainEnd = endOfPlain(text, at) - 1;
      if (plainEnd > at) {
        this.#putPlain(text.slice(at, plainEnd), settled);
        at = plainEnd;
      }
      const one = this.#clusterAt(text, at);
      at += one.length;
      // The last one may go on in the next piece: marks, a line feed, half of a surrogate pair.
      if (at >= text.length) this.#held = one;
      else this.#put(one, settled);
    }
    return settled.join('');
  }

  /** The rest. */
  end(): string {
    const settled: string[] = [];
    const text = this.#held;
    this.#held = '';
    for (let at = 0; at < text.length; ) {
      const one = this.#clusterAt(text, at);
      this.#put(one, settled);
      at += one.length;
    }
    settled.push(this.#flush());
    return settled.join('');
  }

  #putPlain(run: string, settled: string[]): void {
    let rest = run;
    while (rest.length > this.#room) {
      this.#line += rest.slice(0, this.#room);
      rest = rest.slice(this.#room);
      settled.push(this.#break());
    }
    this.#line += rest;
    this.#room -= rest.length;
  }

  #put(character: string, settled: string[]): void {
    if (endsLine(character.charCodeAt(0))) {
      settled.push(this.#flush(), character);
      return;
    }
    if (this.#room <= 0) settled.push(this.#break());
    this.#line += character;
    this.#room -= 1;
  }

  /** The full line, as far as its last space if there is one. */
  #break(): string {
    this.breaks += 1;
    const line = this.#line;
    let space = line.lastIndexOf(' ');
    // One with a mark is a character to be seen.
    while (space > 0 && /^\p{M}/u.test(line.slice(space + 1))) space = line.lastIndexOf(' ', space - 1);
    const end = space === -1 || /^\p{M}/u.test(line.slice(space + 1)) ? line.length : space + 1;
    this.#line = line.slice(end);
    this.#room = this.#columns - this.#columnsOf(this.#line);
    return line.slice(0, end) + lineBreak;
  }

  #columnsOf(text: string): number {
    let columns = 0;
    for (let at = 0; at < text.length; columns += 1) at += this.#clusterAt(text, at).length;
    return columns;
  }

  #clusterAt(text: string, at: number): string {
    if (!this.#marksBefore || !isMarkBefore(text.charCodeAt(at))) return clusterAt(text, at);
    let end = at;
    while (isMarkBefore(text.charCodeAt(end))) end += 1;
    return text.slice(at, end + 1);
  }

  #flush(): string {
    const text = this.#line;
    this.#line = '';
    this.#room = this.#columns;
    return text;
  }
}

/** Marks begin there: a character before another below it stands alone. */
const marks_from = 0x300;

/** Where the characters end that take one column each and are no marks. */
function endOfPlain(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code >= 0x20 && code < 0x7f; code = text.charCodeAt(at)) at += 1;
  return at;
}

/** A mark of T.61 or ISO 6937, in the right half. */
function isMarkBefore(code: number): boolean {
  return code > 0xc0 && code < 0xd0;
}

/** The character at `at` with its marks. */
function clusterAt(text: string, at: number): string {
  const end = at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
  const next = text.charCodeAt(end);
  if (next === 0x0a && text.charCodeAt(at) === 0x0d) return '\r\n';
  if (!(next >= marks_from)) return text.slice(at, end);
  cluster.lastIndex = at;
  return cluster.exec(text)?.[0] ?? text.slice(at, end);
}

function endsLine(code: number): boolean {
  return (code >= 0x0a && code <= 0x0d) || code === 0x85 || code === 0x2028 || code === 0x2029;
}

/** The whole text with its lines wrapped. */
export function wrapLines(text: string, columns: number): string {
  const wrapper = new LineWrapper(columns);
  return wrapper.write(text) + wrapper.end();
}
