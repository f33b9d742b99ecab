// The house rules on how the code reads, as tests: sizes, headers, names, and what the law forbids in pure
// rooms. Read with TypeScript's own parser, so that a word in a comment or a string is not taken for code.

import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';

import ts from 'typescript';

import { rooms } from '../../floorplan.mjs';
import { filesUnder, textOf } from './project.ts';

const file_lines_max = 400;
const file_lines_median_max = 150;
const function_lines_max = 60;
const columns_max = 110;
const positional_parameters_max = 3;

const sources = [...filesUnder('src'), ...filesUnder('test'), ...filesUnder('bench')].filter((file) =>
  file.endsWith('.ts'),
);
const program = sources.filter((file) => file.startsWith('src/') && !file.endsWith('.test.ts'));

interface Offence {
  readonly file: string;
  readonly line: number;
  readonly what: string;
}

type Look = (node: ts.Node) => string | undefined;

/** What `look` says of the nodes of the files, with place. */
function offencesIn(files: readonly string[], look: Look): string[] {
  return files
    .flatMap((file) => offencesOf(file, look))
    .map(({ file, line, what }) => `${file}:${line} ${what}`);
}

function offencesOf(file: string, look: Look): Offence[] {
  const source = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest, true);
  const found: Offence[] = [];
  const visit = (node: ts.Node): void => {
    const what = look(node);
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    if (what !== undefined) found.push({ file, line, what });
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

function linesOf(file: string): string[] {
  const lines = textOf(file).split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** Tables and declaration modules may be long: their name or their first lines say what they are. */
function isTable(file: string): boolean {
  if (/(^|[/-])(table|catalogue|schema|declarations)\.ts$/.test(file)) return true;
  return /\b(a table|the table|pure table|declaration module|declarations)\b/i.test(headerOf(file));
}

/** The comment that a file begins with. */
function headerOf(file: string): string {
  const text = textOf(file).replace(/^#!.*\n/, '');
  return /^(?:\/\/.*\n)+|^\/\*[\s\S]*?\*\//.exec(text)?.[0] ?? '';
}

/** The room that a file lies in. */
function roomOf(file: string): (typeof rooms)[number] | undefined {
  return rooms.find(({ room }) => file.startsWith(`src/${room}/`));
}

test('a file has at most 400 lines, unless it is a table or a declaration module', () => {
  const long = sources.filter((file) => linesOf(file).length > file_lines_max && !isTable(file));
  assert.deepEqual(
    long.map((file) => `${file} ${linesOf(file).length}`),
    [],
  );
});

test('the median file has at most 150 lines', () => {
  const sizes = program.map((file) => linesOf(file).length).toSorted((a, b) => a - b);
  const median = sizes[Math.floor(sizes.length / 2)];
  assert.ok(median <= file_lines_median_max, `median ${median} lines`);
});

test('a line has at most 110 columns', () => {
  const wide = sources.flatMap((file) =>
    linesOf(file).flatMap((line, index) =>
      [...line].length > columns_max ? [`${file}:${index + 1} ${[...line].length} columns`] : [],
    ),
  );
  assert.deepEqual(wide, []);
});

test('a function fits a screen', () => {
  const offences = offencesIn(program, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return undefined;
    const source = node.getSourceFile();
    const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
    const lines = source.getLineAndCharacterOfPosition(node.getEnd()).line - first + 1;
    return lines > function_lines_max ? `${lines} lines` : undefined;
  });
  assert.deepEqual(offences, []);
});

test('a function has at most three positional parameters', () => {
  const offences = offencesIn(program, (node) =>
    ts.isFunctionLike(node) && node.parameters.length > positional_parameters_max
      ? `${node.parameters.length} parameters`
      : undefined,
  );
  assert.deepEqual(offences, []);
});

test('every file says first what it is', () => {
  assert.deepEqual(
    sources.filter((file) => headerOf(file).length < 30),
    [],
  );
});

test('no file has a name that refuses nothing', () => {
  const vague =
    /^(utils?|helpers?|common|misc|shared|stuff|tools|lib|managers?)([.-]|$)|-(utils?|helpers?|manager)[.]/i;
  const files = sources.filter((file) => vague.test(basename(file)));
  assert.deepEqual(files, []);
});

test('nothing is called a manager, a helper or a util', () => {
  const vague = /(Manager|Helpers?|Utils?)$/;
  const offences = offencesIn(sources, (node) => {
    const declares =
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isVariableDeclaration(node);
    const name = declares ? node.name?.getText() : undefined;
    return name !== undefined && vague.test(name) ? name : undefined;
  });
  assert.deepEqual(offences, []);
});

test('no any, no non-null assertion, no enum, no default export, no namespace', () => {
  const offences = offencesIn(sources, (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) return 'any';
    if (ts.isNonNullExpression(node)) return 'non-null assertion';
    if (ts.isEnumDeclaration(node)) return 'enum';
    if (ts.isModuleDeclaration(node) && !ts.isStringLiteral(node.name)) return 'namespace';
    if (ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword) {
      return ts.isDefaultClause(node.parent) || ts.isDefaultClause(node) ? undefined : 'default export';
    }
    return undefined;
  });
  assert.deepEqual(offences, []);
});

test('nothing is left to do in a comment, and no suppression is unexplained', () => {
  const words = /\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b|@ts-(ignor[e]|nochec[k])/;
  const offences = sources.flatMap((file) =>
    linesOf(file).flatMap((line, index) => (words.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
  );
  assert.deepEqual(offences, []);
});

test('pure rooms read no clock, roll no dice and wait for nothing', () => {
  const pure = program.filter((file) => roomOf(file)?.io === false);
  assert.deepEqual(offencesIn(pure, impurity), []);
});

const globals = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'process',
  'Buffer',
  'fetch',
  'console',
]);
const impureMembers = new Set(['Date.now', 'Math.random', 'crypto.getRandomValues', 'crypto.randomUUID']);

/** What a node reaches for that belongs to the world. */
function impurity(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) {
    return 'new Date()';
  }
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText().replace(/^globalThis\./, '');
    return impureMembers.has(text) ? text : undefined;
  }
  if (ts.isIdentifier(node) && globals.has(node.text) && !isMemberName(node)) return node.text;
  return undefined;
}

/** Whether an identifier is the name of a member rather than a variable. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  return (
    ts.isPropertyAssignment(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isLiteralTypeNode(parent)
  );
}

test('no room above the store waits', () => {
  const store = rooms.findIndex(({ room }) => room === 'store');
  const above = new Set(rooms.slice(0, store).map(({ room }) => room));
  const policy = new Set(['routing', 'report', 'scheduler']);
  const files = program.filter((file) => {
    const room = roomOf(file)?.room;
    return room !== undefined && (above.has(room) || policy.has(room));
  });
  const offences = offencesIn(files, (node) => {
    if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
    return ts.isAwaitExpression(node) ? 'await' : undefined;
  });
  assert.deepEqual(offences, []);
});

test('rooms print nothing: events have a sink of their own', () => {
  const quiet = program.filter((file) => !/^src\/(cli\/|main[.]ts)/.test(file));
  const offences = offencesIn(quiet, (node) =>
    ts.isIdentifier(node) && node.text === 'console' && !isMemberName(node) ? 'console' : undefined,
  );
  assert.deepEqual(offences, []);
});
