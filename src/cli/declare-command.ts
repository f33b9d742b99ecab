// How a command of `chappe` is declared: its usage, what it does, its examples and options, and what it runs.
// The commands themselves are in program.ts and beside it.

import type { Command } from 'commander';

export type Ended = (code: number) => void;

interface Declaration {
  /** Name and arguments, as commander writes them. */
  readonly usage: string;
  readonly what: string;
  /** Command lines without the leading `chappe`. */
  readonly examples: readonly string[];
  readonly options?: (command: Command) => Command;
  /** Gets the arguments in order, the options last. */
  readonly run: (...args: never[]) => Promise<number>;
}
export type Declare = (parent: Command, usage: string, rest: Omit<Declaration, 'usage'>) => Command;

export function declare(parent: Command, declaration: Declaration, ended: Ended): Command {
  const command = commonOptions(parent.command(declaration.usage))
    .description(declaration.what)
    .addHelpText('after', examples(declaration.examples));
  declaration.options?.(command);
  command.action(async (...args: unknown[]) => {
    const given = args.slice(0, -2);
    ended(await declaration.run(...([...given, command.optsWithGlobals()] as never[])));
  });
  return command;
}

/** Also on the program itself, so that they may stand before the command. */
export function commonOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file; ./chappe.yaml if it exists, else the built-in one')
    .option('--json', 'print JSON');
}

type GroupDeclaration = Pick<Declaration, 'what' | 'examples'>;

/** A command that only has subcommands; without one it is wrong usage. */
export function group(program: Command, name: string, { what, examples: shown }: GroupDeclaration): Command {
  return program
    .command(name)
    .description(what)
    .addHelpText('after', examples(shown.map((line) => `${name} ${line}`)));
}

export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  chappe ${line}`).join('\n')}`;
}
