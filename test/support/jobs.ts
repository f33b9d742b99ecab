// A long run shared by several processes of its own program, which say what they do on the same output. A job
// that stands still is said and killed: what hangs in microtasks has no timer that could notice it itself.

import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A job has stood still after so many looks at the same case: a machine that slept is one look. */
const looks_max = 10;

/** Runs a program (its `import.meta.url`) `jobs` times side by side; resolves to the worst exit code. */
export async function inJobs(
  program: string,
  jobs: number,
  argumentsOf: (job: number) => readonly string[],
  stillness_ms = 10 * 60_000,
): Promise<number> {
  const codes = Array.from({ length: jobs }, (_, job) => oneJob(program, argumentsOf(job), stillness_ms));
  return Math.max(...(await Promise.all(codes)));
}

/** What a job says when it begins a case, so that whoever started it knows that it goes on. */
export function beginCase(name: string): void {
  process.send?.(name);
}

function oneJob(program: string, own: readonly string[], stillness_ms: number): Promise<number> {
  const path = fileURLToPath(program);
  const flags = ['--disable-warning=ExperimentalWarning', path, ...own];
  const child = spawn(process.execPath, flags, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  let [current, looks] = ['its first case', 0];
  child.on('message', (name) => {
    [current, looks] = [String(name), 0];
  });
  const watch = setInterval(() => {
    looks += 1;
    if (looks < looks_max) return;
    const what = `stood still for ${stillness_ms / 1000} s at ${current}, killed`;
    process.stderr.write(`FAILED ${basename(path)} ${own.join(' ')}: ${what}\n`);
    child.kill('SIGKILL');
  }, stillness_ms / looks_max);
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      clearInterval(watch);
      resolve(code ?? 1);
    });
  });
}
