// What a refused open means for the operator: the event, its fields, and one line for `links list`.

import type { LinkConfiguration } from '../config/index.ts';
import type { EventFields, EventName } from '../events/index.ts';
import type { LayerSelectors, RTRefused } from '../stack/rtse/service.ts';
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
  if (refused.userData !== undefined) return bindRefusal(link, refused, bindErrorName(refused.userData));
  const unknownAddress = addressRefusals[reason];
  if (unknownAddress !== undefined) {
    const called = calledAddress(link.selectors.remote, unknownAddress);
    const which = 'called';
    return { event: 'selector-refused-by-peer', fields: { layer, which, called, reason }, detail };
  }
  if (reason === 'application-context-name-not-supported' || reason === 'user-not-attached') {
    return { event: 'mode-refused-by-peer', fields: { layer, mode: link.mode, reason }, detail };
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

type Layer = keyof LayerSelectors;
const layers: readonly Layer[] = ['transport', 'session', 'presentation'];

/** What each layer says of an address that it does not know: its selector, with those under it. */
const addressRefusals: Readonly<Record<string, Layer | undefined>> = {
  'address-unknown': 'transport',
  'session-selector-unknown': 'session',
  'called-presentation-address-unknown': 'presentation',
};

/** The selectors that we called, from transport up to the layer that refused. */
function calledAddress(remote: LayerSelectors, upTo: Layer): string {
  const concerned = layers.slice(0, layers.indexOf(upTo) + 1);
  return concerned.map((layer) => `${layer} ${selectorText(remote[layer])}`).join(', ');
}

function bindRefusal(link: LinkConfiguration, refused: RTRefused, error: string): OpenRefusal {
  const detail = `bind refused: ${error}`;
  switch (error) {
    case 'authentication-error':
      if (refused.diagnostic === 'calling-AP-title-not-recognized') {
        const calling = calledAddress(link.selectors.local, 'presentation');
        const fields = { layer: 'p1', which: 'calling', called: calling, reason: refused.diagnostic };
        return { event: 'selector-refused-by-peer', fields, detail: `${detail}, ${refused.diagnostic}` };
      }
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
