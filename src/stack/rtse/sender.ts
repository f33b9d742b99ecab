// The sending half of RTSE (X.228 7.3): one APDU, one activity. Each method is an action of the table. Not
// here: when it is called. Invariant: between `start` and `confirm` or `fail` there is exactly one
// activity.

import { assert } from '../../base/assert.ts';
import { type Millis, millis } from '../../base/time.ts';
import type { ExceptionReason } from '../presentation/service.ts';
import { encodeRTTR } from './apdu-codec.ts';
import type { Effects } from './effects.ts';
import type { RtseContexts } from './x410-form.ts';
import { OutboundApdu } from './outbound.ts';
import { failureOf, type TransferFailure } from './outcomes.ts';
import { linkOf } from './recovery.ts';
import type { RTOpen, RTRequest } from './service.ts';

export class Sender {
  readonly #effects: Effects;
  #activities = 0;
  #activity: Uint8Array = new Uint8Array(0);
  #apdu: OutboundApdu | undefined;
  #interrupted = false;
  #wanted = 0;
  #failure: TransferFailure = { transient: true, detail: '' };
  #transferTime: Millis | undefined;

  constructor(effects: Effects) {
    this.#effects = effects;
  }

  /** The transfer time of the request, unless it sets none. */
  get transferTime(): Millis | undefined {
    return this.#transferTime;
  }

  get checkpointConfirmed(): boolean {
    return this.#apdu?.checkpointConfirmed ?? false;
  }

  start(request: Extract<RTRequest, { kind: 'RTTRreq' }>, agreed: RTOpen, contexts: RtseContexts): void {
    const { octetsTotal, first, transferTime_ms, resume } = request;
    const resumeAt = resume?.octetsConfirmed ?? 0;
    assert(resumeAt >= 0 && resumeAt < octetsTotal, 'an APDU has octets that are not confirmed');
    this.#activities += 1;
    this.#activity = activityIdentifier(this.#activities);
    const { checkpointSize, window } = agreed;
    this.#apdu = new OutboundApdu({ context: contexts.user, octetsTotal, checkpointSize, window, resumeAt });
    this.#apdu.supply(first);
    this.#transferTime =
      Number.isFinite(transferTime_ms) && transferTime_ms > 0 ? millis(transferTime_ms) : undefined;
    const activity = this.#activity;
    if (resume === undefined) this.#effects.down({ kind: 'PACTSreq', activity });
    else this.#effects.down({ kind: 'PACTRreq', activity, link: linkOf(resume) });
  }

  supply(octets: Uint8Array): void {
    this.#current().supply([octets]);
  }

  /** Sends what can be sent; raises what it came to. */
  sendOn(contexts: RtseContexts): void {
    const apdu = this.#current();
    for (;;) {
      const step = apdu.next();
      if (step.kind === 'window-full') {
        this.#effects.raise('windowFull');
        return;
      }
      if (step.kind === 'need') {
        this.#wanted = step.octets_max;
        this.#effects.raise('octetsWanted');
        return;
      }
      this.#effects.down({
        kind: 'PDTreq',
        userData: [{ context: contexts.rtse, value: encodeRTTR(step.rttr, contexts.rtse) }],
      });
      if (step.after === 'end') {
        this.#effects.raise('allSent');
        return;
      }
      if (step.after === 'sync') this.#effects.down({ kind: 'PSYNmreq' });
    }
  }

  askSupply(): void {
    this.#effects.up({ kind: 'RTsupplyind', octets_max: this.#wanted });
  }

  end(): void {
    this.#effects.down({ kind: 'PACTEreq' });
  }

  numbered(serialNumber: number): void {
    this.#apdu?.numbered(serialNumber);
  }

  /** Whether this point waits for its confirmation. */
  awaits(serialNumber: number): boolean {
    return this.#apdu?.awaits(serialNumber) ?? false;
  }

  confirmPoint(serialNumber: number): void {
    const octetsConfirmed = this.#current().confirmed(serialNumber);
    const activity = this.#activity;
    this.#effects.up({ kind: 'RTconfirmedind', serialNumber, octetsConfirmed, activity });
  }

  /** The peer has secured the whole. */
  confirm(): void {
    this.#apdu = undefined;
    this.#effects.up({ kind: 'RTTRcnf+' });
  }

  noteException(reason: ExceptionReason | number | undefined, detail: string): void {
    this.#failure = failureOf(reason, detail);
  }

  interrupt(): void {
    this.#interrupted = true;
    this.#effects.down({ kind: 'PACTIreq', reason: 'no-specific-reason' });
  }

  discard(): void {
    this.#interrupted = false;
    this.#effects.down({ kind: 'PACTDreq', reason: 'no-specific-reason' });
  }

  /** The activity is gone and the APDU was not transferred. */
  fail(): void {
    this.#apdu = undefined;
    this.#effects.up({ kind: 'RTTRcnf-', ...this.#failure, resumable: this.#interrupted });
  }

  #current(): OutboundApdu {
    assert(this.#apdu !== undefined, 'an APDU is being sent');
    return this.#apdu;
  }
}

/** X.228 8: a BER INTEGER that rises with every activity of the association. */
function activityIdentifier(number: number): Uint8Array {
  const octets = [number & 0xff];
  for (let rest = number >>> 8; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff);
  if (octets[0] > 0x7f) octets.unshift(0);
  return Uint8Array.of(0x02, octets.length, ...octets);
}
