// Two associations in memory, each with a user that answers as an MTA would, for tests of the stack. Octets
// are handed over cut as the test wants. Everything that happens is kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Association } from '../../src/stack/association/index.ts';
import type {
  AssociationInput,
  AssociationOptions,
  AssociationOutput,
  RTIndication,
  RTRequest,
} from '../../src/stack/association/index.ts';
import { concat, fromHex, fromLatin1 } from '../../src/base/octets.ts';
import { type Instant, instant } from '../../src/base/time.ts';

/** The modes that associations are tested in. */
export const bothModes = ['normal', 'x410-1984'] as const;
export type Mode = (typeof bothModes)[number];

/** A test that holds in normal mode and in X.410-1984 mode. */
export function inBothModes(name: string, run: (mode: Mode) => void): void {
  for (const mode of bothModes) test(`${name} (${mode})`, () => run(mode));
}

/** A bind argument and result that are ASN.1 values of the right tags, and no more. */
export const bindArgument = octets('b006a104160270 31');
export const bindResult = octets('b106a104160270 32');
export const bindError = octets('b203020102');

export const startOfTest = instant(1_000_000);

export function octets(hex: string): Uint8Array {
  const value = fromHex(hex);
  if (value === undefined) throw new Error(`no hexadecimal: ${hex}`);
  return value;
}

/** Options of a test association; `changes` replace whole fields. */
export function optionsOf(
  role: AssociationOptions['role'],
  changes: Partial<AssociationOptions> = {},
): AssociationOptions {
  return {
    role,
    mode: 'normal',
    called: {},
    calling: {},
    connectionReference: {
      userReference: concat([Uint8Array.of(0x14, 4), fromLatin1('test')]),
      commonReference: concat([Uint8Array.of(0x17, 13), fromLatin1('260101000000Z')]),
    },
    limits: { tpdu_octets_max: 65_531, tsdu_octets_max: 4 * 1024 * 1024 },
    timers: { open_ms: 30_000, activity_ms: 60_000, disconnect_ms: 10_000, idle_ms: 300_000 },
    offer: { checkpointSize: 1, window: 3 },
    acceptsTransportSelector: () => true,
    ...changes,
  };
}

export type Answer = (indication: RTIndication, end: End) => readonly RTRequest[];

/** One association and its user. */
export class End {
  readonly association: Association;
  readonly heard: RTIndication[] = [];
  readonly others: AssociationOutput[] = [];
  closed: 'orderly' | 'abrupt' | undefined;
  #answer: Answer;
  #sent: Uint8Array[] = [];
  now: Instant = startOfTest;

  constructor(options: AssociationOptions, answer: Answer) {
    this.association = new Association(options);
    this.#answer = answer;
  }

  /** Feeds one input and everything that the user answers to what it causes. */
  feed(input: AssociationInput): void {
    const inputs: AssociationInput[] = [input];
    for (let index = 0; index < inputs.length; index += 1) {
      for (const output of this.association.handle(inputs[index], this.now)) {
        if (output.kind === 'octets') this.#sent.push(...output.octets);
        else if (output.kind === 'close') this.closed = output.abrupt ? 'abrupt' : 'orderly';
        else if (output.kind === 'user') {
          this.heard.push(output.primitive);
          for (const primitive of this.#answer(output.primitive, this))
            inputs.push({ kind: 'user', primitive });
        } else this.others.push(output);
      }
    }
  }

  request(primitive: RTRequest): void {
    this.feed({ kind: 'user', primitive });
  }

  /** Takes what was sent since the last time. */
  takeSent(): Uint8Array {
    const sent = concat(this.#sent);
    this.#sent = [];
    return sent;
  }

  /** The kinds of what was heard, without the octets of APDUs. */
  kinds(): string[] {
    return this.heard.map(({ kind }) => kind).filter((kind) => kind !== 'RTdataind');
  }

  /** The APDUs that came in whole, in order. */
  received(): Uint8Array[] {
    const apdus: Uint8Array[] = [];
    let pieces: Uint8Array[] = [];
    for (const indication of this.heard) {
      if (indication.kind === 'RTbeginind') pieces = [];
      if (indication.kind === 'RTdataind') pieces.push(indication.octets);
      if (indication.kind === 'RTTRind') apdus.push(concat(pieces));
    }
    return apdus;
  }

  /** The indications after which there is no association. */
  terminals(): string[] {
    const terminal = ['RTPABind', 'RTUABind', 'RTOPENcnf-', 'RTCLOSEcnf'];
    return this.kinds().filter((kind) => terminal.includes(kind));
  }
}

/** A responder's user who takes everything. */
export const accepting: Answer = (indication) => {
  switch (indication.kind) {
    case 'RTOPENind':
      return [{ kind: 'RTOPENrsp+', userData: bindResult }];
    case 'RTcheckpointind':
      return [{ kind: 'RTsecured', serialNumber: indication.serialNumber }];
    case 'RTTRind':
      return [{ kind: 'RTTRrsp+' }];
    case 'RTCLOSEind':
      return [{ kind: 'RTCLOSErsp' }];
    default:
      return [];
  }
};

/** An initiator's user who sends `apdus` one after the other, supplying octets as asked, and then closes. */
export function sending(apdus: readonly Uint8Array[], firstOctets = Number.POSITIVE_INFINITY): Answer {
  let index = -1;
  let at = 0;
  const next = (): readonly RTRequest[] => {
    index += 1;
    if (index >= apdus.length) return [{ kind: 'RTCLOSEreq' }];
    const apdu = apdus[index];
    at = Math.min(firstOctets, apdu.length);
    return [
      {
        kind: 'RTTRreq',
        octetsTotal: apdu.length,
        first: [apdu.subarray(0, at)],
        transferTime_ms: 600_000,
      },
    ];
  };
  return (indication) => {
    switch (indication.kind) {
      case 'RTOPENcnf+':
      case 'RTTRcnf+':
        return next();
      case 'RTsupplyind': {
        const supplied = apdus[index].subarray(at, at + indication.octets_max);
        at += supplied.length;
        return [{ kind: 'RTsupply', octets: supplied }];
      }
      default:
        return [];
    }
  };
}

/** Hands octets from each to the other until both are silent; `cut` cuts what is handed over. */
export function exchange(
  a: End,
  b: End,
  cut: (octets: Uint8Array) => readonly Uint8Array[] = (whole) => [whole],
): void {
  for (;;) {
    const fromA = a.takeSent();
    const fromB = b.takeSent();
    if (fromA.length === 0 && fromB.length === 0) {
      if (!passClose(a, b) && !passClose(b, a)) return;
      continue;
    }
    for (const piece of cut(fromA)) if (piece.length > 0) b.feed({ kind: 'octets', octets: piece });
    for (const piece of cut(fromB)) if (piece.length > 0) a.feed({ kind: 'octets', octets: piece });
  }
}

/**
 * The network connection of each is gone: nobody waits for anything, and what still comes is heard by nobody.
 */
export function assertLeaveNothing(...ends: readonly End[]): void {
  for (const end of ends) {
    if (end.closed === undefined) end.feed({ kind: 'lost', detail: 'the test is over' });
    const heard = end.heard.length;
    end.feed({ kind: 'octets', octets: Uint8Array.of(3, 0, 0, 7, 2, 0xf0, 0x80) });
    assert.deepEqual([end.association.nextTimeout(), end.heard.length], [undefined, heard]);
    end.takeSent();
  }
}

/** A network connection that one side closed is lost to the other. */
function passClose(from: End, to: End): boolean {
  if (from.closed === undefined || to.closed !== undefined) return false;
  to.feed({ kind: 'lost', detail: 'closed by the peer' });
  return true;
}

/** One octet at a time. */
export function singly(whole: Uint8Array): readonly Uint8Array[] {
  return Array.from(whole, (_, index) => whole.subarray(index, index + 1));
}

/** Cut in two at `at`. */
export function cutAt(at: number): (whole: Uint8Array) => readonly Uint8Array[] {
  return (whole) => [whole.subarray(0, at), whole.subarray(at)];
}

/** Two ends with the network connection up and the open asked for. */
export function opened(
  parts: {
    readonly initiator?: Answer;
    readonly responder?: Answer;
    /** How the initiator opens. */
    readonly mode?: AssociationOptions['mode'];
    readonly asked?: Partial<Extract<RTRequest, { kind: 'RTOPENreq' }>>;
    readonly initiatorOptions?: Partial<AssociationOptions>;
    readonly responderOptions?: Partial<AssociationOptions>;
  } = {},
): { readonly a: End; readonly b: End } {
  const a = new End(
    optionsOf('initiator', { mode: parts.mode ?? 'normal', ...parts.initiatorOptions }),
    parts.initiator ?? (() => []),
  );
  const b = new End(optionsOf('responder', parts.responderOptions), parts.responder ?? accepting);
  a.feed({ kind: 'connected' });
  b.feed({ kind: 'connected' });
  a.request({
    kind: 'RTOPENreq',
    checkpointSize: 30,
    window: 5,
    dialogueMode: 'monologue',
    initialTurn: 'initiator',
    userData: bindArgument,
    ...(parts.mode === 'x410-1984' && { applicationProtocol: 12 }),
    ...parts.asked,
  });
  return { a, b };
}
