// What the predicates of the state table mean (X.225 A.5).

import { chooseVersion, overflows, VERSION } from './connect.ts';
import type { Occasion, SessionConnection } from './connection.ts';
import { DISCONNECT, ENCLOSURE } from './spdu.ts';
import type { SessionPredicate } from './states.ts';
import { TOKEN, tokenItem } from './tokens.ts';

const { dk, mi, ma } = TOKEN;

type Meaning = (connection: SessionConnection, occasion: Occasion) => boolean;

export const predicates: Readonly<Record<SessionPredicate, Meaning>> = {
  p204: ({ asked }) => asked !== undefined && overflows(asked),
  'selector unknown': ({ options }, { spdu }) => options.acceptsSelector?.(spdu?.calledSelector) === false,
  version: (_, { spdu }) => chooseVersion(spdu?.versions) !== undefined,
  'overflow&version 2': (_, { spdu }) =>
    saysOverflow(spdu?.dataOverflow) && chooseVersion(spdu?.versions) === VERSION.two,
  last: (_, { spdu }) => ((spdu?.enclosure ?? ENCLOSURE.end) & ENCLOSURE.end) !== 0,
  agreed: (_, { spdu }) => chooseVersion(spdu?.versions) !== undefined,
  user: (_, { spdu }) => ((spdu?.transportDisconnect ?? 0) & DISCONNECT.userAbort) !== 0,
  'I(dk)': ({ variables }) => variables.allI(dk),
  'A(dk)': ({ variables }) => variables.allA(dk),
  'ALL(II,tokens)': ({ variables }, occasion) => variables.allII(tokensOf(occasion)),
  'ALL(AA,tokens)': ({ variables }, occasion) => variables.allAA(tokensOf(occasion)),
  'ALL(II,tokens)&dk': ({ variables }, occasion) =>
    variables.allII(tokensOf(occasion)) && (tokensOf(occasion) & dk) !== 0,
  'ALL(AA,tokens)&dk': ({ variables }, occasion) =>
    variables.allAA(tokensOf(occasion)) && (tokensOf(occasion) & dk) !== 0,
  '¬Vact&ALL(II,tk-dom)': ({ variables }) => !variables.Vact && variables.allII(variables.available),
  '¬Vact&ALL(AA,tk-dom)': ({ variables }) => !variables.Vact && variables.allAA(variables.available),
  '¬Vact&ALL(I,tk-dom)': ({ variables }) => !variables.Vact && variables.allI(variables.available),
  '¬Vact&ALL(A,tk-dom)': ({ variables }) => !variables.Vact && variables.allA(variables.available),
  'act&I(dk)&II(mi)': ({ variables }) => variables.act && variables.allI(dk) && variables.allII(mi),
  'act&A(dk)&AA(mi)&sn=V(M)': ({ variables }, { spdu }) =>
    variables.act && variables.allA(dk) && variables.allAA(mi) && spdu?.serialNumber === variables.VM,
  'Vsc&V(A)≤sn<V(M)': ({ variables }, occasion) => variables.Vsc && variables.awaits(serialOf(occasion)),
  '¬Vsc&V(A)≤sn<V(M)': ({ variables }, occasion) => !variables.Vsc && variables.awaits(serialOf(occasion)),
  'ACT&¬Vact&I(dk)&I(mi)&II(ma)': ({ variables }) =>
    variables.has('ACT') && !variables.Vact && variables.allI(dk | mi) && variables.allII(ma),
  'ACT&¬Vact&A(dk)&A(mi)&AA(ma)': ({ variables }) =>
    variables.has('ACT') && !variables.Vact && variables.allA(dk | mi) && variables.allAA(ma),
  'Vact&I(dk)&I(mi)&II(ma)': ({ variables }) =>
    variables.Vact && variables.allI(dk | mi) && variables.allII(ma),
  'Vact&A(dk)&A(mi)&AA(ma)&sn=V(M)': ({ variables }, { spdu }) =>
    variables.Vact && variables.allA(dk | mi) && variables.allAA(ma) && spdu?.serialNumber === variables.VM,
  'sn=V(M)-1': ({ variables }, { spdu }) => spdu?.serialNumber === variables.VM - 1,
  'Vact&II(ma)': ({ variables }) => variables.Vact && variables.allII(ma),
  'Vact&AA(ma)': ({ variables }) => variables.Vact && variables.allAA(ma),
  'EXC&act&AA(dk)': ({ variables }) => variables.has('EXC') && variables.act && variables.allAA(dk),
  'EXC&act&II(dk)': ({ variables }) => variables.has('EXC') && variables.act && variables.allII(dk),
};

function saysOverflow(dataOverflow = 0): boolean {
  return (dataOverflow & 1) !== 0;
}

/** The tokens that a request or an SPDU names, as a token item. */
export function tokensOf({ request, spdu }: Occasion): number {
  if (request?.kind === 'STGreq' || request?.kind === 'SPTreq') return tokenItem(request.tokens);
  return spdu?.tokens ?? 0;
}

/** The serial number that a request or an SPDU names; -1 if none. */
export function serialOf({ request, spdu }: Occasion): number {
  if (request?.kind === 'SSYNmrsp') return request.serialNumber;
  return spdu?.serialNumber ?? -1;
}
