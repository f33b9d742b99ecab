// How far the transfers of one link have been confirmed, in the store: after a restart they go on from there
// (X.228 7.8). A point may lie behind what was confirmed, never before it: one is written at a time, and what
// is confirmed meanwhile is written next. Nobody waits for these commits.

import { fromHex, toHex } from '../base/octets.ts';
import type { CopyId, RecoveryPoint } from '../store/index.ts';
import type { Ledger } from './ledger.ts';
import type { OutboundPoint } from './transfer-out.ts';

interface Saving {
  point: OutboundPoint;
  saved: OutboundPoint | undefined;
}

export class OutboundPoints {
  readonly #ledger: Ledger;
  readonly #link: string;
  readonly #now: () => RecoveryPoint['savedAt'];
  readonly #saving = new Map<CopyId, Saving>();

  constructor(ledger: Ledger, link: string, now: () => RecoveryPoint['savedAt']) {
    this.#ledger = ledger;
    this.#link = link;
    this.#now = now;
  }

  /** A point is confirmed. */
  confirmed(copy: CopyId, point: OutboundPoint): void {
    const saving = this.#saving.get(copy);
    if (saving !== undefined) {
      saving.point = point;
      return;
    }
    const begun: Saving = { point, saved: undefined };
    this.#saving.set(copy, begun);
    void this.#save(copy, begun);
  }

  /** The transfer is over: the rows that go with it. */
  over(copy: CopyId): readonly string[] {
    return this.#saving.delete(copy) ? [keyOf(copy)] : [];
  }

  /** What was confirmed before the restart. */
  async read(): Promise<ReadonlyMap<CopyId, OutboundPoint>> {
    const points = new Map<CopyId, OutboundPoint>();
    for (const row of await this.#ledger.store.recoveryPoints(this.#link)) {
      if (row.direction !== 'out') continue;
      const read = readPoint(row);
      if (read === undefined) continue;
      points.set(read.copy, read.point);
      this.#saving.set(read.copy, { point: read.point, saved: read.point });
    }
    return points;
  }

  async #save(copy: CopyId, saving: Saving): Promise<void> {
    while (this.#saving.get(copy) === saving && saving.saved !== saving.point) {
      const { point } = saving;
      const row = rowOf(copy, point, { link: this.#link, savedAt: this.#now() });
      // One that cannot be written is missed only after a restart: then the transfer begins anew.
      await this.#ledger.commit({ saveRecovery: [row] }, 'outsider');
      saving.saved = point;
    }
    if (this.#saving.get(copy) === saving) this.#saving.set(copy, { ...saving });
  }
}

function keyOf(copy: CopyId): string {
  return `out/${copy}`;
}

function rowOf(
  copy: CopyId,
  point: OutboundPoint,
  at: Pick<RecoveryPoint, 'link' | 'savedAt'>,
): RecoveryPoint {
  const { connection, activity } = point;
  const { callingUserReference, commonReference, additionalReference } = connection;
  const data = {
    ...point,
    copy,
    activity: toHex(activity),
    connection: [
      callingUserReference,
      commonReference,
      ...(additionalReference ? [additionalReference] : []),
    ].map(toHex),
  };
  return { ...at, key: keyOf(copy), direction: 'out', data: new TextEncoder().encode(JSON.stringify(data)) };
}

function readPoint(row: RecoveryPoint): { readonly copy: CopyId; readonly point: OutboundPoint } | undefined {
  try {
    const data = JSON.parse(new TextDecoder().decode(row.data));
    const [callingUserReference, commonReference, additionalReference] = data.connection.map(fromHex);
    const connection = {
      callingUserReference,
      commonReference,
      ...(additionalReference !== undefined && { additionalReference }),
    };
    const { serialNumber, octetsConfirmed, octetsTotal, headDigest } = data;
    const activity = fromHex(data.activity) ?? new Uint8Array(0);
    return {
      copy: data.copy,
      point: { connection, activity, serialNumber, octetsConfirmed, octetsTotal, headDigest },
    };
  } catch {
    return undefined;
  }
}
