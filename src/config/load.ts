// Reads a configuration: YAML, keys, relations, completion; every error at once, in the order of the file.

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import type { z } from 'zod';

import { err, ok, type Result } from '../base/result.ts';
import { complete, type Origin } from './complete.ts';
import type { Configuration } from './configuration.ts';
import { byList, type EntriesInForce, entriesOf } from './entries-in-force.ts';
import { type ConfigurationError, errorsInOrder } from './error.ts';
import { aroundFlaws } from './keep-previous.ts';
import { knownKeys } from './known-keys.ts';
import { lostClaims, misfitsOf } from './misfits.ts';
import { nearest } from './nearest.ts';
import { checkRelations } from './relations.ts';
import { configurationSchema } from './schema.ts';
import type { Flaw } from './set-aside.ts';
import { key_given_twice, type KeyPath, readSource, type Source } from './source.ts';

/** Most errors that are listed; a file with more is not read further. */
export const errors_max = 1000;

/** A configuration, and its entries as the next reload wants them. */
export interface Loaded {
  readonly configuration: Configuration;
  readonly entries: EntriesInForce;
}
type Loading<T> = Result<T, readonly ConfigurationError[]>;

/** The configuration in the file `path`, relative paths taken from the file's directory. */
export function loadConfiguration(path: string): Loading<Configuration> {
  return configurationOf(load(path, strictly));
}

/**
 * The same, doing without the entries whose errors touch nothing else: they are in `setAside`. Errors that
 * cannot be done without are all listed, those of such entries too. At a reload `before` is what is in force,
 * and entries with errors are as they were before; without it, what cannot be done without is more.
 */
export function loadConfigurationAroundErrors(path: string, before?: EntriesInForce): Loading<Loaded> {
  return load(path, around(before));
}

/** The configuration in `text`; errors call it `name`. Relative paths start at the working directory. */
export function parseConfiguration(text: string, name: string): Loading<Configuration> {
  return configurationOf(strictly(read(text, name), { file: undefined, directory: process.cwd() }));
}

/** As `loadConfigurationAroundErrors`, of a text. */
export function parseConfigurationAroundErrors(
  text: string,
  name: string,
  before?: EntriesInForce,
): Loading<Loaded> {
  return around(before)(read(text, name), { file: undefined, directory: process.cwd() });
}

function configurationOf(loading: Loading<Loaded>): Loading<Configuration> {
  return loading.ok ? ok(loading.value.configuration) : loading;
}

/** What a text says, and everything that is wrong with it. */
interface Read {
  readonly source: Source;
  readonly value: unknown;
  readonly checked: ReturnType<typeof configurationSchema.safeParse> | undefined;
  readonly flaws: readonly Flaw[];
}
type Judge = (read: Read, origin: Origin) => Loading<Loaded>;

function load(path: string, judge: Judge): Loading<Loaded> {
  const file = resolve(path);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const message =
      code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${(error as Error).message}`;
    return err([{ file: path, line: 0, column: 0, key: '', message }]);
  }
  return judge(read(text, path), { file, directory: dirname(file) });
}

function read(text: string, name: string): Read {
  const source = readSource(text, name);
  const flaws: Flaw[] = source.errors.map((error) => ({ error, path: [] }));
  const readable = source.errors.every((error) => error.message === key_given_twice);
  if (!readable) return { source, value: undefined, checked: undefined, flaws };
  const value = source.value ?? {};
  const checked = configurationSchema.safeParse(value);
  if (!checked.success) flaws.push(...checked.error.issues.flatMap((issue) => flawsOf(issue, source)));
  checkRelations(value, (path, message) => flaws.push({ error: source.errorAt(path, message), path }));
  return { source, value, checked, flaws };
}

function strictly({ value, checked, flaws }: Read, origin: Origin): Loading<Loaded> {
  return checked?.success === true && flaws.length === 0
    ? ok({ configuration: complete(checked.data, origin), entries: entriesOf(value) })
    : err(inOrder(flaws));
}

function around(before: EntriesInForce | undefined): Judge {
  return (given, origin) => {
    const { flaws, value, source } = given;
    const some = flaws.length > 0 && (before === undefined || flaws.length <= errors_max);
    const combined = some ? aroundFlaws(value, flaws, before) : undefined;
    if (combined === undefined) return strictly(given, origin);
    const checked = configurationSchema.safeParse(combined.value);
    const misfits = [
      ...misfitsOf(combined, source.errorAt),
      ...(before === undefined ? [] : lostClaims(given, { before, combined }, source.errorAt)),
    ];
    if (!checked.success || misfits.length > 0) {
      return err(inOrder([...flaws, ...misfits.map((error) => ({ error, path: [] }))]));
    }
    return ok({
      configuration: complete(checked.data, origin, combined.setAside),
      entries: byList((list) => combined.parts[list].map(({ value, errors }) => ({ value, errors }))),
    });
  };
}

function flawsOf(issue: z.core.$ZodIssue, source: Source): readonly Flaw[] {
  const path = issue.path as KeyPath;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const whole = [...path, key];
      return { error: unknownKey(whole, source), path: whole, unknownKey: true };
    });
  }
  if (issue.code === 'invalid_type') {
    return [{ error: source.errorAt(path, wrongShape(issue.expected, path, source)), path }];
  }
  const written = source.writtenAt(path);
  const message =
    issue.message.includes('put it in quotes') && written !== undefined
      ? issue.message.replace(/"[^"]*"$/, `"${written}"`)
      : issue.message;
  return [{ error: source.errorAt(path, message), path }];
}

function unknownKey(path: KeyPath, source: Source): ConfigurationError {
  const known = knownKeys(path.slice(0, -1));
  const meant = nearest(String(path.at(-1)), known);
  const advice = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
  return source.errorAtKey(path, `there is no such key; ${advice}`);
}

function wrongShape(expected: string, path: KeyPath, source: Source): string {
  if (expected === 'array')
    return 'a list is wanted here: each entry on a line of its own that begins with "- "';
  const keys = knownKeys(path);
  const wanted = keys.length === 0 ? 'a group of keys' : `a group of keys (${keys.join(', ')})`;
  return source.isWritten(path) ? `${wanted} is wanted here` : `this key is required: ${wanted}`;
}

function inOrder(flaws: readonly Flaw[]): readonly ConfigurationError[] {
  return errorsInOrder(flaws.map(({ error }) => error)).slice(0, errors_max);
}
