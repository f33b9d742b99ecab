// The stack's options for one association, from the configuration: selectors, limits, deadlines, what is
// offered.

import type { Configuration, LinkConfiguration } from '../config/index.ts';
import type { AssociationOptions } from '../stack/association/service.ts';
import type { LayerSelectors } from '../stack/association/service.ts';
import { answersSelectors, selectorText } from './bind.ts';

/** RFC 1006 6.: a TPDU is at most 65,531 octets, its TPKT 65,535. */
const TPDU_OCTETS_MAX = 65_531;

/** What some peers take at most; sizes are powers of two (X.224 13.3.4). */
const SMALL_TPDU_OCTETS = 2048;

type Layer = keyof LayerSelectors;
/** From below: an address is the selectors of a layer and of all below it. */
const layers: readonly Layer[] = ['transport', 'session', 'presentation'];

/** A caller asks for a selector that no link has; `known` are those that the links have. */
export type UnknownSelector = (layer: Layer, called: string, known: readonly string[]) => void;

/** For an association that we open. */
export function initiatorOptions(
  link: LinkConfiguration,
  connectionReference: AssociationOptions['connectionReference'],
  tsduOctetsMax: number,
): AssociationOptions {
  const tpdu_octets_max = link.tolerances.proposeSmallTpdus ? SMALL_TPDU_OCTETS : TPDU_OCTETS_MAX;
  return {
    role: 'initiator',
    mode: link.mode === 'normal' ? 'normal' : 'x410-1984',
    called: link.selectors.remote,
    calling: link.selectors.local,
    connectionReference,
    limits: { tpdu_octets_max, tsdu_octets_max: tsduOctetsMax },
    timers: {
      open_ms: link.timers.open,
      activity_ms: link.timers.activity,
      disconnect_ms: link.associations.disconnect,
      idle_ms: link.timers.idle,
    },
    offer: { checkpointSize: Math.ceil(link.rts.checkpoint / 1024), window: link.rts.window },
    acceptsTransportSelector: () => true,
    tolerates: (name) => link.tolerances[name],
  };
}

/** What a caller is offered before it is known which link it belongs to: the widest that any link allows. */
export function responderOptions(
  configuration: Configuration,
  connectionReference: AssociationOptions['connectionReference'],
  unknownSelector: UnknownSelector,
): AssociationOptions {
  const { links, mta } = configuration;
  // Predicates of the machines, which may ask more than once.
  let told = false;
  const accepts = (layer: Layer, called: LayerSelectors): boolean => {
    const accepted = answersSelectors(links, called, layers.slice(0, layers.indexOf(layer) + 1));
    const known = (): string[] => links.map(({ selectors: { local } }) => selectorText(local[layer]));
    if (!accepted && !told) unknownSelector(layer, selectorText(called[layer]), known());
    told ||= !accepted;
    return accepted;
  };
  const widest = (value: (link: LinkConfiguration) => number, least: number): number =>
    links.reduce((most, link) => Math.max(most, value(link)), least);
  const least = (value: (link: LinkConfiguration) => number, most: number): number =>
    links.reduce((lowest, link) => Math.min(lowest, value(link)), most);
  return {
    role: 'responder',
    mode: 'normal',
    called: {},
    calling: {},
    connectionReference,
    limits: { tpdu_octets_max: TPDU_OCTETS_MAX, tsdu_octets_max: mta.limits.tsduSize },
    timers: {
      open_ms: mta.limits.inboundOpen,
      activity_ms: widest((link) => link.timers.activity, 1),
      disconnect_ms: mta.limits.inboundDisconnect,
      idle_ms: widest((link) => link.timers.idle, 1),
    },
    offer: {
      checkpointSize: least((link) => Math.max(1, Math.ceil(link.rts.checkpoint / 1024)), 63),
      window: least((link) => link.rts.window, 255),
    },
    acceptsTransportSelector: (transport) => accepts('transport', { transport }),
    acceptsSessionSelector: (called) => accepts('session', called),
    acceptsPresentationSelector: (called) => accepts('presentation', called),
    // Whose association it is shows with its bind, and then what that link tolerates.
    tolerates: (name) => links.length === 0 || links.some(({ tolerances }) => tolerances[name]),
  };
}
