// The documents say what is so: the floor plan drawn is the floor plan, a row of CONFORMANCE.md that claims
// something names a room and a test that exist, every room has a README, every decision its parts.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { rooms } from '../../floorplan.mjs';
import { documents, withDiagram } from '../../scripts/floorplan-diagram.ts';
import { filesUnder, projectRoot, textOf } from './project.ts';

const exists = (path: string): boolean => existsSync(join(projectRoot, path));

for (const document of documents) {
  test(`${document} draws the floor plan as it is`, () => {
    assert.equal(textOf(document), withDiagram(textOf(document)));
  });
}

test('every room has a README', () => {
  const missing = rooms.map(({ room }) => `src/${room}/README.md`).filter((path) => !exists(path));
  assert.deepEqual(missing, []);
});

interface Row {
  readonly element: string;
  readonly clause: string;
  readonly status: string;
  readonly room: string;
  readonly test: string;
}

/** The rows of CONFORMANCE.md under headings that name a Recommendation. */
function conformanceRows(): Row[] {
  return textOf('CONFORMANCE.md')
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|-]+$/.test(line) && !line.startsWith('| element'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter((cells) => cells.length === 5)
    .map(([element = '', clause = '', status = '', room = '', proof = '']) => {
      return { element, clause, status, room, test: proof };
    });
}

test('every row of CONFORMANCE.md has a clause and a status', () => {
  const rows = conformanceRows();
  assert.ok(rows.length >= 150, `${rows.length} rows`);
  const bad = rows.filter(
    ({ clause, status }) => clause === '' || !/^(done|partial|planned|out)$/.test(status),
  );
  assert.deepEqual(
    bad.map(({ element, status }) => `${element}: ${status}`),
    [],
  );
});

test('what CONFORMANCE.md claims stands in a room and has a test', () => {
  const claims = conformanceRows().filter(({ status }) => status === 'done' || status === 'partial');
  const names = new Set(rooms.map(({ room }) => room));
  const unfounded = claims.flatMap(({ element, room, test: proof }) => {
    const faults: string[] = [];
    if (!names.has(room)) faults.push(`${element}: no room "${room}"`);
    const files = [...proof.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
    if (files.length === 0) faults.push(`${element}: no test`);
    for (const file of files) {
      const path = /^(src|test)\//.test(file) ? file : `src/${room}/${file}`;
      if (!exists(path)) faults.push(`${element}: no test ${path}`);
    }
    return faults;
  });
  assert.deepEqual(unfounded, []);
});

test('links between the documents lead somewhere', () => {
  const files = [
    'README.md',
    'ARCHITECTURE.md',
    'CONFORMANCE.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
  ];
  const broken = [...files, ...filesUnder('docs').filter((file) => file.endsWith('.md'))].flatMap((file) =>
    [...textOf(file).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
      .map((match) => join(dirname(file), match[1]))
      .filter((target) => !exists(target))
      .map((target) => `${file} -> ${target}`),
  );
  assert.deepEqual(broken, []);
});

test('decisions are numbered without gaps and say context, choice and what was given up', () => {
  const decisions = filesUnder('docs/decisions').filter((file) => /\/\d{4}-[a-z0-9-]+\.md$/.test(file));
  assert.ok(decisions.length > 0);
  decisions.forEach((file, index) => {
    assert.ok(file.startsWith(`docs/decisions/${String(index + 1).padStart(4, '0')}-`), file);
    const text = textOf(file);
    for (const heading of ['## Context', '## Choice', '## What was given up']) {
      assert.ok(text.includes(`${heading}\n`), `${file} lacks "${heading}"`);
    }
  });
});
