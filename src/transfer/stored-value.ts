// What the `envelope` octets of a stored copy hold, decoded: the transfer envelope of a message or a probe,
// or a whole report. What the store keeps is what P1 said, one element of trace added; nothing is translated.

import { type DecodeError, decodeInSteps, encodeInSteps } from '../asn1/index.ts';
import { ok, type Result } from '../base/result.ts';
import { atOnce, type Steps } from '../base/steps.ts';
import { MessageTransferEnvelope, ProbeTransferEnvelope, Report } from '../p1/index.ts';
import type { MessageKind } from '../store/index.ts';

/** What was tolerated on the way in is written as it came: relaying mends nothing (design law 9). */
const asTheyCame = { constraints: 'tolerant' } as const;

export type StoredValue =
  | { readonly kind: 'message'; readonly envelope: MessageTransferEnvelope }
  | { readonly kind: 'probe'; readonly envelope: ProbeTransferEnvelope }
  | { readonly kind: 'report'; readonly report: Report };

interface StoredOctets {
  readonly kind: MessageKind;
  readonly envelope: Uint8Array;
}

/** Decodes the octets that `encodeStored` made. An error means damage, or a newer program wrote them. */
export function decodeStored(copy: StoredOctets): Result<StoredValue, DecodeError> {
  return atOnce(storedInSteps(copy));
}

/** The same in steps, for values with many recipients. */
export function* storedInSteps(copy: StoredOctets): Steps<Result<StoredValue, DecodeError>> {
  switch (copy.kind) {
    case 'message': {
      const envelope = yield* decodeInSteps(MessageTransferEnvelope, copy.envelope);
      return envelope.ok ? ok({ kind: 'message', envelope: envelope.value }) : envelope;
    }
    case 'probe': {
      const envelope = yield* decodeInSteps(ProbeTransferEnvelope, copy.envelope);
      return envelope.ok ? ok({ kind: 'probe', envelope: envelope.value }) : envelope;
    }
    case 'report': {
      const report = yield* decodeInSteps(Report, copy.envelope);
      return report.ok ? ok({ kind: 'report', report: report.value }) : report;
    }
  }
}

/** The octets for the store. Unchanged parts are copied as they came. */
export function encodeStored(value: StoredValue): Uint8Array {
  return atOnce(encodeStoredInSteps(value));
}

/** The same in steps. */
export function encodeStoredInSteps(value: StoredValue): Steps<Uint8Array> {
  switch (value.kind) {
    case 'message':
      return encodeInSteps(MessageTransferEnvelope, value.envelope, asTheyCame);
    case 'probe':
      return encodeInSteps(ProbeTransferEnvelope, value.envelope, asTheyCame);
    case 'report':
      return encodeInSteps(Report, value.report, asTheyCame);
  }
}
