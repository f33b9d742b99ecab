// Conversion on the way to an adjacent MTA that takes only some texts (X.411 06/1999, 14.3.5): what goes out
// for a copy is made anew each time, the stored content stays. A probe only says what would be made of it.
// What was made is kept while its transfer is broken off, so that it can go on, and for a few copies only.
// Invariants: the same copy gives the same octets; a link that accepts all texts converts nothing.

import type { LinkConfiguration } from '../config/index.ts';
import { lostCharacters, type FailedConversion } from '../content/index.ts';
import type { CopyId, QueuedCopy, Store } from '../store/index.ts';
import { convertTypesBy } from './convert-types-by.ts';
import { withConvertedTypes } from './converted-trace.ts';
import { linkPlans, takesNotAll } from './conversion-plans.ts';
import {
  byExplicitConversion,
  type ConversionCause,
  conversionCause,
  convertible,
} from './conversion-verdict.ts';
import { convertCopy, type ConversionsParts, type ConvertedCopy, type NoRoom } from './conversions.ts';
import { Slices } from './slices.ts';
import { encodeStoredInSteps, storedInSteps } from './stored-value.ts';
import type { Subject } from './replaced-recipients.ts';

/** Copies that were converted and wait for another association. */
const waiting_max = 4;

/** What goes out for a copy. */
export type Prepared =
  | {
      readonly kind: 'copy';
      readonly copy: QueuedCopy;
      /** Reads the content, where it is not in the copy, nor in the store. */
      readonly reader?: Pick<Store, 'readContent'>;
      /** Of what was made: another conversion is another APDU. */
      readonly digest?: string;
      /** For the log. */
      readonly converted?: string;
    }
  | Inconvertible
  | Divided
  | NoRoom
  | { readonly kind: 'refused'; readonly transient: true; readonly detail: string };

/** The peer would not take it, and it must not, or cannot, be converted. */
export interface Inconvertible {
  readonly kind: 'inconvertible';
  readonly cause: ConversionCause;
  readonly detail: string;
  /** Characters that would be lost. */
  readonly lost?: number;
}

/** Recipients of whom the originator asks different things: a copy for each group. */
export interface Divided {
  readonly kind: 'divided';
  readonly groups: readonly (readonly number[])[];
}

interface Entry {
  readonly prepared: Promise<Prepared>;
  made?: ConvertedCopy;
  converted?: string;
  busy: boolean;
}

export class LinkConversions {
  readonly #link: Pick<LinkConfiguration, 'conversion'>;
  readonly #parts: ConversionsParts;
  readonly #entries = new Map<CopyId, Entry>();
  readonly #stopping = new AbortController();

  constructor(link: Pick<LinkConfiguration, 'conversion'>, parts: ConversionsParts) {
    this.#link = link;
    this.#parts = parts;
  }

  /** What goes out for a copy whose transfer begins; undefined: what is stored. */
  prepare(copy: QueuedCopy): Promise<Prepared> | undefined {
    if (!takesNotAll(this.#link.conversion) || copy.kind === 'report') return undefined;
    const known = this.#entries.get(copy.copy);
    if (known !== undefined) {
      known.busy = true;
      return known.prepared;
    }
    const entry: Entry = { prepared: this.#prepared(copy, (made) => keep(made)), busy: true };
    const keep = (made: ConvertedCopy): void => {
      entry.made = made;
      entry.converted = made.said;
      // Nobody waits for it any more.
      if (this.#entries.get(copy.copy) !== entry) void made.discard();
    };
    this.#entries.set(copy.copy, entry);
    return entry.prepared;
  }

  /** What was converted of a copy in transfer, for the log. */
  saidOf(copy: CopyId): string | undefined {
    return this.#entries.get(copy)?.converted;
  }

  /** Its transfer broke off, and may go on. */
  rest(copy: CopyId): void {
    const entry = this.#entries.get(copy);
    if (entry === undefined) return;
    entry.busy = false;
    const waiting = [...this.#entries].filter(([, each]) => !each.busy);
    const [oldest] = waiting;
    if (this.#stopping.signal.aborted) this.over(copy);
    else if (waiting.length > waiting_max && oldest !== undefined) this.over(oldest[0]);
  }

  /** Its transfer is over. */
  over(copy: CopyId): void {
    const entry = this.#entries.get(copy);
    this.#entries.delete(copy);
    void entry?.made?.discard();
  }

  /** What is being converted is broken off. */
  stop(): void {
    this.#stopping.abort('the link stops');
    for (const [copy, { busy }] of [...this.#entries]) if (!busy) this.over(copy);
  }

  async #prepared(copy: QueuedCopy, keep: (made: ConvertedCopy) => void): Promise<Prepared> {
    const same: Prepared = { kind: 'copy', copy };
    const slices = Slices.on(this.#parts.clock);
    const stored = await slices.run(storedInSteps(copy));
    // Whoever sends it finds out what is wrong with it, and says so.
    if (!stored.ok || stored.value.kind === 'report' || !convertible(stored.value)) return same;
    const groups = byExplicitConversion(copy, stored.value);
    if (groups.size > 1) {
      return {
        kind: 'divided',
        groups: [...groups.values()].map((each) => each.map(({ number }) => number)),
      };
    }
    return stored.value.kind === 'probe'
      ? this.#probe(copy, stored.value)
      : this.#message(copy, stored.value, keep);
  }

  #plans(copy: QueuedCopy, { envelope }: Subject) {
    const explicit = envelope.perRecipientFields[copy.recipients[0]?.number]?.explicitConversion;
    return linkPlans(envelope, explicit, this.#link.conversion);
  }

  async #probe(copy: QueuedCopy, value: Extract<Subject, { kind: 'probe' }>): Promise<Prepared> {
    const slices = Slices.on(this.#parts.clock);
    const made = convertTypesBy(value, copy.contentLength, this.#plans(copy, value));
    if (made.kind === 'failed') return inconvertible(made);
    if (made.kind === 'unneeded') return { kind: 'copy', copy };
    const told = withConvertedTypes(value.envelope, made.encodedInformationTypes);
    const envelope = made.needsP22 ? { ...told, contentType: p22 } : told;
    const octets = await slices.run(encodeStoredInSteps({ kind: 'probe', envelope }));
    return { kind: 'copy', copy: { ...copy, envelope: octets } };
  }

  async #message(
    copy: QueuedCopy,
    value: Extract<Subject, { kind: 'message' }>,
    keep: (made: ConvertedCopy) => void,
  ): Promise<Prepared> {
    const { signal } = this.#stopping;
    const slices = Slices.on(this.#parts.clock);
    const task = { plans: this.#plans(copy, value), time_ms: this.#link.conversion.time, signal };
    const made = await convertCopy(this.#parts, { copy, value }, task);
    switch (made.kind) {
      case 'unneeded':
        return { kind: 'copy', copy };
      case 'failed':
        return inconvertible(made);
      case 'no-room':
        return made;
      case 'broken':
        return { kind: 'refused', transient: true, detail: `conversion: ${made.detail}` };
      case 'converted': {
        keep(made);
        const envelope = withConvertedTypes(made.value.envelope, made.types);
        const octets = await slices.run(encodeStoredInSteps({ kind: 'message', envelope }));
        return {
          kind: 'copy',
          copy: { ...made.copy, envelope: octets },
          reader: made.reader,
          digest: made.digest,
          converted: made.said,
        };
      }
    }
  }
}

const p22 = { kind: 'builtIn', value: 'interpersonal-messaging-1988' } as const;

function inconvertible(failed: FailedConversion): Inconvertible {
  const { explanation, loss } = failed;
  const lost = loss === undefined ? {} : { lost: lostCharacters(loss) };
  return { kind: 'inconvertible', cause: conversionCause(failed), detail: explanation, ...lost };
}
