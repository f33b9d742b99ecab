// Octets of a text in one or more registered character sets, as Unicode (ISO/IEC 2022): designations, locking
// and single shifts, marks before their letters. The octets may come cut anywhere: what a sequence has begun
// goes on in the next piece, and over ends of lines. What has no meaning is U+FFFD, and is counted. Octets
// come as characters of the same number. Invariant: it holds back a few characters at most.

import { type CharacterSet, designatedSet, registeredSet } from './character-sets.ts';
import { spacingMarks } from './supplementary-sets.ts';

export interface ReadingState {
  readonly g0: number;
  readonly g1?: number | undefined;
  readonly g2?: number | undefined;
  /** Whether escape sequences and shifts are looked for; in IA5 text they are controls like others. */
  readonly extended: boolean;
}

/** IA5 text, of the international version or a national one (a registration number). */
export function readingIA5(registration = 6): ReadingState {
  return { g0: registration, extended: false };
}

/** Teletex strings, at the start of each page (T.61): 102 and, in the right half and after SS2, 103. */
export const readingT61: ReadingState = { g0: 102, g1: 103, g2: 103, extended: true };
/** Text in ISO 6937, whose left half is ASCII. */
export const reading6937: ReadingState = { g0: 6, g1: 156, g2: 156, extended: true };

/**
 * General text. A right half that its parameters name alone needs no designation; where they name none, it is
 * Latin-1. Of several, or of sets that are not known here, none is guessed.
 */
export function readingGeneral(registrations: readonly number[] = []): ReadingState {
  const halves = [...new Set(registrations)].filter(isRightHalf);
  const unknown = registrations.some((number) => number !== c0 && registeredSet(number) === undefined);
  const unnamed = halves.length === 0 && !unknown ? latin1 : undefined;
  return { g0: 6, g1: halves.length === 1 ? halves[0] : unnamed, extended: true };
}

/** Sets of 96, and those of 94 whose marks stand before letters of another half. */
function isRightHalf(registration: number): boolean {
  const set = registeredSet(registration);
  return set !== undefined && (set.size === 96 || set.marks !== undefined);
}

const REPLACEMENT = '\ufffd';
/** Registrations: the control set of ISO 646, and the right half of ISO 8859-1. */
const c0 = 1;
const latin1 = 100;
/** Octets of an escape sequence, marks before one letter: more is nonsense, and is not kept. */
const sequence_octets_max = 8;
const marks_max = 4;
/** What every set here reads as itself. */
const plain = /[\r\n\t A-Za-z0-9.,:;!?'"()/+*=%&<>_-]+/y;

type Quarter = 0 | 1 | 2 | 3;
/** Designations by their first intermediate characters: which G set, of which size. */
const designations: Readonly<Record<string, readonly [Quarter, 94 | 96]>> = {
  '(': [0, 94],
  ')': [1, 94],
  '*': [2, 94],
  '+': [3, 94],
  '-': [1, 96],
  '.': [2, 96],
  '/': [3, 96],
};
/** Shifts after ESC (ISO/IEC 2022 8.3, 8.4): locking ones by half, and C1 controls in their 7-bit form. */
const lockingShifts: Readonly<Record<string, readonly ['left' | 'right', Quarter]>> = {
  n: ['left', 2],
  o: ['left', 3],
  '~': ['right', 1],
  '}': ['right', 2],
  '|': ['right', 3],
};

export class TextReader {
  /** Octets and sequences that say nothing here. */
  unreadable = 0;
  readonly #extended: boolean;
  readonly #sets: (CharacterSet | undefined)[];
  #left: Quarter = 0;
  #right: Quarter = 1;
  #single: Quarter | undefined;
  #sequence: string | undefined;
  #control = false;
  #marks = '';

  constructor(state: ReadingState) {
    const { g0, g1, g2, extended } = state;
    this.#sets = [g0, g1, g2, undefined].map((each) => (each === undefined ? each : registeredSet(each)));
    this.#extended = extended;
  }

  /** The text of these octets, as far as it is certain. */
  read(octets: string): string {
    let text = '';
    let at = 0;
    while (at < octets.length) {
      if (this.#idle()) {
        plain.lastIndex = at;
        const run = plain.exec(octets)?.[0];
        if (run !== undefined) {
          text += run;
          at += run.length;
          continue;
        }
      }
      text += this.#octet(octets.charCodeAt(at));
      at += 1;
    }
    return text;
  }

  /** What was held back, at the end of the text. */
  end(): string {
    if (this.#sequence !== undefined || this.#control) this.unreadable += 1;
    this.#sequence = undefined;
    this.#control = false;
    return this.#spacing();
  }

  #idle(): boolean {
    const inside = this.#sequence !== undefined || this.#control || this.#single !== undefined;
    return !inside && this.#marks === '' && this.#sets[this.#left]?.characters[0x41] === 'A';
  }

  #octet(code: number): string {
    if (this.#control) {
      if (code >= 0x40 && code < 0x7f) this.#control = false;
      if (code >= 0x20) return '';
      this.#control = false;
    }
    if (this.#sequence !== undefined) {
      if (code >= 0x20 && code < 0x7f) return this.#inSequence(String.fromCharCode(code));
      this.#sequence = undefined;
      this.unreadable += 1;
    }
    if (code < 0x20) return this.#c0(code);
    if (code >= 0x80 && code < 0xa0) return this.#c1(code);
    return this.#graphic(code);
  }

  #c0(code: number): string {
    if (this.#extended) {
      if (code === 0x1b) {
        this.#sequence = '';
        return '';
      }
      if (code === 0x0e || code === 0x0f) {
        this.#left = code === 0x0e ? 1 : 0;
        return '';
      }
      if (code === 0x19 && this.#sets[2] !== undefined) {
        this.#single = 2;
        return '';
      }
    }
    return this.#spacing() + String.fromCharCode(code);
  }

  /** Single shifts, the next line, control sequences; other controls mean presentation, which is lost. */
  #c1(code: number): string {
    if (!this.#extended) return this.#nothing();
    if (code === 0x8e || code === 0x8f) {
      this.#single = code === 0x8e ? 2 : 3;
      return '';
    }
    if (code === 0x85) return `${this.#spacing()}\r\n`;
    this.#control = code === 0x9b;
    this.unreadable += 1;
    return '';
  }

  #inSequence(character: string): string {
    const sequence = `${this.#sequence}${character}`;
    const isFinal = character >= '0';
    this.#sequence = isFinal ? undefined : sequence;
    if (!isFinal) {
      if (sequence.length < sequence_octets_max) return '';
      this.#sequence = undefined;
      return this.#nothing();
    }
    if (sequence.length === 1) return this.#shift(character);
    const designation = designations[sequence[0]];
    if (designation !== undefined) {
      const [quarter, size] = designation;
      this.#sets[quarter] = sequence.length === 2 ? designatedSet(size, character) : undefined;
    } else if (!/^[!" ]/.test(sequence)) {
      // Sets of several octets a character, and other coding systems: nothing after this is known.
      this.#sets.fill(undefined);
      this.unreadable += 1;
    }
    return '';
  }

  #shift(character: string): string {
    const locking = lockingShifts[character];
    if (locking !== undefined) {
      if (locking[0] === 'left') this.#left = locking[1];
      else this.#right = locking[1];
      return '';
    }
    if (character >= '@' && character <= '_') return this.#c1(character.charCodeAt(0) + 0x40);
    return this.#nothing();
  }

  #graphic(code: number): string {
    const quarter = this.#single ?? (code < 0x80 ? this.#left : this.#right);
    this.#single = undefined;
    const set = this.#sets[quarter];
    const seven = code & 0x7f;
    if (seven === 0x20 && code < 0x80 && set?.size !== 96) return this.#spaceOr(' ');
    if (code === 0x7f && set?.size !== 96) return `${this.#spacing()}\x7f`;
    const mark = set?.marks?.get(seven);
    if (mark !== undefined) {
      if (this.#marks.length >= marks_max) return this.#nothing();
      this.#marks += mark;
      return '';
    }
    const character = set?.characters[seven] ?? this.#asAscii(set, code);
    return character === undefined ? this.#nothing() : this.#spaceOr(character);
  }

  /** Codes that T.61's primary set leaves free are ASCII to most who send them. */
  #asAscii(set: CharacterSet | undefined, code: number): string | undefined {
    return set?.registration === 102 && code < 0x80 ? String.fromCharCode(code) : undefined;
  }

  /** A character with the marks that stood before it. */
  #spaceOr(character: string): string {
    if (this.#marks === '') return character;
    if (character === ' ') return this.#spacing();
    const text = `${character}${this.#marks}`.normalize('NFC');
    this.#marks = '';
    return text;
  }

  /** Marks that no letter came for stand for themselves. */
  #spacing(): string {
    if (this.#marks === '') return '';
    const text = [...this.#marks].map((mark) => spacingMarks.get(mark) ?? REPLACEMENT).join('');
    this.#marks = '';
    return text;
  }

  #nothing(): string {
    this.unreadable += 1;
    return this.#spacing() + REPLACEMENT;
  }
}

/** The whole text of these octets. */
export function textIn(state: ReadingState, octets: string): string {
  const reader = new TextReader(state);
  return reader.read(octets) + reader.end();
}
