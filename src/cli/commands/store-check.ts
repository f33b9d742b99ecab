// chappe store check: whether everything in the store's directory is as it was written. Reads only, with or
// without an MTA that runs on it.

import { systemClock } from '../../net/index.ts';
import { checkAside, type CheckFinding, type CheckSlice, StoreOpenError } from '../../store/index.ts';
import { CheckProgress } from '../check-progress.ts';
import { type CommandContext, type CommonOptions, requireConfiguration } from '../context.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { withSigns } from '../signs-of-life.ts';

/** Findings that `--json` holds; more are counted. */
const LISTED_MAX = 10_000;

/** Exits 1 if anything is not as it was written. */
export async function storeCheck({ terminal }: CommandContext, options: CommonOptions): Promise<number> {
  const { directory } = requireConfiguration(options).store;
  const listed: CheckFinding[] = [];
  const clock = systemClock();
  const progress = new CheckProgress(terminal, clock);
  let last: CheckSlice | undefined;
  try {
    const signs = { clock, every: progress.every, sign: () => progress.tell() };
    for await (const slice of withSigns(checkAside(directory), signs)) {
      last = slice;
      for (const finding of slice.findings) {
        if (options.json === true) {
          if (listed.length < LISTED_MAX) listed.push(finding);
        } else {
          await progress.clear();
          await terminal.out(`${findingText(finding)}\n`);
        }
      }
      await progress.say(slice);
    }
  } catch (error) {
    if (error instanceof StoreOpenError) throw new CommandFailure(error.message, error.problem);
    throw error;
  } finally {
    await progress.clear();
  }
  if (last === undefined) return exitCodes.success;
  const { count } = last;
  if (options.json === true) {
    const report = { directory, ...count, listed };
    await terminal.out(`${JSON.stringify(report, undefined, 2)}\n`);
  } else await terminal.out(`${summary(last)}\n`);
  return count.damage === 0 ? exitCodes.success : exitCodes.failure;
}

function findingText({ kind, weight, detail, mtsIdentifier }: CheckFinding): string {
  const words = { damage: 'DAMAGE', known: 'in quarantine', note: 'note' } as const;
  const named = mtsIdentifier === undefined || mtsIdentifier === '' ? '' : ` (${mtsIdentifier})`;
  return `${words[weight]}  ${kind}: ${detail}${named}`;
}

function summary({ count }: CheckSlice): string {
  const { messages, copies, records, spools, octets, damage, known, notes } = count;
  const read = `${messages} messages, ${copies} copies, ${records} records`;
  const files = `${spools} spool files with ${octets} octets`;
  const others = `${known} known and in quarantine, ${notes} notes`;
  if (damage === 0) return `checked ${read}, ${files}: no damage (${others})`;
  const remedy = 'stop the MTA, then: chappe store check --repair';
  return `checked ${read}, ${files}: ${damage} findings of damage (${others})\n${remedy}`;
}
