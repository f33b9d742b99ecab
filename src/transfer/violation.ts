// The event that a peer's breach of the protocol, or its silence, becomes.

import type { EventFields, EventName } from '../events/index.ts';
import type { ProtocolViolation } from '../stack/association/service.ts';

/** Framing errors have an event of their own: they are what strangers on the port cause. */
export function violationEvent(violation: ProtocolViolation): {
  readonly event: EventName;
  readonly fields: EventFields;
} {
  const { layer, clause, state, expected, got, timeout } = violation;
  if (timeout !== undefined) {
    const { timer, limit_ms: limit } = timeout;
    return { event: 'association-timeout', fields: { layer, timer, limit, state } };
  }
  if (layer === 'tpkt') return { event: 'framing-violation', fields: { clause, expected, got } };
  return { event: 'protocol-violation', fields: { layer, clause, state, expected, got } };
}
