// Transfer-in on one association (X.411 12.2.1 with X.228): takes in the octets of each activity, hands the
// complete APDU over to be accepted, and confirms to the peer only when that has been secured. One APDU at a
// time, as RTSE has it. Invariants: a confirmation follows security; what waits for the disk slows this peer
// alone.

import type { RTIndication } from '../stack/association/service.ts';
import { ApduIntake, SPOOL_BACKLOG_OCTETS_MAX } from './apdu-intake.ts';
import type { IntakeParts, TakenIn } from './taken-in.ts';
import type { AssociationHandle } from './ports.ts';

/** What becomes of a complete APDU. */
export type AcceptVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly transient: boolean; readonly detail: string };

export interface TransferInParts {
  readonly intake: IntakeParts;
  readonly handle: AssociationHandle;
  /** Takes responsibility: resolves once the message is on stable storage, or says why it is not taken. */
  readonly accept: (taken: TakenIn, octets: number) => Promise<AcceptVerdict>;
  /** For the event: the activity came to nothing after so many octets. */
  readonly failed: (octets: number, detail: string) => void;
}

type TransferInIndication = Extract<
  RTIndication,
  { kind: 'RTbeginind' | 'RTdataind' | 'RTcheckpointind' | 'RTTRind' | 'RTdiscardind' }
>;

export class TransferIn {
  readonly #parts: TransferInParts;
  #intake: ApduIntake | undefined;
  /**
   * What came is whole and in the hands of `accept`: it may be secured already, whatever becomes of the peer.
   */
  #handedOver = false;
  #slowed = false;
  transfers = 0;

  constructor(parts: TransferInParts) {
    this.#parts = parts;
  }

  /** Whether an activity is open. */
  get active(): boolean {
    return this.#intake !== undefined;
  }

  handle(primitive: TransferInIndication): void {
    switch (primitive.kind) {
      case 'RTbeginind':
        this.#intake = new ApduIntake(this.#parts.intake);
        this.#handedOver = false;
        return;
      case 'RTdataind':
        this.#intake?.push(primitive.octets);
        this.#slowIfBehind();
        return;
      case 'RTcheckpointind':
        void this.#confirmCheckpoint(primitive.serialNumber);
        return;
      case 'RTTRind':
        void this.#complete();
        return;
      case 'RTdiscardind':
        this.lost(primitive.detail);
    }
  }

  /** The activity or the association is gone: what came of it is forgotten, unless it is being secured. */
  lost(detail: string): void {
    const intake = this.#intake;
    if (intake === undefined) return;
    this.#intake = undefined;
    if (this.#handedOver) return;
    void intake.discard();
    this.#parts.failed(intake.octets, detail);
  }

  async #confirmCheckpoint(serialNumber: number): Promise<void> {
    const intake = this.#intake;
    const failure = await intake?.secured();
    if (intake === undefined || this.#intake !== intake) return;
    // After a failed write no checkpoint is confirmed: the end of the transfer will be refused as temporary.
    if (failure !== undefined) this.#refuse(intake, failure);
    else this.#parts.handle.request({ kind: 'RTsecured', serialNumber });
  }

  async #complete(): Promise<void> {
    const intake = this.#intake;
    if (intake === undefined) return;
    const taken = await intake.finish();
    if (this.#intake !== intake) return;
    this.#handedOver = true;
    const verdict = await this.#parts.accept(taken, intake.octets).catch(refusedByMistake);
    if (this.#intake !== intake) return;
    this.#intake = undefined;
    if (verdict.ok) {
      this.transfers += 1;
      this.#parts.handle.request({ kind: 'RTTRrsp+' });
    } else {
      const { transient, detail } = verdict;
      this.#parts.handle.request({ kind: 'RTTRrsp-', transient, detail });
    }
  }

  #refuse(intake: ApduIntake, detail: string): void {
    this.#intake = undefined;
    void intake.discard();
    this.#parts.failed(intake.octets, detail);
    this.#parts.handle.request({ kind: 'RTTRrsp-', transient: true, detail });
  }

  #slowIfBehind(): void {
    const intake = this.#intake;
    if (this.#slowed || intake === undefined || intake.backlog <= SPOOL_BACKLOG_OCTETS_MAX) return;
    this.#slowed = true;
    this.#parts.handle.setReading(false);
    void intake.settled().then(() => {
      this.#slowed = false;
      this.#parts.handle.setReading(true);
    });
  }
}

/** Our own mistake: this message is not taken now, and everything else goes on. */
function refusedByMistake(error: unknown): AcceptVerdict {
  return { ok: false, transient: true, detail: error instanceof Error ? error.message : String(error) };
}
