// The tokens (X.225 5.4) as bits of one number, as in the token item, and the token setting item of CN and
// AC.

import type { SessionToken, TokenPosition, TokenPositions } from './service.ts';

/** The bits of the token item (PI 16): data, synchronize-minor, major/activity. */
export const TOKEN = { dk: 0x01, mi: 0x04, ma: 0x10 } as const;

const bitOf: Readonly<Record<SessionToken, number>> = {
  data: TOKEN.dk,
  'synchronize-minor': TOKEN.mi,
  'major-activity': TOKEN.ma,
};

/** The token item of a list of tokens. */
export function tokenItem(tokens: readonly SessionToken[]): number {
  let item = 0;
  for (const token of tokens) item |= bitOf[token];
  return item;
}

/** The tokens that a token item names. */
export function tokensIn(item: number): SessionToken[] {
  return (Object.keys(bitOf) as SessionToken[]).filter((token) => (item & bitOf[token]) !== 0);
}

const positions: readonly TokenPosition[] = ['initiator', 'acceptor', 'acceptor-chooses', 'initiator'];

/** The token setting item (PI 26): two bits a token, from data upwards; the reserved value counts as zero. */
export function tokenSetting(tokens: TokenPositions): number {
  const bits = (position: TokenPosition): number => positions.indexOf(position);
  return bits(tokens.data) | (bits(tokens.synchronizeMinor) << 2) | (bits(tokens.majorActivity) << 4);
}

export function positionsIn(setting: number): TokenPositions {
  return {
    data: positions[setting & 3],
    synchronizeMinor: positions[(setting >> 2) & 3],
    majorActivity: positions[(setting >> 4) & 3],
  };
}

/** Where the tokens are in the end: where the CN put them, or where the AC did if the CN left it to it. */
export function settled(proposed: TokenPositions, chosen: TokenPositions): TokenPositions {
  const settle = (a: TokenPosition, b: TokenPosition): TokenPosition => (a === 'acceptor-chooses' ? b : a);
  return {
    data: settle(proposed.data, chosen.data),
    synchronizeMinor: settle(proposed.synchronizeMinor, chosen.synchronizeMinor),
    majorActivity: settle(proposed.majorActivity, chosen.majorActivity),
  };
}

/** The token bits that one side holds. */
export function heldBy(side: 'initiator' | 'acceptor', tokens: TokenPositions): number {
  let held = 0;
  if (tokens.data === side) held |= TOKEN.dk;
  if (tokens.synchronizeMinor === side) held |= TOKEN.mi;
  if (tokens.majorActivity === side) held |= TOKEN.ma;
  return held;
}
