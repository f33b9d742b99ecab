// The keys that say which texts are taken, and what others become (X.408; the old MTA's body part for message
// text and its word wrap). A table.

import { z } from 'zod';

import { defaulted, listKey } from './key.ts';
import { duration, oneOf, size, text, wholeNumber, yesOrNo } from './value-types.ts';

const live = 'live';

/** The repertoires that a text can be written in; content has their characters. */
export const textRepertoires = [
  'ia5',
  'ia5-german',
  'ia5-norwegian',
  'ia5-swedish',
  't61',
  'iso-6937',
  'iso-8859-1',
  'iso-8859-2',
  'iso-8859-3',
  'iso-8859-4',
  'iso-8859-5',
  'iso-8859-6',
  'iso-8859-7',
  'iso-8859-8',
  'iso-8859-9',
  'iso-8859-10',
  'iso-8859-13',
  'iso-8859-14',
  'iso-8859-15',
  'iso-8859-16',
] as const;
export type TextRepertoire = (typeof textRepertoires)[number];

export const conversion = z.strictObject({
  accepts: listKey(oneOf(textRepertoires), {
    change: live,
    what:
      'Text body parts that are taken as they are: ia5, t61 (teletex), the others as general text. ' +
      'Empty: all. Then a link converts nothing, a deliver space what the originator explicitly asks for.',
  }),
  text: defaulted(oneOf(['none', ...textRepertoires]), 'none', {
    change: live,
    what:
      'What a text that is not in `accepts` becomes, where the originator permits it. none: such messages ' +
      'are returned.',
  }),
  others: defaulted(yesOrNo, true, {
    change: live,
    what: 'Whether body parts that hold no text (files, facsimile, voice) are taken; else they are returned.',
  }),
  substitution: defaulted(
    text({ min: 1, max: 8, pattern: /^[ -~]*$/, form: 'characters of IA5 (ASCII)' }),
    '?',
    {
      change: live,
      what: 'Stands for a character that the repertoire lacks.',
    },
  ),
  nearest: defaulted(yesOrNo, true, {
    change: live,
    what: 'Whether the nearest letters are tried first: é as e, ß as ss, © as (c).',
  }),
  wrap: defaulted(wholeNumber({ min: 0, max: 10_000 }), 0, {
    change: live,
    what:
      'Longest line of a text that is converted, in columns; 0: lines stay as they are. A message whose ' +
      'lines would be broken is returned where its originator prohibited conversion with loss.',
  }),
  textSize: defaulted(size({ min: '1KiB', max: '2147483647' }), '128MiB', {
    change: live,
    what: 'Longest text that is converted; a message with a longer one that is not taken is returned.',
  }),
  time: defaulted(duration({ min: '1s', max: '1h' }), '5m', {
    change: live,
    what: 'How long the conversion of one message may take; then the message is returned.',
  }),
});
