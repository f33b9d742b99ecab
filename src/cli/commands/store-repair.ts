// chappe store check --repair: brings what can be read of a damaged store into a new database, and says
// what was saved, what was set aside and what is lost.

import { instant } from '../../base/time.ts';
import { type RepairReport, repairStore, StoreOpenError } from '../../store/index.ts';
import type { CommandContext, CommonOptions } from '../context.ts';
import { requireConfiguration } from '../context.ts';
import { CommandFailure, exitCodes } from '../failure.ts';

/** Milliseconds between two signs of life. */
const PROGRESS_MS = 2000;

/** Exits 1 if the store could not be repaired; then it is as it was. */
export async function storeRepair({ terminal }: CommandContext, options: CommonOptions): Promise<number> {
  const { directory } = requireConfiguration(options).store;
  let report: RepairReport | undefined;
  let saidAt = performance.now();
  try {
    for (const step of repairStore(directory, instant(Date.now()))) {
      if (step.kind === 'report') report = step.report;
      else if (performance.now() - saidAt >= PROGRESS_MS) {
        saidAt = performance.now();
        await terminal.err(`${step.what}: ${Math.floor(step.progress * 100)} %\n`);
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
