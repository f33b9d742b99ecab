// The transport protocol machine: X.224 class 0 over the network service of RFC 1006, both roles. One
// machine serves one transport connection over one network connection; neither is used again. Not here:
// packets, sockets. Invariant: the table decides; this file says what its predicates and actions mean.

import { assert, unreachable } from '../../base/assert.ts';
import { after, millis } from '../../base/time.ts';
import type { Instant } from '../../base/time.ts';
import type { LayerInput, LayerMachine, LayerOutput } from '../kernel/machine.ts';
import { chooseBranch } from '../kernel/table.ts';
import type { Tolerates } from '../kernel/tolerance.ts';
import type { NetworkIndication, NetworkRequest } from '../tpkt/service.ts';

import { answer, offersClass0, proposal, selectorsOf } from './negotiation.ts';
import { TsduReassembly } from './reassembly.ts';
import { segmentTsdu } from './segmentation.ts';
import type { TransportIndication, TransportLoss, TransportRequest } from './service.ts';
import type { TransportAction, TransportEvent, TransportPredicate, TransportState } from './states.ts';
import { transportTable } from './table.ts';
import {
  decodeTpdu,
  encodeConnect,
  encodeDisconnect,
  encodeError,
  TPDU_OCTETS_DEFAULT,
} from './tpdu-codec.ts';
import type { ConnectTpdu, Tpdu } from './tpdu.ts';
import { disconnectReasonName, disconnectReasonNumber, REASON_NEGOTIATION_FAILED } from './tpdu.ts';

export interface TransportOptions {
  /** The initiator sends the CR, on TCONreq; it may be asked before the network connection stands. */
  readonly role: 'initiator' | 'responder';
  /** Our reference (1 to 65,535), the peer's destination reference. */
  readonly reference: number;
  /** The largest TPDU that we propose and accept, in octets (128 to 65,531). Default 65,531. */
  readonly tpdu_octets_max?: number;
  /** The largest TSDU that is reassembled, in octets. Costs twice that much memory a connection at worst. */
  readonly tsdu_octets_max: number;
  /** From the network connection (or the CR) to the CR (or the CC); then the connection is closed. */
  readonly open_ms: number;
  /** Whether a transport selector that the peer calls is one of ours; otherwise DR "address unknown". */
  readonly acceptsTransportSelector?: (called: Uint8Array | undefined) => boolean;
  /** Left out: every deviation of the peer is put up with. */
  readonly tolerates?: Tolerates;
}

export type TransportInput = LayerInput<TransportRequest, NetworkIndication>;
export type TransportOutput = LayerOutput<TransportIndication, NetworkRequest>;

/** What one event carries to the predicates and actions. */
interface Occasion {
  readonly event: TransportEvent;
  readonly now: Instant;
  readonly request?: TransportRequest;
  readonly tpdu?: Tpdu;
  readonly nsdu?: Uint8Array;
  readonly detail?: string;
}

type Meaning = (machine: TransportMachine, occasion: Occasion) => void;

export class TransportMachine
  implements LayerMachine<TransportRequest, NetworkIndication, TransportIndication, NetworkRequest>
{
  readonly #options: TransportOptions;
  readonly #reassembly: TsduReassembly;
  #state: TransportState = 'CLOSED';
  #asked: Extract<TransportRequest, { kind: 'TCONreq' }> = { kind: 'TCONreq' };
  #peer: ConnectTpdu | undefined;
  #tpduOctets: number;
  #deadline: Instant | undefined;
  #outputs: TransportOutput[] = [];

  constructor(options: TransportOptions) {
    assert(options.reference > 0 && options.reference <= 0xffff, 'a reference has 16 bits and is not zero');
    this.#options = options;
    this.#reassembly = new TsduReassembly(options.tsdu_octets_max);
    this.#tpduOctets = Math.min(TPDU_OCTETS_DEFAULT, options.tpdu_octets_max ?? TPDU_OCTETS_DEFAULT);
    assert(this.#tpduOctets >= 128, 'a TPDU has at least 128 octets');
  }

  /** The state by its X.224 symbol. */
  get state(): TransportState {
    return this.#state;
  }

  /** The TPDU size in force, in octets. */
  get tpduOctets(): number {
    return this.#tpduOctets;
  }

  handle(input: TransportInput, now: Instant): readonly TransportOutput[] {
    this.#outputs = [];
    if (input.from === 'timer') {
      if (this.#deadline !== undefined && now >= this.#deadline) this.#step({ event: 'open', now });
    } else if (input.from === 'above') {
      this.#step({ event: input.primitive.kind, now, request: input.primitive });
    } else if (input.primitive.kind === 'NDTind') {
      this.#takeNsdu(input.primitive.nsdu, now);
    } else if (input.primitive.kind === 'NDISind') {
      this.#step({ event: 'NDISind', now, detail: input.primitive.detail });
    } else {
      this.#step({ event: 'NCONcnf', now });
    }
    return this.#outputs;
  }

  nextTimeout(): Instant | undefined {
    return this.#deadline;
  }

  #takeNsdu(nsdu: Uint8Array, now: Instant): void {
    const decoded = decodeTpdu(nsdu);
    const detail = decoded.ok ? this.#intolerable(decoded.value) : decoded.error;
    if (detail !== undefined) this.#step({ event: 'invalid', now, nsdu, detail });
    else if (decoded.ok) this.#step({ event: decoded.value.kind, now, nsdu, tpdu: decoded.value });
  }

  /** What of a CR or CC departs from X.224 and is not put up with. */
  #intolerable(tpdu: Tpdu): string | undefined {
    if (!('sizeCodeBeyond' in tpdu) || tpdu.sizeCodeBeyond === undefined) return undefined;
    const got = `TPDU size code ${tpdu.sizeCodeBeyond} in ${tpdu.kind}`;
    return this.#options.tolerates?.('tpduSizeAbove8192', got) === false ? got : undefined;
  }

  #step(occasion: Occasion): void {
    const at = { state: this.#state, event: occasion.event };
    const branch = chooseBranch(transportTable, at, (predicate) => this.#holds(predicate, occasion));
    if (branch !== undefined) {
      for (const action of branch.do ?? []) TransportMachine.#meaning[action](this, occasion);
      if (branch.next !== undefined) this.#state = branch.next;
      return;
    }
    assert(occasion.request === undefined, `no ${at.event} in ${at.state}`);
    // A TPDU where none is due is a protocol error (X.224 6.22); the rest is of the past.
    if (occasion.tpdu === undefined || at.event === 'invalid') return;
    this.#step({ ...occasion, event: 'invalid', detail: at.event });
  }

  #holds(predicate: TransportPredicate, occasion: Occasion): boolean {
    const { tpdu } = occasion;
    switch (predicate) {
      case 'initiator':
        return this.#options.role === 'initiator';
      case 'acceptable':
        return offersClass0(tpdu) && this.#isCalled(tpdu);
      case 'address unknown':
        return offersClass0(tpdu) && !this.#isCalled(tpdu);
      case 'our class 0':
        return tpdu?.kind === 'CC' && tpdu.class === 0 && tpdu.destination === this.#options.reference;
      default:
        return unreachable(predicate);
    }
  }

  #isCalled(tpdu: Tpdu | undefined): boolean {
    const called = tpdu?.kind === 'CR' ? tpdu.called : undefined;
    return this.#options.acceptsTransportSelector?.(called) ?? true;
  }

  static readonly #meaning: Readonly<Record<TransportAction, Meaning>> = {
    CR: (machine) => machine.#sendRequest(),
    CC: (machine) => machine.#sendConfirm(),
    DT: (machine, occasion) => machine.#sendData(occasion.request),
    DR: (machine, occasion) => machine.#sendDisconnect(reasonAsked(occasion.request)),
    'DR address unknown': (machine) => machine.#sendDisconnect(disconnectReasonNumber('address-unknown')),
    'DR negotiation failed': (machine) => machine.#sendDisconnect(REASON_NEGOTIATION_FAILED),
    ER: (machine, occasion) => machine.#sendError(occasion.nsdu),
    NDISreq: (machine) => machine.#outputs.push({ to: 'below', primitive: { kind: 'NDISreq' } }),
    TCONind: (machine) => machine.#up({ kind: 'TCONind', ...selectorsOf(machine.#peer ?? {}) }),
    TCONcnf: (machine) => machine.#up({ kind: 'TCONcnf' }),
    TDTind: (machine, occasion) => machine.#takeData(occasion),
    'TDISind peer': (machine, { tpdu }) => machine.#up({ kind: 'TDISind', said: whatPeerSaid(tpdu) }),
    'TDISind network': (machine, { detail = '' }) =>
      machine.#up({ kind: 'TDISind', said: { by: 'network', detail } }),
    'TDISind error': (machine) =>
      machine.#up({ kind: 'TDISind', said: { by: 'provider', detail: 'protocol error of the peer' } }),
    'TDISind timeout': (machine) =>
      machine.#up({ kind: 'TDISind', said: { by: 'provider', detail: 'no CC in time' } }),
    remember: (machine, occasion) => machine.#remember(occasion),
    'start open': (machine, { now }) => {
      machine.#deadline = after(now, millis(machine.#options.open_ms));
    },
    'stop open': (machine) => {
      machine.#deadline = undefined;
    },
    violation: (machine, occasion) => machine.#violation(occasion),
  };

  /** Keeps the connect request of the user, or the CR or CC of the peer with the size that a CC settles. */
  #remember({ request, tpdu }: Occasion): void {
    if (request?.kind === 'TCONreq') this.#asked = request;
    if (tpdu?.kind === 'CR' || tpdu?.kind === 'CC') this.#peer = tpdu;
    // X.224 6.5.6: the answer is at most the proposal. A CC that says nothing takes what the CR proposed.
    if (tpdu?.kind === 'CC')
      this.#tpduOctets = Math.min(this.#tpduOctets, tpdu.tpduOctets ?? this.#tpduOctets);
  }

  #sendRequest(): void {
    const { reference } = this.#options;
    const cr = proposal({ ...selectorsOf(this.#asked), reference, tpduOctets: this.#tpduOctets });
    this.#tpduOctets = cr.tpduOctets ?? TPDU_OCTETS_DEFAULT;
    this.#send([encodeConnect(cr)]);
  }

  #sendConfirm(): void {
    assert(this.#peer !== undefined, 'a CC answers a CR');
    const { reference } = this.#options;
    const cc = answer(this.#peer, { reference, tpduOctets: this.#tpduOctets });
    this.#tpduOctets = cc.tpduOctets ?? TPDU_OCTETS_DEFAULT;
    this.#send([encodeConnect(cc)]);
  }

  #sendData(request: TransportRequest | undefined): void {
    assert(request?.kind === 'TDTreq', 'data comes with TDTreq');
    for (const tpdu of segmentTsdu(request.tsdu, this.#tpduOctets)) this.#send(tpdu);
  }

  #takeData({ tpdu, now }: Occasion): void {
    assert(tpdu?.kind === 'DT', 'data comes in a DT');
    if (tpdu.endOfTsdu && tpdu.userData.length === 0 && this.#reassembly.octetsHeld > 0) {
      const got = 'a last DT without user data';
      if (this.#options.tolerates?.('emptyLastTpdu', got) === false) {
        this.#step({ event: 'invalid', now, detail: got });
        return;
      }
    }
    const tsdu = this.#reassembly.take(tpdu);
    if (tsdu === undefined) return;
    const tooLong = `a TSDU longer than ${this.#options.tsdu_octets_max} octets`;
    if (tsdu === 'too-long') this.#step({ event: 'invalid', now, detail: tooLong });
    else this.#up({ kind: 'TDTind', tsdu });
  }

  #sendDisconnect(reason: number): void {
    const source = this.#options.reference;
    this.#send([encodeDisconnect({ destination: this.#peer?.source ?? 0, source, reason })]);
  }

  #sendError(invalidTpdu: Uint8Array | undefined): void {
    const repeated = invalidTpdu !== undefined && { invalidTpdu };
    this.#send([encodeError({ kind: 'ER', destination: this.#peer?.source ?? 0, cause: 0, ...repeated })]);
  }

  #violation(occasion: Occasion): void {
    const got = describe(occasion);
    const violation = { layer: 'transport', clause: 'X.224 6.22', state: this.#state, got } as const;
    this.#outputs.push({ to: 'log', violation: { ...violation, expected: expectedIn[this.#state] } });
  }

  #up(primitive: TransportIndication): void {
    this.#outputs.push({ to: 'above', primitive });
  }

  #send(nsdu: readonly Uint8Array[]): void {
    this.#outputs.push({ to: 'below', primitive: { kind: 'NDTreq', nsdu } });
  }
}

const expectedIn: Readonly<Record<TransportState, string>> = {
  CLOSED: 'nothing',
  WFNC: 'nothing',
  NCON: 'nothing before our CR',
  WFCR: 'CR for class 0',
  WFCC: 'CC for class 0 and our reference',
  WFTRESP: 'nothing before our CC',
  OPEN: 'DT within the TSDU limit',
  REFWAIT: 'nothing',
};

function describe({ event, tpdu, detail }: Occasion): string {
  if (event === 'open') return 'nothing in time';
  if (tpdu?.kind === 'CR') return `CR for class ${tpdu.class}, called ${tpdu.called?.length ?? 'no'} octets`;
  if (tpdu?.kind === 'CC') return `CC for class ${tpdu.class}, reference ${tpdu.destination}`;
  return detail ?? event;
}

function whatPeerSaid(tpdu: Tpdu | undefined): TransportLoss {
  if (tpdu?.kind === 'ER') return { by: 'provider', detail: `ER TPDU, cause ${tpdu.cause}` };
  return { by: 'peer', reason: tpdu?.kind === 'DR' ? disconnectReasonName(tpdu.reason) : 'not-specified' };
}

function reasonAsked(request: TransportRequest | undefined): number {
  return disconnectReasonNumber((request?.kind === 'TDISreq' ? request.reason : undefined) ?? 'normal');
}
