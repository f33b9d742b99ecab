// RT-E1: every PDU that we emit, in normal mode and in X.410-1984 mode, against a strict reader of its own
// (strict-pdus.ts) and against a golden trace that a person has read. `UPDATE=1` writes the traces anew.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { concat, toHex } from '../../src/base/octets.ts';
import {
  accepting,
  type Answer,
  assertLeaveNothing,
  bindError,
  bothModes,
  type End,
  exchange,
  inBothModes,
  octets,
  type Mode,
  opened,
} from '../support/associations.ts';
import { strictPdu } from './strict-pdus.ts';

const traces = new URL('traces/', import.meta.url);
const apdu = octets('a0053003020101');
const long = Uint8Array.from({ length: 2500 }, (_, index) => index);

/** Every packet that either end sent, in order. */
class Trace {
  readonly lines: string[] = [];

  take(end: End, who: string): Uint8Array {
    const sent = end.takeSent();
    for (let at = 0; at < sent.length; ) {
      const length = (sent[at + 2] << 8) | sent[at + 3];
      const packet = sent.subarray(at, at + length);
      // Data is told by its length: what it is made of is in the lines of the short ones.
      const hex = packet.length > 300 ? `${toHex(packet.subarray(0, 60))}… ${packet.length}` : toHex(packet);
      this.lines.push(`${who} ${strictPdu(packet)}\n  ${hex}`);
      at += length;
    }
    return sent;
  }
}

/** Both ends say what they have to say, and it is kept. */
function settle({ a, b }: { readonly a: End; readonly b: End }, trace: Trace): void {
  for (;;) {
    const fromA = trace.take(a, '>');
    const fromB = trace.take(b, '<');
    if (fromA.length + fromB.length === 0) return;
    if (fromA.length > 0) b.feed({ kind: 'octets', octets: fromA });
    if (fromB.length > 0) a.feed({ kind: 'octets', octets: fromB });
  }
}

function sendApdu(end: End, octetsOf: Uint8Array): void {
  end.request({ kind: 'RTTRreq', octetsTotal: octetsOf.length, first: [octetsOf], transferTime_ms: 60_000 });
}

type Play = (trace: Trace, mode: Mode) => void;

const refusing =
  (transient: boolean, at: 'RTTRind' | 'RTcheckpointind'): Answer =>
  (indication, end) =>
    indication.kind === at
      ? [{ kind: 'RTTRrsp-', transient, detail: 'refused' }]
      : accepting(indication, end);

/** What is played, by the name of its trace. */
const plays: Readonly<Record<string, Play>> = {
  'open, one APDU, one with checkpoints, release': (trace, mode) => {
    const ends = opened({ mode });
    settle(ends, trace);
    for (const each of [apdu, long]) {
      sendApdu(ends.a, each);
      settle(ends, trace);
    }
    ends.a.request({ kind: 'RTCLOSEreq' });
    settle(ends, trace);
    assertLeaveNothing(ends.a, ends.b);
  },
  'turn please and turn give': (trace, mode) => {
    const ends = opened({ mode, asked: { dialogueMode: 'two-way-alternate' } });
    settle(ends, trace);
    ends.b.request({ kind: 'RTTPreq', priority: 1 });
    settle(ends, trace);
    ends.a.request({ kind: 'RTTGreq' });
    settle(ends, trace);
    sendApdu(ends.b, apdu);
    settle(ends, trace);
    ends.a.request({ kind: 'RTTRrsp+' });
    settle(ends, trace);
    assertLeaveNothing(ends.a, ends.b);
  },
  'a receiver that cannot take it: exception, interrupt, discard': (trace, mode) => {
    for (const transient of [true, false]) {
      const ends = opened({ mode, responder: refusing(transient, 'RTTRind') });
      settle(ends, trace);
      sendApdu(ends.a, transient ? long : apdu);
      settle(ends, trace);
      assertLeaveNothing(ends.a, ends.b);
    }
  },
  'refused by the user': (trace, mode) => {
    for (const refuse of [
      { kind: 'bind-error', userData: bindError },
      { kind: 'cannot-recover' },
      { kind: 'rts-busy' },
    ] as const) {
      const ends = opened({ mode, responder: () => [{ kind: 'RTOPENrsp-', refuse }] });
      settle(ends, trace);
      assertLeaveNothing(ends.a, ends.b);
    }
  },
  'refused by transport': (trace, mode) => {
    const ends = opened({ mode, responderOptions: { acceptsTransportSelector: () => false } });
    settle(ends, trace);
    assertLeaveNothing(ends.a, ends.b);
  },
  'aborts of either user': (trace, mode) => {
    for (const by of ['a', 'b'] as const) {
      const ends = opened({ mode });
      exchange(ends.a, ends.b);
      ends[by].request({ kind: 'RTUABreq' });
      settle(ends, trace);
      assertLeaveNothing(ends.a, ends.b);
    }
  },
};

for (const [name, play] of Object.entries(plays)) {
  inBothModes(`RT-E1: ${name}`, (mode) => {
    const trace = new Trace();
    play(trace, mode);
    assert.ok(trace.lines.length > 0);
    const file = new URL(`${mode} ${name.replaceAll(/[^a-zA-Z]+/g, '-')}.txt`.replace(' ', '-'), traces);
    const text = `${trace.lines.join('\n')}\n`;
    if (process.env.UPDATE === '1') writeFileSync(file, text);
    assert.equal(text, readFileSync(file, 'utf8'), 'UPDATE=1 writes it anew');
  });
}

test('RT-E1: between them the traces show every PDU that an MTA emits', () => {
  for (const mode of bothModes) {
    const trace = new Trace();
    for (const play of Object.values(plays)) play(trace, mode);
    const shown = new Set(trace.lines.flatMap((line) => line.split('\n')[0].split(' ').slice(1)));
    const due = ['CR', 'CC', 'DR', 'CN', 'AC', 'RF', 'AS', 'DT', 'MIP', 'MIA', 'AE', 'AEA', 'FN', 'DN'];
    due.push('ED', 'AI', 'AIA', 'AD', 'ADA', 'PT', 'GTC', 'GTA', 'AB');
    for (const name of due) assert.ok(shown.has(name), `${name} in ${mode}: ${[...shown].join(' ')}`);
  }
});

test('RT-E1: the strict reader minds what a tolerant one lets pass', () => {
  const good = concat([octets('0300000d02f0800901' + '00'), new Uint8Array(0)]);
  assert.throws(() => strictPdu(good));
  for (const wrong of [
    '0301000802f0800a00', // reserved octet of TPKT
    '0300000a02f0800a00', // a length that does not agree
    '0300000a02f0800a0100', // a parameter without its length
    '0300000a02f0807f0000', // no SPDU
    '0300000d02f08019020b0104' + '00', // an enclosing length beyond the end
  ]) {
    assert.throws(() => strictPdu(octets(wrong)), wrong);
  }
});
