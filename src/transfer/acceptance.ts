// Taking responsibility: from a complete APDU, or a submission, to a committed transition. Only after it
// stands is anybody answered (design law 4). What cannot be read is refused to the peer; what cannot be
// stored now is refused for the time being.

import { eachInSteps, type Steps } from '../base/steps.ts';
import type { Clock, Instant } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import type { CommitResult, Transition } from '../store/index.ts';
import type { Arriving } from './arriving.ts';
import { deviationsOf, traceDomains, withoutEmptyPrivateDomains } from './arrival-tolerances.ts';
import type { Arrival } from './incoming-transfers.ts';
import { arrivingContent } from './content-to-return.ts';
import { type Description, describeInSteps, identifierOf } from './describe.ts';
import { type Acquaintance, arrivalIdentity, duplicateKey, type Duplicates } from './duplicates.ts';
import type { Judgement } from './draft.ts';
import type { Hops } from './hops.ts';
import { unanswerable } from './invalid-argument.ts';
import type { Ledger } from './ledger.ts';
import type { MalformedDumps } from './malformed-dumps.ts';
import { octetsOf, readArrival } from './read-arrival.ts';
import { refusalText } from './refusal-text.ts';
import { type Held, heldSteps, Slices } from './slices.ts';
import type { StoredValue } from './stored-value.ts';
import type { TakenIn } from './taken-in.ts';
import type { NoteTolerance } from './tolerance-use.ts';
import type { AcceptVerdict } from './transfer-in.ts';

export interface AcceptanceParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly hops: Hops;
  readonly judge: (arriving: Arriving, now: Instant) => Steps<Judgement>;
  /** Counts the use of a tolerance. */
  readonly tolerated?: NoteTolerance;
  /** The most content that comes back with a report, in octets. Absent: none. */
  readonly returnedOctetsMax?: () => number;
  /** Absent: nothing is dumped. */
  readonly malformed?: MalformedDumps;
  /** Absent: what comes again is taken again. */
  readonly duplicates?: Duplicates;
}

/** Fields of the events about one arrival, and where it came from. */
interface Occasion {
  readonly from: Arrival;
  readonly link: string;
  readonly peer: string;
  readonly remote: string;
  readonly association: number;
}

/** What changes with it of that which is remembered for resumptions. */
type Remembered = Pick<Transition, 'saveRecovery' | 'dropRecovery'>;

/** What goes along with an arrival on its way into the ledger. */
interface Along {
  readonly remembered?: Remembered | undefined;
  /** Runs what our own fault might show in. */
  readonly held?: Held | undefined;
  /** Told as soon as it is on stable storage, whatever follows. */
  readonly secured?: (() => void) | undefined;
}

/** An arrival that is new, until it is secured or has failed. */
type Unsettled = Pick<Extract<Acquaintance, { kind: 'new' }>, 'secured' | 'failed'>;

const unremembered: Unsettled = { secured: () => undefined, failed: () => undefined };

export class Acceptance {
  readonly #parts: AcceptanceParts;
  readonly #slices: Slices;

  constructor(parts: AcceptanceParts) {
    this.#parts = parts;
    this.#slices = Slices.on(parts.clock);
  }

  /** What a peer has transferred. Resolves when it is on stable storage, or says why it is not taken. */
  async transferred(
    taken: TakenIn,
    { octets, remembered, held }: { readonly octets: number } & Along,
    from: Arrival,
  ): Promise<AcceptVerdict> {
    const startedAt = this.#parts.clock.now();
    const read = await this.#run(readArrival(taken, from.link.mode), held);
    const common = { link: from.link.name, peer: from.link.peer.mta, remote: from.remote };
    const association = from.association;
    if (read.kind === 'failed') {
      this.#parts.emit('transfer-in-failed', { ...common, association, octets, detail: read.detail });
      return { ok: false, transient: true, detail: read.detail };
    }
    if (read.kind === 'malformed') {
      const { path, offset, expected, got } = read;
      const fields = { ...common, association, path, offset, expected, got, octets };
      const dump = await this.#parts.malformed?.keep(fields, octetsOf(taken));
      this.#parts.emit('apdu-malformed', { ...fields, dump });
      return { ok: false, transient: false, detail: `${path}: expected ${expected}, got ${got}` };
    }
    const { link, remote } = from;
    const value = this.#mended(read.arriving.value, { ...common, association, from });
    const refused = this.#intolerable(value, { ...common, association, from });
    if (refused !== undefined) {
      await read.discard?.();
      return { ok: false, transient: false, detail: refused };
    }
    const invalid = unanswerable(value);
    if (invalid !== undefined) {
      const fields = { ...common, association, ...invalid, offset: 0, octets };
      const dump = await this.#parts.malformed?.keep(fields, octetsOf(taken));
      this.#parts.emit('apdu-malformed', { ...fields, dump });
      await read.discard?.();
      return { ok: false, transient: false, detail: `${invalid.path}: expected ${invalid.expected}` };
    }
    const { digest } = read;
    const identity = digest === undefined ? undefined : await this.#run(arrivalIdentity(value, digest), held);
    const description = await this.#run(describeInSteps(value), held);
    const arriving = { ...read.arriving, value, description, link, remote, identity };
    const { mtsIdentifier, kind, recipients } = description;
    const met = await this.#meet(arriving, { ...common, association, from, mtsIdentifier });
    if (met === 'same') return this.#suppress(arriving, read.discard, remembered);
    const result = await this.#settling(met, (secured) =>
      this.accept(arriving, read.discard, { remembered, held, secured }),
    );
    if (!result.ok) return { ok: false, transient: true, detail: refusalText(result.refusal) };
    const duration = this.#parts.clock.now() - startedAt;
    const size = { octets, recipients: recipients.length, duration };
    this.#parts.emit('transfer-in', { ...common, association, mtsIdentifier, kind, ...size });
    return { ok: true };
  }

  /** Accepts what is new. It is settled however that ends: who brings the same again waits for it. */
  async #settling(
    met: Unsettled,
    accept: (secured: () => void) => Promise<CommitResult>,
  ): Promise<CommitResult> {
    let isSecured = false;
    try {
      return await accept(() => {
        isSecured = true;
        met.secured();
      });
    } finally {
      if (!isSecured) met.failed();
    }
  }

  /** Whether this was secured before; what is new must be settled. */
  async #meet(
    { identity }: Pick<Arriving, 'identity'>,
    { from, ...fields }: Occasion & { readonly mtsIdentifier: string },
  ): Promise<'same' | Unsettled> {
    const { duplicates, clock, emit } = this.#parts;
    if (duplicates === undefined || identity === undefined) return unremembered;
    const key = duplicateKey(from.link.name, fields.mtsIdentifier);
    for (;;) {
      const met = duplicates.meet(key, identity, clock.now());
      if (met.kind === 'new') {
        if (met.otherContent) emit('duplicate-received', { ...fields, kept: true });
        return met;
      }
      if (await met.secured) {
        emit('duplicate-received', { ...fields, kept: false });
        return 'same';
      }
    }
  }

  /** It is secured already: confirmed again, and nothing but a tracking record is stored. */
  async #suppress(
    { description, link, contentLength }: Arriving & { readonly description: Description },
    discard: (() => Promise<void>) | undefined,
    remembered: Remembered | undefined,
  ): Promise<AcceptVerdict> {
    await discard?.();
    const at = this.#parts.clock.now();
    const detail = { link: link?.name ?? '', peer: link?.peer.mta ?? '', cause: 'duplicate' };
    const tracking = [{ ...description, at, act: 'discarded', contentLength, detail }] as const;
    const result = await this.#parts.ledger.commit({ tracking, ...remembered });
    return result.ok ? { ok: true } : { ok: false, transient: true, detail: refusalText(result.refusal) };
  }

  #mended(value: StoredValue, { from, ...common }: Occasion): StoredValue {
    if (!from.link.tolerances.emptyPrivateDomain) return value;
    const mended = withoutEmptyPrivateDomains(value);
    if (mended !== value) this.#parts.tolerated?.('emptyPrivateDomain', common);
    return mended;
  }

  /** Counts what is tolerated; says what the link does not tolerate. */
  #intolerable(value: StoredValue, { from, ...common }: Occasion): string | undefined {
    const deviations = deviationsOf(value);
    if (deviations.length === 0) return undefined;
    const mtsIdentifier = identifierOf(value);
    for (const { tolerance, detail } of deviations) {
      const fields = { ...common, mtsIdentifier };
      if (!from.link.tolerances[tolerance]) {
        this.#parts.emit('tolerance-off', { ...fields, tolerance, detail });
        return `${tolerance}: ${detail}`;
      }
      this.#parts.tolerated?.(tolerance, fields);
      if (tolerance !== 'traceDomainMismatch') continue;
      this.#parts.emit('trace-domain-mismatch', { ...fields, ...traceDomains(value) });
    }
    return undefined;
  }

  /**
   * Judges and commits; hands the copies to those who serve their hops; tells the events. `discard` removes
   * content that was spooled for the arrival, where in the end nothing names it.
   */
  async accept(
    arriving: Arriving,
    discard?: () => Promise<void>,
    { remembered, held, secured }: Along = {},
  ): Promise<CommitResult> {
    const judgement = await this.#judged(arriving, held).catch(async (error: unknown) => {
      // Our own fault, and no transition names the content.
      await discard?.();
      throw error;
    });
    const result = await this.commit(judgement, { remembered, secured });
    // Where every recipient has ended here, there may be a report, but no message that needs the content.
    const named = result.ok && judgement.create.some((message) => message.content === arriving.content);
    if (!named) await discard?.();
    return result;
  }

  async #judged(arriving: Arriving, held: Held | undefined): Promise<Judgement> {
    const { ledger, judge, clock, returnedOctetsMax } = this.#parts;
    const toReturn = await arrivingContent(arriving, ledger.store, returnedOctetsMax?.() ?? 0);
    const whole = toReturn === undefined ? arriving : { ...arriving, toReturn };
    return this.#run(judge(whole, clock.now()), held);
  }

  /** Commits a judgement whole and tells of it. */
  async commit(judgement: Judgement, along: Omit<Along, 'held'> = {}): Promise<CommitResult> {
    const { create, tracking } = judgement;
    const result = await this.#parts.ledger.commit({ create, tracking, ...along.remembered });
    if (!result.ok) return result;
    along.secured?.();
    this.#parts.hops.created(create, result.created);
    await this.#slices.run(eachInSteps(judgement.events, ([name, fields]) => this.#parts.emit(name, fields)));
    return result;
  }

  /** In steps, each of them where our own fault is looked out for. */
  #run<T>(steps: Steps<T>, held: Held | undefined): T | Promise<T> {
    return this.#slices.run(held === undefined ? steps : heldSteps(held, steps));
  }
}
