// `convertContent` for contents of any length: a walk over the content that reads each body part once, hands
// on what the texts become as it comes, and keeps everything else where it lies. Parts that are short are
// converted as `convertContent` does it, long texts piece by piece; what is no text is stepped over. The same
// in, the same out; nothing is done that a plan forbids. Invariant: each step costs a few thousand octets.

import { decode, encode, EncodeError, TagClass, tagOf, tagText, UniversalTag } from '../asn1/index.ts';
import { latin1 } from '../base/octets.ts';
import { builtInEncodedInformationTypeBits } from '../p1/index.ts';
import { extendedBodyPartTypes } from './body-text.ts';
import {
  type BodyFailure,
  convertPart,
  refused,
  tooLong,
  unsupported,
  withUnreadable,
} from './convert-body.ts';
import {
  type ConversionPlan,
  type ConvertedInto,
  type FailedConversion,
  forbidden,
} from './conversion-plan.ts';
import { ContentWindow, MalformedContent, type Walk, type WalkedElement } from './element-walk.ts';
import { TypeTally } from './encoded-types.ts';
import { BodyPart } from './ipm.ts';
import {
  type LargeExtended,
  largeExtended,
  largeIA5,
  largeTeletex,
  type LargeText,
  octetsOf,
} from './large-text.ts';
import { element, type MadePart, type MadePiece, octetsOfPieces, piecesOf } from './made-pieces.ts';
import { addLoss, lossVerdict, noLoss, type TextLoss } from './text-loss.ts';
import { TextReader } from './text-reader.ts';
import { TextStream, WrittenOctets } from './text-stream.ts';

/** Parts up to here are decoded whole, in octets. */
const whole_octets_max = 16 * 1024;
/** Parts that are kept and shorter than this are written with what is converted: fewer pieces. */
const kept_octets_min = 4096;
/** Parts or pages, however short, after which others have their turn. */
const between_pauses = 64;
/** Forwarded messages within one another. */
const depth_max = 16;

export type PiecewiseConversion =
  | { readonly kind: 'unneeded' }
  | (ConvertedInto & {
      readonly kind: 'converted';
      readonly pieces: readonly MadePiece[];
      readonly octets_count: number;
    })
  | FailedConversion;

export interface PiecewiseOptions {
  /** Longest part that is decoded whole, in octets. Default 16 KiB. */
  readonly whole_octets_max?: number;
  /** Octets read at once. Default 16 KiB. */
  readonly window_octets?: number;
}

/** The content as the plan wants it, read and written in steps. */
export function* convertInPieces(
  octets_count: number,
  plan: ConversionPlan,
  options: PiecewiseOptions = {},
): Walk<PiecewiseConversion> {
  try {
    return yield* new ContentConversion(octets_count, plan, options).walk();
  } catch (error) {
    if (error instanceof Stopped) return error.failure;
    if (!(error instanceof MalformedContent) && !(error instanceof EncodeError)) throw error;
    const explanation = `the content does not decode: ${error.message}`;
    return { kind: 'failed', why: 'impractical', explanation };
  }
}

/** The verdict is there before the end of the content. */
class Stopped extends Error {
  readonly failure: FailedConversion;

  constructor(failure: FailedConversion) {
    super(failure.explanation);
    this.failure = failure;
  }
}

const context = (number: number) => tagOf(TagClass.context, number);
const sequence = tagOf(TagClass.universal, UniversalTag.sequence);
const bits = builtInEncodedInformationTypeBits;
/** The bits of long parts that are not read, by their tags; telex, of 1984 alone, has no name now. */
const bitsByTag: ReadonlyMap<number, number> = new Map([
  [context(1), 1],
  [context(2), bits.voice],
  [context(3), bits['g3-facsimile']],
  [context(4), bits['g4-class-1']],
  [context(6), bits.videotex],
  [context(10), bits.sfd],
  [context(11), bits['mixed-mode']],
]);

class ContentConversion {
  readonly #plan: ConversionPlan;
  readonly #window: ContentWindow;
  readonly #whole_octets_max: number;
  readonly #written = new WrittenOctets();
  readonly #types = new TypeTally();
  #parts_count = 0;
  #loss: TextLoss = noLoss;

  constructor(octets_count: number, plan: ConversionPlan, options: PiecewiseOptions) {
    this.#plan = plan;
    this.#window = new ContentWindow(octets_count, options.window_octets);
    this.#whole_octets_max = options.whole_octets_max ?? whole_octets_max;
  }

  *walk(): Walk<PiecewiseConversion> {
    const window = this.#window;
    const object = yield* window.element(0, window.octets_count);
    if (object.tag === context(1)) return { kind: 'unneeded' };
    if (object.tag !== context(0)) throw new MalformedContent('octet 0: no message and no notification');
    const contents = yield* this.#message(object, 0);
    if (this.#parts_count === 0) return { kind: 'unneeded' };
    this.#check(this.#loss, 'whole');
    yield* this.#written.flush(0);
    const pieces = piecesOf(element(0xa0, ...contents));
    return {
      kind: 'converted',
      pieces,
      octets_count: octetsOfPieces(pieces),
      encodedInformationTypes: this.#types.types(),
      needsP22: this.#types.hasExtended,
      parts_count: this.#parts_count,
      loss: this.#loss,
    };
  }

  /** The contents of an IPM: heading, body, and what else there may be. */
  *#message(ipm: WalkedElement, depth: number): Walk<readonly MadePart[]> {
    if (depth > depth_max)
      throw new MalformedContent(`octet ${ipm.start}: too many messages within messages`);
    const heading = yield* this.#window.element(ipm.from, ipm.to);
    if (heading.tag !== tagOf(TagClass.universal, UniversalTag.set)) {
      throw new MalformedContent(`octet ${ipm.from}: a heading is missing`);
    }
    const made: MadePart[] = [kept(heading)];
    for (let at = heading.next; at < ipm.to; ) {
      const each = yield* this.#window.element(at, ipm.to);
      at = each.next;
      if (each.tag === sequence) made.push(element(0x30, ...(yield* this.#body(each, depth))));
      else made.push(kept(each));
    }
    return made;
  }

  *#body(body: WalkedElement, depth: number): Walk<readonly MadePart[]> {
    const made: MadePart[] = [];
    let parts_count = 0;
    for (let at = body.from; at < body.to; parts_count += 1) {
      const part = yield* this.#window.element(at, body.to);
      at = part.next;
      add(made, yield* this.#part(part, depth));
      yield* this.#written.flush();
      if (parts_count % between_pauses === between_pauses - 1) yield { kind: 'pause' };
    }
    return made;
  }

  *#part(part: WalkedElement, depth: number): Walk<MadePart> {
    if (part.next - part.start <= this.#whole_octets_max) return yield* this.#small(part);
    const window = this.#window;
    switch (part.tag) {
      case context(0):
        return yield* this.#text(part, yield* largeIA5(window, part));
      case context(5):
        return yield* this.#text(part, yield* largeTeletex(window, part));
      case context(9):
        return yield* this.#forwarded(part, depth);
      case context(15): {
        const extended = yield* largeExtended(window, part);
        if (extended.text !== undefined) return yield* this.#text(part, extended.text, extended);
        this.#refuse(extendedBodyPartTypes[extended.type] ?? `extended ${extended.type}`);
        this.#types.addExtended(extended.type, undefined);
        return kept(part);
      }
      default:
        this.#refuse(`body part ${tagText(part.tag)}`);
        this.#types.addBit(bitsByTag.get(part.tag) ?? bits.unknown);
        return kept(part);
    }
  }

  *#forwarded(part: WalkedElement, depth: number): Walk<MadePart> {
    const before = this.#parts_count;
    const parameters = yield* this.#window.element(part.from, part.to);
    const data = yield* this.#window.element(parameters.next, part.to);
    if (data.tag !== sequence) throw new MalformedContent(`octet ${data.start}: no forwarded message`);
    const contents = yield* this.#message(data, depth + 1);
    if (this.#parts_count === before) return kept(part);
    return element(0xa9, kept(parameters), element(0x30, ...contents));
  }

  /** Parts that hold no text may not be taken. */
  #refuse(name: string): void {
    if (this.#plan.others === false) throw new Stopped(failureOf(refused(name)));
  }

  /** A part that is decoded whole. */
  *#small(part: WalkedElement): Walk<MadePart> {
    const octets = yield* this.#window.exactly(part.start, part.next);
    const decoded = decode(BodyPart, octets);
    if (!decoded.ok) throw new MalformedContent(decoded.error.message);
    const made = convertPart(decoded.value, this.#plan);
    if (!made.ok) throw new Stopped(failureOf(made.error));
    const { part: body, parts_count, loss } = made.value;
    this.#types.add(body);
    if (parts_count === 0) {
      return part.next - part.start < kept_octets_min ? this.#writtenAnew(octets) : kept(part);
    }
    this.#parts_count += parts_count;
    this.#lose(loss);
    return this.#writtenAnew(encode(BodyPart, body, { constraints: 'tolerant' }));
  }

  #writtenAnew(octets: Uint8Array): MadePart {
    const at = this.#written.octets_count;
    this.#written.add(octets);
    return { kind: 'written', at, octets_count: octets.length };
  }

  /** A text that is too long for that. */
  *#text(part: WalkedElement, found: LargeText, extended?: LargeExtended): Walk<MadePart> {
    const { accepts, text: target, text_octets_max = Number.POSITIVE_INFINITY } = this.#plan;
    if (found.repertoires.every((each) => accepts.has(each))) {
      if (extended !== undefined) this.#types.addExtended(extended.type, extended.registrations);
      else this.#types.addBit(part.tag === context(0) ? bits['ia5-text'] : bits.teletex);
      return kept(part);
    }
    const basic = part.tag === context(0) ? 'ia5Text' : 'teletex';
    const name = extended === undefined ? basic : extendedBodyPartTypes[extended.type];
    const said = `${name} (${found.repertoires.join(', ')})`;
    if (target === undefined) throw new Stopped(failureOf(unsupported(said)));
    const octets_count = part.to - part.from;
    if (octets_count > text_octets_max) {
      throw new Stopped(failureOf(tooLong(said, octets_count, text_octets_max)));
    }
    this.#check(noLoss, 'soFar');
    const stream = new TextStream(target, this.#plan, this.#written);
    const unreadable = yield* this.#stream(found, stream);
    const made = stream.end();
    this.#parts_count += 1;
    this.#lose(withUnreadable(stream.loss, unreadable));
    this.#types.addMade(target);
    return made;
  }

  /** Reads the strings into the stream; how many octets meant nothing. */
  *#stream({ state, strings }: LargeText, stream: TextStream): Walk<number> {
    let [unreadable, strings_count] = [0, 0];
    for (let at = strings.from; at < strings.to; strings_count += 1) {
      const string = yield* this.#window.element(at, strings.to);
      at = string.next;
      if (strings_count > 0) stream.write('\f');
      if (strings_count % between_pauses === between_pauses - 1) yield { kind: 'pause' };
      const reader = new TextReader(state);
      const hear = (text: string): void => {
        stream.write(text);
        this.#check(addLoss(this.#loss, stream.loss), 'soFar');
        if (stream.overflow) throw new Stopped(failureOf(tooManyPages));
      };
      const written = this.#written;
      yield* octetsOf(this.#window, string, function* (octets) {
        hear(reader.read(latin1(octets)));
        yield* written.flush();
      });
      hear(reader.end());
      unreadable += reader.unreadable;
    }
    return unreadable;
  }

  #lose(loss: TextLoss): void {
    this.#loss = addLoss(this.#loss, loss);
    this.#check(this.#loss, 'soFar');
  }

  /** Nothing more is done where the plan forbids what was done; what is lost is still found out. */
  #check(loss: TextLoss, known: 'soFar' | 'whole'): void {
    const no = forbidden(this.#plan, loss, known);
    if (no !== undefined) throw new Stopped(no);
    this.#written.isInVain ||= !this.#plan.withLoss && lossVerdict(loss) !== undefined;
  }
}

const tooManyPages = { kind: 'impractical', explanation: 'too many pages of teletex' } as const;

function failureOf({ kind: why, explanation }: BodyFailure): FailedConversion {
  return { kind: 'failed', why, explanation };
}

function kept({ start, next }: WalkedElement): MadePiece {
  return { kind: 'kept', at: start, octets_count: next - start };
}

/** Neighbours that were written side by side are one, so that a million small parts are not a million. */
function add(made: MadePart[], part: MadePart): void {
  const last = made.at(-1);
  const joins =
    last !== undefined &&
    last.kind !== 'element' &&
    last.kind !== 'literal' &&
    part.kind === last.kind &&
    last.at + last.octets_count === part.at;
  if (!joins) made.push(part);
  else made[made.length - 1] = { ...last, octets_count: last.octets_count + part.octets_count };
}
