// What is remembered of one activity of a peer: its points, committed before they are confirmed, until it is
// secured whole or taken back. Then, for a while, only that it was secured. Its commits follow each other.

import type { Clock, Instant } from '../base/time.ts';
import type { CommitResult, SpoolName, Transition } from '../store/index.ts';
import type { IntakePoint } from './apdu-intake.ts';
import {
  type Carrier,
  type InboundPoint,
  partRow,
  pointRow,
  type SecuredCheckpoint,
} from './inbound-point.ts';
import { refusalText } from './refusal-text.ts';

export interface KeptActivityParts {
  readonly point: InboundPoint;
  readonly clock: Clock;
  readonly window: number;
  readonly carried: boolean;
  readonly commit: (transition: Transition) => Promise<CommitResult>;
  /** Takes rows away, however long the store refuses: nobody remembers them any more who could try again. */
  readonly drop: (rows: readonly string[]) => Promise<unknown>;
  readonly dropped: () => void;
}

type Name = InboundPoint['names'][number];

export class KeptActivity {
  readonly #parts: KeptActivityParts;
  #point: InboundPoint;
  #window: number;
  #carried: boolean;
  #lostAt: Instant;
  /** Whether there is a row of it in the store. */
  #inStore: boolean;
  /** The spool that its point in the store names. */
  #spoolInStore: SpoolName | undefined;
  #securedWhole: boolean;
  #settled: Promise<unknown> = Promise.resolve();
  /** Resolves when no row of it is being written. */
  #saved: Promise<unknown> = Promise.resolve();
  /** The intake stands at a point again: its next one brings the front anew, and does without these parts. */
  #frontAgain = false;
  /** Parts that no point needs any more and that are still in the store. */
  #stale: readonly string[] = [];
  #partCount = 0;

  constructor(parts: KeptActivityParts) {
    this.#parts = parts;
    this.#point = parts.point;
    this.#window = parts.window;
    this.#carried = parts.carried;
    this.#lostAt = parts.clock.now();
    this.#inStore = !parts.carried;
    this.#spoolInStore = this.#inStore ? parts.point.spool : undefined;
    this.#securedWhole = this.#inStore && parts.point.checkpoints.length === 0;
    this.#partCount = Math.max(0, ...parts.point.parts.map((key) => Number(key.split('#')[1])));
  }

  get point(): InboundPoint {
    return this.#point;
  }

  /** Whether an association carries it now. */
  get carried(): boolean {
    return this.#carried;
  }

  get securedWhole(): boolean {
    return this.#securedWhole;
  }

  /** Whether a peer may ask for it: a point of it was committed. */
  get worthKeeping(): boolean {
    return this.#inStore;
  }

  /** Whether a point keeps this spool; one that was opened after the last point is nobody's. */
  keeps(spool: SpoolName): boolean {
    return this.#inStore && this.#spoolInStore === spool;
  }

  /** When its association was lost. */
  get lostAt(): Instant {
    return this.#lostAt;
  }

  /** Resolves when nothing of it is under way. */
  get settled(): Promise<unknown> {
    return this.#settled;
  }

  isOf(connection: string, host: string): boolean {
    return this.#point.host === host && this.#point.names.some((name) => name.connection === connection);
  }

  isNamed(old: Name, host: string): boolean {
    const { names } = this.#point;
    return (
      this.isOf(old.connection, host) &&
      names.some(({ connection, activity }) => connection === old.connection && activity === old.activity)
    );
  }

  /** Another association carries it on, under another name. */
  carriedBy(carrier: Carrier, name: Name): void {
    this.#carried = true;
    this.#window = carrier.window;
    this.#point = { ...this.#point, names: [...this.#point.names, name].slice(-names_max) };
  }

  /** The intake stands at this checkpoint again: those after it never were. */
  resumedAt(serialNumber: number): void {
    const checkpoints = this.#point.checkpoints.filter((each) => each.serialNumber <= serialNumber);
    // Until then they are what a further loss goes on with.
    this.#frontAgain = true;
    this.#point = { ...this.#point, checkpoints };
  }

  /** Commits a checkpoint. Resolves to a detail if it cannot be. */
  async save(
    checkpoint: Omit<SecuredCheckpoint, 'intake'>,
    intake: IntakePoint,
  ): Promise<string | undefined> {
    if (this.#frontAgain) this.#stale = [...this.#stale, ...this.#point.parts];
    const stale = this.#stale;
    const { point, rows } = this.#next(checkpoint, intake);
    this.#point = point;
    this.#frontAgain = false;
    const commit = this.#parts.commit({ saveRecovery: rows, dropRecovery: stale }).then((result) => {
      if (!result.ok) return refusalText(result.refusal);
      this.#inStore = true;
      this.#spoolInStore = point.spool;
      this.#stale = this.#stale.filter((part) => !stale.includes(part));
      return undefined;
    });
    // Those before it may be answered after it.
    this.#saved = Promise.all([this.#saved, commit]);
    this.#settled = this.#saved;
    return commit;
  }

  /** What the transition that secures the whole must change, so that it is not stored twice. */
  securing(): Pick<Transition, 'saveRecovery' | 'dropRecovery'> {
    if (!this.#inStore) return {};
    const { parts, spool: _, ...point } = this.#point;
    const row = pointRow({ ...point, parts: [], checkpoints: [], savedAt: this.#parts.clock.now() });
    return { saveRecovery: [row], dropRecovery: [...parts, ...this.#stale] };
  }

  /** The whole is in the hands of whoever secures it. */
  handedOver(secured: Promise<boolean>): void {
    this.#settled = secured.then((done) => {
      this.#securedWhole = done;
      if (!this.#inStore) this.#parts.dropped();
      else if (!done) return this.forget();
      return undefined;
    });
  }

  /**
   * Its association is gone, or has ended it; `released` resolves when the intake has let go of the spool.
   */
  lost(released: Promise<unknown> = Promise.resolve()): void {
    this.#carried = false;
    this.#lostAt = this.#parts.clock.now();
    this.#settled = Promise.all([this.#settled, released]);
    if (!this.#inStore) this.#settled = this.#settled.then(() => this.#inStore || this.#parts.dropped());
  }

  /** Nobody will ask for it any more. */
  async forget(): Promise<void> {
    this.#carried = false;
    this.#parts.dropped();
    // What is on its way into the store now would stay there.
    await this.#saved;
    if (!this.#inStore) return;
    this.#inStore = false;
    const { key, parts } = this.#point;
    await this.#parts.drop([key, ...parts, ...this.#stale]);
  }

  #next(checkpoint: Omit<SecuredCheckpoint, 'intake'>, { state, prefix, spool }: IntakePoint) {
    const savedAt = this.#parts.clock.now();
    const { key, link, checkpoints } = this.#point;
    const parts = this.#frontAgain ? [] : [...this.#point.parts];
    const rows = [];
    if (prefix.length > 0) {
      this.#partCount += 1;
      const part = `${key}#${this.#partCount}`;
      parts.push(part);
      rows.push(partRow(part, { link, savedAt }, prefix));
    }
    const kept = [...checkpoints, { ...checkpoint, intake: state }].slice(-(this.#window + 2));
    const point = {
      ...this.#point,
      savedAt,
      parts,
      checkpoints: kept,
      ...(spool !== undefined && { spool }),
    };
    rows.push(pointRow(point));
    return { point, rows };
  }
}

/** How many names of an activity are remembered: each loss gives it another. */
const names_max = 32;
