// Export and import of messages on a running MTA. An export for a move holds what could be sent until its
// copies are removed by a command of their own, when the archive is safe at its reader's; one that is not
// read to its end gives them back. One import at a time.

import { randomUUID } from 'node:crypto';

import { err, ok, type Result } from '../base/result.ts';
import type { Clock } from '../base/time.ts';
import { type CopyId, exportArchive } from '../store/index.ts';
import { importArchive, type ImportSummary } from '../store/index.ts';
import { ArchiveMoves, type MessageTransferAgent } from '../transfer/index.ts';
import type { ArchiveExport, ArchiveImport, CopyCommandOutcome, OperationError } from './operations.ts';

export class ArchiveOperations {
  readonly #agent: MessageTransferAgent;
  readonly #clock: Clock;
  readonly #moves: ArchiveMoves;
  #importing = false;

  constructor(agent: MessageTransferAgent, clock: Clock) {
    this.#agent = agent;
    this.#clock = clock;
    const { ledger, hops, commands } = agent;
    this.#moves = new ArchiveMoves({ ledger, hops, commands, clock, refuses: () => agent.quota?.refusal });
  }

  async *export({ selection, selected, tracking, move }: ArchiveExport): AsyncGenerator<Uint8Array> {
    const { configuration, ledger } = this.#agent;
    const held: CopyId[] = [];
    let isWhole = false;
    const prepare = async (copy: Parameters<ArchiveMoves['keepBack']>[0]): Promise<boolean> => {
      const became = await this.#moves.keepBack(copy);
      if (became === 'held') held.push(copy.copy);
      return became !== 'busy';
    };
    try {
      yield* exportArchive(ledger.store, {
        archive: randomUUID(),
        source: configuration.mta.name,
        madeAt: this.#clock.now(),
        selection,
        ...(selected !== undefined && { selected }),
        tracking,
        ...(move && { prepare }),
      });
      isWhole = true;
    } finally {
      if (!isWhole) await this.#moves.letGoOn(held);
    }
  }

  async remove(archive: string, copies: readonly CopyId[]): Promise<readonly CopyCommandOutcome[]> {
    const outcomes: CopyCommandOutcome[] = [];
    for (const copy of copies) outcomes.push(await this.#moves.remove(copy, archive));
    return outcomes;
  }

  async import(
    octets: AsyncIterable<Uint8Array>,
    { hold, dryRun }: ArchiveImport,
  ): Promise<Result<ImportSummary, OperationError>> {
    if (this.#importing) {
      return err({ kind: 'conflict', message: 'another import is running; wait until it has ended' });
    }
    this.#importing = true;
    try {
      const { configuration, ledger } = this.#agent;
      return ok(
        await importArchive(ledger.store, octets, {
          inlineOctetsMax: configuration.store.inlineOctetsMax,
          hold,
          dryRun,
          now: () => this.#clock.now(),
          take: (transition) => this.#moves.take(transition),
        }),
      );
    } finally {
      this.#importing = false;
    }
  }
}
