// The compliance cases on each adapter.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';

import { type ComplianceRoom, complianceCases } from './compliance.ts';
import { memoryDisk, openMemoryStore, openSqliteStore, type StoreFinding } from './index.ts';
import { counterChecksum } from './sqlite/checksums.ts';

const inlineOctetsMax = 4096;

describe('the memory adapter', () => {
  for (const { name, run } of complianceCases) {
    test(name, async () => {
      const disk = memoryDisk();
      await run({
        open: async () => openMemoryStore({ disk, inlineOctetsMax }),
        inlineOctetsMax,
        findings: [],
        spools: () => [...disk.spools.keys()],
        loseSpool: (name) => void disk.spools.delete(name),
        beginIdentifiersAt: (next) => {
          disk.nextId = next;
        },
      });
    });
  }
});

describe('the SQLite adapter', () => {
  for (const { name, run } of complianceCases) {
    test(name, async (t) => {
      const directory = mkdtempSync(join(tmpdir(), 'chappe-store-'));
      t.after(() => rmSync(directory, { recursive: true }));
      const findings: StoreFinding[] = [];
      const room: ComplianceRoom = {
        open: () =>
          openSqliteStore({ directory, inlineOctetsMax, onFinding: (finding) => findings.push(finding) }),
        inlineOctetsMax,
        findings,
        spools: () => readdirSync(join(directory, 'spool')),
        loseSpool: (name) => rmSync(join(directory, 'spool', name)),
        beginIdentifiersAt: (next) => setCounter(join(directory, 'queue.sqlite'), next),
      };
      await run(room);
      const trouble = findings.filter(({ kind }) => kind !== 'spool-orphan');
      assert.deepEqual(trouble, []);
    });
  }
});

function setCounter(file: string, next: number): void {
  const database = new DatabaseSync(file);
  const update = `UPDATE counter SET next = ?, crc = ? WHERE name = 'id'`;
  database.prepare(update).run(next, counterChecksum('id', next));
  database.close();
}
