// Transfer-in on one association (X.411 12.2.1 with X.228): takes in the octets of each activity, hands the
// complete APDU over to be accepted, and confirms to the peer only when that has been secured. One APDU at a
// time, as RTSE has it. Invariants: a confirmation follows security; what waits for the disk slows this peer
// alone.

import type { RTIndication } from '../stack/association/service.ts';
import type { Transition } from '../store/index.ts';
import { ApduIntake, SPOOL_BACKLOG_OCTETS_MAX } from './apdu-intake.ts';
import type { Found } from './inbound-recovery.ts';
import type { KeptActivity } from './kept-activity.ts';
import type { IntakeParts, TakenIn } from './taken-in.ts';
import type { AssociationHandle } from './ports.ts';

/** What becomes of a complete APDU. */
export type AcceptVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly transient: boolean; readonly detail: string };

export interface TransferInParts {
  readonly intake: IntakeParts;
  readonly handle: AssociationHandle;
  /** What is remembered for a resumption; absent: nothing is, and nothing is resumed. */
  readonly recovery?: TransferRecovery;
  /** Why nothing new is taken at present: said as soon as a transfer begins. Undefined: all is taken. */
  readonly closed?: () => string | undefined;
  /** Takes responsibility: resolves once the message is on stable storage, or says why it is not taken. */
  readonly accept: (
    taken: TakenIn,
    octets: number,
    remembered?: Pick<Transition, 'saveRecovery' | 'dropRecovery'>,
  ) => Promise<AcceptVerdict>;
  /** For the event: the activity came to nothing after so many octets. */
  readonly failed: (octets: number, detail: string) => void;
  /** Our own fault: told, and the end of this association, whose transfer is worth nothing known any more. */
  readonly mistaken: (error: unknown) => void;
}

/** The memory of an MTA for activities, as one association uses it. */
export interface TransferRecovery {
  readonly begin: (activity: Uint8Array) => KeptActivity;
  readonly resume: (asked: Resumption) => Promise<Found>;
  /** For the event: a broken transfer goes on after so many octets. */
  readonly resumed: (octets: number) => void;
  /** For the event: it cannot. */
  readonly refused: () => void;
}

type Resumption = Extract<RTIndication, { kind: 'RTresumeind' }>;
type Checkpoint = Extract<RTIndication, { kind: 'RTcheckpointind' }>;

type TransferInIndication = Extract<
  RTIndication,
  { kind: 'RTbeginind' | 'RTresumeind' | 'RTdataind' | 'RTcheckpointind' | 'RTTRind' | 'RTdiscardind' }
>;

export class TransferIn {
  readonly #parts: TransferInParts;
  #intake: ApduIntake | undefined;
  /** Told when the peer begins to transfer, and when that is over. */
  onActivity: ((active: boolean) => void) | undefined;
  #kept: KeptActivity | undefined;
  /** The number that RTSE gave to the transfer: answers say which one they mean. */
  #transfer = 0;
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
        this.#holds(new ApduIntake({ ...this.#parts.intake, mistaken: this.#parts.mistaken }));
        this.#kept = this.#parts.recovery?.begin(primitive.activity);
        this.#transfer = primitive.transfer;
        this.#handedOver = false;
        this.#refuseIfClosed();
        return;
      case 'RTresumeind':
        this.#transfer = primitive.transfer;
        this.#goesOn(this.#resume(primitive));
        return;
      case 'RTdataind':
        this.#intake?.push(primitive.octets);
        this.#slowIfBehind();
        return;
      case 'RTcheckpointind':
        this.#goesOn(this.#confirmCheckpoint(primitive));
        return;
      case 'RTTRind':
        this.#goesOn(this.#complete());
        return;
      case 'RTdiscardind':
        if (primitive.resumable === true) this.lost(primitive.detail);
        else this.#forget(primitive.detail);
    }
  }

  /**
   * The activity or the association is gone: what has points is kept for a resumption, the rest is forgotten,
   * unless it is being secured.
   */
  lost(detail: string): void {
    const intake = this.#intake;
    // An answer to a resumption that is still looked for comes to nobody.
    this.#transfer = 0;
    if (intake === undefined) return;
    this.#holds(undefined);
    const kept = this.#kept;
    this.#kept = undefined;
    if (this.#handedOver) {
      kept?.lost();
      return;
    }
    kept?.lost(this.#letGo(intake, kept));
    if (kept === undefined) this.#goesOn(intake.discard());
    this.#parts.failed(intake.octets, detail);
  }

  #holds(intake: ApduIntake | undefined): void {
    this.#intake = intake;
    this.onActivity?.(intake !== undefined);
  }

  /** Lets go of the spool; a point that is being committed decides whether it stays. */
  async #letGo(intake: ApduIntake, kept: KeptActivity): Promise<void> {
    await kept.settled;
    const spool = await intake.spool();
    await (spool !== undefined && kept.keeps(spool) ? intake.release() : intake.discard());
  }

  /** The peer took the activity back for good. */
  #forget(detail: string): void {
    const kept = this.#kept;
    const intake = this.#intake;
    this.#transfer = 0;
    this.#holds(undefined);
    this.#kept = undefined;
    if (intake === undefined) return;
    if (this.#handedOver) {
      kept?.lost();
      return;
    }
    this.#parts.failed(intake.octets, detail);
    this.#goesOn(intake.discard().then(() => kept?.forget()));
  }

  async #resume(asked: Resumption): Promise<void> {
    const { handle, recovery } = this.#parts;
    const { transfer } = asked;
    const found: Found = (await recovery?.resume(asked)) ?? { kind: 'gone' };
    if (this.#transfer !== transfer) {
      if (found.kind === 'point') found.kept.lost(found.intake.release());
      return;
    }
    if (found.kind === 'gone') {
      recovery?.refused();
      handle.request({ kind: 'RTresumersp-', transfer });
    } else if (found.kind === 'secured') {
      handle.request({ kind: 'RTresumersp+', transfer });
    } else {
      this.#holds(found.intake);
      this.#kept = found.kept;
      this.#handedOver = false;
      recovery?.resumed(found.intake.octets);
      handle.request({ kind: 'RTresumersp+', resumption: found.resumption, transfer });
    }
  }

  async #confirmCheckpoint({ serialNumber, resumption }: Checkpoint): Promise<void> {
    const intake = this.#intake;
    const kept = this.#kept;
    const transfer = this.#transfer;
    if (intake === undefined) return;
    let failure: string | undefined;
    if (kept === undefined || resumption === undefined) failure = await intake.secured();
    else {
      const point = await intake.checkpoint();
      if (this.#intake !== intake) return;
      if (typeof point === 'string') failure = point;
      else if (point !== undefined) failure = await kept.save({ serialNumber, resumption }, point);
    }
    // Once the whole is handed over, it is the end of the transfer that is confirmed or refused.
    if (this.#intake !== intake || (failure !== undefined && this.#handedOver)) return;
    // After a failed write no checkpoint is confirmed: the end of the transfer will be refused as temporary.
    if (failure !== undefined) this.#refuse(intake, failure);
    else this.#parts.handle.request({ kind: 'RTsecured', serialNumber, transfer });
  }

  async #complete(): Promise<void> {
    const intake = this.#intake;
    const kept = this.#kept;
    const transfer = this.#transfer;
    if (intake === undefined) return;
    const taken = await intake.finish();
    if (this.#intake !== intake) return;
    // A point that is still being committed must not come after what replaces it.
    await kept?.settled;
    if (this.#intake !== intake) return;
    this.#handedOver = true;
    const accepted = this.#parts.accept(taken, intake.octets, kept?.securing()).catch(refusedByMistake);
    kept?.handedOver(accepted.then(({ ok }) => ok));
    const verdict = await accepted;
    if (this.#intake !== intake) return;
    this.#holds(undefined);
    this.#kept = undefined;
    kept?.lost();
    if (verdict.ok) {
      this.transfers += 1;
      this.#parts.handle.request({ kind: 'RTTRrsp+', transfer });
    } else {
      const { transient, detail } = verdict;
      this.#parts.handle.request({ kind: 'RTTRrsp-', transient, detail, transfer });
    }
  }

  #refuseIfClosed(): void {
    const reason = this.#parts.closed?.();
    if (reason !== undefined && this.#intake !== undefined) this.#refuse(this.#intake, reason);
  }

  #refuse(intake: ApduIntake, detail: string): void {
    const kept = this.#kept;
    this.#holds(undefined);
    this.#kept = undefined;
    this.#goesOn(intake.discard().then(() => kept?.forget()));
    this.#parts.failed(intake.octets, detail);
    this.#parts.handle.request({ kind: 'RTTRrsp-', transient: true, detail, transfer: this.#transfer });
  }

  #slowIfBehind(): void {
    const intake = this.#intake;
    if (this.#slowed || intake === undefined || intake.backlog <= SPOOL_BACKLOG_OCTETS_MAX) return;
    this.#slowed = true;
    this.#parts.handle.setReading(false);
    const settled = intake.settled().then(() => {
      this.#slowed = false;
      this.#parts.handle.setReading(true);
    });
    this.#goesOn(settled);
  }

  /** Nobody waits for it here; a fault in it is this association's alone. */
  #goesOn(work: Promise<void>): void {
    work.catch(this.#parts.mistaken);
  }
}

/** Our own mistake: this message is not taken now, and everything else goes on. */
function refusedByMistake(error: unknown): AcceptVerdict {
  return { ok: false, transient: true, detail: error instanceof Error ? error.message : String(error) };
}
