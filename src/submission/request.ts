// What a local user asks for when submitting (the arguments of Message-submission and Probe-submission,
// X.411 8.2.1.1 and 8.2.1.2, as far as the command line and the HTTP API offer them), and what is wrong with
// it. Addresses are text here; nothing has been checked yet.

import type { Instant } from '../base/time.ts';
import type {
  explicitConversions,
  MessageTransferEnvelope,
  OriginatorReportRequest,
  ProbeTransferEnvelope,
} from '../p1/index.ts';
import type { Priority, SpoolWriter } from '../store/port.ts';

/** Content that was too large for memory: in a spool that is not sealed yet. */
export interface SpooledContent {
  readonly spool: SpoolWriter;
  /** Octets. */
  readonly length: number;
}

export interface SubmissionRequest {
  /** O/R address in any text form. */
  readonly from: string;
  /** O/R addresses in any text form; at least one. */
  readonly to: readonly string[];
  /** Builds a P22 message with one text body part. Not together with `content`. */
  readonly text?: string;
  /** The subject of the P22 message that `text` builds. */
  readonly subject?: string;
  /** The content octets as they are. */
  readonly content?: Uint8Array | SpooledContent;
  /**
   * OBJECT IDENTIFIER in dotted form of the type of `content`, or of what a probe asks about; P22 if absent.
   */
  readonly contentType?: string;
  readonly priority: Priority;
  /** Not to be delivered before. */
  readonly deferred?: Instant;
  /** Not to be delivered after (latest-delivery-time). */
  readonly latest?: Instant;
  /** originator-report-request (X.411 8.2.1.1.1.22), for every recipient. */
  readonly report: OriginatorReportRequest;
  /** Nobody may convert it of himself (X.411 8.2.1.1.1.27). */
  readonly implicitConversionProhibited?: boolean;
  /** Nobody may convert it where something would be lost (X.411 8.2.1.1.1.29). */
  readonly conversionWithLossProhibited?: boolean;
  /** To be converted so for every recipient (X.411 8.2.1.1.1.30). */
  readonly explicitConversion?: keyof typeof explicitConversions;
  /** Asks whether a message could be delivered, and carries no content. */
  readonly probe?: boolean;
  /** Octets of the content that a probe asks about. */
  readonly contentLength?: number;
}

/** The fields of the request, for saying which one is wrong. */
export type SubmissionField = keyof SubmissionRequest;

/** One thing that is wrong with a request. `index` is that of the address in `to`. */
export interface SubmissionError {
  readonly field: SubmissionField;
  readonly index?: number;
  readonly problem: string;
}

/** What a request becomes: a value of P1 that is ready to be secured and routed. */
export type Submission =
  | {
      readonly kind: 'message';
      readonly envelope: MessageTransferEnvelope;
      readonly content: Uint8Array | SpooledContent;
      /** '/P=…/A=…/C=…/;local-id'. */
      readonly mtsIdentifier: string;
      readonly deferredUntil?: Instant;
      readonly latestDelivery?: Instant;
    }
  | {
      readonly kind: 'probe';
      readonly envelope: ProbeTransferEnvelope;
      readonly mtsIdentifier: string;
      readonly latestDelivery?: Instant;
    };
