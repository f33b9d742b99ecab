// What every command is run with, and the options that every command has.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import {
  type Configuration,
  type ConfigurationError,
  defaultConfiguration,
  formatConfigurationError,
  loadConfiguration,
} from '../config/index.ts';
import { ok, type Result } from '../base/result.ts';
import type { Composition } from './composition.ts';
import { CommandFailure } from './failure.ts';
import type { Terminal } from './terminal.ts';

export interface CommandContext {
  readonly composition: Composition;
  readonly terminal: Terminal;
}

/** Options of every command. */
export interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** The configuration file that is taken when none is named. */
export const defaultFile = 'chappe.yaml';

/** The file that is meant, or undefined for the built-in configuration. */
export function configurationFile(options: CommonOptions): string | undefined {
  if (options.config !== undefined) return options.config;
  return existsSync(resolve(defaultFile)) ? defaultFile : undefined;
}

/** The configuration that is meant, with every error. */
export function readConfiguration(
  options: CommonOptions,
): Result<Configuration, readonly ConfigurationError[]> {
  const file = configurationFile(options);
  return file === undefined ? ok(defaultConfiguration()) : loadConfiguration(file);
}

/** The configuration that is meant; a command failure lists every error. */
export function requireConfiguration(options: CommonOptions): Configuration {
  const read = readConfiguration(options);
  if (read.ok) return read.value;
  throw new CommandFailure(read.error.map(formatConfigurationError).join('\n'), 'configuration');
}
