// chappe store audit: whether every recipient that was accepted has exactly one outcome, or waits in the
// queue, by the tracking records and the queue itself. Reads the directory, with or without an MTA that runs
// on it.

import { timeOf } from '../../admin/index.ts';
import { isoTime } from '../../base/time.ts';
import { type AuditCount, auditDirectory, type Contradiction, StoreOpenError } from '../../store/index.ts';
import { type CommandContext, type CommonOptions, requireConfiguration } from '../context.ts';
import { CommandFailure, exitCodes, WrongUsage } from '../failure.ts';

/** Between two signs of life, in milliseconds. */
const PROGRESS_MS = 2000;
/** Contradictions that `--json` holds; more are counted. */
const LISTED_MAX = 10_000;

export interface AuditOptions extends CommonOptions {
  readonly since?: string;
}

/** Exits 1 if a recipient is missing an outcome, has several, or cannot be judged. */
export async function storeAudit({ terminal }: CommandContext, options: AuditOptions): Promise<number> {
  const since = timeOf(options.since);
  if (since === 'malformed') throw new WrongUsage('a time is written in ISO 8601: 2031-01-31T12:00:00Z');
  const { directory } = requireConfiguration(options).store;
  const listed: Contradiction[] = [];
  let count: AuditCount | undefined;
  let saidAt = performance.now();
  try {
    for (const slice of auditDirectory(directory, since)) {
      count = slice.count;
      for (const contradiction of slice.contradictions) {
        if (options.json !== true) await terminal.out(`${contradictionText(contradiction)}\n`);
        else if (listed.length < LISTED_MAX) listed.push(contradiction);
      }
      if (performance.now() - saidAt < PROGRESS_MS) continue;
      saidAt = performance.now();
      const percent = Math.floor(slice.progress * 100);
      await terminal.err(`audited ${count.messages} messages, ${percent} % of the ledger\n`);
    }
  } catch (error) {
    if (error instanceof StoreOpenError) throw new CommandFailure(error.message, error.problem);
    throw error;
  }
  if (count === undefined) return exitCodes.success;
  if (options.json === true) {
    const json = { ...count, listed: listed.map(contradictionJson) };
    await terminal.out(`${JSON.stringify(json, undefined, 2)}\n`);
  } else await terminal.out(`${summary(count)}\n`);
  return count.contradictions === 0 ? exitCodes.success : exitCodes.failure;
}

function summary({ messages, recipients, ended, queued, contradictions }: AuditCount): string {
  const looked = `audited ${messages} messages with ${recipients} recipients`;
  const verdict = contradictions === 0 ? 'no contradiction' : `${contradictions} contradictions`;
  return `${looked}: ${ended} outcomes, ${queued} in the queue, ${verdict}`;
}

const meanings: Readonly<Record<Contradiction['kind'], string>> = {
  missing: 'MISSING: accepted, without an outcome, and not in the queue',
  double: 'DOUBLE: more outcomes and places in the queue than it was accepted',
  'never-accepted': 'NEVER ACCEPTED: an outcome or a place in the queue without an acceptance',
  unreadable: 'UNREADABLE: it cannot be judged',
};

function contradictionText(each: Contradiction): string {
  const { kind, message, mtsIdentifier = 'unknown identifier', recipient, acceptedAt, since, found } = each;
  const accepted = acceptedAt === undefined ? '' : `, accepted ${isoTime(acceptedAt)}`;
  const lines = [
    `${mtsIdentifier} (message ${message}${accepted})`,
    ...(recipient === undefined ? [] : [`  recipient  ${recipient}`]),
    `  verdict    ${meanings[kind]}`,
    ...(since === undefined ? [] : [`  since      ${isoTime(since)}`]),
    ...found.map((what) => `  found      ${what}`),
  ];
  return lines.join('\n');
}

function contradictionJson({ acceptedAt, since, ...rest }: Contradiction) {
  return {
    ...rest,
    ...(acceptedAt !== undefined && { acceptedAt: isoTime(acceptedAt) }),
    ...(since !== undefined && { since: isoTime(since) }),
  };
}
