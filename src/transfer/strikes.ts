// Poison: what makes us fail while it is processed, by an exception or by the death of the process. Each
// failure of a copy in a stage is a strike in the ledger, kept over restarts; the third one quarantines the
// copy with the reason and a dump. Whatever is in hand is named outside of the ledger (law 11: it is no state
// of the message), so that the next start knows whom the last process died of. A stage that ends orderly
// clears its strikes. Invariant: what was struck three times is not taken up by itself again.

import { after, type Clock, type Instant, millis } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import type { CopyId, QueuedCopy, Strike } from '../store/index.ts';
import { headOf } from './copy-end.ts';
import type { Ledger, Standing } from './ledger.ts';
import type { Dumps, InHand, Stage } from './poison-ports.ts';
import type { AcceptVerdict } from './transfer-in.ts';
import { tellMistake, unawaited } from './unawaited.ts';

const strikes_max = 3;
/** Each copy's own clock after a strike, in milliseconds. */
const RETRY_MS = 60_000;
/** Strikes of what was never secured, above which the oldest is forgotten. */
const arrivals_max = 1000;

export interface StrikesParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly inHand?: InHand | undefined;
  readonly dumps?: Dumps | undefined;
}

/** A failure of our own, caught. */
export interface Fault {
  readonly stage: Stage;
  readonly error: unknown;
}

export class Strikes {
  readonly #parts: StrikesParts;
  readonly #known = new Map<string, Strike>();

  constructor(parts: StrikesParts) {
    this.#parts = parts;
  }

  /**
   * Judges whom the last process died of. Before anything is taken up. Resolves to the copies to try alone.
   */
  async recall(): Promise<readonly CopyId[]> {
    const { ledger, clock, inHand } = this.#parts;
    for (const strike of await ledger.store.strikes()) this.#known.set(strike.key, strike);
    const subjects = new Set((inHand?.left ?? []).map(({ subject }) => subject));
    const died = [...subjects].map((key) => this.#next(key, 'the process died', clock.now()));
    if (died.length > 0) await ledger.commitSurely({ strikes: died });
    inHand?.forgetLeft();
    const alone: CopyId[] = [];
    for (const strike of [...this.#known.values()]) {
      const [, id, stage] = /^copy\/(\d+)\/([a-z-]+)$/.exec(strike.key) ?? [];
      if (id === undefined) continue;
      const copy = await ledger.store.show(Number(id));
      if (copy === undefined) this.#clear(strike.key);
      else if (copy.state === 'quarantined') continue;
      else if (strike.count >= strikes_max) {
        const fault = { stage: stage as Stage, error: strike.detail };
        await this.quarantine(copy, fault, 'outsider');
      } else if (stage === 'delivery') alone.push(copy.copy);
    }
    return alone;
  }

  /** A clean stop. */
  close(): void {
    this.#parts.inHand?.close();
  }

  /** Takes a copy in hand for a stage; what is returned lets it go again. */
  begin(stage: Stage, copy: CopyId): () => void {
    return this.#hold(stage, keyOf(copy, stage));
  }

  /** A stage ended orderly: its strikes are forgotten. */
  passed(stage: Stage, copy: CopyId): void {
    if (this.#known.size > 0) this.#clear(keyOf(copy, stage));
  }

  /** An operator gives a copy another three. */
  forgive(copy: CopyId): void {
    for (const key of [...this.#known.keys()]) if (key.startsWith(`copy/${copy}/`)) this.#clear(key);
  }

  /**
   * A stage failed by our own fault. Resolves to when the copy may be tried again; not, if it is set aside.
   */
  async failed(copy: QueuedCopy, fault: Fault, as: Standing): Promise<Instant | undefined> {
    const { ledger, clock, emit } = this.#parts;
    tellMistake(emit, fault.error);
    const at = clock.now();
    const error = textOf(fault.error);
    const strike = this.#next(keyOf(copy.copy, fault.stage), error, at);
    if (strike.count >= strikes_max && (await this.quarantine(copy, fault, as))) return undefined;
    const notBefore = after(at, millis(RETRY_MS));
    const attempts = [{ copy: copy.copy, at, error: `internal-error: ${error}`, counts: true, notBefore }];
    await ledger.commitSurely({ strikes: [strike], attempts }, as);
    return notBefore;
  }

  /** Sets a copy aside, with a dump. False if it was busy or gone. */
  async quarantine(copy: QueuedCopy, fault: Fault, as: Standing): Promise<boolean> {
    const { ledger, clock, emit } = this.#parts;
    const { stage } = fault;
    const key = keyOf(copy.copy, stage);
    const count = this.#known.get(key)?.count ?? strikes_max;
    const detail = `failed ${count} times in ${stage}: ${textOf(fault.error)}`;
    const dump = await this.#dump(`copy-${copy.copy}`, copy.envelope, { detail, fault, copy });
    const told = { detail, stage, ...(dump !== undefined && { dump }) };
    const tracking = [{ ...headOf(copy), at: clock.now(), act: 'quarantined', detail: told }] as const;
    const place = [{ copy: copy.copy, state: 'quarantined' }] as const;
    const result = await ledger.commitSurely({ place, tracking, dropStrikes: [key] }, as);
    if (!result.ok) return false;
    this.#known.delete(key);
    emit('quarantined', { mtsIdentifier: copy.mtsIdentifier, copy: copy.copy, ...told });
    return true;
  }

  /**
   * Guards the taking in of an APDU. A failure of ours costs the association; at the third time by the same
   * octets they are refused for good. Named as in hand while it is decoded.
   */
  async guardArrival(
    octets: Uint8Array | undefined,
    by: {
      readonly link: string;
      readonly accept: () => Promise<AcceptVerdict>;
      readonly mistaken: () => void;
    },
  ): Promise<AcceptVerdict> {
    if (octets === undefined) return by.accept();
    const arrival = this.arrival(octets, by.link);
    if (arrival === undefined) return struckOut;
    try {
      const verdict = by.accept();
      arrival.end();
      const said = await verdict;
      this.arrivalPassed(arrival);
      return said;
    } catch (error) {
      if (await this.arrivalFailed(arrival, error)) return struckOut;
      by.mistaken();
      return { ok: false, transient: true, detail: 'internal error' };
    }
  }

  /**
   * Takes an arrival in hand that nothing has secured yet. Undefined if it was struck out before: it is
   * dumped, and to be refused for good.
   */
  arrival(octets: Uint8Array, link: string): ArrivalInHand | undefined {
    const { inHand, emit } = this.#parts;
    if (inHand === undefined) return { octets, key: '', end: () => undefined };
    const key = `apdu/${inHand.fingerprint(octets, link)}`;
    const struck = this.#known.get(key);
    if (struck === undefined || struck.count < strikes_max) {
      return { octets, key, end: this.#hold('transfer-in', key) };
    }
    unawaited(emit, this.#refused({ octets, key }, struck.detail));
    return undefined;
  }

  /** The judgement of an arrival ended orderly. */
  arrivalPassed({ key }: ArrivalInHand): void {
    if (this.#known.size > 0) this.#clear(key);
  }

  /** The judgement of an arrival failed. True at the third time: it is to be refused for good. */
  async arrivalFailed(arrival: ArrivalInHand, error: unknown): Promise<boolean> {
    const { ledger, clock, emit } = this.#parts;
    tellMistake(emit, error);
    if (arrival.key === '') return false;
    const strike = this.#next(arrival.key, textOf(error), clock.now());
    if (strike.count >= strikes_max) {
      await this.#refused(arrival, error);
      return true;
    }
    await ledger.commit({ strikes: [strike] });
    const arrivals = [...this.#known.keys()].filter((key) => key.startsWith('apdu/'));
    if (arrivals.length > arrivals_max) this.#clear(arrivals[0]);
    return false;
  }

  async #refused({ octets, key }: Pick<ArrivalInHand, 'octets' | 'key'>, error: unknown): Promise<void> {
    const fault: Fault = { stage: 'transfer-in', error };
    const detail = `failed ${strikes_max} times in transfer-in, refused for good: ${textOf(error)}`;
    const dump = await this.#dump(key.replace('/', '-'), octets, { detail, fault });
    this.#clear(key);
    this.#parts.emit('quarantined', { detail, stage: 'transfer-in', ...(dump !== undefined && { dump }) });
  }

  #hold(stage: Stage, key: string): () => void {
    const { inHand } = this.#parts;
    if (inHand === undefined) return () => undefined;
    const entry = inHand.begin(stage, key);
    return () => inHand.end(entry);
  }

  #next(key: string, detail: string, at: Instant): Strike {
    const strike = { key, count: (this.#known.get(key)?.count ?? 0) + 1, at, detail };
    this.#known.set(key, strike);
    return strike;
  }

  #clear(key: string): void {
    if (!this.#known.delete(key)) return;
    unawaited(this.#parts.emit, this.#parts.ledger.commitSurely({ dropStrikes: [key] }));
  }

  async #dump(
    name: string,
    octets: Uint8Array,
    about: { readonly detail: string; readonly fault: Fault; readonly copy?: QueuedCopy },
  ): Promise<string | undefined> {
    const { detail, fault, copy } = about;
    const stack = fault.error instanceof Error ? fault.error.stack : undefined;
    const of = copy === undefined ? '' : `${copy.mtsIdentifier} for ${copy.nextHop}\n`;
    return this.#parts.dumps?.write({ name, octets, text: `${of}${detail}\n${stack ?? ''}` });
  }
}

const struckOut: AcceptVerdict = { ok: false, transient: false, detail: 'it cannot be processed here' };

export interface ArrivalInHand {
  readonly octets: Uint8Array;
  readonly key: string;
  readonly end: () => void;
}

function keyOf(copy: CopyId, stage: Stage): string {
  return `copy/${copy}/${stage}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
