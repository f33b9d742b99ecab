// The runner of long runs: the worst exit code of its jobs counts, and a job whose program never gives the
// event loop a turn again is named and killed, while the others come to their end.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const runner = new URL('../support/jobs.ts', import.meta.url).href;

/** Runs a program of two jobs, `job` 0 and 1, that do this; its exit code and what it said. */
function played(body: string): { readonly code: number | null; readonly text: string } {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-jobs-'));
  const path = join(directory, 'program.mts');
  writeFileSync(
    path,
    `import { beginCase, inJobs } from '${runner}';
     const job = process.argv[2];
     if (job === undefined) {
       process.exitCode = await inJobs(import.meta.url, 2, (each) => [String(each)], 5000);
     } else { ${body} }`,
  );
  const options = { encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [path], options);
  rmSync(directory, { recursive: true });
  return { code: status, text: stdout + stderr };
}

test('the worst exit code of the jobs counts', () => {
  const { code, text } = played(`beginCase('case ' + job);`);
  assert.equal(code, 0, text);
  assert.equal(played(`process.exitCode = job === '1' ? 7 : 0;`).code, 7);
});

test('a job that stands still in microtasks is named and killed; one that goes on, goes on', () => {
  const { code, text } = played(`
    for (let each = 0; job === '0' && each < 20; each += 1) {
      beginCase('case ' + each);
      const until = performance.now() + 375;
      while (performance.now() < until);
    }
    beginCase('case 41');
    if (job === '1') {
      beginCase('case 42');
      for (;;) await null;
    }
    process.stdout.write('job 0 is done\\n');
  `);
  assert.equal(code, 1, text);
  assert.match(text, /^FAILED program\.mts 1: stood still for 5 s at case 42, killed$/m);
  assert.match(text, /^job 0 is done$/m);
  assert.doesNotMatch(text, /FAILED program\.mts 0/);
});
