// A fake MTA behind a real HTTP API, found by local commands as a running one is: by its configuration file
// and the address that it announced in its store.

import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { type FakeOperations, fakeOperations } from '../../src/admin/fake-operations.test.ts';
import { EventCounters, startAdminServer } from '../../src/admin/index.ts';
import { instant } from '../../src/base/time.ts';
import { announceAddress } from '../../src/cli/local-mta.ts';
import { loadConfiguration } from '../../src/config/index.ts';

export interface FakeMta {
  readonly operations: FakeOperations;
  /** Ends it, and removes the directory of the file. */
  readonly end: () => Promise<void>;
}

/** Writes the configuration `file`, and a store beside it, and answers for them. */
export async function fakeMta(file: string): Promise<FakeMta> {
  const text = 'mta: { name: M, domain: { country: GB } }\nadmin: { port: 0 }\nstore: { directory: s }\n';
  writeFileSync(file, text);
  mkdirSync(join(dirname(file), 's'));
  const configuration = loadConfiguration(file);
  assert.ok(configuration.ok);
  const operations = fakeOperations();
  const started = await startAdminServer({
    ...configuration.value.admin,
    operations,
    counters: new EventCounters(),
    emit: () => {},
    version: '0',
    now: () => instant(0),
  });
  assert.ok(started.ok);
  const server = started.value;
  announceAddress(configuration.value, { address: server.address, port: server.port });
  return {
    operations,
    end: async () => {
      await server.close();
      rmSync(dirname(file), { recursive: true });
    },
  };
}
