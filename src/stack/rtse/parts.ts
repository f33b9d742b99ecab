// What an RTSE machine is made of, as its predicates and actions see it.

import type { Effects } from './effects.ts';
import type { Ending } from './ending.ts';
import type { Opening } from './opening.ts';
import type { RtseOptions } from './options.ts';
import type { Receiver } from './receiver.ts';
import type { Sender } from './sender.ts';
import type { RtseState } from './states.ts';

export interface RtseParts {
  readonly options: RtseOptions;
  readonly effects: Effects;
  readonly opening: Opening;
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly ending: Ending;
  /** The state in which the event came. */
  readonly state: RtseState;
}
