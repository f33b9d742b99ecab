// The keys of what an operator is told of by itself: a long queue, an event loop that was held up. A table.

import { z } from 'zod';

import { defaulted } from './key.ts';
import { duration, wholeNumber } from './value-types.ts';

const live = 'live';

export const alarms = z.strictObject({
  queue: z
    .strictObject({
      copies: defaulted(wholeNumber({ min: 0, max: 100_000_000 }), 1000, {
        change: live,
        what:
          'Copies that wait for one next hop from which on its queue is told as backlogged. It is told ' +
          'again when no more than half as many wait. 0: never.',
      }),
      age: defaulted(duration({ min: '0s', max: '45d' }), '0s', {
        change: live,
        what:
          'The same by the time since the oldest of them was accepted, deferred messages and those for ' +
          'links with a schedule among them. 0s: never.',
      }),
    })
    .prefault({}),
  loopDelay: defaulted(duration({ min: '0s', max: '1h' }), '1s', {
    change: live,
    what:
      'How long the program may be busy in one piece, or be kept from running, before it is told; once a ' +
      'minute at most. 0s: never.',
  }),
});
