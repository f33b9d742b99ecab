// The cells that neither ISODE nor a capture backs: transcribed from what the Recommendation says as it is
// remembered, or judged unverified in differences.csv. Run as a program it writes the list.

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
  for (const judgement of readDifferences()) {
    if (judgement.table !== table || judgement.judged !== 'unverified') continue;
    for (const state of judgement.states.split('|')) {
      for (const event of judgement.events.split('|')) cells.push(`${state} ${event}`);
    }
  }
  return [...new Set(cells)].toSorted();
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
