// Text in the octets of a repertoire, its lines wrapped where that is asked for: after it was written,
// because only then is it known how many columns it takes (ß may have become ss). Octets are characters of
// the same number. Invariant: what is held back is one line at most.

import { LineWrapper } from './line-wrap.ts';
import { type Repertoire, setsOf } from './repertoires.ts';
import { registeredSet } from './character-sets.ts';
import type { TextLoss } from './text-loss.ts';
import { TextWriter, type WritingOptions } from './text-writer.ts';

export interface WrittenLines extends WritingOptions {
  /** Longest line, in columns; 0: as long as it is. */
  readonly wrap?: number;
}

export class WrappedWriter {
  readonly #writer: TextWriter;
  readonly #wrapper: LineWrapper | undefined;

  constructor(repertoire: Repertoire, options: WrittenLines = {}) {
    this.#writer = new TextWriter(repertoire, options);
    const { wrap = 0 } = options;
    const { right } = setsOf(repertoire);
    const marksBefore = right !== undefined && registeredSet(right)?.marks !== undefined;
    this.#wrapper = wrap === 0 ? undefined : new LineWrapper(wrap, { marksBefore });
  }

  get loss(): TextLoss {
    const { loss } = this.#writer;
    const breaks = this.#wrapper?.breaks ?? 0;
    return breaks === 0 ? loss : { ...loss, line: loss.line + breaks };
  }

  /** What was lost before this text. */
  set loss(loss: TextLoss) {
    this.#writer.loss = loss;
  }

  /** The octets of this text, as far as they are certain. */
  write(text: string): string {
    const octets = this.#writer.write(text);
    return this.#wrapper === undefined ? octets : this.#wrapper.write(octets);
  }

  /** What was held back, at the end of the text. */
  end(): string {
    const octets = this.#writer.end();
    return this.#wrapper === undefined ? octets : this.#wrapper.write(octets) + this.#wrapper.end();
  }
}
