// From arguments to an exit code: 0 success, 1 failure, 2 wrong usage. Every way in which a command can end
// comes by here; nothing else of the room decides on an exit code or prints an error.

import { CommanderError } from 'commander';

import type { Composition } from './composition.ts';
import { CommandFailure, exitCodes, WrongUsage } from './failure.ts';
import { buildProgram } from './program.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** Runs `chappe` with these arguments (without `node` and the file). */
export async function runCli(
  argv: readonly string[],
  composition: Composition,
  terminal: Terminal = processTerminal(),
): Promise<number> {
  const json = argv.includes('--json');
  let code: number = exitCodes.success;
  // With --json the one thing on standard error is the JSON of the error: what commander says is kept back.
  const quiet = json ? { ...terminal, err: async () => undefined } : terminal;
  const program = buildProgram({ composition, terminal, usageTo: quiet }, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return await exitCodeOf(error, terminal, json);
  }
}

async function exitCodeOf(error: unknown, terminal: Terminal, json: boolean): Promise<number> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.success;
    if (json) await complain(terminal, { message: usageText(error), kind: 'usage', json });
    return exitCodes.usage;
  }
  if (error instanceof WrongUsage) {
    await complain(terminal, { message: error.message, kind: 'usage', json });
    return exitCodes.usage;
  }
  if (error instanceof CommandFailure) {
    await complain(terminal, { message: error.message, kind: error.kind, json });
    return exitCodes.failure;
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  await complain(terminal, { message, kind: 'internal', json });
  return exitCodes.failure;
}

function usageText({ code, message }: CommanderError): string {
  return code === 'commander.help'
    ? 'a command is wanted; --help lists them'
    : message.replace(/^error: /, '');
}

interface Complaint {
  readonly message: string;
  readonly kind: string;
  readonly json: boolean;
}

async function complain(terminal: Terminal, { message, kind, json }: Complaint): Promise<void> {
  const lines = message.split('\n').map((line) => `chappe: ${line}`);
  await terminal.err(json ? `${JSON.stringify({ error: kind, message })}\n` : `${lines.join('\n')}\n`);
}
