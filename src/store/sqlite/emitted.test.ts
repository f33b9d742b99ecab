// The adapter as a package has it: emitted as JavaScript, its worker found beside it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

test('the emitted store opens, commits and closes', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-emitted-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: options(directory),
    files: files(),
    include: [],
  };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ type: 'module' }));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--project', directory], { stdio: 'pipe' });
  const program = join(directory, 'main.js');
  writeFileSync(
    program,
    `import { openSqliteStore } from './out/store/index.js';
    const store = await openSqliteStore({ directory: ${JSON.stringify(join(directory, 'data'))} });
    console.log(JSON.stringify(await store.commit({})));
    await store.close();`,
  );
  const said = execFileSync(process.execPath, [program], { encoding: 'utf8' });
  assert.deepEqual(JSON.parse(said), { ok: true, created: [], splitInto: [] });
});

function options(directory: string) {
  return {
    noEmit: false,
    outDir: join(directory, 'out'),
    rootDir: join(root, 'src'),
    typeRoots: [join(root, 'node_modules/@types')],
  };
}

function files(): string[] {
  return [join(root, 'src/store/index.ts'), join(root, 'src/store/sqlite/worker.ts')];
}
