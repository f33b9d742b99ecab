// What every command is run with, and the options that every command has.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import {
  type Configuration,
  type ConfigurationError,
  defaultConfiguration,
  type EntriesInForce,
  formatConfigurationError,
  type Loaded,
  loadConfiguration,
  loadConfigurationAroundErrors,
  no_entries,
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

/** The same, without the entries that it can do without if they have errors: what an MTA starts on. */
export function readConfigurationAroundErrors(
  options: CommonOptions,
  before?: EntriesInForce,
): Result<Loaded, readonly ConfigurationError[]> {
  const file = configurationFile(options);
  return file === undefined
    ? ok({ configuration: defaultConfiguration(), entries: no_entries })
    : loadConfigurationAroundErrors(file, before);
}

/**
 * The configuration that is meant, to find the MTA that may run on it, or its store: entries with errors,
 * which a reload may have left as they were, hinder no command. A command failure lists every error of one
 * that leaves an MTA nothing to go on.
 */
export function requireConfiguration(options: CommonOptions): Configuration {
  return orFailure(readConfigurationAroundErrors(options, no_entries)).configuration;
}

/** The configuration that is meant, as an MTA would start on it. */
export function requireStartableConfiguration(options: CommonOptions): Configuration {
  return orFailure(readConfigurationAroundErrors(options)).configuration;
}

/** The configuration that is meant, without any error: for a look at what is to be taken over. */
export function requireSoundConfiguration(options: CommonOptions): Configuration {
  return orFailure(readConfiguration(options));
}

function orFailure<T>(read: Result<T, readonly ConfigurationError[]>): T {
  if (read.ok) return read.value;
  throw new CommandFailure(read.error.map(formatConfigurationError).join('\n'), 'configuration');
}
