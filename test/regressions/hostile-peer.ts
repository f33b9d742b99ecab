// A whole MTA with its store in memory, on a virtual clock, and one peer that sends what it likes over real
// associations: the APDUs are its own, the stack below is as good as ours. What the MTA holds can be
// counted before and after.

import assert from 'node:assert/strict';
import { after, seconds } from '../../src/base/time.ts';
import type { RTIndication } from '../../src/stack/association/index.ts';
import type { AssociationHandle, AssociationUser, Network } from '../../src/transfer/ports.ts';
import { concat } from '../../src/base/octets.ts';
import { bindArgumentOf, bindResultOf, peerOptions } from '../../bench/peer.ts';
import type { VirtualMta } from '../sim/virtual-mta.ts';
import { type SitePlan, World } from '../sim/world.ts';

/** What became of one transfer. */
export type TransferOutcome = 'secured' | 'refused for now' | 'refused for good' | 'association lost';

/** What an MTA holds: everything that a hostile peer could make grow. */
export interface Holdings {
  readonly timers: number;
  readonly associations: number;
  readonly connections: number;
  readonly copies: number;
  readonly messages: number;
  readonly spools: number;
}

const end_limit_s = 400;

/** Further keys, as YAML, of the link between the MTA and C, at both ends. */
export interface OnwardPlan {
  readonly here?: string;
  readonly there?: string;
}

export interface HostilePlan {
  readonly extra?: string;
  readonly onward?: OnwardPlan;
  readonly site?: Partial<SitePlan>;
}

export class HostilePeer {
  readonly world: World;
  readonly mta: VirtualMta;
  readonly #network: Network;
  #handle: AssociationHandle | undefined;
  #indications: RTIndication[] = [];
  #closed = true;
  /** What the MTA held before anybody called. */
  #before: Holdings | undefined;

  /**
   * `extra` are further keys of the MTA's link to the peer; `onward`: it also has a link to an MTA C; `site`
   * says what else is otherwise with the MTA.
   */
  constructor(seed = 1, plan: HostilePlan = {}) {
    const { extra, onward, site } = plan;
    const retry = 'retry: { openInterval: 3600s }';
    const lines = (more: string | undefined): string => (more === undefined ? retry : `${retry}\n${more}`);
    const toC = onward === undefined ? [] : [{ to: 'C', extra: lines(onward.here) }];
    const c = { name: 'C', links: [{ to: 'B', extra: lines(onward?.there) }] };
    this.world = new World(seed, [
      { name: 'B', links: [{ to: 'A', extra: lines(extra) }, ...toC], ...site },
      ...(onward === undefined ? [] : [c]),
    ]);
    this.mta = this.world.mta('B');
    this.#network = this.world.network.of('A', this.world.clock.of(this));
  }

  get associated(): boolean {
    return !this.#closed;
  }

  /** APDUs that the MTA has sent to its neighbour: the reports. */
  readonly received: Uint8Array[] = [];

  /** The neighbour answers calls from now on, and takes what comes. */
  takesCalls(): void {
    this.world.network.listen('A', {
      clock: this.world.clock.of(this),
      admit: () => peerOptions('responder'),
      called: (handle) => this.#answering(handle),
    });
  }

  #answering(handle: AssociationHandle): AssociationUser {
    let pieces: Uint8Array[] = [];
    const answer = (primitive: RTIndication): void => {
      switch (primitive.kind) {
        case 'RTOPENind':
          handle.request({
            kind: 'RTOPENrsp+',
            userData: bindResultOf({ mta: 'MTA-A', password: 'A-secret' }),
          });
          return;
        case 'RTbeginind':
          pieces = [];
          return;
        case 'RTdataind':
          pieces.push(primitive.octets.slice());
          return;
        case 'RTcheckpointind':
          handle.request({ kind: 'RTsecured', serialNumber: primitive.serialNumber });
          return;
        case 'RTTRind':
          this.received.push(concat(pieces));
          handle.request({ kind: 'RTTRrsp+' });
          return;
        case 'RTCLOSEind':
          handle.request({ kind: 'RTCLOSErsp' });
          return;
        default:
      }
    };
    return {
      onIndication: answer,
      onViolation: () => undefined,
      onWritable: () => undefined,
      onClosed: () => undefined,
    };
  }

  /** Opens an association as the MTA's neighbour A, unless one is open. */
  async associate(): Promise<void> {
    if (this.associated) return;
    if (this.#before === undefined) {
      await this.world.pass(seconds(1));
      this.#before = this.holdings();
    }
    this.#indications = [];
    this.#closed = false;
    this.#network.dial({
      target: { address: 'B', port: 102, connectTimeout_ms: 10_000 },
      options: peerOptions('initiator'),
      opened: (handle) => this.#opened(handle),
      failed: ({ detail }) => {
        throw new Error(detail);
      },
    });
    await this.#until(() => this.#heard('RTOPENcnf+') || this.#closed);
    assert.ok(this.#heard('RTOPENcnf+'), 'the neighbour is let in');
  }

  /** Transfers these octets as one APDU, on a new association if the last is gone. */
  async transfer(apdu: Uint8Array): Promise<TransferOutcome> {
    await this.associate();
    const before = this.#indications.length;
    this.#handle?.request({
      kind: 'RTTRreq',
      octetsTotal: apdu.length,
      first: [apdu],
      transferTime_ms: 60_000,
    });
    let confirm: RTIndication | undefined;
    await this.#until(() => {
      confirm = this.#indications
        .slice(before)
        .find(({ kind }) => kind === 'RTTRcnf+' || kind === 'RTTRcnf-');
      return confirm !== undefined || this.#closed;
    });
    if (confirm?.kind === 'RTTRcnf+') return 'secured';
    if (confirm?.kind === 'RTTRcnf-') return confirm.transient ? 'refused for now' : 'refused for good';
    return 'association lost';
  }

  /** Releases the association in good order. */
  async release(): Promise<void> {
    if (!this.associated) return;
    this.#handle?.request({ kind: 'RTCLOSEreq' });
    await this.#until(() => this.#closed);
    await this.world.pass(seconds(5));
  }

  /**
   * The association is released, those that the MTA opened pass their lifetime: it holds what it held before
   * anybody called.
   */
  async leavesNothing(): Promise<void> {
    await this.release();
    await this.world.pass(seconds(600));
    assert.deepEqual(this.holdings(), this.#before, 'counts are at their baseline');
  }

  /** Forgets what was said: the indications of a thousand transfers are this test's and not the MTA's. */
  forget(): void {
    this.#indications = [];
  }

  holdings(): Holdings {
    const { copies, messages, spools } = this.mta.disk;
    return {
      timers: this.mta.timers,
      associations: this.mta.agent.inboundAssociations,
      connections: this.world.network.connections('B'),
      copies: copies.size,
      messages: messages.size,
      spools: spools.size,
    };
  }

  #heard(kind: RTIndication['kind']): boolean {
    return this.#indications.some((each) => each.kind === kind);
  }

  async #until(condition: () => boolean): Promise<void> {
    const { clock } = this.world;
    const met = await clock.runWhile(() => !condition(), after(clock.now(), seconds(end_limit_s)));
    assert.ok(met, 'an answer comes in time');
  }

  #opened(handle: AssociationHandle): AssociationUser {
    this.#handle = handle;
    queueMicrotask(() =>
      handle.request({
        kind: 'RTOPENreq',
        checkpointSize: 1,
        window: 3,
        dialogueMode: 'monologue',
        initialTurn: 'initiator',
        userData: bindArgumentOf({ mta: 'MTA-A', password: 'A-secret' }),
      }),
    );
    return {
      onIndication: (primitive) => this.#indications.push(primitive),
      onViolation: () => undefined,
      onWritable: () => undefined,
      onClosed: () => {
        this.#closed = true;
      },
    };
  }
}
