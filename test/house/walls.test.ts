// The walls hold: every module of src/ is cruised, none breaks a rule of wall-rules.ts, and each kind of
// forbidden import, planted in a small house elsewhere, is caught.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';

import { rooms, stackWholeImports } from '../../floorplan.mjs';
import { filesUnder, projectRoot } from './project.ts';
import { type FloorPlan, wallRules } from './wall-rules.ts';

async function cruiseHouse(root: string, plan: FloorPlan): Promise<ICruiseResult> {
  const here = process.cwd();
  process.chdir(root);
  try {
    const { output } = await cruise(['src'], {
      ruleSet: { forbidden: wallRules(plan) as IForbiddenRuleType[] },
      validate: true,
      baseDir: root,
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      extraExtensionsToScan: [],
    });
    assert.ok(typeof output === 'object', 'a result, not a printed report');
    return output;
  } finally {
    process.chdir(here);
  }
}

function violationsOf(result: ICruiseResult): string[] {
  return result.summary.violations.map(({ rule, from, to }) => `${rule.name} | ${from} -> ${to}`);
}

test('no module of src/ breaks a wall, and all of them were looked at', async () => {
  const result = await cruiseHouse(projectRoot, { rooms, stackWholeImports });
  const cruised = result.modules.map(({ source }) => source).filter((source) => source.startsWith('src/'));
  const files = filesUnder('src').filter((file) => /\.[cm]?ts$/.test(file));
  assert.deepEqual(
    cruised.filter((source) => /\.[cm]?ts$/.test(source)).toSorted(),
    files.toSorted(),
    'the modules cruised are the files of src/',
  );
  assert.deepEqual(violationsOf(result), []);
});

test('every file of src/ stands in a room of the floor plan', () => {
  const homeless = filesUnder('src').filter(
    (file) => file !== 'src/main.ts' && !rooms.some(({ room }) => file.startsWith(`src/${room}/`)),
  );
  assert.deepEqual(homeless, []);
});

test('every room of the floor plan exists', () => {
  const missing = rooms
    .map(({ room }) => `src/${room}`)
    .filter((room) => !existsSync(join(projectRoot, room)));
  assert.deepEqual(missing, []);
});

const smallPlan: FloorPlan = {
  rooms: [
    { room: 'base', what: '', io: false },
    { room: 'stack/kernel', what: '', io: false },
    { room: 'stack/session', what: '', io: false },
    { room: 'stack/rtse', what: '', io: false },
    { room: 'stack/association', what: '', io: false },
    { room: 'store', what: '', io: true },
    { room: 'routing', what: '', io: false },
  ],
  stackWholeImports: ['stack/kernel', 'stack/association'],
};

const smallHouse: Readonly<Record<string, string>> = {
  'src/base/octets.ts': 'export const octets = 1;',
  'src/stack/kernel/table.ts': "export { octets } from '../../base/octets.ts';",
  'src/stack/session/service.ts': 'export interface SDTind { readonly kind: 0 }',
  'src/stack/session/machine.ts': "export { octets } from '../kernel/table.ts';",
  'src/stack/rtse/machine.ts': "export type { SDTind } from '../session/service.ts';",
  'src/stack/association/index.ts': "export { octets } from '../session/machine.ts';",
  'src/store/port.ts': 'export type CopyId = number;',
  'src/store/sqlite/queue.ts': "import fs from 'node:fs';\nexport const exists = fs.existsSync;",
  'src/routing/choose.ts': "export type { CopyId } from '../store/port.ts';",
};

/** Each wall broken once: a file to plant and the rule that must say so. */
const plants: readonly { readonly file: string; readonly text: string; readonly rule: string }[] = [
  { file: 'src/base/up.ts', text: "export * from '../routing/choose.ts';", rule: 'corridor: base' },
  {
    file: 'src/base/type.ts',
    text: "import type { CopyId } from '../store/port.ts';",
    rule: 'corridor: base',
  },
  {
    file: 'src/stack/rtse/peek.ts',
    text: "export * from '../session/machine.ts';",
    rule: 'service: stack/rtse',
  },
  { file: 'src/routing/deep.ts', text: "export * from '../store/sqlite/queue.ts';", rule: 'door: store' },
  {
    file: 'src/routing/stack.ts',
    text: "export * from '../stack/session/machine.ts';",
    rule: 'service: outside',
  },
  { file: 'src/routing/disk.ts', text: "export * from 'node:fs';", rule: 'pure: runtime' },
  { file: 'src/routing/wire.ts', text: "export * from 'net';", rule: 'pure: runtime' },
  { file: 'src/routing/later.ts', text: "export * from 'node:timers/promises';", rule: 'pure: runtime' },
  { file: 'src/routing/base.ts', text: "export * from 'node:sqlite';", rule: 'pure: runtime' },
  { file: 'src/routing/dynamic.ts', text: "export const later = import('node:tls');", rule: 'pure: runtime' },
  { file: 'src/routing/self.ts', text: "export * from './self.ts';", rule: 'circle' },
  { file: 'src/routing/root.ts', text: "export * from '../main.ts';", rule: 'main' },
  { file: 'src/routing/proof.ts', text: "export * from '../base/octets.test.ts';", rule: 'tests' },
];

async function cruiseSmallHouse(planted: Readonly<Record<string, string>>): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), 'chappe-walls-'));
  try {
    for (const [file, text] of Object.entries({ ...smallHouse, ...planted })) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), `${text}\n`);
    }
    return violationsOf(await cruiseHouse(root, smallPlan));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('a small house without a broken wall passes', async () => {
  assert.deepEqual(await cruiseSmallHouse({}), []);
});

for (const { file, text, rule } of plants) {
  test(`a planted import is caught: ${file} breaks "${rule}"`, async () => {
    const targets = {
      'src/main.ts': 'export const main = 1;',
      'src/base/octets.test.ts': 'export const t = 1;',
    };
    const violations = await cruiseSmallHouse({ ...targets, [file]: text });
    assert.ok(
      violations.some((violation) => violation.startsWith(`${rule} | ${file} `)),
      `expected "${rule}" from ${file}, got: ${violations.join('; ') || 'nothing'}`,
    );
  });
}
