// Opens a directory with the SQLite adapter as it is, without the thread around it: starting thousands of
// threads is what would take the time. The worker of the real thing runs the same `HeldStore`.

import { join } from 'node:path';

import { instant } from '../../src/base/time.ts';
import type { Store, StoreFinding, StoreRefusal } from '../../src/store/index.ts';
import type { Reading, StoreClient } from '../../src/store/sqlite/client.ts';
import { HeldStore } from '../../src/store/sqlite/held-store.ts';
import { takeRequests } from '../../src/store/sqlite/request.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { TapeReader, TapeWriter } from '../../src/store/sqlite/tape.ts';

export interface OpenedStore {
  readonly store: Store;
  readonly findings: StoreFinding[];
}

/** Opens the store in a directory in this thread. Throws what the adapter throws. */
export function openedHere(directory: string, inlineOctetsMax: number): OpenedStore {
  const findings: StoreFinding[] = [];
  const now = () => instant(Date.now());
  const held = new HeldStore({ directory, inlineOctetsMax, now: now() });
  const client = new ClientHere(held, findings);
  const onFinding = (finding: StoreFinding) => void findings.push(finding);
  return {
    findings,
    store: new SqliteStore({ client, spoolDirectory: join(directory, 'spool'), onFinding, now }),
  };
}

class ClientHere implements StoreClient {
  readonly isIdle = true;
  isBroken = false;
  readonly #held: HeldStore;
  readonly #findings: StoreFinding[];

  constructor(held: HeldStore, findings: StoreFinding[]) {
    this.#held = held;
    this.#findings = findings;
  }

  async ask<T>(write: (tape: TapeWriter) => void, { read, blank }: Reading<T>): Promise<T> {
    const tape = new TapeWriter();
    write(tape);
    const requests = takeRequests(new TapeReader(tape.cut()));
    const { answers, findings, ended } = this.#held.serve(requests, Date.now());
    this.isBroken ||= ended !== undefined;
    this.#findings.push(...findings.filter(isTrouble));
    if (requests.some(({ op }) => op === 'close')) await this.#held.shut();
    const answer = new TapeReader(answers.cut());
    return answer.number() === 1 ? read(answer) : blank(JSON.parse(answer.text()) as StoreRefusal);
  }

  end(): void {
    // Nothing waits: every question is answered at once.
  }
}

/** Files that a death left behind, and that are removed, are no trouble. */
export function isTrouble({ kind }: StoreFinding): boolean {
  return kind !== 'spool-orphan';
}
