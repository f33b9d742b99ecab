// Emits the JavaScript that the package carries: Node strips no types under node_modules. TypeScript writes the
// modules; every other file of src/ (pages, styles, SQL) is copied beside them.
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));

rmSync(`${root}/dist`, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
});
if (status !== 0) process.exit(status ?? 1);
cpSync(`${root}/src`, `${root}/dist`, {
  recursive: true,
  filter: (source) => !/\.ts$|\/README\.md$/.test(source),
});
