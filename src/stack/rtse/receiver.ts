// The receiving half of RTSE (X.228 7.3): takes the RTTRs of an activity, passes on the octets of the APDU,
// and confirms to the peer what its user has secured, never earlier. Each method is an action of the table.

import { assert } from '../../base/assert.ts';
import type { Tolerates } from '../kernel/tolerance.ts';
import type { Effects, RtseHears } from './effects.ts';
import { InboundApdu } from './inbound.ts';
import { type AgreedSizes, PeerSizes } from './peer-sizes.ts';
import type { RtseContexts } from './x410-form.ts';
import { exceptionOf } from './outcomes.ts';
import { oldConnectionOf } from './recovery.ts';
import type { RTRequest } from './service.ts';

type Answer = Extract<
  RTRequest,
  { kind: 'RTsecured' | 'RTTRrsp+' | 'RTTRrsp-' | 'RTresumersp+' | 'RTresumersp-' }
>;
type Resumed = Extract<RtseHears, { kind: 'PACTRind' }>;

export class Receiver {
  readonly #effects: Effects;
  readonly #tolerates: Tolerates | undefined;
  #transfers = 0;
  #apdu: InboundApdu | undefined;
  #sizes: PeerSizes | undefined;
  #excess: string | undefined;

  constructor(effects: Effects, tolerates?: Tolerates) {
    this.#effects = effects;
    this.#tolerates = tolerates;
  }

  /** Whether the user owes an answer to a checkpoint. */
  get awaitsUser(): boolean {
    return this.#apdu?.awaitsUser ?? false;
  }

  /** Whether an answer of the user is for a transfer or a point that waits no more. */
  isStale(answer: Answer): boolean {
    if (answer.transfer !== undefined && answer.transfer !== this.#transfers) return true;
    return answer.kind === 'RTsecured' && !this.#current().awaits(answer.serialNumber);
  }

  get complete(): boolean {
    return this.#current().complete;
  }

  /** What is wrong with what came, and what was due. */
  get fault(): { readonly expected: string; readonly got: string } {
    if (this.#excess !== undefined) return { expected: 'sizes as agreed', got: this.#excess };
    const apdu = this.#current();
    const got = apdu.fault ?? (apdu.complete ? 'nothing' : 'an APDU that is not complete');
    return { expected: 'RTTRs with one EXTERNAL of the transfer context', got };
  }

  begin(activity: Uint8Array, contexts: RtseContexts, agreed: AgreedSizes): void {
    this.#transfers += 1;
    this.#apdu = new InboundApdu(contexts.user);
    this.#sizes = new PeerSizes(agreed, this.#tolerates);
    this.#effects.up({ kind: 'RTbeginind', activity, transfer: this.#transfers });
  }

  /** The peer goes on with an activity: whether we can is the user's to say. */
  indicateResume({ activity, link }: Resumed): void {
    this.#transfers += 1;
    const { oldActivity, serialNumber } = link;
    const oldConnection = oldConnectionOf(link);
    const transfer = this.#transfers;
    this.#effects.up({ kind: 'RTresumeind', activity, oldActivity, serialNumber, oldConnection, transfer });
  }

  /** Goes on from a point that the user has secured. */
  resume(resumption: string, contexts: RtseContexts, agreed: AgreedSizes): void {
    this.#apdu = new InboundApdu(contexts.user, resumption);
    this.#sizes = new PeerSizes(agreed, this.#tolerates);
  }

  /** The peer repeats what is secured already. */
  confirmRepeated(serialNumber: number): void {
    this.#effects.down({ kind: 'PSYNmrsp', serialNumber });
  }

  /** The user does not know the activity. */
  reportUnknownActivity(): void {
    this.#effects.down({ kind: 'PUERreq', reason: 'unrecoverable-procedural-error' });
  }

  take(rttrs: readonly Uint8Array[]): void {
    const apdu = this.#current();
    for (const rttr of rttrs) {
      if (this.#exceeds(this.#sizes?.took(rttr.length))) return;
      for (const octets of apdu.take(rttr)) this.#effects.up({ kind: 'RTdataind', octets });
    }
    if (apdu.fault !== undefined) this.#effects.raise('wrappingFault');
  }

  checkpoint(serialNumber: number): void {
    const apdu = this.#current();
    apdu.checkpoint(serialNumber);
    if (this.#exceeds(this.#sizes?.point(apdu.unsecured))) return;
    const { octetsSoFar, resumption } = apdu;
    this.#effects.up({ kind: 'RTcheckpointind', serialNumber, octetsSoFar, resumption });
  }

  confirmSecured(serialNumber: number): void {
    this.#current().secured(serialNumber);
    this.#effects.down({ kind: 'PSYNmrsp', serialNumber });
  }

  indicateTransfer(): void {
    this.#effects.up({ kind: 'RTTRind', octetsTotal: this.#current().octetsSoFar });
  }

  confirmEnd(): void {
    this.#apdu = undefined;
    this.#effects.down({ kind: 'PACTErsp' });
  }

  /** The user cannot take the APDU; it has forgotten its octets. */
  reportException(transient: boolean): void {
    this.#apdu = undefined;
    this.#effects.down({ kind: 'PUERreq', reason: exceptionOf(transient) });
  }

  /** The activity is gone, for good unless it is `resumable`. */
  forget(detail: string, resumable: boolean): void {
    this.#apdu = undefined;
    this.#effects.up({ kind: 'RTdiscardind', detail, resumable });
  }

  answerInterrupt(): void {
    this.#effects.down({ kind: 'PACTIrsp' });
  }

  answerDiscard(): void {
    this.#effects.down({ kind: 'PACTDrsp' });
  }

  /** A point that wants no confirmation. */
  passPoint(): void {
    this.#sizes?.point(0);
  }

  #exceeds(excess: string | undefined): boolean {
    if (excess === undefined) return false;
    this.#excess = excess;
    this.#effects.raise('wrappingFault');
    return true;
  }

  #current(): InboundApdu {
    assert(this.#apdu !== undefined, 'an APDU is being received');
    return this.#apdu;
  }
}
