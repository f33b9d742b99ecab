// The keys about recipients that are replaced by others: redirections and distribution lists. A table, as
// schema.ts, of which it is a part.

import { z } from 'zod';

import { defaulted, listKey, optional, required } from './key.ts';
import { entryName, path } from './named-values.ts';
import { addressSpace, duration, oneOf, userAddress, wholeNumber } from './value-types.ts';

const live = 'live';

export const redirectionReasons = [
  'recipient-assigned-alternate-recipient',
  'recipient-MD-assigned-alternate-recipient',
  'directory-look-up',
  'alias',
] as const;

export const redirectionSchema = z.strictObject({
  from: optional(userAddress, { change: live, what: 'The O/R address that is redirected. Or `fromSpace`.' }),
  fromSpace: optional(addressSpace, {
    change: live,
    what: 'Every address of this space is redirected, where no `from` and no longer space has it.',
  }),
  to: required(userAddress, { change: live, what: 'The O/R address that takes its place.' }),
  reason: defaulted(oneOf(redirectionReasons), 'recipient-assigned-alternate-recipient', {
    change: live,
    what:
      'What the redirection history says. An alternate that the recipient assigned is refused where the ' +
      'originator prohibited reassignment; one that the MD assigned is taken only where the originator ' +
      'allowed alternate recipients; the other two always count.',
  }),
});

export const listSchema = z.strictObject({
  name: required(entryName, { change: live, what: 'Name of the list, in the queue and in events.' }),
  address: required(userAddress, { change: live, what: 'The O/R address of the list.' }),
  file: optional(path, {
    change: live,
    what: 'File of the members: an O/R address a line; empty lines and those with # in front are none.',
  }),
  members: listKey(userAddress, { change: live, what: 'Members beside those of the file.' }),
  owner: optional(userAddress, { change: live, what: 'Who answers for the list, and may get its reports.' }),
  submit: listKey(addressSpace, {
    change: live,
    what: 'Who may send to the list: the originator, or the list before this one. Empty: anybody.',
  }),
  reports: defaulted(oneOf(['originator', 'owner', 'both', 'none']), 'originator', {
    change: live,
    what:
      'Who gets the reports on members. originator and both: as the originator asked for them. owner: ' +
      'non-deliveries alone, and the originator is told only that the list was expanded. So it is ' +
      'with none, and where no member is left. What an inner list passes on goes by ' +
      'the policy of the outer one.',
  }),
  ttl: defaulted(duration({ min: '0s', max: '1d' }), '60s', {
    change: live,
    what: 'How long members that were read count, before the file is looked at again.',
  }),
  maxMembers: defaulted(wholeNumber({ min: 1, max: 1_000_000 }), 200_000, {
    change: live,
    what: 'A file with more members is refused. About 200 octets of memory each.',
  }),
});
