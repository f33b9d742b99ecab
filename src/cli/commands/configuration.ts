// chappe init and chappe config check: a starter file, and every error of a file with its line.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  formatConfigurationError,
  no_entries,
  type SetAsideEntry,
  starterConfiguration,
} from '../../config/index.ts';
import {
  type CommandContext,
  type CommonOptions,
  configurationFile,
  defaultFile,
  readConfiguration,
  readConfigurationAroundErrors,
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
  if (read.ok) {
    await report(terminal, options, {
      json: { file, valid: true, errors: [] },
      text: () => `${file}: no errors`,
    });
    return exitCodes.success;
  }
  const errors = read.error;
  const around = readConfigurationAroundErrors(options);
  const setAside = around.ok ? (around.value.configuration.setAside ?? []) : undefined;
  const without = setAside?.map(({ kind, name }) => ({ kind, name }));
  await report(terminal, options, {
    json: { file, valid: false, errors, starts: around.ok, without },
    text: () =>
      [
        ...errors.map(formatConfigurationError),
        consequence(setAside, () => readConfigurationAroundErrors(options, no_entries).ok),
        `${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`,
      ].join('\n'),
  });
  return exitCodes.failure;
}

/** What an MTA does with errors: it does without the entries that have them, or it does not start. */
function consequence(setAside: readonly SetAsideEntry[] | undefined, reloads: () => boolean): string {
  if (setAside === undefined) {
    return reloads()
      ? 'an MTA does not start on this; at a reload these entries stay as they were, or are left out if new'
      : 'an MTA does not start on this, nor would a reload take it over';
  }
  const named = (wanted: SetAsideEntry['kind']): string =>
    setAside.flatMap(({ kind, name }) => (kind === wanted ? [name] : [])).join(', ');
  const [links, groups] = [named('link'), named('group')];
  const parts = [
    ...(links === '' ? [] : [`without these links, whose mail waits: ${links}`]),
    ...(groups === '' ? [] : [`without some members of these groups: ${groups}`]),
  ];
  return `an MTA starts on this ${parts.join(', and ')}`;
}
