// RT-J3: any stored octet may be flipped, pages may be gone, files cut: the message that is hurt is
// quarantined or lost by name, all else is served; a store that cannot be trusted is not opened, and the
// remedy is named.
// FLIPS=N takes so many octets, FLIPS=all every one (test/damage/every-octet.ts); SEED=S chooses them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { seededRandom } from '../../src/base/random.ts';
import { openSqliteStore } from '../../src/store/index.ts';
import {
  damageIn,
  filesOf,
  flip,
  judged,
  repaired,
  type Sample,
  sampleStore,
  unaccounted,
} from '../damage/damaged-store.ts';
import { everyOctet } from '../damage/every-octet.ts';

const chappe = fileURLToPath(new URL('../../bin/chappe.js', import.meta.url));
const seed = Number(process.env.SEED ?? 20_260_115);
const flips = process.env.FLIPS ?? '60';

function place(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-rt-j3-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function sampleFor(t: TestContext, crashed = false): Promise<Sample> {
  const sample = await sampleStore(crashed);
  t.after(() => rmSync(join(sample.directory, '..'), { recursive: true, force: true }));
  return sample;
}

test('RT-J3: an octet flipped: at most what lay there is hurt, or a start is refused', async (t) => {
  const cases = flips === 'all' ? flips : Number(flips);
  const result = await everyOctet({ cases, seed, tell: (text) => t.diagnostic(text) });
  assert.deepEqual(result.wrong, [], `seed ${seed}`);
  assert.ok(cases === 'all' || result.flips >= cases);
  t.diagnostic(`${result.flips} flips, seed ${seed}: ${JSON.stringify(result.seen)}, ${result.hurt} hurt`);
});

test('RT-J3: an index that does not say what its rows say: the MTA stops, and says what helps', async (t) => {
  const sample = await sampleFor(t);
  const directory = place(t);
  cpSync(sample.directory, join(directory, 'store'), { recursive: true });
  flipIndex(join(directory, 'store', 'queue.sqlite'));
  const started = run(directory, 'start');
  assert.equal(started.status, 1, started.text);
  assert.match(started.text, /"store-ended".*the database is damaged .*chappe store check --repair/);
  const again = run(directory, 'start');
  assert.equal(again.status, 1, again.text);
  assert.match(again.text, /found damaged while an MTA ran on it.*chappe store check --repair/);
  const mended = run(directory, 'store', 'check', '--repair');
  assert.equal(mended.status, 0, mended.text);
  const store = await openSqliteStore({ directory: join(directory, 'store') });
  const served = await store.list({ limit: 1000, state: 'queued' });
  assert.deepEqual(
    served.map(({ mtsIdentifier }) => mtsIdentifier).sort(),
    [...sample.queued.values()].sort(),
  );
  await store.close();
});

/** The index by expiry says of the first copy that its time is over. */
function flipIndex(file: string): void {
  const database = new DatabaseSync(file, { readOnly: true });
  const told = database.prepare(`SELECT rootpage FROM sqlite_schema WHERE name = 'copy_by_expiry'`).get();
  const from = database.prepare('SELECT expires_at FROM copy LIMIT 1').get();
  database.close();
  const octets = readFileSync(file);
  const wanted = Buffer.alloc(6);
  wanted.writeUIntBE(Number(from?.expires_at), 0, 6);
  // The first of the index lies last on its page.
  const page = (Number(told?.rootpage) - 1) * 4096;
  const at = octets.lastIndexOf(wanted, page + 4090);
  assert.ok(at > page);
  octets[at] = 0;
  writeFileSync(file, octets);
}

test('RT-J3: random damage: what has no octet damaged is never lost', async (t) => {
  const random = seededRandom(seed + 1);
  for (const crashed of [false, true]) {
    const sample = await sampleFor(t, crashed);
    for (let round = 0; round < 3; round += 1) {
      const main = filesOf(sample.directory).filter(({ path }) => !path.startsWith('spool'));
      const outcome = await judged(sample, (directory) => {
        for (const { path, size } of main) {
          for (let n = 0; n < 3; n += 1)
            flip(join(directory, path), random.between(0, size - 1), 1 << random.between(0, 7));
        }
        const { path, size } = main[main.length - 1];
        const octets = readFileSync(join(directory, path));
        const page = 4096 * random.between(0, Math.floor(size / 4096) - 1);
        writeFileSync(join(directory, path), octets.fill(0, page, page + 4096));
      });
      const gone = unaccounted(sample, outcome);
      assert.ok(gone.length === 0, `round ${round}, crashed ${crashed}, seed ${seed + 1}: ${gone}`);
    }
  }
});

function run(directory: string, ...words: string[]) {
  const file = join(directory, 'chappe.json.yaml');
  writeFileSync(
    file,
    `mta: { name: MTA-A, domain: { country: GB, admd: " ", prmd: SITE-A } }
listen: [ { address: 127.0.0.1, port: 0 } ]
admin: { address: 127.0.0.1, port: 0 }
store: { directory: ${join(directory, 'store')} }
`,
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [chappe, ...words, '--config', file], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, text: stdout + stderr };
}

const structural = {
  'a header that is damaged': (directory: string) => flip(join(directory, 'queue.sqlite'), 3),
  'a database that is cut to nothing': (directory: string) =>
    writeFileSync(join(directory, 'queue.sqlite'), ''),
  'a database that is gone': (directory: string) => rmSync(join(directory, 'queue.sqlite')),
};

for (const [what, damage] of Object.entries(structural)) {
  test(`RT-J3: ${what}: start is refused with the remedy, and the remedy helps`, async (t) => {
    const sample = await sampleFor(t);
    const directory = place(t);
    cpSync(sample.directory, join(directory, 'store'), { recursive: true });
    damage(join(directory, 'store'));
    const before = readdirSync(join(directory, 'store')).filter((name) => name.startsWith('queue'));
    const started = run(directory, 'start');
    assert.equal(started.status, 1, started.text);
    assert.match(started.text, /store check --repair/);
    const after = readdirSync(join(directory, 'store')).filter((name) => name.startsWith('queue'));
    assert.deepEqual(after, before);
    const checked = run(directory, 'store', 'check');
    assert.equal(checked.status, 1, checked.text);
    const mended = run(directory, 'store', 'check', '--repair');
    assert.equal(mended.status, 0, mended.text);
    const again = run(directory, 'store', 'check');
    assert.equal(again.status, 0, again.text);
  });
}

test('RT-J3: a repair is refused while the directory is held; what is whole is left alone', async (t) => {
  const sample = await sampleFor(t);
  assert.equal(repaired(sample.directory).outcome, 'nothing-to-repair');
  const store = await openSqliteStore({ directory: sample.directory });
  assert.throws(() => repaired(sample.directory), { problem: 'in-use' });
  await store.close();
});

test('RT-J3: an interrupted repair leaves the old or the new; whoever comes next goes on', async (t) => {
  const sample = await sampleFor(t, true);
  const damaged = place(t);
  cpSync(sample.directory, damaged, { recursive: true });
  flip(join(damaged, 'queue.sqlite'), 3);
  const mended = place(t);
  cpSync(damaged, mended, { recursive: true });
  assert.equal(repaired(mended).outcome, 'repaired');
  const name = 'queue.sqlite.repaired-20260115T120000Z';
  const kept = 'queue.sqlite.damaged-20260115T120000Z';
  const states: ((directory: string) => void)[] = [
    (directory) => {
      mkdirSync(join(directory, 'repairing'));
      writeFileSync(join(directory, 'repairing', 'queue.sqlite'), 'half of it');
    },
    (directory) => cpSync(join(mended, 'queue.sqlite'), join(directory, name)),
    (directory) => renameSync(join(directory, 'queue.sqlite-wal'), join(directory, `${kept}-wal`)),
    (directory) => renameSync(join(directory, 'queue.sqlite'), join(directory, kept)),
    (directory) => renameSync(join(directory, name), join(directory, 'queue.sqlite')),
  ];
  for (let step = 1; step <= states.length; step += 1) {
    const directory = place(t);
    cpSync(damaged, directory, { recursive: true });
    for (const state of states.slice(0, step)) state(directory);
    if (step === 1) {
      await assert.rejects(openSqliteStore({ directory }), { problem: 'damaged' });
      assert.equal(repaired(directory).outcome, 'repaired');
    } else if (step % 2 === 0) assert.match(repaired(directory).outcome, /finished|nothing/);
    const store = await openSqliteStore({ directory });
    const found = new Set((await store.list({ limit: 1000 })).map(({ mtsIdentifier }) => mtsIdentifier));
    await store.close();
    for (const each of sample.queued.values()) assert.ok(found.has(each), `step ${step}: ${each}`);
    assert.deepEqual(damageIn(directory), []);
    assert.deepEqual(readFileSync(join(directory, kept)), readFileSync(join(damaged, 'queue.sqlite')));
  }
});
