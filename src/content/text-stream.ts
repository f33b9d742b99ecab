// A text of any length made one of another repertoire, piece by piece, and what holds it: the same lines
// and the same body part that `makeTextPart` makes of a text in memory. Octets are handed on as they come
// out. Invariant: what is held back is one line at most, and one buffer of octets.

import { encode, generalString, integer, objectIdentifier, setOf } from '../asn1/index.ts';
import { fromLatin1 } from '../base/octets.ts';
import type { TextRules } from './convert-body.ts';
import type { Walk } from './element-walk.ts';
import { element, type MadeElement, type MadePiece } from './made-pieces.ts';
import { type Repertoire, setsOf } from './repertoires.ts';
import type { TextLoss } from './text-loss.ts';
import {
  designationOf,
  generalRegistrationsOf,
  idEpGeneralText,
  idEtGeneralText,
  page,
} from './text-part.ts';
import { WrappedWriter } from './wrapped-writer.ts';

/** Octets that are handed on at once. */
const buffer_octets = 64 * 1024;
/** Pages of teletex: each is an element of its own, that is remembered until the end. */
const pages_max = 10_000;

/** Gathers what is written, and hands it on in buffers. */
export class WrittenOctets {
  /** Octets so far. */
  octets_count = 0;
  /** Nobody will read it: what comes from now on is counted only. */
  isInVain = false;
  #held: Uint8Array[] = [];
  #held_octets = 0;

  add(octets: Uint8Array): void {
    this.octets_count += octets.length;
    if (this.isInVain) return;
    this.#held.push(octets);
    this.#held_octets += octets.length;
  }

  *flush(octets_min: number = buffer_octets): Walk<void> {
    if (this.#held_octets < octets_min || this.#held_octets === 0) return;
    const whole = new Uint8Array(this.#held_octets);
    let at = 0;
    for (const each of this.#held) {
      whole.set(each, at);
      at += each.length;
    }
    this.#held = [];
    this.#held_octets = 0;
    yield { kind: 'write', octets: whole };
  }
}

export class TextStream {
  /** More pages than can be told apart. */
  overflow = false;
  readonly #repertoire: Repertoire;
  readonly #rules: TextRules;
  readonly #written: WrittenOctets;
  readonly #pages: MadePiece[] = [];
  #writer: WrappedWriter;
  #pageAt: number;

  constructor(repertoire: Repertoire, rules: TextRules, written: WrittenOctets) {
    this.#repertoire = repertoire;
    this.#rules = rules;
    this.#written = written;
    this.#writer = new WrappedWriter(repertoire, rules);
    this.#pageAt = written.octets_count;
  }

  get loss(): TextLoss {
    return this.#writer.loss;
  }

  write(text: string): void {
    if (this.#repertoire !== 't61') {
      this.#put(this.#writer.write(text));
      return;
    }
    const [first, ...pages] = text.split(page);
    this.#put(this.#writer.write(first));
    for (const each of pages) {
      this.#endPage();
      const { loss } = this.#writer;
      this.#writer = new WrappedWriter('t61', this.#rules);
      this.#writer.loss = loss;
      this.#put(this.#writer.write(each));
    }
  }

  /** The body part, when the whole text has been written. */
  end(): MadeElement {
    this.#endPage();
    return this.#part();
  }

  #endPage(): void {
    this.#put(this.#writer.end());
    const octets_count = this.#written.octets_count - this.#pageAt;
    if (this.#pages.length >= pages_max) this.overflow = true;
    else this.#pages.push({ kind: 'written', at: this.#pageAt, octets_count });
    this.#pageAt = this.#written.octets_count;
  }

  #put(octets: string): void {
    if (octets !== '') this.#written.add(fromLatin1(octets));
  }

  #part(): MadeElement {
    const noParameters = { kind: 'literal', octets: Uint8Array.of(0x31, 0) } as const;
    if (this.#repertoire === 't61') {
      const pages = this.#pages.map((each) => element(0x14, each));
      return element(0xa5, noParameters, element(0x30, ...pages));
    }
    const { right } = setsOf(this.#repertoire);
    if (right === undefined) return element(0xa0, noParameters, element(0x16, ...this.#pages));
    return this.#generalText(right);
  }

  /** As EXTERNALs of single ASN.1 types (X.420 06/1999, annex B). */
  #generalText(right: number): MadeElement {
    const literal = (octets: Uint8Array) => ({ kind: 'literal', octets }) as const;
    const type = (oid: string) => literal(encode(objectIdentifier(), oid));
    const registrations = encode(setOf(integer()), generalRegistrationsOf(this.#repertoire));
    const designation = encode(generalString(), designationOf(right)).subarray(2);
    const text = element(0x1b, literal(designation), ...this.#pages);
    return element(
      0xaf,
      element(0xa0, type(idEpGeneralText), element(0xa0, literal(registrations))),
      element(0x28, type(idEtGeneralText), element(0xa0, text)),
    );
  }
}
