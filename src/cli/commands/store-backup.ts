// chappe store backup: a copy of the store's directory as it stands at one moment, while the MTA runs or not.

import { join } from 'node:path';

import { BackupError, backupDirectory, StoreOpenError } from '../../store/index.ts';
import { type CommandContext, type CommonOptions, requireConfiguration } from '../context.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { report } from '../output.ts';

/** Between two signs of life, in milliseconds. */
const PROGRESS_MS = 2000;

/** Exits 1 if a spool file was missing: the copy is as whole as the store is. */
export async function storeBackup(
  { terminal }: CommandContext,
  target: string,
  options: CommonOptions,
): Promise<number> {
  const { directory } = requireConfiguration(options).store;
  let saidAt = performance.now();
  const progress = (part: number): void => {
    if (performance.now() - saidAt < PROGRESS_MS) return;
    saidAt = performance.now();
    void terminal.err(`copied ${Math.floor(part * 100)} %\n`);
  };
  try {
    const count = await backupDirectory({ directory, target, progress });
    const { spools, octets, missing, removed } = count;
    const lines = [
      `${target}: the store of ${directory}, ${octets} octets, ${spools} spool files`,
      ...removed.map((name) => `removed ${join(directory, name)}, which a killed backup had left`),
      ...missing.map((name) => `MISSING in the store: spool/${name}; chappe store check says whose it is`),
    ];
    await report(terminal, options, { json: { target, directory, ...count }, text: () => lines.join('\n') });
    return missing.length === 0 ? exitCodes.success : exitCodes.failure;
  } catch (error) {
    if (error instanceof StoreOpenError) throw new CommandFailure(error.message, error.problem);
    if (error instanceof BackupError) {
      throw new CommandFailure(`no backup in ${target}: ${error.message}; what is there is not to be used`);
    }
    throw error;
  }
}
