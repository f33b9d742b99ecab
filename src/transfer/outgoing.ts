// The MTS-APDU that goes to an adjacent MTA for one copy: the stored envelope with the responsibility for the
// copy's recipients (X.411 14.3.3: one copy per next hop, each recipient the responsibility of one), and
// without internal trace where the message leaves our domain. Content is not touched: it is appended as it
// was stored.

import { err, ok, type Result } from '../base/result.ts';
import {
  encodeMessageHead,
  encodeMTSAPDU,
  type MessageTransferEnvelope,
  type ProbeTransferEnvelope,
  withoutInternalTrace,
  withResponsibility,
} from '../p1/index.ts';
import type { QueuedCopy } from '../store/index.ts';
import { decodeStored, type StoredValue } from './stored-value.ts';

/** The octets before the content; for reports and probes, all of them. */
export interface OutgoingApdu {
  readonly head: Uint8Array;
  readonly octetsTotal: number;
}

/** Builds what goes out for `copy`. An error means that the stored envelope cannot be read. */
export function outgoingApdu(copy: QueuedCopy, sameDomain: boolean): Result<OutgoingApdu, string> {
  const stored = decodeStored(copy);
  if (!stored.ok) return err(stored.error.message);
  const head = headOf(stored.value, copy, sameDomain);
  const content = stored.value.kind === 'message' ? copy.contentLength : 0;
  return ok({ head, octetsTotal: head.length + content });
}

function headOf(value: StoredValue, copy: QueuedCopy, sameDomain: boolean): Uint8Array {
  const numbers = new Set(copy.recipients.map((recipient) => recipient.number));
  switch (value.kind) {
    case 'message':
      return encodeMessageHead(forCopy(value.envelope, numbers, sameDomain), copy.contentLength);
    case 'probe':
      return encodeMTSAPDU({ kind: 'probe', value: forCopy(value.envelope, numbers, sameDomain) });
    case 'report': {
      const { envelope } = value.report;
      const extensions = sameDomain ? envelope.extensions : withoutInternalTrace(envelope.extensions);
      const changed = extensions.length !== envelope.extensions.length;
      const report = changed ? { ...value.report, envelope: { ...envelope, extensions } } : value.report;
      return encodeMTSAPDU({ kind: 'report', value: report });
    }
  }
}

/** The same object where nothing changes, so that its octets are copied. */
function forCopy<Envelope extends MessageTransferEnvelope | ProbeTransferEnvelope>(
  envelope: Envelope,
  responsible: ReadonlySet<number>,
  sameDomain: boolean,
): Envelope {
  const extensions = sameDomain ? envelope.extensions : withoutInternalTrace(envelope.extensions);
  let changed = extensions.length !== envelope.extensions.length;
  const perRecipientFields = envelope.perRecipientFields.map((fields, number) => {
    const bits = withResponsibility(fields.perRecipientIndicators, responsible.has(number));
    if (bits === fields.perRecipientIndicators) return fields;
    changed = true;
    return { ...fields, perRecipientIndicators: bits };
  });
  return changed ? { ...envelope, extensions, perRecipientFields } : envelope;
}
