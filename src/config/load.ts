// Reads a configuration: YAML, keys, relations, completion; every error at once, in the order of the file.

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import type { z } from 'zod';

import { err, ok, type Result } from '../base/result.ts';
import { complete, type Origin } from './complete.ts';
import type { Configuration } from './configuration.ts';
import type { ConfigurationError } from './error.ts';
import { knownKeys } from './known-keys.ts';
import { nearest } from './nearest.ts';
import { checkRelations } from './relations.ts';
import { configurationSchema } from './schema.ts';
import { key_given_twice, type KeyPath, readSource, type Source } from './source.ts';

/** Most errors that are listed; a file with more is not read further. */
export const errors_max = 1000;

/** The configuration in the file `path`, relative paths taken from the file's directory. */
export function loadConfiguration(path: string): Result<Configuration, readonly ConfigurationError[]> {
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
  return parse(text, path, { file, directory: dirname(file) });
}

/** The configuration in `text`; errors call it `name`. Relative paths start at the working directory. */
export function parseConfiguration(
  text: string,
  name: string,
): Result<Configuration, readonly ConfigurationError[]> {
  return parse(text, name, { file: undefined, directory: process.cwd() });
}

function parse(
  text: string,
  name: string,
  origin: Origin,
): Result<Configuration, readonly ConfigurationError[]> {
  const source = readSource(text, name);
  const readable = source.errors.every((error) => error.message === key_given_twice);
  if (!readable) return err(inOrder(source.errors));
  const value = source.value ?? {};
  const checked = configurationSchema.safeParse(value);
  const errors = [...source.errors];
  if (!checked.success) errors.push(...checked.error.issues.flatMap((issue) => errorsOf(issue, source)));
  checkRelations(value, (path, message) => errors.push(source.errorAt(path, message)));
  return checked.success && errors.length === 0 ? ok(complete(checked.data, origin)) : err(inOrder(errors));
}

function errorsOf(issue: z.core.$ZodIssue, source: Source): readonly ConfigurationError[] {
  const path = issue.path as KeyPath;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], source));
  if (issue.code === 'invalid_type') return [source.errorAt(path, wrongShape(issue.expected, path, source))];
  const written = source.writtenAt(path);
  const message =
    issue.message.includes('put it in quotes') && written !== undefined
      ? issue.message.replace(/"[^"]*"$/, `"${written}"`)
      : issue.message;
  return [source.errorAt(path, message)];
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

function inOrder(errors: readonly ConfigurationError[]): readonly ConfigurationError[] {
  return [...errors].sort((a, b) => a.line - b.line || a.column - b.column).slice(0, errors_max);
}
