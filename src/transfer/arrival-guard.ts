// Poison that nothing has secured yet: octets from a peer that make us fail while they are taken in. They
// have no copy, so they are known by a fingerprint of what came and of the link it came by. A failure of ours
// costs the association; at the third time the same octets are refused for good, with a dump, and so is every
// repetition, unread. Invariant: what was refused so is not looked at again while its strikes are remembered.

import type { Steps } from '../base/steps.ts';
import type { EnvelopePrefix } from '../p1/index.ts';
import type { AcceptVerdict } from './transfer-in.ts';
import { type Held, heldSteps } from './slices.ts';
import { type StrikeBook, type StrikesParts, strikes_max, textOf } from './strike-book.ts';
import { tellMistake, unawaited } from './unawaited.ts';

/** Strikes of what was never secured, above which the oldest is forgotten. */
const arrivals_max = 1000;
/** Octets of a large APDU that name it: its MTS identifier is among them. */
const prefix_octets = 1024;
const stage = 'transfer-in';

/** What came, and by which link. */
export interface ArrivedOctets {
  readonly octets: Uint8Array;
  readonly link: string;
  /** `octets` are the front of a large APDU, as much of it as there is. */
  readonly front: boolean;
}

interface Known {
  readonly octets: Uint8Array;
  readonly key: string;
}

const struckOut: AcceptVerdict = { ok: false, transient: false, detail: 'it cannot be processed here' };
const expected = 'an envelope that can be processed here';
const unprocessable: EnvelopePrefix = {
  kind: 'malformed',
  error: {
    path: 'MTS-APDU',
    expected,
    got: 'another',
    offset: 0,
    message: `MTS-APDU: expected ${expected}, got another`,
  },
};

export class ArrivalGuard {
  readonly #parts: StrikesParts;
  readonly #book: StrikeBook;
  /** Refused for good, and told, by this process. */
  readonly #told = new Set<string>();

  constructor(parts: StrikesParts, book: StrikeBook) {
    this.#parts = parts;
    this.#book = book;
  }

  /** Guards the taking in of an APDU that is whole. Undefined: nothing to know it by. */
  async guard(
    arrived: ArrivedOctets | undefined,
    by: { readonly accept: (held: Held) => Promise<AcceptVerdict>; readonly mistaken: () => void },
  ): Promise<AcceptVerdict> {
    const known = arrived && this.#known(arrived);
    if (known !== undefined && this.#struckOut(known)) return struckOut;
    const held: Held = known === undefined ? (work) => work() : this.#holding(known);
    try {
      const verdict = await held(() => by.accept(held));
      if (known !== undefined) this.#passed(known);
      return verdict;
    } catch (error) {
      tellMistake(this.#parts.emit, error);
      if (known !== undefined && this.#failed(known, error)) return struckOut;
      by.mistaken();
      return { ok: false, transient: true, detail: 'internal error' };
    }
  }

  /** The same for the front of a large APDU, whose envelope is looked for in steps while more is coming. */
  *guardFront(arrived: ArrivedOctets, find: () => Steps<EnvelopePrefix>): Steps<EnvelopePrefix> {
    const known = this.#known(arrived);
    if (known === undefined) return yield* find();
    if (this.#struckOut(known)) return unprocessable;
    try {
      return yield* heldSteps(this.#holding(known), find());
    } catch (error) {
      tellMistake(this.#parts.emit, error);
      if (this.#failed(known, error)) return unprocessable;
      throw error;
    }
  }

  #known({ octets, link, front }: ArrivedOctets): Known | undefined {
    const { inHand } = this.#parts;
    const part = front ? octets.subarray(0, prefix_octets) : octets;
    return inHand && { octets, key: `apdu/${inHand.fingerprint(part, link)}` };
  }

  #holding({ key }: Known): Held {
    return (work) => this.#book.during(stage, key, work);
  }

  #struckOut(known: Known): boolean {
    const strike = this.#book.get(known.key);
    if (strike === undefined || strike.count < strikes_max) return false;
    this.#tell(known, strike.detail);
    return true;
  }

  #passed({ key }: Known): void {
    if (this.#book.get(key) !== undefined) this.#book.clear(key);
  }

  /** True at the third time. */
  #failed(known: Known, error: unknown): boolean {
    const { ledger, emit } = this.#parts;
    const strike = this.#book.strike(known.key, error);
    unawaited(emit, ledger.commit({ strikes: [strike] }));
    const [oldest, ...others] = this.#book.of('apdu/');
    if (others.length >= arrivals_max) {
      this.#book.clear(oldest.key);
      this.#told.delete(oldest.key);
    }
    if (strike.count < strikes_max) return false;
    this.#tell(known, error);
    return true;
  }

  #tell({ octets, key }: Known, error: unknown): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const { emit } = this.#parts;
    const detail = `failed ${strikes_max} times in ${stage}, refused for good: ${textOf(error)}`;
    const told = this.#book
      .dump(key.replace('/', '-'), octets, { heading: detail, error })
      .then((dump) => emit('quarantined', { detail, stage, ...(dump !== undefined && { dump }) }));
    unawaited(emit, told);
  }
}
