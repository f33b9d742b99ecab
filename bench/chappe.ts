// A Chappe of its own for benches: a process in a temporary directory with one inbound peer and one outbound
// one.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const entry = fileURLToPath(new URL('../bin/chappe.js', import.meta.url));

export interface BenchLink {
  readonly name: string;
  readonly mta: string;
  readonly password: string;
  readonly port?: number;
  readonly space?: string;
  /** Further YAML keys of this link, indented by four. */
  readonly yaml?: string;
}

export interface BenchMta {
  readonly directory: string;
  readonly process: ChildProcess;
  /** Where its events go, a JSON line each. */
  readonly eventsFile: string;
  /** Milliseconds from spawn to `ready`. */
  readonly ready_ms: number;
  stop(): Promise<void>;
}

/**
 * Starts a Chappe with these links; resolves when it said `ready`. Its events go to a file, as in real use.
 * `prepared` is a directory that has its store already, in `store`.
 */
export async function startChappe(
  ports: { readonly port: number; readonly adminPort: number },
  links: readonly BenchLink[],
  linkYaml = '',
  prepared?: string,
): Promise<BenchMta> {
  const directory = prepared ?? mkdtempSync(join(tmpdir(), 'chappe-bench-'));
  const config = join(directory, 'chappe.yaml');
  writeFileSync(config, configuration(ports, links, linkYaml));
  const eventsFile = join(directory, 'events.log');
  const events = openSync(eventsFile, 'w');
  const startedAt = performance.now();
  const child = spawn(process.execPath, [entry, 'start', '--config', config], {
    cwd: directory,
    stdio: ['ignore', 'pipe', events],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`chappe ended with ${code}; see ${directory}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('ready')) resolve();
    });
  });
  const ready_ms = performance.now() - startedAt;
  closeSync(events);
  return {
    directory,
    process: child,
    eventsFile,
    ready_ms,
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function configuration(
  ports: { readonly port: number; readonly adminPort: number },
  links: readonly BenchLink[],
  linkYaml: string,
): string {
  const blocks = links.map((link) => {
    const where = link.port === undefined ? '' : `, address: 127.0.0.1, port: ${link.port}`;
    const spaces = link.space === undefined ? '[]' : JSON.stringify([{ address: link.space, cost: 10 }]);
    return `  - name: ${link.name}
    peer: { mta: ${link.mta}, password: ${link.password}${where} }
    credentials: { mta: MTA-RELAY, password: relay-secret }
    addressSpaces: ${spaces}
${linkYaml}${link.yaml ?? ''}`;
  });
  return `mta:
  name: MTA-RELAY
  domain: { country: GB, admd: " ", prmd: RELAY }
listen: [ { address: 127.0.0.1, port: ${ports.port} } ]
admin: { address: 127.0.0.1, port: ${ports.adminPort}, openMetrics: true }
store: { directory: ./store }
links:
${blocks.join('')}deliver:
  - addressSpace: "/P=RELAY/A= /C=GB/"
    users: any
    directory: ./delivered
`;
}
