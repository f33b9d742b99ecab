// What a refused open means for the operator: the event, its fields, and one line for `links list`.

import type { LinkConfiguration } from '../config/index.ts';
import type { EventFields, EventName } from '../events/index.ts';
import type { RTRefused } from '../stack/rtse/service.ts';
import { bindErrorName, selectorText } from './bind.ts';

export interface OpenRefusal {
  readonly event: EventName;
  readonly fields: EventFields;
  readonly detail: string;
}

/** The event for the refusal of our open by the peer, told apart by what it refused. */
export function refusedEvent(link: LinkConfiguration, refused: RTRefused): OpenRefusal {
  const { layer, reason } = refused;
  const detail = `refused at ${layer}: ${reason}`;
  if (refused.userData !== undefined) return bindRefusal(link, bindErrorName(refused.userData));
  if (layer === 'transport' && reason === 'address-unknown') {
    const called = selectorText(link.selectors.remote.transport);
    return { event: 'selector-refused-by-peer', fields: { layer, called, reason }, detail };
  }
  if (reason.includes('selector-unknown')) {
    const called = selectorText(link.selectors.remote.session);
    return { event: 'selector-refused-by-peer', fields: { layer, called, reason }, detail };
  }
  // X.410-1984 mode has no other word for it.
  if (layer === 'rtse' && reason === 'validation-failure') {
    return { event: 'credentials-refused-by-peer', fields: { presented: link.credentials.mta }, detail };
  }
  if (reason === 'unacceptable-dialogue-mode') {
    return { event: 'dialogue-refused-by-peer', fields: { proposed: link.rts.dialogue }, detail };
  }
  if (reason.includes('busy') || reason.includes('congestion')) {
    return { event: 'peer-busy', fields: { layer }, detail };
  }
  return { event: 'association-refused', fields: { layer, reason }, detail };
}

function bindRefusal(link: LinkConfiguration, error: string): OpenRefusal {
  const detail = `bind refused: ${error}`;
  switch (error) {
    case 'authentication-error':
      return { event: 'credentials-refused-by-peer', fields: { presented: link.credentials.mta }, detail };
    case 'busy':
      return { event: 'peer-busy', fields: { layer: 'p1' }, detail };
    case 'unacceptable-security-context':
    case 'inadequate-association-confidentiality':
      return { event: 'security-refused-by-peer', fields: { reason: error }, detail };
    case 'unacceptable-dialogue-mode':
      return { event: 'dialogue-refused-by-peer', fields: { proposed: link.rts.dialogue }, detail };
    default:
      return { event: 'association-refused', fields: { layer: 'p1', reason: error }, detail };
  }
}
