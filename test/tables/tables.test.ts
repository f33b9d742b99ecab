// Each state table against its transcription, which was written apart from it. A difference must be judged in
// differences.csv: which side is right, by what evidence, and why. A judgement that nothing needs any more is
// said; numbers in CONFORMANCE.md that are not these are an error.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { textOf } from '../house/project.ts';
import { type AnyTable, compare, type Difference } from './compare.ts';
import { acseNames, presentationNames } from './names-presentation.ts';
import { rtseNames } from './names-rtse.ts';
import { sessionNames } from './names-session.ts';
import { transportNames } from './names-transport.ts';
import { type JudgedDifference, readDifferences, readTranscription } from './transcription.ts';
import { listPath, unverifiedCells, unverifiedList } from './unverified.ts';

const judgements = readDifferences();
const allNames = [sessionNames, transportNames, presentationNames, acseNames, rtseNames];
const judged = ['program', 'transcription', 'unverified'];
const evidence = ['isode', 'capture', 'standard', 'none'];

function covers({ table, states, events }: JudgedDifference, of: string, found: Difference): boolean {
  const names = (list: string, name: string): boolean => list === '*' || list.split('|').includes(name);
  return table === of && names(states, found.state) && names(events, found.event);
}

function judgementOf(table: string, found: Difference): JudgedDifference | undefined {
  return judgements.find((judgement) => covers(judgement, table, found));
}

function told(found: Difference): string {
  const lines = [
    ...found.program.map((outcome) => `    program       ${outcome}`),
    ...found.transcription.map((outcome) => `    transcription ${outcome}`),
  ];
  return [`${found.state} ${found.event}: ${found.kind}`, ...lines].join('\n');
}

for (const names of allNames) {
  const result = compare(names, readTranscription(names.table));
  test(`the ${names.table} table is what its transcription says, but for what is judged`, (t) => {
    const { equal, differences, ours, never } = result;
    const count = (kind: Difference['kind']): number =>
      differences.filter((found) => found.kind === kind).length;
    t.diagnostic(
      `${names.table}: ${equal.length} cells equal, ${count('different')} different, ` +
        `${count('only in the program')} only in the program, ` +
        `${count('only in the transcription')} only in the transcription; ` +
        `${ours} cells of the program and ${never} rows of the transcription ` +
        `have no counterpart by design; ` +
        `${unverifiedCells(names.table).length} cells unverified`,
    );
    const open = differences.filter((found) => judgementOf(names.table, found) === undefined);
    assert.deepEqual(open.map(told), [], 'judge it in test/tables/differences.csv, or mend a table');
  });

  test(`CONFORMANCE.md says how many cells of the ${names.table} table are unverified`, () => {
    const line = textOf('CONFORMANCE.md')
      .split('\n')
      .find((text) => text.includes(`test/tables/${names.table}.csv`));
    assert.ok(line !== undefined, 'a row for the table');
    assert.match(line, new RegExp(`\\b${unverifiedCells(names.table).length} unverified`));
  });
}

test('a planted misreading is found: a next state, an action, a predicate, a cell too few', () => {
  const { STA713: row = {} } = sessionNames.code;
  const planted: readonly Readonly<Record<string, unknown>>[] = [
    { AE: [{ when: 'Vact&A(dk)&A(mi)&AA(ma)&sn=V(M)', do: ['[23]', 'SACTEind'] }] },
    { MIP: [{ when: 'act&A(dk)&AA(mi)&sn=V(M)', do: ['SSYNmind'] }] },
    { MIA: [{ when: 'Vsc&V(A)≤sn<V(M)', do: ['[25]', 'SSYNmcnf'] }] },
    { GTC: undefined },
  ];
  for (const change of planted) {
    const code = { ...sessionNames.code, STA713: { ...row, ...change } } as AnyTable;
    const { differences } = compare({ ...sessionNames, code }, readTranscription('session'));
    const open = differences.filter((found) => judgementOf('session', found) === undefined);
    assert.deepEqual(
      open.map(({ state, event }) => `${state} ${event}`),
      Object.keys(change).map((event) => `STA713 ${event}`),
    );
  }
});

test('every judgement is one of the known kind', (t) => {
  const found = allNames.flatMap((names) =>
    compare(names, readTranscription(names.table)).differences.map((difference) => ({
      table: names.table,
      difference,
    })),
  );
  for (const judgement of judgements) {
    const name = `${judgement.table} ${judgement.states} ${judgement.events}`;
    assert.ok(judged.includes(judgement.judged), name);
    assert.ok(evidence.includes(judgement.evidence), name);
    assert.ok(judgement.why.length > 10, name);
    const needed = found.some(({ table, difference }) => judgementOf(table, difference) === judgement);
    if (!needed) t.diagnostic(`${name}: no such difference is left`);
  }
});

test('the list of unverified cells is the one that the tables give', () => {
  assert.equal(textOf(listPath), unverifiedList(), 'node test/tables/unverified.ts writes it anew');
});

test('every row says where it comes from and how sure it is', () => {
  for (const { table } of allNames) {
    for (const row of readTranscription(table)) {
      const name = `${table} ${row.state} ${row.event}`;
      assert.ok(['known', 'isode', 'capture', 'inferred'].includes(row.confidence), name);
      assert.ok(row.source !== '', name);
    }
  }
});
