// What a report is about, as types: the subject message or probe, what became of its recipients, and what
// else the making of a report needs. A report is never a subject (X.411 06/1999, 14.3.3): there is no form
// for it.

import type { GlobalDomainIdentifier, MTSIdentifier } from '../address/index.ts';
import type { Instant } from '../base/time.ts';
import type {
  DeliveryReport,
  EncodedInformationTypes,
  MessageTransferEnvelope,
  NonDeliveryDiagnosticCode,
  NonDeliveryReasonCode,
  ProbeTransferEnvelope,
  Report,
} from '../p1/index.ts';

export type ReportSubject =
  | {
      readonly kind: 'message';
      readonly envelope: MessageTransferEnvelope;
      /** The content octets, if they are at hand; returned only where that is asked for. */
      readonly content?: Uint8Array | undefined;
    }
  | { readonly kind: 'probe'; readonly envelope: ProbeTransferEnvelope };

export interface NonDelivery {
  readonly reason: NonDeliveryReasonCode;
  readonly diagnostic?: NonDeliveryDiagnosticCode | undefined;
}

/** What became of one recipient. `recipient` is its index in the envelope's perRecipientFields. */
export type RecipientOutcome = OutcomeDetail &
  (
    | {
        readonly kind: 'delivered';
        readonly deliveredAt: Instant;
        readonly typeOfMTSUser?: DeliveryReport['typeOfMTSUser'];
      }
    | ({ readonly kind: 'non-delivered' } & NonDelivery)
  );

interface OutcomeDetail {
  readonly recipient: number;
  readonly supplementaryInformation?: string;
  /** What we made of the content; what was made of it before us is in the trace. */
  readonly convertedEncodedInformationTypes?: EncodedInformationTypes;
}

export interface ReportingMTA {
  readonly domain: GlobalDomainIdentifier;
  readonly name: string;
}

export interface ReportInput {
  readonly subject: ReportSubject;
  readonly outcomes: readonly RecipientOutcome[];
  readonly mta: ReportingMTA;
  readonly reportIdentifier: MTSIdentifier;
  /** When the subject came into our domain, or was submitted. */
  readonly arrivedAt: Instant;
  readonly now: Instant;
  /** Content longer than this is not returned, in octets. Default `returned_content_octets_max`. */
  readonly returnedContentMax?: number;
}

export type ReportResult =
  | {
      readonly kind: 'report';
      readonly report: Report;
      /** Indexes of the recipients that it reports on, rising. */
      readonly recipients: readonly number[];
      readonly contentReturned: boolean;
    }
  /** Nobody asked for a report of these outcomes. */
  | { readonly kind: 'none' };
