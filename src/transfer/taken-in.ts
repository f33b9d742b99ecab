// What the intake of an APDU needs and what it gives. Types only.

import type { Steps } from '../base/steps.ts';
import type { EnvelopePrefix, MessageTransferEnvelope } from '../p1/index.ts';
import type { SpoolName, Store } from '../store/index.ts';
import type { Slices } from './slices.ts';

/** What has come, once the transfer is complete. */
export type TakenIn =
  /** The whole APDU in memory: a report, a probe, or a message with small content. */
  | { readonly kind: 'whole'; readonly octets: Uint8Array }
  | {
      readonly kind: 'spooled';
      readonly envelope: MessageTransferEnvelope;
      /** The octets before the content, as they came. */
      readonly front: Uint8Array;
      /** Undefined where the content was too long to be kept. */
      readonly spool: SpoolName | undefined;
      readonly contentLength: number;
      /** Digest of the content; absent where it was taken in over more than one association. */
      readonly contentDigest?: string | undefined;
      /** Removes the spool again, if nothing will name it. */
      readonly discard: () => Promise<void>;
    }
  | {
      readonly kind: 'malformed';
      readonly path: string;
      readonly expected: string;
      readonly got: string;
      readonly offset: number;
      /** What there is of the APDU: its front, where it is large. */
      readonly octets?: Uint8Array | undefined;
    }
  /** The world failed us: the spool could not be written. Temporary. */
  | { readonly kind: 'failed'; readonly detail: string };

export interface IntakeParts {
  /** Finds the envelope in what the peer sends: in P1 of 1988, unless said otherwise. */
  readonly envelopePrefix?: (prefix: Uint8Array) => Steps<EnvelopePrefix>;
  /** Drives the search where it takes many steps; without it they are done at once. */
  readonly slices?: Pick<Slices, 'run'>;
  /** Told of our own fault in what went on after such a search. */
  readonly mistaken?: (error: unknown) => void;
  readonly store: Pick<Store, 'openSpool'>;
  /** APDUs up to this many octets are kept whole. */
  readonly inlineOctetsMax: number;
  /** Content beyond this many octets is counted but not kept: the message will be reported as too long. */
  readonly contentOctetsMax: number;
}
