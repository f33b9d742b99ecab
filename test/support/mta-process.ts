// One Chappe as a real process for tests: started from a configuration file, observed through its events,
// commands and delivery directory, stopped with a real signal.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ENTRY = fileURLToPath(new URL('../../bin/chappe.js', import.meta.url));

/** An event line as it left the process. */
export interface EventLine {
  readonly time: string;
  readonly event: number;
  readonly name: string;
  readonly severity: string;
  readonly [field: string]: unknown;
}

/** A delivery file as design §8 has it. */
export interface DeliveredFile {
  readonly kind: 'message' | 'report';
  readonly mtsIdentifier: string;
  readonly originator: string;
  readonly recipient: string;
  readonly contentType?: string;
  readonly contentLength: number;
  readonly contentSha256?: string;
  readonly priority: string;
  readonly subjectMtsIdentifier?: string;
  readonly outcomes?: readonly {
    readonly recipient: string;
    readonly recipientNumber?: number;
    readonly delivered?: { readonly time: string };
    readonly nonDelivered?: {
      readonly reason: number;
      readonly diagnostic?: number;
      readonly reasonName: string;
      readonly diagnosticName?: string;
    };
  }[];
  readonly [field: string]: unknown;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `chappe ARGUMENTS` to its end. */
export function chappe(
  args: readonly string[],
  options: { readonly cwd?: string; readonly within?: readonly string[] } = {},
): Promise<CommandResult> {
  const [program, ...rest] = [...(options.within ?? []), process.execPath, ENTRY, ...args];
  return new Promise((resolve) => {
    execFile(program, rest, { cwd: options.cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** Those that were started, by where they live. */
const started = new Set<MtaProcess>();

/** Kills whatever MTA still lives in a directory below `path`, so that it can be removed. */
export async function killBelow(path: string): Promise<void> {
  const below = [...started].filter(
    ({ directory }) => directory === path || directory.startsWith(`${path}/`),
  );
  await Promise.all(below.map((mta) => mta.stop('SIGKILL')));
}

export class MtaProcess {
  readonly directory: string;
  readonly configPath: string;
  readonly events: EventLine[] = [];
  readonly strayLines: string[] = [];
  /** A command that everything of this MTA is run by: `ip netns exec NAME`. */
  readonly within: readonly string[];
  #child: ChildProcess | undefined;
  #exit: Promise<number | string> = Promise.resolve(0);

  private constructor(directory: string, within: readonly string[]) {
    this.directory = directory;
    this.within = within;
    this.configPath = join(directory, 'chappe.yaml');
  }

  /** Writes the configuration into `directory`; nothing runs yet. */
  static async prepare(
    directory: string,
    configuration: string,
    within: readonly string[] = [],
  ): Promise<MtaProcess> {
    await mkdir(directory, { recursive: true });
    const mta = new MtaProcess(directory, within);
    await writeFile(mta.configPath, configuration);
    return mta;
  }

  /** Starts the process and resolves with the milliseconds until it said `ready`. */
  async start(): Promise<number> {
    const startedAt = performance.now();
    const [program, ...rest] = [...this.within, process.execPath, ENTRY, 'start'];
    const child = spawn(program, [...rest, '--config', this.configPath], {
      cwd: this.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    started.add(this);
    this.#exit = new Promise((resolve) =>
      child.once('exit', (code, signal) => {
        started.delete(this);
        resolve(signal ?? code ?? 0);
      }),
    );
    this.#readEvents(child);
    await new Promise<void>((resolve, reject) => {
      let text = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (/^ready$/m.test(text)) resolve();
      });
      void this.#exit.then((code) =>
        reject(new Error(`chappe start ended with ${code}\n${this.lastLines()}`)),
      );
    });
    return performance.now() - startedAt;
  }

  /** The last lines of stderr, for failure messages. */
  lastLines(): string {
    return [...this.events.slice(-20).map((event) => JSON.stringify(event)), ...this.strayLines].join('\n');
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** In its configuration file, `right` for the first `wrong`; nothing reads it yet. */
  async rewrite(wrong: string, right: string): Promise<void> {
    const text = await readFile(this.configPath, 'utf8');
    if (!text.includes(wrong)) throw new Error(`the configuration has no ${wrong}`);
    await writeFile(this.configPath, text.replace(wrong, right));
  }

  /** Sends SIGHUP and waits for `event` to come once more. */
  async reload(event = 'configuration-reloaded', limit_ms = 60_000): Promise<EventLine> {
    const before = this.eventsNamed(event).length;
    this.signal('SIGHUP');
    return eventually(event, limit_ms, () => this.eventsNamed(event).at(before));
  }

  /** Sends a signal and waits for nothing. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends the process with `signal` and waits until it is gone. Resolves with the exit code or signal. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    this.#child?.kill(signal);
    return this.#exit;
  }

  /** Resolves with the exit code or signal when it has ended, of whatever. */
  exited(): Promise<number | string> {
    return this.#exit;
  }

  /** Runs a local command against this MTA. */
  command(...args: string[]): Promise<CommandResult> {
    const { directory: cwd, within } = this;
    return chappe([...args, '--config', this.configPath], { cwd, within });
  }

  /** Everything delivered into `directory/delivered` so far. */
  async delivered(folder = 'delivered'): Promise<DeliveredFile[]> {
    const path = join(this.directory, folder);
    const names = await readdir(path).catch(() => [] as string[]);
    const found: DeliveredFile[] = [];
    for (const name of names.filter((entry) => entry.endsWith('.json'))) {
      found.push(JSON.parse(await readFile(join(path, name), 'utf8')));
    }
    return found;
  }

  eventsNamed(name: string): EventLine[] {
    return this.events.filter((event) => event.name === name);
  }

  #readEvents(child: ChildProcess): void {
    let rest = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      rest += chunk.toString();
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        try {
          this.events.push(JSON.parse(line));
        } catch {
          this.strayLines.push(line);
        }
      }
    });
  }
}

/** Asks `probe` again and again until it gives something other than undefined, or fails after `limit_ms`. */
export async function eventually<T>(
  what: string,
  limit_ms: number,
  probe: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const endsAt = performance.now() + limit_ms;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > endsAt) throw new Error(`not within ${limit_ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
