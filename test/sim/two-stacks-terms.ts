// How one world of two stacks differs from another: mode, dialogue, what is asked and offered, how long
// PDUs are, and what there is to send.

import { concat, fromLatin1 } from '../../src/base/octets.ts';
import type { Random } from '../../src/base/random.ts';
import type { AssociationOptions } from '../../src/stack/association/index.ts';
import { type Mode, optionsOf } from '../support/associations.ts';

interface Sizes {
  readonly checkpointSize: number;
  readonly window: number;
}

export interface Terms {
  readonly mode: Mode;
  readonly alternate: boolean;
  readonly asked: Sizes;
  readonly offer: Sizes;
  readonly tpdu_octets_max: number;
}

export function termsOf(random: Random): Terms {
  const sizes = (): Sizes => ({ checkpointSize: random.pick([0, 1, 1, 2]), window: random.between(1, 5) });
  return {
    mode: random.pick(['normal', 'x410-1984'] as const),
    alternate: random.chance(0.6),
    asked: sizes(),
    offer: sizes(),
    tpdu_octets_max: random.pick([128, 1024, 2048, 65_531]),
  };
}

/** The options of an association; `number` tells it from all others of its world. */
export function optionsIn(
  terms: Terms,
  role: AssociationOptions['role'],
  number: number,
): AssociationOptions {
  const user = fromLatin1(`A-${number}`);
  const time = fromLatin1('260101000000Z');
  return optionsOf(role, {
    mode: terms.mode,
    offer: terms.offer,
    limits: { tpdu_octets_max: terms.tpdu_octets_max, tsdu_octets_max: 64 * 1024 },
    connectionReference: {
      userReference: concat([Uint8Array.of(0x14, user.length), user]),
      commonReference: concat([Uint8Array.of(0x17, time.length), time]),
    },
  });
}

/** APDUs of sizes with and without checkpoints; no two alike. */
export function apdus(random: Random, count: number): Uint8Array[] {
  return Array.from({ length: count }, () => {
    const octets = random.octets(random.pick([8, 200, 1500, 5000, 12_000]));
    return concat([Uint8Array.of(0xa0, 0x82, octets.length >> 8, octets.length & 0xff), octets]);
  });
}
