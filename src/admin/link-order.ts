// A command about a link, as the HTTP API gets it in JSON: what each verb takes, and what is said of what it
// does not. Decides nothing.

import { err, ok, type Result } from '../base/result.ts';
import { type Instant, type Millis, millis } from '../base/time.ts';
import { durationOf } from '../config/index.ts';
import type { Priority } from '../store/port.ts';
import type { LinkCommand } from '../transfer/index.ts';
import { timeOf } from './routes-messages.ts';

export const linkVerbs = [
  'enable',
  'disable',
  'connect',
  'disconnect',
  'delay',
  'clear-delay',
  'limit',
  'unlimit',
] as const;
export type LinkVerb = (typeof linkVerbs)[number];

/** What may go with a verb. */
export interface LinkOrderJson {
  /** enable, disable: one direction only. */
  readonly direction?: 'in' | 'out';
  /** disconnect, delay: how long, such as 30m. */
  readonly for?: string;
  /** limit: what is still sent. */
  readonly priorities?: readonly Priority[];
  /** limit: ISO 8601. */
  readonly from?: string;
  readonly until?: string;
}

const takes: Readonly<Record<LinkVerb, readonly (keyof LinkOrderJson)[]>> = {
  enable: ['direction'],
  disable: ['direction'],
  connect: [],
  disconnect: ['for'],
  delay: ['for'],
  'clear-delay': [],
  limit: ['priorities', 'from', 'until'],
  unlimit: [],
};
const priorities = ['urgent', 'normal', 'non-urgent'];
/** The longest delay that an operator may set. */
const delay_ms_max = 30 * 86_400_000;

/** The command that `verb` and its JSON mean, or what is wrong with them. */
export function linkOrder(verb: LinkVerb, body: unknown): Result<LinkCommand, string> {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const known: readonly string[] = takes[verb];
  const odd = Object.keys(given).find((key) => !known.includes(key));
  if (odd !== undefined) {
    return err(`${verb} takes no ${odd}${known.length === 0 ? '' : `: only ${known.join(', ')}`}`);
  }
  switch (verb) {
    case 'enable':
    case 'disable': {
      const { direction } = given;
      if (direction !== undefined && direction !== 'in' && direction !== 'out')
        return err('direction is in or out; both, if it is left out');
      return ok({ kind: verb, direction });
    }
    case 'disconnect':
    case 'delay':
      return pause(verb, given.for);
    case 'limit':
      return limit(given);
    case 'unlimit':
      return ok({ kind: 'limit' });
    default:
      return ok({ kind: verb });
  }
}

function pause(kind: 'disconnect' | 'delay', written: unknown): Result<LinkCommand, string> {
  if (written === undefined && kind === 'disconnect') return ok({ kind });
  const read = typeof written === 'string' ? durationOf(written) : undefined;
  if (read === undefined || read > delay_ms_max) {
    return err('for is wanted: how long, such as 90s, 30m or 2h, at most 30d');
  }
  const duration: Millis = millis(read);
  return ok({ kind, for: duration });
}

function limit(given: Record<string, unknown>): Result<LinkCommand, string> {
  const { priorities: only } = given;
  const all = Array.isArray(only) && only.every((each) => priorities.includes(each));
  if (!all || only.length === 0) return err(`priorities is wanted: some of ${priorities.join(', ')}`);
  const from = time(given.from);
  const until = time(given.until);
  if (!from.ok) return from;
  if (!until.ok) return until;
  if (from.value !== undefined && until.value !== undefined && until.value <= from.value) {
    return err('until must be later than from');
  }
  return ok({ kind: 'limit', limit: { priorities: only, from: from.value, until: until.value } });
}

function time(written: unknown): Result<Instant | undefined, string> {
  if (written === undefined) return ok(undefined);
  const read = typeof written === 'string' ? timeOf(written) : undefined;
  return read === undefined || read === 'malformed'
    ? err(`${String(written)} is no time: ISO 8601, UTC`)
    : ok(read);
}
