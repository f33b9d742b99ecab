// Conversion of body parts that hold text (X.408; X.411 06/1999, 8.2.1.1.1.27 to .30): which parts a plan
// says must become another, and what they become, forwarded messages included. What the plan accepts is
// left as it is. A part that must be converted and cannot be read is a failure, never a guess.

import { err, ok, type Result } from '../base/result.ts';
import { bodyPartName } from './body-text.ts';
import type { BodyPart, IPM } from './ipm.ts';
import type { Repertoire } from './repertoires.ts';
import { addLoss, lostCharacters, noLoss, type TextLoss } from './text-loss.ts';
import { makeTextPart, readTextPart, type TextPart } from './text-part.ts';
import type { WrittenLines } from './wrapped-writer.ts';

export interface TextRules extends WrittenLines {
  /** Repertoires that are taken as they are. */
  readonly accepts: ReadonlySet<Repertoire>;
  /** What other texts become; undefined: nothing, they are a failure. */
  readonly text: Repertoire | undefined;
  /** Whether parts that hold no text are taken; else they are a failure. Default: they are. */
  readonly others?: boolean;
  /** Longest text part that is converted, in octets: what one step may cost. Default: any. */
  readonly text_octets_max?: number;
}

export interface ConvertedBody {
  readonly ipm: IPM;
  /** Parts that became others. */
  readonly parts_count: number;
  readonly loss: TextLoss;
}

export type BodyFailure =
  /** A text that is not accepted, and nothing to make it of. */
  | { readonly kind: 'unsupported'; readonly explanation: string }
  /** A text whose octets are not what it says. */
  | { readonly kind: 'impractical'; readonly explanation: string };

/** The message with its texts as the rules want them; the same message where none has to change. */
export function convertBody(ipm: IPM, rules: TextRules): Result<ConvertedBody, BodyFailure> {
  const body: BodyPart[] = [];
  let parts_count = 0;
  let loss = noLoss;
  for (const part of ipm.body ?? []) {
    const made = convertPart(part, rules);
    if (!made.ok) return made;
    body.push(made.value.part);
    parts_count += made.value.parts_count;
    loss = addLoss(loss, made.value.loss);
  }
  return ok({ ipm: parts_count === 0 ? ipm : { ...ipm, body }, parts_count, loss });
}

export interface ConvertedPart {
  readonly part: BodyPart;
  readonly parts_count: number;
  readonly loss: TextLoss;
}

/** One part as the rules want it; the same part where it need not change. */
export function convertPart(part: BodyPart, rules: TextRules): Result<ConvertedPart, BodyFailure> {
  const same = { part, parts_count: 0, loss: noLoss };
  if (part.kind === 'message') {
    const inner = convertBody(part.value.data, rules);
    if (!inner.ok) return inner;
    const { ipm, parts_count, loss } = inner.value;
    if (parts_count === 0) return ok(same);
    return ok({ part: { kind: 'message', value: { ...part.value, data: ipm } }, parts_count, loss });
  }
  const read = readTextPart(part);
  if (read === 'no-text') return rules.others === false ? err(refused(bodyPartName(part))) : ok(same);
  if (read === 'unreadable') {
    return err({ kind: 'impractical', explanation: `body part ${bodyPartName(part)} is malformed` });
  }
  if (read.repertoires.every((each) => rules.accepts.has(each))) return ok(same);
  return convertText(read, part, rules);
}

function convertText(found: TextPart, part: BodyPart, rules: TextRules): Result<ConvertedPart, BodyFailure> {
  const { text: target, text_octets_max = Number.POSITIVE_INFINITY } = rules;
  const name = `${bodyPartName(part)} (${found.repertoires.join(', ')})`;
  if (target === undefined) return err(unsupported(name));
  if (found.octets_count > text_octets_max) return err(tooLong(name, found.octets_count, text_octets_max));
  const { text, unreadable } = found.read();
  const made = makeTextPart(target, text, rules);
  return ok({ part: made.part, parts_count: 1, loss: withUnreadable(made.loss, unreadable) });
}

/** Octets that could not be read are lost too; those that became a substitution are counted already. */
export function withUnreadable(loss: TextLoss, unreadable: number): TextLoss {
  const more = unreadable > 0 && lostCharacters(loss) === 0 ? unreadable : 0;
  return { ...loss, unknown: loss.unknown + more };
}

/** A part that holds no text, where none is taken. */
export function refused(name: string): BodyFailure {
  return { kind: 'unsupported', explanation: `${name} holds no text, and nothing else is taken` };
}

/** A text that is not taken, where nothing is to be made of such texts. */
export function unsupported(name: string): BodyFailure {
  return { kind: 'unsupported', explanation: `${name} is not taken, and not converted` };
}

export function tooLong(name: string, octets_count: number, octets_max: number): BodyFailure {
  const explanation = `${name} has ${octets_count} octets; more than ${octets_max} are not converted`;
  return { kind: 'impractical', explanation };
}
