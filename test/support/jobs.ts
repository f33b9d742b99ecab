// A long run shared by several processes of its own program, which say what they do on the same output.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs a program (its `import.meta.url`) `jobs` times side by side; resolves to the worst exit code. */
export async function inJobs(
  program: string,
  jobs: number,
  argumentsOf: (job: number) => readonly string[],
): Promise<number> {
  const codes = Array.from({ length: jobs }, (_, job) => {
    const own = [fileURLToPath(program), ...argumentsOf(job)];
    const flags = ['--disable-warning=ExperimentalWarning', ...own];
    const child = spawn(process.execPath, flags, { stdio: 'inherit' });
    return new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  });
  return Math.max(...(await Promise.all(codes)));
}
