// The door of the cli room: the command line as one function from arguments to an exit code.

export type { Composition, RunningMta } from './composition.ts';
export { runCli } from './run.ts';
