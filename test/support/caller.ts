// A caller for tests: one association on a real socket, driven by promises. Uses the stack and no MTA.

import { systemClock, tcpNetwork } from '../../src/net/index.ts';
import { Association } from '../../src/stack/association/index.ts';
import type { AssociationOptions, RTIndication, RTRequest } from '../../src/stack/association/service.ts';
import type { RecoveredConnection } from '../../src/stack/rtse/service.ts';
import type { AssociationHandle, AssociationUser } from '../../src/transfer/ports.ts';
import { bindArgumentOf, peerOptions } from '../../bench/peer.ts';

/** A recover bind carries no bind argument. */
const nothing = new Uint8Array(0);

export interface CallPlan {
  readonly port: number;
  /** The address that it calls from; the system's choice if left out. */
  readonly localAddress?: string;
  readonly mta: string;
  readonly password: string;
  readonly dialogueMode?: 'monologue' | 'two-way-alternate';
  readonly options?: Partial<AssociationOptions>;
  readonly checkpointSize?: number;
  /** The association that is recovered: a recover bind, without name and password. */
  readonly recover?: RecoveredConnection;
}

/** One association, its indications kept until they are waited for. */
export class Caller {
  readonly indications: RTIndication[] = [];
  closed: string | undefined;
  /** What is said at once to an indication, which is then not kept. */
  answer: ((seen: RTIndication) => RTRequest | undefined) | undefined;
  #handle: AssociationHandle | undefined;
  #wake: (() => void)[] = [];

  /** Dials and binds; resolves when the answer has come, whatever it is. */
  static async call(plan: CallPlan): Promise<Caller> {
    const caller = new Caller();
    const network = tcpNetwork({
      clock: systemClock(),
      associationOf: (options) => new Association(options),
    });
    network.dial({
      target: {
        address: '127.0.0.1',
        port: plan.port,
        connectTimeout_ms: 5000,
        ...(plan.localAddress !== undefined && { localAddress: plan.localAddress }),
      },
      options: { ...peerOptions('initiator'), ...plan.options },
      opened: (handle) => caller.#opened(handle, plan),
      failed: (failure) => caller.#close(failure.detail),
    });
    await caller.until((seen) => seen.kind.startsWith('RTOPENcnf'));
    return caller;
  }

  get opened(): boolean {
    return this.indications.some((seen) => seen.kind === 'RTOPENcnf+');
  }

  request(primitive: RTRequest): void {
    this.#handle?.request(primitive);
  }

  /** Transfers one APDU and resolves to the confirmation, or undefined if the association was lost. */
  async transfer(apdu: Uint8Array): Promise<RTIndication | undefined> {
    const before = this.indications.length;
    this.request({ kind: 'RTTRreq', octetsTotal: apdu.length, first: [apdu], transferTime_ms: 60_000 });
    return this.until((seen) => seen.kind.startsWith('RTTRcnf'), before);
  }

  async release(): Promise<void> {
    this.request({ kind: 'RTCLOSEreq' });
    await this.until(() => false);
  }

  destroy(): void {
    this.#handle?.destroy('test over');
  }

  /**
   * The first indication from number `from` on that fits; undefined once the association is gone without one.
   */
  async until(fits: (seen: RTIndication) => boolean, from = 0): Promise<RTIndication | undefined> {
    for (;;) {
      const found = this.indications.slice(from).find(fits);
      if (found !== undefined || this.closed !== undefined) return found;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  #opened(handle: AssociationHandle, plan: CallPlan): AssociationUser {
    this.#handle = handle;
    queueMicrotask(() =>
      handle.request({
        kind: 'RTOPENreq',
        checkpointSize: plan.checkpointSize ?? 30,
        window: 5,
        dialogueMode: plan.dialogueMode ?? 'monologue',
        initialTurn: 'initiator',
        ...(plan.recover !== undefined && { recover: plan.recover }),
        userData:
          plan.recover === undefined ? bindArgumentOf({ mta: plan.mta, password: plan.password }) : nothing,
      }),
    );
    return {
      onIndication: (primitive) => {
        const said = this.answer?.(primitive);
        if (said !== undefined) {
          this.request(said);
          return;
        }
        this.indications.push(primitive);
        this.#wakeAll();
      },
      onViolation: () => undefined,
      onWritable: () => undefined,
      onClosed: (detail) => this.#close(detail),
    };
  }

  #close(detail: string): void {
    this.closed = detail;
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
