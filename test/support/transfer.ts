// What the tests of the transfer room share: configurations, envelopes as peers send them, judgements, an
// association handle that keeps what it is asked for, and a clock that stands still.

import assert from 'node:assert/strict';
import { globalDomainIdentifier, type ORName, parseORAddress } from '../../src/address/index.ts';
import { bitsOf } from '../../src/asn1/index.ts';
import { after, type Clock, instant, millis } from '../../src/base/time.ts';
import { type Configuration, type LinkConfiguration, parseConfiguration } from '../../src/config/index.ts';
import type { Emit, EventFields, EventName } from '../../src/events/index.ts';
import {
  externalTraceElement,
  type MessageTransferEnvelope,
  perRecipientIndicators,
  type PerRecipientMessageTransferFields,
} from '../../src/p1/index.ts';
import { buildRouteTable } from '../../src/routing/index.ts';
import type { RTIndication, RTRequest } from '../../src/stack/rtse/service.ts';
import type { Arriving } from '../../src/transfer/arriving.ts';
import { bindArgumentOctets } from '../../src/transfer/bind.ts';
import type { JudgeParts } from '../../src/transfer/draft.ts';
import { openMemoryStore, type QueuedCopy, type Store } from '../../src/store/index.ts';
import type { IncomingParts } from '../../src/transfer/incoming-transfers.ts';
import type { AssociationHandle } from '../../src/transfer/ports.ts';
import { decodeStored, encodeStored } from '../../src/transfer/stored-value.ts';

export const now = instant(Date.UTC(2026, 5, 1, 12));

/** A configuration from YAML; fails on its errors. */
export function configured(yaml: string): Configuration {
  const configuration = parseConfiguration(yaml, 'test');
  assert.ok(configuration.ok, JSON.stringify(configuration));
  return configuration.value;
}

/** Our MTA, between domains B and C; X is delivered here. */
export const ours = configured(`
mta:
  name: MTA-X
  domain: { country: GB, admd: " ", prmd: X }
  limits: { messageSize: 100KiB, recipients: 5 }
store: { directory: /nowhere/x }
links:
  - name: b
    peer: { mta: MTA-B, password: b-secret, address: b, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    addressSpaces: [ { address: "/P=B/A= /C=GB/", cost: 10 } ]
  - name: c
    peer: { mta: MTA-C, password: c-secret, address: c, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    addressSpaces: [ { address: "/P=C/A= /C=GB/", cost: 10 } ]
  - name: twin
    peer: { mta: MTA-TWIN, password: twin-secret, address: twin, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    sameDomain: true
    addressSpaces: [ { address: "/O=twin/P=X/A= /C=GB/", cost: 10 } ]
deliver:
  - addressSpace: "/P=X/A= /C=GB/"
    users: [ "/S=one/P=X/A= /C=GB/", "/S=two/P=X/A= /C=GB/" ]
    directory: /nowhere/delivered
`);

export function linkNamed(name: string, configuration = ours): LinkConfiguration {
  const link = configuration.links.find((each) => each.name === name);
  assert.ok(link !== undefined, name);
  return link;
}

export function domainNamed(prmd: string): ReturnType<typeof globalDomainIdentifier> {
  return globalDomainIdentifier({ country: 'GB', admd: ' ', prmd });
}

export function nameOf(text: string): ORName {
  const parsed = parseORAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

export interface RecipientPlan {
  readonly to: string;
  readonly responsible?: boolean;
  readonly report?: 'no-report' | 'non-delivery-report' | 'report';
  readonly extensions?: PerRecipientMessageTransferFields['extensions'];
}

/** An envelope as the domain B would transfer it. */
export function envelopeOf(
  recipients: readonly RecipientPlan[],
  more: Partial<MessageTransferEnvelope> = {},
): MessageTransferEnvelope {
  return {
    messageIdentifier: { globalDomainIdentifier: domainNamed('B'), localIdentifier: 'id-1' },
    originatorName: nameOf('/S=Sender/P=B/A= /C=GB/'),
    contentType: { kind: 'builtIn', value: 'interpersonal-messaging-1988' },
    priority: 'normal',
    perMessageIndicators: bitsOf([], 0),
    traceInformation: [externalTraceElement(domainNamed('B'), { arrivalTime: now })],
    extensions: [],
    perRecipientFields: recipients.map(
      ({ to, responsible = true, report = 'non-delivery-report', extensions = [] }, index) => ({
        recipientName: nameOf(to),
        originallySpecifiedRecipientNumber: index + 1,
        perRecipientIndicators: perRecipientIndicators({
          responsibility: responsible,
          originatingMTAReportRequest: report === 'report' ? 'report' : 'non-delivery-report',
          originatorReportRequest: report,
        }),
        extensions,
      }),
    ),
    ...more,
  };
}

/** A message that came by link `b`, unless `from` says another; undefined: submitted here. */
export function arrivingMessage(
  envelope: MessageTransferEnvelope,
  { octets = 10, from = 'b' }: { readonly octets?: number; readonly from?: string | undefined } = {},
): Arriving {
  return {
    value: { kind: 'message', envelope },
    content: { kind: 'inline', octets: new Uint8Array(octets) },
    contentLength: octets,
    ...(from !== 'here' && { link: linkNamed(from), remote: 'b:1' }),
  };
}

/** A stored message of one recipient of C, with this envelope and content. */
export function copyOfMessage(
  envelope: MessageTransferEnvelope,
  content: Uint8Array,
  more: Partial<QueuedCopy> = {},
): QueuedCopy {
  return {
    copy: 1,
    message: 7,
    kind: 'message',
    mtsIdentifier: '/P=B/A= /C=GB/;id-1',
    priority: 'normal',
    originator: 'o',
    recipients: [{ number: 0, address: '/S=b/P=C/A= /C=GB/' }],
    contentLength: content.length,
    acceptedAt: now,
    expiresAt: after(now, millis(1000)),
    nextHop: 'link/c',
    state: 'queued',
    attempts: 0,
    envelope: encodeStored({ kind: 'message', envelope }),
    content: { kind: 'inline', octets: content },
    ...more,
  };
}

/** The envelope of a message as it is stored. */
export function envelopeIn(stored: Parameters<typeof decodeStored>[0]): MessageTransferEnvelope {
  const read = decodeStored(stored);
  assert.ok(read.ok && read.value.kind === 'message');
  return read.value.envelope;
}

/** What judgements need of an MTA that works, by its configuration. */
export function judgeParts(changes: Partial<JudgeParts> = {}): JudgeParts {
  let count = 0;
  return {
    configuration: ours,
    table: buildRouteTable(changes.configuration ?? ours),
    health: () => 'healthy',
    identifier: () => {
      count += 1;
      return { globalDomainIdentifier: domainNamed('X'), localIdentifier: `report-${count}` };
    },
    claim: () => undefined,
    ...changes,
  };
}

/** For associations over which nothing is to come in: what comes is refused for now. */
export const takingNothing: IncomingParts = {
  intake: { store: openMemoryStore(), inlineOctetsMax: 1000, contentOctetsMax: 10_000 },
  accept: async () => ({ ok: false, transient: true, detail: 'nothing is taken here' }),
};

/** The store, some of whose operations are others. */
export function storeWith(store: Store, operations: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, name: keyof Store) => operations[name] ?? target[name].bind(target),
  });
}

/** An association that keeps what its user asks for. */
export class HandleInHand implements AssociationHandle {
  readonly id = 1;
  readonly peerAddress = 'peer:1';
  readonly requests: RTRequest[] = [];
  readonly reading: boolean[] = [];
  destroyed: string | undefined;
  isCongested = false;

  request(primitive: RTRequest): void {
    this.requests.push(primitive);
  }

  setReading(on: boolean): void {
    this.reading.push(on);
  }

  congested(): boolean {
    return this.isCongested;
  }

  destroy(detail: string): void {
    this.destroyed = detail;
  }

  /** The kinds of what was asked for so far. */
  get kinds(): readonly string[] {
    return this.requests.map(({ kind }) => kind);
  }
}

export type Told = readonly [EventName, EventFields];

/** An `emit` that keeps what it is told. */
export function listening(): { readonly emit: Emit; readonly told: Told[] } {
  const told: Told[] = [];
  return { told, emit: (name, fields) => told.push([name, fields]) };
}

/** A clock that stands still, whose timers are due at once, but for those that lie ahead. */
export const promptly: Clock = {
  now: () => now,
  schedule: (at, callback) => {
    if (at > now) return () => undefined;
    const immediate = setImmediate(callback);
    return () => clearImmediate(immediate);
  },
};

/** A clock whose time is `now` until it is moved. */
export class ClockInHand implements Clock {
  time = now;
  #timers: { at: number; callback: () => void }[] = [];

  now(): typeof now {
    return this.time;
  }

  schedule(at: number, callback: () => void): () => void {
    const timer = { at, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** Lets the first of what is due happen, and nothing that follows from it. */
  async turn(): Promise<void> {
    await quiet();
    const due = this.#timers.find(({ at }) => at <= this.time);
    this.#timers = this.#timers.filter((each) => each !== due);
    due?.callback();
    await quiet();
  }

  /** Moves the time, and lets what is due and all that follows happen. */
  async pass(milliseconds: number): Promise<void> {
    this.time = instant(this.time + milliseconds);
    await quiet();
    for (;;) {
      const due = this.#timers.find(({ at }) => at <= this.time);
      if (due === undefined) return;
      this.#timers = this.#timers.filter((each) => each !== due);
      due.callback();
      await quiet();
    }
  }
}

/** Resolves when every promise that can go on has gone on. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** An indication, its kind checked. */
export function indication<K extends RTIndication['kind']>(
  value: Extract<RTIndication, { kind: K }>,
): Extract<RTIndication, { kind: K }> {
  return value;
}

type Open = Extract<RTIndication, { kind: 'RTOPENind' }>;

/** A caller's bind in normal mode, as the stack tells it; `more` is what a test is about. */
export function open(mta: string, password: string, more: Partial<Open> = {}): Open {
  return {
    kind: 'RTOPENind',
    userData: bindArgumentOctets({ mta, password }, 'normal'),
    mode: 'normal',
    selectors: { called: {}, calling: {} },
    answered: { checkpointSize: 30, window: 5 },
    checkpointSize: 30,
    window: 5,
    dialogueMode: 'monologue',
    initialTurn: 'initiator',
    ...more,
  };
}
