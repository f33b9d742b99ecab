// The text of NAME.json, made in steps and given in pieces: what `JSON.stringify(record, undefined, 2)` makes
// of it, a list's elements a few at a time, because a report may tell of 32,767 recipients. Pure.

import { mapInSteps, type Steps } from '../base/steps.ts';
import type { DeliveryRecord } from './record.ts';

/** Elements of a list that make one piece of the text. */
const elements_per_piece = 64;

/** The octets of the text, in UTF-8. */
export function* recordText(record: DeliveryRecord): Steps<readonly Uint8Array[]> {
  const encoder = new TextEncoder();
  const pieces: Uint8Array[] = [];
  const said = Object.entries(record).filter(([, value]) => value !== undefined);
  let before = '{\n';
  for (const [key, value] of said) {
    const name = `${before}  ${JSON.stringify(key)}: `;
    if (Array.isArray(value) && value.length > elements_per_piece) {
      const texts = yield* mapInSteps(value, (element) => `    ${indented(element, '    ')}`);
      for (let from = 0; from < texts.length; from += elements_per_piece) {
        const piece = texts.slice(from, from + elements_per_piece).join(',\n');
        pieces.push(encoder.encode(`${from === 0 ? `${name}[` : ','}\n${piece}`));
        yield;
      }
      pieces.push(encoder.encode('\n  ]'));
    } else pieces.push(encoder.encode(`${name}${indented(value, '  ')}`));
    before = ',\n';
  }
  pieces.push(encoder.encode('\n}\n'));
  return pieces;
}

/** Line breaks in strings are escaped: those that are there are the form's own. */
function indented(value: unknown, by: string): string {
  return JSON.stringify(value, undefined, 2).replaceAll('\n', `\n${by}`);
}
