// What the `envelope` octets of a stored copy hold, decoded: the transfer envelope of a message or a probe,
// or a whole report. What the store keeps is what P1 said, one element of trace added; nothing is translated.

import { type DecodeError, decode, encode } from '../asn1/index.ts';
import { ok, type Result } from '../base/result.ts';
import { MessageTransferEnvelope, ProbeTransferEnvelope, Report } from '../p1/index.ts';
import type { MessageKind } from '../store/index.ts';

/** What was tolerated on the way in is written as it came: relaying mends nothing (design law 9). */
const asTheyCame = { constraints: 'tolerant' } as const;

export type StoredValue =
  | { readonly kind: 'message'; readonly envelope: MessageTransferEnvelope }
  | { readonly kind: 'probe'; readonly envelope: ProbeTransferEnvelope }
  | { readonly kind: 'report'; readonly report: Report };

/** Decodes the octets that `encodeStored` made. An error means damage, or a newer program wrote them. */
export function decodeStored(copy: {
  readonly kind: MessageKind;
  readonly envelope: Uint8Array;
}): Result<StoredValue, DecodeError> {
  switch (copy.kind) {
    case 'message': {
      const envelope = decode(MessageTransferEnvelope, copy.envelope);
      return envelope.ok ? ok({ kind: 'message', envelope: envelope.value }) : envelope;
    }
    case 'probe': {
      const envelope = decode(ProbeTransferEnvelope, copy.envelope);
      return envelope.ok ? ok({ kind: 'probe', envelope: envelope.value }) : envelope;
    }
    case 'report': {
      const report = decode(Report, copy.envelope);
      return report.ok ? ok({ kind: 'report', report: report.value }) : report;
    }
  }
}

/** The octets for the store. Unchanged parts are copied as they came. */
export function encodeStored(value: StoredValue): Uint8Array {
  switch (value.kind) {
    case 'message':
      return encode(MessageTransferEnvelope, value.envelope, asTheyCame);
    case 'probe':
      return encode(ProbeTransferEnvelope, value.envelope, asTheyCame);
    case 'report':
      return encode(Report, value.report, asTheyCame);
  }
}
