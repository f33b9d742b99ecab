// chappe store check --repair: brings what can be read of a damaged store into a new database, and says
// what was saved, what was set aside and what is lost.

import { type Millis, millis } from '../../base/time.ts';
import { systemClock } from '../../net/index.ts';
import { repairAside, type RepairReport, StoreOpenError } from '../../store/index.ts';
import type { CommandContext, CommonOptions } from '../context.ts';
import { requireConfiguration } from '../context.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { withSigns } from '../signs-of-life.ts';

/** Milliseconds between two signs of life. */
const PROGRESS_MS = 2000;

/** Exits 1 if the store could not be repaired; then it is as it was. */
export async function storeRepair({ terminal }: CommandContext, options: CommonOptions): Promise<number> {
  const { directory } = requireConfiguration(options).store;
  let report: RepairReport | undefined;
  const clock = systemClock();
  const began = clock.now();
  let [saidAt, last] = [began, 'looking: 0 %'];
  const tell = async (elapsed: Millis): Promise<void> => {
    saidAt = clock.now();
    await terminal.err(`${last}, ${Math.floor(elapsed / 1000)} s so far\n`);
  };
  try {
    const signs = { clock, every: millis(PROGRESS_MS), sign: tell };
    for await (const step of withSigns(repairAside(directory, began), signs)) {
      if (step.kind === 'report') report = step.report;
      else {
        last = `${step.what}: ${Math.floor(step.progress * 100)} %`;
        if (clock.now() - saidAt >= PROGRESS_MS) await tell(millis(clock.now() - began));
      }
    }
  } catch (error) {
    if (error instanceof StoreOpenError) throw new CommandFailure(error.message, error.problem);
    throw error;
  }
  if (report === undefined) throw new CommandFailure('the repair came to no end');
  const text =
    options.json === true ? JSON.stringify({ directory, ...report }, undefined, 2) : textOf(report);
  await terminal.out(`${text}\n`);
  return report.outcome === 'impossible' ? exitCodes.failure : exitCodes.success;
}

function textOf(report: RepairReport): string {
  const { outcome, messages, copies, quarantined, lost, recordsLost, finishedBefore, keptAs } = report;
  if (outcome === 'nothing-to-repair') return 'nothing to repair: the store passes the check';
  if (outcome === 'finished') return `a repair that had been interrupted is finished; the old one: ${keptAs}`;
  const lines = [
    ...lost.map(
      ({ mtsIdentifier, message, detail }) => `LOST  ${mtsIdentifier} (message ${message}): ${detail}`,
    ),
    ...quarantined.map(
      ({ mtsIdentifier, message, detail }) => `quarantined  ${mtsIdentifier} (message ${message}): ${detail}`,
    ),
    `${messages} messages with ${copies} copies saved, ${quarantined.length} of them quarantined now; ` +
      `${lost.length} messages lost; ${recordsLost} other rows unreadable; ` +
      `${finishedBefore} finished messages left out`,
  ];
  if (outcome === 'impossible') return [...lines, `COULD NOT BE REPAIRED: ${report.detail}`].join('\n');
  const next = 'chappe queue list --state quarantined shows what was set aside; release or return it by hand';
  return [...lines, `the damaged database is kept as ${keptAs}`, next].join('\n');
}
