// What a CR and its CC settle (X.224 6.5): the class, the TPDU size, the selectors. Pure functions.

import { nameableTpduOctets, TPDU_OCTETS_DEFAULT } from './tpdu-codec.ts';
import type { ConnectTpdu, Tpdu } from './tpdu.ts';

/** X.224 6.5.5, table 3: class 0 may answer class 0 or 1, or any CR that names it as an alternative. */
export function offersClass0(tpdu: Tpdu | undefined): boolean {
  if (tpdu?.kind !== 'CR') return false;
  return tpdu.class <= 1 || tpdu.alternativeClasses.includes(0);
}

/**
 * The CR that asks for class 0. A TPDU size is proposed only where it differs from the default of RFC 1006.
 */
export function proposal(asked: {
  readonly reference: number;
  readonly tpduOctets: number;
  readonly called?: Uint8Array;
  readonly calling?: Uint8Array;
}): ConnectTpdu {
  const { reference, tpduOctets } = asked;
  const said = tpduOctets < TPDU_OCTETS_DEFAULT && { tpduOctets: nameableTpduOctets(tpduOctets) };
  const fixed = { kind: 'CR', destination: 0, source: reference, class: 0, alternativeClasses: [] } as const;
  return { ...fixed, ...said, ...selectorsOf(asked) };
}

/** The CC that answers `cr`. It names a TPDU size if the CR did, or if ours is below the default. */
export function answer(cr: ConnectTpdu, ours: { reference: number; tpduOctets: number }): ConnectTpdu {
  const agreed = Math.min(ours.tpduOctets, cr.tpduOctets ?? TPDU_OCTETS_DEFAULT);
  const silent = cr.tpduOctets === undefined && agreed === TPDU_OCTETS_DEFAULT;
  const said = !silent && { tpduOctets: nameableTpduOctets(agreed) };
  const fixed = { kind: 'CC', destination: cr.source, source: ours.reference, class: 0 } as const;
  return { ...fixed, alternativeClasses: [], ...said, ...selectorsOf(cr) };
}

/** The selectors that are there. */
export function selectorsOf(of: { readonly called?: Uint8Array; readonly calling?: Uint8Array }): {
  readonly called?: Uint8Array;
  readonly calling?: Uint8Array;
} {
  const { called, calling } = of;
  return { ...(called !== undefined && { called }), ...(calling !== undefined && { calling }) };
}
