// What `config check` says of errors that an MTA can do without. The list of errors itself: run.test.ts.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { err } from '../../base/result.ts';
import { configCheck } from './configuration.ts';
import { queueList } from './queue.ts';
import { routeExplain } from './tracking.ts';

const yaml = `mta: { name: M, domain: { country: GB } }
links: [ { name: l, peer: { mta: X }, mode: x }, { name: m, peer: { mta: Y } } ]
groups: [ { name: g, links: [ m, gone ] } ]
`;

test('a route is explained by what an MTA runs on; a dry run wants a file without errors', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'chappe-check-'));
  t.after(() => rmSync(place, { recursive: true }));
  const config = join(place, 'chappe.yaml');
  const space = 'addressSpaces: [ { address: "/P=L/A= /C=GB/" } ]';
  const link = `links: [ { name: l, peer: { mta: X }, mode: x, ${space} } ]`;
  writeFileSync(config, `mta: { name: M, domain: { country: GB } }\nadmin: { port: 1 }\n${link}\n`);
  let said = '';
  const out = async (text: string | Uint8Array): Promise<void> => {
    said += text;
  };
  const composition = { version: '1.2.3', startMta: async () => err('not here') };
  const context = { composition, terminal: { interactive: false, columns: 110, out, err: out } };
  assert.equal(await routeExplain(context, '/S=a/P=L/A= /C=GB/', { config }), 0);
  assert.match(said, /goes to link l; waits, because the link is disabled/);
  await assert.rejects(
    routeExplain(context, '/S=a/P=L/A= /C=GB/', { config, dryRun: true }),
    /links\[0\]\.mode/,
  );
  // An MTA may run on this after a reload, and is looked for; but none starts on it.
  const wrong = 'deliver: [ { addressSpace: nonsense, users: any } ]';
  writeFileSync(config, `mta: { name: M, domain: { country: GB } }\nadmin: { port: 1 }\n${wrong}\n`);
  await assert.rejects(queueList(context, { config }), /no MTA answers at/);
  await assert.rejects(routeExplain(context, '/S=a/P=L/A= /C=GB/', { config }), /deliver\[0\]\.addressSpace/);
  said = '';
  assert.equal(await configCheck(context, { config }), 1);
  assert.match(said, /an MTA does not start on this; at a reload these entries stay as they were/);
});

test('config check says what an MTA would do without, and is a failure all the same', async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'chappe-check-'));
  t.after(() => rmSync(place, { recursive: true }));
  const config = join(place, 'chappe.yaml');
  writeFileSync(config, yaml);
  let said = '';
  const out = async (text: string | Uint8Array): Promise<void> => {
    said += text;
  };
  const composition = { version: '1.2.3', startMta: async () => err('not here') };
  const context = { composition, terminal: { interactive: false, columns: 110, out, err: out } };
  assert.equal(await configCheck(context, { config }), 1);
  const without = 'without these links, whose mail waits: l, and without some members of these groups: g';
  assert.match(said, new RegExp(`an MTA starts on this ${without}\\n2 errors\\n$`));
  said = '';
  assert.equal(await configCheck(context, { config, json: true }), 1);
  const { valid, starts, without: json } = JSON.parse(said);
  const entries = [
    { kind: 'link', name: 'l' },
    { kind: 'group', name: 'g' },
  ];
  assert.deepEqual({ valid, starts, json }, { valid: false, starts: true, json: entries });
});
