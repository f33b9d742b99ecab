// One APDU on its way in (X.228 7.3): the wrapping taken off as RTTRs come, and the points that the user
// has not secured yet. Nothing of the APDU is held. Not here: state of the association.

import { X410_CONTEXT } from '../acse/service.ts';
import { ExternalUnwrapper, type UnwrapperState } from './external-wrapper.ts';
import { NoWrapper } from './x410-form.ts';

export class InboundApdu {
  readonly #unwrapper: ExternalUnwrapper | NoWrapper;
  #unsecured: number[] = [];

  /** `context` is the presentation context that the EXTERNAL must name; `resumption` that of a point. */
  constructor(context: number, resumption?: string) {
    const state = resumption === undefined ? undefined : (JSON.parse(resumption) as UnwrapperState);
    this.#unwrapper = context === X410_CONTEXT ? new NoWrapper(state) : new ExternalUnwrapper(context, state);
  }

  /** What it takes to go on from here another time. */
  get resumption(): string {
    return JSON.stringify(this.#unwrapper.state);
  }

  /** The octets of the APDU that came so far. */
  get octetsSoFar(): number {
    return this.#unwrapper.octetsOut;
  }

  get complete(): boolean {
    return this.#unwrapper.complete;
  }

  /** What is wrong with the wrapping. */
  get fault(): string | undefined {
    return this.#unwrapper.fault;
  }

  /** Points that the user has not answered. */
  get unsecured(): number {
    return this.#unsecured.length;
  }

  /** Whether the user owes an answer to a point: then it is not the peer who is slow. */
  get awaitsUser(): boolean {
    return this.#unsecured.length > 0;
  }

  /** Takes the octets of one RTTR; returns those of the APDU. */
  take(octets: Uint8Array): readonly Uint8Array[] {
    return this.#unwrapper.take(octets);
  }

  /** A point that wants a confirmation. */
  checkpoint(serialNumber: number): void {
    this.#unsecured.push(serialNumber);
  }

  /** Whether this point is one that the user has not answered. */
  awaits(serialNumber: number): boolean {
    return this.#unsecured.includes(serialNumber);
  }

  /** The user has secured everything up to this point. */
  secured(serialNumber: number): void {
    this.#unsecured = this.#unsecured.slice(this.#unsecured.indexOf(serialNumber) + 1);
  }
}
