// The package: packed, installed in another place, and run there; and the entry under a Node that is too old.
// The version is that of package.json.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';

import { projectRoot } from './project.ts';

/** Packing compiles, installing unpacks a hundred packages: minutes on a slow machine. */
const npm_ms_max = 240_000;

function run(
  command: string,
  args: readonly string[],
  cwd: string,
): { status: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: npm_ms_max,
    env: { ...process.env, NO_UPDATE_NOTIFIER: '1', npm_config_audit: 'false', npm_config_fund: 'false' },
  });
  return { status, output: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` };
}

test('the packed package installs elsewhere and runs', (t) => {
  const place = mkdtempSync(join(tmpdir(), 'chappe-package-'));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  const packed = run('npm', ['pack', '--pack-destination', place], projectRoot);
  assert.equal(packed.status, 0, packed.output);
  const tarball = readdirSync(place).find((name) => name.endsWith('.tgz'));
  assert.ok(tarball !== undefined, 'a tarball');

  const elsewhere = join(place, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'package.json'), '{"name":"elsewhere","private":true}\n');
  const installed = run('npm', ['install', '--prefer-offline', join('..', tarball)], elsewhere);
  assert.equal(installed.status, 0, installed.output);

  const root = join(elsewhere, 'node_modules', 'chappe');
  assert.ok(!existsSync(join(root, 'src')), 'the package carries JavaScript, not the TypeScript');
  assert.ok(existsSync(join(root, 'LICENSE')));
  const command = join(elsewhere, 'node_modules', '.bin', 'chappe');
  assert.ok(existsSync(command), 'a command');
  const help = run(process.execPath, [realpathSync(command), '--help'], tmpdir());
  assert.equal(help.status, 0, help.output);
  assert.match(help.output, /chappe/);
  for (const name of ['start', 'send', 'queue', 'route', 'decode', 'demo']) {
    assert.match(help.output, new RegExp(`\\b${name}\\b`), `the help names ${name}`);
  }
});

/** A Node on this machine that is older than the program wants. */
function oldNode(): string | undefined {
  const folders = ['/usr/bin', '/usr/local/bin', ...(process.env.PATH ?? '').split(delimiter)];
  return folders
    .map((folder) => join(folder, 'node'))
    .filter((path) => existsSync(path))
    .find((path) => {
      const { status, output } = run(path, ['--version'], tmpdir());
      return status === 0 && Number(/^v(\d+)\./.exec(output)?.[1]) < 24;
    });
}

test('an older Node is refused with one clear line', (t) => {
  const old = oldNode();
  if (old === undefined) {
    t.skip('no Node older than 24 found on this machine');
    return;
  }
  const { status, output } = run(old, [join(projectRoot, 'bin', 'chappe.js'), '--help'], tmpdir());
  assert.equal(status, 1);
  assert.match(output, /^chappe needs Node\.js 24 or newer; this is \d+\.\d+\.\d+ \(.*\)\n$/);
});
