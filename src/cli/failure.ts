// How a command ends other than well: the failure of the world or of the MTA (exit 1), or wrong usage (exit
// 2).

/** The command could not do what was asked: one line that says why. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly kind: string;

  constructor(message: string, kind = 'failed') {
    super(message);
    this.kind = kind;
  }
}

/** The command was asked in a way that makes no sense. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}

export const exitCodes = { success: 0, failure: 1, usage: 2 } as const;
