// Draws the floor plan for README.md and ARCHITECTURE.md, between the marks that they hold. A room stands
// under those it may import from. Run `node scripts/floorplan-diagram.ts` to write both; a test holds them to
// it.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { rooms } from '../floorplan.mjs';

export const startMark = '<!-- floor plan: made by scripts/floorplan-diagram.ts -->';
export const endMark = '<!-- end of the floor plan -->';
export const documents = ['README.md', 'ARCHITECTURE.md'];

/** The diagram, as a fenced block. */
export function floorPlanDiagram(): string {
  const width = Math.max(...rooms.map(({ room }) => room.length));
  const lines = rooms.map(({ room, what, io }, index) => {
    const arrow = index === 0 ? ' ' : '↑';
    return `${arrow} ${room.padEnd(width)}  ${io ? '≈' : ' '}  ${what}`;
  });
  return ['```', ...lines, '', '↑ imports only upwards    ≈ may do I/O', '```'].join('\n');
}

/** The document with the diagram of today between its marks; undefined where a mark is missing. */
export function withDiagram(text: string): string | undefined {
  const start = text.indexOf(startMark);
  const end = text.indexOf(endMark);
  if (start < 0 || end < start) return undefined;
  return `${text.slice(0, start)}${startMark}\n${floorPlanDiagram()}\n${text.slice(end)}`;
}

function writeAll(): void {
  for (const name of documents) {
    const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
    const drawn = withDiagram(readFileSync(path, 'utf8'));
    if (drawn === undefined) throw new Error(`${name} lacks the marks of the floor plan`);
    writeFileSync(path, drawn);
  }
}

if (import.meta.main) writeAll();
