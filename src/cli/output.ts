// How results look: JSON with two spaces, or tables and lists of fields for people.

import type { CommonOptions } from './context.ts';
import type { Terminal } from './terminal.ts';

/** Writes `value` as JSON where --json is given, else the text. */
export async function report(
  terminal: Terminal,
  options: CommonOptions,
  result: ReportedResult,
): Promise<void> {
  const text = options.json === true ? JSON.stringify(result.json, undefined, 2) : result.text();
  if (text !== '') await terminal.out(`${text}\n`);
}

export interface ReportedResult {
  readonly json: unknown;
  text(): string;
}

/** A table with a heading row; columns as wide as need be. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => [...row[column]].length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** One line for each field that has a value. */
export function fields(pairs: readonly (readonly [string, unknown])[]): string {
  const present = pairs.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(0, ...present.map(([name]) => name.length));
  return present.map(([name, value]) => `${name.padEnd(width)}  ${String(value)}`).join('\n');
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - [...cell].length));
}
