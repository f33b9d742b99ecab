// Reads the transcribed state tables: CSV with a header, fields quoted where they hold a comma. Not a general
// CSV reader: no field holds a line break.

import { textOf } from '../house/project.ts';

/** One row of a transcribed table. `reach` begins with "never:" where the predicate cannot hold with us. */
export interface TranscribedRow {
  readonly state: string;
  readonly event: string;
  readonly predicate: string;
  readonly actions: string;
  readonly next: string;
  readonly reach: string;
  readonly source: string;
  readonly confidence: string;
}

/** A judged difference. `states` and `events` are names with | between, or * for any. */
export interface JudgedDifference {
  readonly table: string;
  readonly states: string;
  readonly events: string;
  readonly judged: string;
  readonly evidence: string;
  readonly why: string;
}

export function readTranscription(table: string): readonly TranscribedRow[] {
  return readRows(`test/tables/${table}.csv`).map((row) => ({
    state: field(row, 'state'),
    event: field(row, 'event'),
    predicate: field(row, 'predicate'),
    actions: field(row, 'actions'),
    next: field(row, 'next'),
    reach: field(row, 'reach'),
    source: field(row, 'source'),
    confidence: field(row, 'confidence'),
  }));
}

export function readDifferences(): readonly JudgedDifference[] {
  return readRows('test/tables/differences.csv').map((row) => ({
    table: field(row, 'table'),
    states: field(row, 'states'),
    events: field(row, 'events'),
    judged: field(row, 'judged'),
    evidence: field(row, 'evidence'),
    why: field(row, 'why'),
  }));
}

function field(row: ReadonlyMap<string, string>, name: string): string {
  const value = row.get(name);
  if (value === undefined) throw new Error(`no field ${name}`);
  return value;
}

function readRows(file: string): readonly ReadonlyMap<string, string>[] {
  const [head = '', ...lines] = textOf(file).trimEnd().split('\n');
  const names = fieldsOf(head);
  return lines.map((line, index) => {
    const fields = fieldsOf(line);
    if (fields.length !== names.length) throw new Error(`${file}:${index + 2} has ${fields.length} fields`);
    return new Map(names.map((name, at) => [name, fields[at] ?? '']));
  });
}

function fieldsOf(line: string): readonly string[] {
  const fields = line.match(/(?:"(?:[^"]|"")*"|[^,]*)(?:,|$)/g) ?? [];
  // The expression also matches the empty end of the line.
  const kept = line.endsWith(',') ? fields : fields.slice(0, -1);
  return (kept.length === 0 ? fields : kept).map((text) =>
    text
      .replace(/,$/, '')
      .replace(/^"(.*)"$/, '$1')
      .replaceAll('""', '"'),
  );
}
