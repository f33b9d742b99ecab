// Where a command writes: results to `out`, everything else to `err`. Tests give one that collects.

export interface Terminal {
  /** Octets or text for standard output. Resolves when it was taken. */
  out(text: string | Uint8Array): Promise<void>;
  err(text: string): Promise<void>;
  /** Whether a person watches, so that a table may be drawn over itself. */
  readonly interactive: boolean;
  readonly columns: number;
}

/** The terminal of this process. A reader that went away is no failure of the command. */
export function processTerminal(): Terminal {
  const ignoreBrokenPipe = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  };
  process.stdout.on('error', ignoreBrokenPipe);
  process.stderr.on('error', ignoreBrokenPipe);
  const write = (stream: NodeJS.WriteStream, text: string | Uint8Array) =>
    new Promise<void>((resolve) => {
      stream.write(text, () => resolve());
    });
  return {
    out: (text) => write(process.stdout, text),
    err: (text) => write(process.stderr, text),
    interactive: process.stdout.isTTY === true,
    columns: process.stdout.columns ?? 110,
  };
}
