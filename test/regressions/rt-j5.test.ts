// RT-J5: schema version with an explicit message; a wrong path, a wrong owner, a directory that another MTA
// holds, a file that is no database: one line that says which directory, what is wrong and what to do; exit
// code 1, and not an octet of the database changed.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it, type TestContext } from 'node:test';
import { versionChecksum } from '../../src/store/sqlite/checksums.ts';
import { schemaVersion } from '../../src/store/sqlite/schema.ts';
import { chappe, MtaProcess } from '../support/mta-process.ts';
import { temporaryDirectory } from '../support/network.ts';

async function prepared(t: TestContext, within: readonly string[] = []) {
  const directory = await temporaryDirectory(t);
  const mta = await MtaProcess.prepare(
    directory,
    `mta: { name: MTA-A, domain: { country: GB, admd: " ", prmd: A } }
listen: [ { address: 127.0.0.1, port: 0 } ]
admin: { address: 127.0.0.1, port: 0 }
store: { directory: ./store }
`,
    within,
  );
  return { mta, directory, store: join(directory, 'store') };
}

/** How a start ended: the code, and what the last event says. */
async function refusedStart(mta: MtaProcess): Promise<string> {
  const { code, stdout, stderr } = await chappe(['start', '--config', mta.configPath], {
    cwd: mta.directory,
    within: mta.within,
  });
  assert.deepEqual([code, stdout], [1, ''], stderr);
  const last = JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
  assert.equal(last.name, 'start-failed');
  return last.detail;
}

/** What every file of a directory holds, but for the note of who tried to hold it last. */
function contentOf(directory: string): Readonly<Record<string, string>> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((each) => each.isFile() && each.name !== 'holder.txt');
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const octets = readFileSync(join(parentPath, name));
      return [join(parentPath, name), createHash('sha256').update(octets).digest('hex')];
    }),
  );
}

async function withStore(mta: MtaProcess): Promise<void> {
  await mta.start();
  await mta.stop();
}

it('RT-J5: a store of a newer version names both versions', { timeout: 60_000 }, async (t) => {
  const { mta, store } = await prepared(t);
  await withStore(mta);
  const version = schemaVersion + 7;
  const database = new DatabaseSync(join(store, 'queue.sqlite'));
  const crc = versionChecksum({ version, since: 0, schema_crc: 1 });
  database.exec(`INSERT INTO schema_version VALUES (${version}, 0, 1, ${crc})`);
  database.close();
  const before = contentOf(store);
  const detail = await refusedStart(mta);
  assert.match(detail, new RegExp(`${store}.*newer-schema.*schema ${version}.*knows ${schemaVersion}`));
  assert.deepEqual(contentOf(store), before);
});

it('RT-J5: a second MTA on the directory is refused, the first goes on', { timeout: 60_000 }, async (t) => {
  const { mta, store } = await prepared(t);
  await mta.start();
  t.after(async () => {
    await mta.stop('SIGKILL');
  });
  assert.match(await refusedStart(mta), new RegExp(`${store}.*in-use`));
  const sent = await mta.command('queue', 'list', '--json');
  assert.equal(sent.stdout.trim(), '[]', 'the first answers');
  await mta.stop();
  await withStore(mta);
});

it('RT-J5: after kill -9 the directory is free again', { timeout: 60_000 }, async (t) => {
  const { mta } = await prepared(t);
  await mta.start();
  await mta.stop('SIGKILL');
  await withStore(mta);
});

it('RT-J5: a path that is a file, and one below a file', { timeout: 60_000 }, async (t) => {
  const { mta, directory, store } = await prepared(t);
  writeFileSync(store, 'a file of somebody');
  assert.match(await refusedStart(mta), new RegExp(`${store}.*inaccessible`));
  const text = readFileSync(mta.configPath, 'utf8');
  writeFileSync(mta.configPath, text.replace('./store', './store/below'));
  assert.match(await refusedStart(mta), new RegExp(`${store}/below.*inaccessible`));
  assert.equal(readFileSync(store, 'utf8'), 'a file of somebody');
  assert.deepEqual(readdirSync(directory).sort(), ['chappe.yaml', 'store']);
});

it('RT-J5: a file that is no database is named, and left alone', { timeout: 60_000 }, async (t) => {
  const { mta, store } = await prepared(t);
  mkdirSync(store);
  writeFileSync(join(store, 'queue.sqlite'), 'no database, however long it may be '.repeat(40));
  const before = contentOf(store)[join(store, 'queue.sqlite')];
  assert.match(await refusedStart(mta), new RegExp(`${store}.*damaged`));
  assert.equal(contentOf(store)[join(store, 'queue.sqlite')], before);
});

it('RT-J5: a directory of somebody else', { timeout: 60_000 }, async (t) => {
  const isRoot = process.getuid?.() === 0;
  const [nobody, runner] = [65534, '/usr/bin/setpriv'];
  if (!isRoot || !existsSync(runner)) {
    t.skip('needs root and setpriv (util-linux), to become somebody else');
    return;
  }
  const within = [runner, `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
  const { mta, directory, store } = await prepared(t, within);
  chmodSync(directory, 0o755);
  mkdirSync(store, { mode: 0o700 });
  chownSync(store, 0, 0);
  const detail = await refusedStart(mta);
  assert.match(detail, new RegExp(`${store}.*inaccessible.*(EACCES|permission|unable to open)`, 'i'));
  const whose = `${store} belongs to user 0 \\(mode 700\\), this process is user ${nobody}`;
  assert.match(detail, new RegExp(whose), 'it says whose it is');
  assert.deepEqual(readdirSync(store), []);
});
