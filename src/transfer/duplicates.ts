// What peers have transferred lately, so that a message whose confirmation was lost is taken once when it
// comes again. The same means: by the same link, under the same MTS identifier, with the same content, for
// the same recipients, by the same way (what has gone in a circle has more trace, and is a loop, no
// duplicate). Kept in memory, and read back from the tracking records at the start. Invariants: only what is
// secured counts; at most `messages` are remembered, the oldest are forgotten first.

import { eachInSteps, type Steps } from '../base/steps.ts';
import { type Instant, instant } from '../base/time.ts';
import { ORName } from '../address/index.ts';
import { encode, rawOctets } from '../asn1/index.ts';
import type { DuplicatesConfiguration } from '../config/index.ts';
import { findExtension } from '../p1/index.ts';
import { responsibleRecipients } from '../routing/index.ts';
import type { Store } from '../store/index.ts';
import { ContentDigest } from './content-digest.ts';
import type { StoredValue } from './stored-value.ts';

/** What tells one transfer from another under one MTS identifier. */
export interface ArrivalIdentity {
  readonly content: string;
  /** Recipients that we answer for, and the trace. */
  readonly way: string;
}

/** What is known of an arrival before it is secured. */
export type Acquaintance =
  /** Say how it ended by `secured` or `failed`. */
  | {
      readonly kind: 'new';
      readonly otherContent: boolean;
      readonly secured: () => void;
      readonly failed: () => void;
    }
  /** The same was secured, or is being secured: it was if the promise says so. */
  | { readonly kind: 'same'; readonly secured: Promise<boolean> };

interface Entry {
  readonly identity: string;
  readonly content: string;
  readonly at: Instant;
  secured: Promise<boolean>;
  /** It was never secured: what comes again is new, whatever was remembered since. */
  failed: boolean;
  readonly before: Entry | undefined;
}

/** Entries of one identifier that are looked at; of a peer that gives one name to more, the last. */
const contents_max = 8;

export class Duplicates {
  readonly #limits: () => DuplicatesConfiguration;
  readonly #entries = new Map<string, Entry>();

  constructor(limits: () => DuplicatesConfiguration) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Whether this came before; what is new is remembered as being under way. */
  meet(key: string, { content, way }: ArrivalIdentity, at: Instant): Acquaintance {
    const { window, messages } = this.#limits();
    const nothing = { kind: 'new', otherContent: false, secured: ignored, failed: ignored } as const;
    if (window === 0 || messages === 0) return nothing;
    const identity = `${content} ${way}`;
    const known = this.#entries.get(key);
    const recent = unfailed(known !== undefined && at - known.at < window ? known : undefined);
    let depth = 0;
    let otherContent = false;
    let entry = recent;
    for (; entry !== undefined && depth < contents_max; entry = unfailed(entry.before), depth += 1) {
      if (entry.identity === identity) return { kind: 'same', secured: entry.secured };
      otherContent ||= entry.content !== content;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const made: Entry = {
      identity,
      content,
      at,
      secured: promise,
      failed: false,
      before: depth < contents_max ? recent : undefined,
    };
    this.#remember(key, made, messages);
    return {
      kind: 'new',
      otherContent,
      secured: () => {
        made.secured = yes;
        resolve(true);
      },
      failed: () => {
        // Others may have come under its identifier since: it stays below them, and is passed over.
        made.failed = true;
        if (this.#entries.get(key) === made) this.#forget(key, unfailed(made.before));
        resolve(false);
      },
    };
  }

  /** Reads back what was secured within the window, the newest first, until enough is known. */
  async load(store: Pick<Store, 'track'>, now: Instant): Promise<void> {
    const { window, messages } = this.#limits();
    let until = instant(now + 1);
    for (let reach_ms = 60_000; until > now - window && this.#entries.size < messages; reach_ms *= 4) {
      const since = instant(Math.max(now - window, now - reach_ms));
      const records = await store.track({ since, until, limit: messages });
      for (const { act, at, mtsIdentifier, detail } of records) {
        const { link, content, way } = detail;
        if (act !== 'transferred-in' || typeof content !== 'string') continue;
        const key = duplicateKey(String(link), mtsIdentifier);
        const identity = `${content} ${String(way)}`;
        if (this.#entries.has(key) || this.#entries.size >= messages) continue;
        this.#entries.set(key, { identity, content, at, secured: yes, failed: false, before: undefined });
      }
      until = since;
    }
  }

  #remember(key: string, entry: Entry, messages: number): void {
    // Put at the end, so that the first is the oldest.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= messages) return;
      this.#entries.delete(oldest);
    }
  }

  #forget(key: string, back: Entry | undefined): void {
    if (back === undefined) this.#entries.delete(key);
    else this.#entries.set(key, back);
  }
}

const yes = Promise.resolve(true);

/** The first of a chain that is secured, or may be yet. */
function unfailed(entry: Entry | undefined): Entry | undefined {
  let each = entry;
  while (each?.failed === true) each = each.before;
  return each;
}

function ignored(): void {
  // Nothing is remembered.
}

/** Under which an arrival is remembered. */
export function duplicateKey(link: string, mtsIdentifier: string): string {
  return `${link} ${mtsIdentifier}`;
}

/** The identity of an arrival, in steps; `content` is the digest of its content, or of all of it. */
export function* arrivalIdentity(value: StoredValue, content: string): Steps<ArrivalIdentity> {
  const envelope = value.kind === 'report' ? value.report.envelope : value.envelope;
  const internal = findExtension(envelope.extensions, 'internal-trace-information')?.value;
  const digest = new ContentDigest();
  digest.text(
    `${envelope.traceInformation.length} ${internal === undefined ? 0 : rawOctets(internal).length}`,
  );
  if (value.kind !== 'report') {
    const { perRecipientFields } = value.envelope;
    yield* eachInSteps(yield* responsibleRecipients(perRecipientFields), (recipient) => {
      const { originallySpecifiedRecipientNumber: number, recipientName } = perRecipientFields[recipient];
      // Members of a list all have the number of the list: it is the name that tells one from another.
      digest.text(`,${number}`).update(encode(ORName, recipientName, { constraints: 'tolerant' }));
    });
  }
  return { content, way: digest.value() };
}
