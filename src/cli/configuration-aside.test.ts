// A configuration that is read aside is the one that is read at once, errors too; and 100,000 address spaces
// come over without a step of the event loop that others would notice.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  ConfigurationInPieces,
  loadConfiguration,
  loadConfigurationAroundErrors,
  starterConfiguration,
  takeApart,
  unpackEntries,
} from '../config/index.ts';
import { loadConfigurationAside } from './configuration-aside.ts';

function file(t: TestContext, text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-config-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'chappe.yaml');
  writeFileSync(path, text);
  return path;
}

function manySpaces(links: number, spaces: number): string {
  const lines = ['mta: { name: MTA-A, domain: { country: GB, prmd: SITE-A } }', 'links:'];
  for (let link = 0; link < links; link += 1) {
    lines.push(`  - { name: l${link}, peer: { mta: M${link} }, addressSpaces: [`);
    for (let n = 0; n < spaces; n += 1) lines.push(`      { address: "/O=O${n}/P=P${link}/A= /C=GB/" },`);
    lines.push('    ]}');
  }
  return lines.join('\n');
}

test('the same as when it is read at once', async (t) => {
  for (const text of [starterConfiguration(), manySpaces(3, 450)]) {
    const path = file(t, text);
    const aside = await loadConfigurationAside(path);
    assert.ok(aside.ok && Object.isFrozen(aside.value.configuration));
    assert.deepEqual({ ok: true, value: aside.value.configuration }, loadConfiguration(path));
  }
});

test('errors are the same too', async (t) => {
  const path = file(t, 'mta: { name: MTA-A }\nlinks: [ { nam: x } ]\n');
  const aside = await loadConfigurationAside(path);
  assert.ok(!aside.ok && aside.error.length > 2);
  assert.deepEqual(aside, loadConfiguration(path));
});

test('and so are entries that are done without', async (t) => {
  const path = file(t, manySpaces(2, 201).replace('peer: { mta: M0 }', 'peer: { mta: M0 }, mode: x'));
  const aside = await loadConfigurationAside(path);
  assert.ok(aside.ok && aside.value.configuration.setAside?.length === 1);
  const { configuration, entries } = aside.value;
  const loaded = loadConfigurationAroundErrors(path);
  assert.ok(loaded.ok);
  assert.deepEqual(configuration, loaded.value.configuration);
  assert.deepEqual(unpackEntries(entries), JSON.parse(JSON.stringify(loaded.value.entries)));
});

test('what was in force is taken over from thread to thread, in the place of what has errors', async (t) => {
  const path = file(t, manySpaces(2, 201));
  const first = await loadConfigurationAside(path);
  assert.ok(first.ok);
  writeFileSync(path, manySpaces(2, 203).replace('/O=O1/P=P0/A= /C=GB/', 'nonsense'));
  const second = await loadConfigurationAside(path, first.value.entries);
  assert.ok(second.ok);
  writeFileSync(path, manySpaces(2, 204).replace('/O=O2/P=P0/A= /C=GB/', 'nonsense'));
  const third = await loadConfigurationAside(path, second.value.entries);
  assert.ok(third.ok, 'what was kept once is kept again');
  for (const [{ value }, spaces] of [
    [second, 203],
    [third, 204],
  ] as const) {
    const counts = value.configuration.links.map(({ addressSpaces }) => addressSpaces.length);
    assert.deepEqual(counts, [201, spaces]);
  }
});

test('a configuration is the same after it was taken apart', (t) => {
  const loaded = loadConfiguration(file(t, manySpaces(2, 401)));
  assert.ok(loaded.ok);
  const { frame, pieces } = structuredClone(takeApart(loaded.value));
  assert.deepEqual(
    pieces.map(({ entries }) => entries.length),
    [200, 200, 1, 200, 200, 1],
  );
  const together = new ConfigurationInPieces(frame);
  for (const piece of pieces) together.add(piece);
  assert.deepEqual(together.whole(), loaded.value);
});
