// The variables of X.225 A.5: what functional units and tokens there are, and the serial numbers. Not here:
// Vcoll, Vdnr, Vtrr and Vrsp, which need duplex, negotiated release, reuse or resynchronize; Vnextact is
// always false, since there are no major synchronization points. Invariant: V(A) ≤ V(M).

import { heldBy, TOKEN } from './tokens.ts';
import type { TokenPositions } from './service.ts';

/** Bits of the session user requirements (X.225 8.3.1.16). */
export const FU = { HD: 0x0001, SY: 0x0008, MAJ: 0x0010, ACT: 0x0040, EXC: 0x0200 } as const;

/** What this machine can do: half-duplex, minor synchronize, activity management, exceptions. */
export const SUPPORTED_UNITS = FU.HD | FU.SY | FU.ACT | FU.EXC;

/** X.225 8.3.1.16: what a CN without the parameter proposes. */
export const DEFAULT_UNITS = 0x0349;

export class SessionVariables {
  /** The functional units in force. */
  units = 0;
  /** The tokens that are available, as a token item: tk-dom. */
  available = 0;
  /** Those of them that are ours. */
  owned = 0;
  /** V(A): the lowest serial number that awaits confirmation. */
  VA = 1;
  /** V(M): the next serial number. */
  VM = 1;
  /** V(R): the lowest serial number to which a resynchronization could go back. */
  VR = 0;
  /** Whether our user may answer minor synchronization points. */
  Vsc = false;
  /** Whether an activity is in progress. */
  Vact = false;

  /** [5] As the AC settles it, seen from `side`. */
  agree(
    side: 'initiator' | 'acceptor',
    agreed: { units: number; tokens: TokenPositions; serialNumber: number | undefined },
  ): void {
    this.units = agreed.units;
    this.available = (this.has('HD') ? TOKEN.dk : 0) | (this.has('SY') ? TOKEN.mi : 0);
    if (this.has('ACT')) this.available |= TOKEN.ma;
    this.owned = heldBy(side, agreed.tokens) & this.available;
    this.VA = agreed.serialNumber ?? 1;
    this.VM = this.VA;
    this.VR = 0;
    this.Vsc = false;
    this.Vact = false;
  }

  has(unit: keyof typeof FU): boolean {
    return (this.units & FU[unit]) !== 0;
  }

  /** ALL(I, tokens): each token is not available or is ours. */
  allI(tokens: number): boolean {
    return (tokens & this.available & ~this.owned) === 0;
  }

  /** ALL(A, tokens): each token is not available or is theirs. */
  allA(tokens: number): boolean {
    return (tokens & this.available & this.owned) === 0;
  }

  /** ALL(II, tokens): each token is available and ours. */
  allII(tokens: number): boolean {
    return (tokens & ~(this.available & this.owned)) === 0;
  }

  /** ALL(AA, tokens): each token is available and theirs. */
  allAA(tokens: number): boolean {
    return (tokens & ~(this.available & ~this.owned)) === 0;
  }

  /** Data, synchronization and exceptions need an activity where there are activities. */
  get act(): boolean {
    return this.Vact || !this.has('ACT');
  }

  give(tokens: number): void {
    this.owned &= ~tokens;
  }

  take(tokens: number): void {
    this.owned |= tokens & this.available;
  }

  /** [12] An activity begins, with `serialNumber` as its next. */
  beginActivity(serialNumber: number): void {
    this.VA = serialNumber;
    this.VM = serialNumber;
    this.VR = 1;
    this.Vact = true;
    this.Vsc = false;
  }

  /** [22] */
  pointSent(): void {
    if (this.Vsc) this.VA = this.VM;
    this.Vsc = false;
    this.VM += 1;
  }

  /** [23] */
  pointReceived(): void {
    if (!this.Vsc) this.VA = this.VM;
    this.Vsc = true;
    this.VM += 1;
  }

  /** [25] */
  confirmed(serialNumber: number): void {
    this.VA = serialNumber + 1;
  }

  /** Whether `serialNumber` is a point that may be confirmed. */
  awaits(serialNumber: number): boolean {
    return this.VA <= serialNumber && serialNumber < this.VM;
  }

  endActivity(): void {
    this.VA = this.VM;
    this.VR = this.VM;
    this.Vact = false;
  }
}
