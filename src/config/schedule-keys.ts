// The keys that say when a link is called, and how much must wait before it is. A table; relations between
// keys are in schedule-relations.ts.

import { z } from 'zod';

import { defaulted, listKey } from './key.ts';
import { duration, oneOf, size, wholeNumber, yesOrNo } from './value-types.ts';
import { timeZone, weekTimes } from './week-times.ts';

const live = 'live';

export const schedule = z.strictObject({
  style: defaulted(oneOf(['always', 'never', 'times', 'remote-initiated', 'poll']), 'always', {
    change: live,
    what:
      'When we call. always; never: neither called nor answered; times: within schedule.times; ' +
      'remote-initiated: only the peer calls, and our copies go over what it opens; poll: as times (or ' +
      'always, without times), and every pollInterval even with an empty queue, to fetch what waits there.',
  }),
  times: listKey(weekTimes, {
    change: live,
    what:
      'Hours of the week in which we call, by the local clock of timeZone. What the clock skips does not ' +
      'come, what it shows twice comes twice. A transfer under way at the end is not broken off.',
  }),
  timeZone: defaulted(timeZone, 'UTC', { change: live, what: 'Whose clock schedule.times are meant by.' }),
  pollInterval: defaulted(duration({ min: '1s', max: '7d' }), '15m', {
    change: live,
    what: 'Style poll only: from one call to the next, the first at the beginning of each of the times.',
  }),
  urgentIgnoresSchedule: defaulted(yesOrNo, false, {
    change: live,
    what:
      'Styles times, poll and remote-initiated: urgent messages are sent at any time. Reports go along; ' +
      'others wait, and the association is closed after its idle lifetime.',
  }),
});

const batchOf = (whose: string) =>
  z.strictObject({
    messages: defaulted(wholeNumber({ min: 1, max: 1_000_000 }), 1, {
      change: live,
      what: `The link is called once so many ${whose} messages wait. 1: at once.`,
    }),
    octets: defaulted(size({ min: '0', max: '16GiB' }), '0', {
      change: live,
      what: `Or once their contents have so many octets. 0: not looked at.`,
    }),
    age: defaulted(duration({ min: '0s', max: '7d' }), '1h', {
      change: live,
      what: `Or once the oldest ${whose} message has been in our queue for so long.`,
    }),
  });

export const batch = z.strictObject({
  urgent: batchOf('urgent').prefault({}),
  normal: batchOf('normal').prefault({}),
  nonUrgent: batchOf('non-urgent').prefault({}),
});
