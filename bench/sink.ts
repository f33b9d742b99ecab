// Swallows messages: accepts any bind, confirms each APDU as soon as it is whole, counts, and reads how long
// each was under way if it says so. A pure stack, no disk. One sink may answer as several MTAs, each on a
// port of its own.

import { type Listener, listen, systemClock } from '../src/net/index.ts';
import { Association } from '../src/stack/association/index.ts';
import type { AssociationHandle, AssociationUser } from '../src/transfer/ports.ts';
import { bindResultOf, type PeerIdentity, peerOptions } from './peer.ts';
import { percentile } from './statistics.ts';
import { now_us, stampedAt_us } from './transit.ts';

/** What came since the last report. Moments as in transit.ts. */
export interface SinkReport {
  readonly messages: number;
  readonly octets: number;
  readonly firstAt_us: number;
  readonly lastAt_us: number;
  readonly transit?: { readonly p50_ms: number; readonly p99_ms: number; readonly max_ms: number };
}

export class MessageSink {
  readonly #withTransit: boolean;
  #messages = 0;
  #octets = 0;
  #firstAt_us = 0;
  #lastAt_us = 0;
  #transits_ms: number[] = [];
  #wanted: { readonly count: number; readonly done: () => void } | undefined;

  constructor(options: { readonly transit: boolean }) {
    this.#withTransit = options.transit;
  }

  /** Answers as this MTA on `port` (0: any). */
  answer(identity: PeerIdentity, port: number): Promise<Listener> {
    return listen(
      { address: '127.0.0.1', port },
      {
        clock: systemClock(),
        associationOf: (options) => new Association(options),
        admit: () => peerOptions('responder'),
        accepted: (handle) => this.#userOf(handle, identity),
        acceptFailed: (detail) => console.error(detail),
      },
    );
  }

  /** Resolves when `count` messages have come since the last report. */
  until(count: number): Promise<void> {
    return new Promise((done) => {
      this.#wanted = { count, done };
      this.#look();
    });
  }

  /** What came since the last report; begins anew. */
  report(): SinkReport {
    const transits = this.#transits_ms;
    const report = {
      messages: this.#messages,
      octets: this.#octets,
      firstAt_us: this.#firstAt_us,
      lastAt_us: this.#lastAt_us,
      ...(transits.length > 0 && {
        transit: {
          p50_ms: percentile(transits, 50),
          p99_ms: percentile(transits, 99),
          max_ms: percentile(transits, 100),
        },
      }),
    };
    this.#messages = 0;
    this.#octets = 0;
    this.#transits_ms = [];
    return report;
  }

  #userOf(handle: AssociationHandle, identity: PeerIdentity): AssociationUser {
    let sentAt_us: number | undefined;
    let begun = false;
    return {
      onIndication: (primitive) => {
        if (primitive.kind === 'RTOPENind') {
          handle.request({ kind: 'RTOPENrsp+', userData: bindResultOf(identity) });
        } else if (primitive.kind === 'RTdataind') {
          if (this.#withTransit && !begun) sentAt_us = stampedAt_us(primitive.octets);
          begun = true;
        } else if (primitive.kind === 'RTcheckpointind') {
          handle.request({ kind: 'RTsecured', serialNumber: primitive.serialNumber });
        } else if (primitive.kind === 'RTTRind') {
          handle.request({ kind: 'RTTRrsp+' });
          this.#count(primitive.octetsTotal, sentAt_us);
          begun = false;
          sentAt_us = undefined;
        } else if (primitive.kind === 'RTCLOSEind') {
          handle.request({ kind: 'RTCLOSErsp' });
        }
      },
      onViolation: (violation) => console.error(JSON.stringify(violation)),
      onWritable: () => undefined,
      onClosed: () => undefined,
    };
  }

  #count(octets: number, sentAt_us: number | undefined): void {
    this.#lastAt_us = now_us();
    if (this.#messages === 0) this.#firstAt_us = this.#lastAt_us;
    this.#messages += 1;
    this.#octets += octets;
    if (sentAt_us !== undefined) this.#transits_ms.push((this.#lastAt_us - sentAt_us) / 1000);
    this.#look();
  }

  #look(): void {
    if (this.#wanted === undefined || this.#messages < this.#wanted.count) return;
    this.#wanted.done();
    this.#wanted = undefined;
  }
}
