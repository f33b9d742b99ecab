// The keys that say which texts are taken, and what others become (X.408; the old MTA's body part for message
// text and its word wrap). A table.

import { z } from 'zod';

import { defaulted, listKey } from './key.ts';
import { oneOf, text, wholeNumber, yesOrNo } from './value-types.ts';

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
      'Text body parts that the users take as they are: ia5, t61 (teletex), the others as general text. ' +
      'Empty: all, and nothing is converted but what the originator asks for explicitly.',
  }),
  text: defaulted(oneOf(['none', ...textRepertoires]), 'none', {
    change: live,
    what:
      'What a text that is not in `accepts` becomes, where the originator permits it. none: such messages ' +
      'are returned. So are those with such a text of more than 64 KiB, or of more than 1 MiB in all.',
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
    what: 'Longest line of a text that is converted, in columns; 0: lines stay as they are.',
  }),
});
