// The states, events, predicates and actions of the session machine, by the symbols of X.225 Annex A.
// Predicates are written as the Annex writes their formulas: I(t), A(t): the token is not available, or is
// ours, or is theirs; II(t), AA(t): it is available and ours, or theirs; tk-dom: the tokens that are
// available.

import type { SessionRequest } from './service.ts';
import type { SpduKind } from './spdu.ts';

export type SessionState =
  /** Idle, no transport connection: before it, and for good after it. */
  | 'STA01'
  /** Wait for T-CONNECT confirm. */
  | 'STA01B'
  /** Transport connected; wait for the CN. */
  | 'STA01C'
  /** Wait for CDO. */
  | 'STA01D'
  /** Wait for AC. */
  | 'STA02A'
  /** Wait for OA. */
  | 'STA02B'
  /** Wait for DN. */
  | 'STA03'
  /** Wait for AEA. */
  | 'STA04B'
  /** Wait for AIA. */
  | 'STA05B'
  /** Wait for ADA. */
  | 'STA05C'
  /** Wait for S-CONNECT response. */
  | 'STA08'
  /** Wait for S-RELEASE response. */
  | 'STA09'
  /** Wait for S-ACTIVITY-END response. */
  | 'STA10B'
  /** Wait for S-ACTIVITY-INTERRUPT response. */
  | 'STA11B'
  /** Wait for S-ACTIVITY-DISCARD response. */
  | 'STA11C'
  /** Wait for T-DISCONNECT indication. */
  | 'STA16'
  /** Wait for GTA. */
  | 'STA18'
  /** Wait for a recovery SPDU of the peer, after our ED. */
  | 'STA19'
  /** Wait for a recovery request of our user, after an ED or ER. */
  | 'STA20'
  /** Data transfer. */
  | 'STA713';

export type SessionEvent =
  | SessionRequest['kind']
  | SpduKind
  | 'TCONind'
  | 'TCONcnf'
  | 'TDISind'
  /** A TSDU that holds no SPDUs, or an SPDU that has no cell or whose predicates do not hold. */
  | 'invalid'
  | 'TIM open'
  | 'TIM release'
  | 'TIM abort';

export type SessionPredicate =
  /** p204: the user data of S-CONNECT exceed 10,240 octets. */
  | 'p204'
  /** The CN calls a session selector that is none of ours. */
  | 'selector unknown'
  /** The CN proposes a version of ours. */
  | 'version'
  /** The CN says that more user data follow in CDO, and proposes version 2. */
  | 'overflow&version 2'
  /** The CDO or segment is the last. */
  | 'last'
  /** The AC chooses what we proposed. */
  | 'agreed'
  /** The AB comes from the peer's user. */
  | 'user'
  | 'I(dk)'
  | 'A(dk)'
  | 'ALL(II,tokens)'
  | 'ALL(AA,tokens)'
  | 'ALL(II,tokens)&dk'
  | 'ALL(AA,tokens)&dk'
  | '¬Vact&ALL(II,tk-dom)'
  | '¬Vact&ALL(AA,tk-dom)'
  | '¬Vact&ALL(I,tk-dom)'
  | '¬Vact&ALL(A,tk-dom)'
  | 'act&I(dk)&II(mi)'
  | 'act&A(dk)&AA(mi)&sn=V(M)'
  | 'Vsc&V(A)≤sn<V(M)'
  | '¬Vsc&V(A)≤sn<V(M)'
  | 'ACT&¬Vact&I(dk)&I(mi)&II(ma)'
  | 'ACT&¬Vact&A(dk)&A(mi)&AA(ma)'
  | 'Vact&I(dk)&I(mi)&II(ma)'
  | 'Vact&A(dk)&A(mi)&AA(ma)&sn=V(M)'
  | 'sn=V(M)-1'
  | 'Vact&II(ma)'
  | 'Vact&AA(ma)'
  | 'EXC&act&AA(dk)'
  | 'EXC&act&II(dk)';

export type SessionAction =
  | 'TCONreq'
  | 'TCONrsp'
  | 'TDISreq'
  /** SPDUs sent. */
  | Exclude<SpduKind, 'NF' | 'AA' | 'AB' | 'ER'>
  | 'RF selector'
  | 'RF version'
  | 'AB user'
  | 'AB error'
  | 'AB timeout'
  /** Primitives to the user. */
  | 'SCONind'
  | 'SCONcnf+'
  | 'SCONcnf-'
  | 'SCONcnf- transport'
  | 'SCONcnf- timeout'
  | 'SDTind'
  | 'STGind'
  | 'SPTind'
  | 'SCGind'
  | 'SSYNmlocal'
  | 'SSYNmind'
  | 'SSYNmcnf'
  | 'SUERind'
  | 'SPERind'
  | 'SACTSind'
  | 'SACTRind'
  | 'SACTIind'
  | 'SACTIcnf'
  | 'SACTDind'
  | 'SACTDcnf'
  | 'SACTEind'
  | 'SACTEcnf'
  | 'SRELind'
  | 'SRELcnf+'
  | 'SUABind'
  | 'SPABind peer'
  | 'SPABind lost'
  | 'SPABind error'
  | 'SPABind timeout'
  /** Keeps the CN, and what of its user data is to come. */
  | 'keep CN'
  | 'keep CDO'
  /** [5] Versions, functional units, tokens and serial numbers as the AC settles them. */
  | '[5]'
  /** [11] Moves the tokens of the token item, or all of them. */
  | '[11] give'
  | '[11] take'
  | '[11] give all'
  | '[11] take all'
  /** [12] A new activity: V(A) = V(M) = V(R) = 1, Vact, ¬Vsc. */
  | '[12]'
  /** A resumed activity: V(A) = V(M) = the serial number + 1, V(R) = 1, Vact, ¬Vsc. */
  | '[12] resumed'
  /** [22] A synchronization point was sent: if Vsc then V(A) = V(M); ¬Vsc; V(M) + 1. */
  | '[22]'
  /** [23] One was received: if ¬Vsc then V(A) = V(M); Vsc; V(M) + 1. */
  | '[23]'
  /** [25] Confirmed: V(A) = the serial number + 1. */
  | '[25]'
  /** The activity has ended: V(A) = V(R) = V(M), Vact = Vnextact (false). */
  | '[19] ended'
  /** The activity was interrupted or discarded: ¬Vact. */
  | '¬Vact'
  | 'start open'
  | 'start release'
  /** [4] Starts TIM. */
  | 'start TIM'
  | 'stop TIM'
  | 'violation';
