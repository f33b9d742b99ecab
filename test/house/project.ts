// Where the project lies and which files it has, for the tests that read the project itself.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Every file under a folder of the project, as paths from the project's root with forward slashes. */
export function filesUnder(folder: string): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(projectRoot.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((file) => !/(^|\/)(node_modules|data|dist|coverage)\//.test(file))
    .toSorted();
}

/** The text of a file of the project. */
export function textOf(file: string): string {
  return readFileSync(join(projectRoot, file), 'utf8');
}
