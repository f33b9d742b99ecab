// How far the identifiers of a store go. They are numbers, exact in JavaScript and in the database up to
// 2^53; what comes after would repeat without a word. A store that has given the last one refuses whatever
// needs another, and all else goes on: at a million messages a day that is in twelve million years, or on the
// day on which the counter was set by somebody's hand.

/** The last identifier that is given. The counter behind it is still an exact number. */
export const identifier_max = Number.MAX_SAFE_INTEGER - 1;

/** What a transition is refused with that needs one more. */
export const usedUpText =
  `the identifiers of this store are used up (the last is ${identifier_max}): nothing new is taken, what ` +
  'is queued goes on; take the queue to a new store with "chappe store export --remove" and "store import"';
