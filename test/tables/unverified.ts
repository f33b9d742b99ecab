// The cells that neither ISODE nor a capture backs: transcribed from what the Recommendation says as it is
// remembered, or judged unverified in differences.csv; not those where either has judged a difference. Run as
// a program it writes the list.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { projectRoot } from '../house/project.ts';
import { readDifferences, readTranscription } from './transcription.ts';

export const listPath = 'test/tables/unverified.md';
const tables = ['session', 'transport', 'presentation', 'acse', 'rtse'] as const;

/** 'STATE EVENT' of every unverified cell, each once. */
export function unverifiedCells(table: string): readonly string[] {
  const cells = readTranscription(table)
    .filter(({ reach, confidence }) => reach === '' && confidence !== 'isode' && confidence !== 'capture')
    .map(({ state, event }) => `${state} ${event}`);
  const judged = readDifferences().filter((judgement) => judgement.table === table);
  const unverified = judged.filter((each) => each.judged === 'unverified').flatMap(cellsOf);
  const decided = new Set(judged.filter(({ evidence }) => decisive.has(evidence)).flatMap(cellsOf));
  return [...new Set([...cells, ...unverified])].filter((cell) => !decided.has(cell)).toSorted();
}

const decisive: ReadonlySet<string> = new Set(['isode', 'capture']);

function cellsOf({ states, events }: { readonly states: string; readonly events: string }): string[] {
  return states.split('|').flatMap((state) => events.split('|').map((event) => `${state} ${event}`));
}

/** The list as a document: by table and state. */
export function unverifiedList(): string {
  const head =
    '# Unverified cells\n\nNo capture and no behaviour of ISODE backs these cells of the state tables. ' +
    'Made from the tables\nbeside it by `node test/tables/unverified.ts`.\n';
  return [head, ...tables.map(sectionOf)].join('\n');
}

function sectionOf(table: string): string {
  const byState = new Map<string, string[]>();
  for (const cell of unverifiedCells(table)) {
    const at = cell.indexOf(' ');
    const events = byState.get(cell.slice(0, at)) ?? [];
    events.push(cell.slice(at + 1));
    byState.set(cell.slice(0, at), events);
  }
  const rows = [...byState].map(([state, events]) => `- ${state}: ${events.join(', ')}`);
  const list = rows.length === 0 ? 'None.' : rows.join('\n');
  return `## ${table}: ${unverifiedCells(table).length}\n\n${list}\n`;
}

if (import.meta.main) writeFileSync(join(projectRoot, listPath), unverifiedList());
