// chappe init and chappe config check: a starter file, and every error of a file with its line.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { formatConfigurationError, starterConfiguration } from '../../config/index.ts';
import {
  type CommandContext,
  type CommonOptions,
  configurationFile,
  defaultFile,
  readConfiguration,
} from '../context.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { report } from '../output.ts';

/** Writes a commented starter configuration into `directory`. */
export async function init(
  { terminal }: CommandContext,
  directory: string,
  options: CommonOptions & { readonly force?: boolean },
): Promise<number> {
  const file = join(directory, defaultFile);
  if (existsSync(file) && options.force !== true) {
    throw new CommandFailure(`${file} exists already; --force replaces it`, 'conflict');
  }
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, starterConfiguration());
  } catch (error) {
    throw new CommandFailure(`${file} cannot be written: ${(error as Error).message}`);
  }
  await report(terminal, options, {
    json: { file },
    text: () => `${file} is written. Next: chappe config check`,
  });
  return exitCodes.success;
}

/** Validates; the errors are the result, so they go to standard output. */
export async function configCheck({ terminal }: CommandContext, options: CommonOptions): Promise<number> {
  const file = configurationFile(options) ?? 'built-in configuration';
  const read = readConfiguration(options);
  const errors = read.ok ? [] : read.error;
  await report(terminal, options, {
    json: { file, valid: read.ok, errors },
    text: () =>
      read.ok
        ? `${file}: no errors`
        : [
            ...errors.map(formatConfigurationError),
            `${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`,
          ].join('\n'),
  });
  return read.ok ? exitCodes.success : exitCodes.failure;
}
