// The class 0 machine: every cell of its table, refusals, errors, deadlines, and two machines against each
// other.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { AssertionError } from '../../base/assert.ts';
import { concat, fromHex, toHex } from '../../base/octets.ts';
import { instant } from '../../base/time.ts';
import { cellsOf } from '../kernel/table.ts';
import { TransportMachine } from './machine.ts';
import type { TransportInput, TransportOptions, TransportOutput } from './machine.ts';
import type { TransportEvent, TransportState } from './states.ts';
import { transportTable } from './table.ts';

const hex = (text: string): Uint8Array => fromHex(text) ?? assert.fail(text);
const nsdu = (text: string): TransportInput => ({
  from: 'below',
  primitive: { kind: 'NDTind', nsdu: hex(text) },
});
const up: TransportInput = { from: 'below', primitive: { kind: 'NCONcnf' } };
const lost: TransportInput = { from: 'below', primitive: { kind: 'NDISind', detail: 'reset' } };
const ask: TransportInput = { from: 'above', primitive: { kind: 'TCONreq', called: hex('3539') } };
const accept: TransportInput = { from: 'above', primitive: { kind: 'TCONrsp' } };
const leave: TransportInput = { from: 'above', primitive: { kind: 'TDISreq' } };
const data: TransportInput = { from: 'above', primitive: { kind: 'TDTreq', tsdu: [hex('aa')] } };
const timer: TransportInput = { from: 'timer' };

const CR = nsdu('09e00000000200c20141');
const options = {
  reference: 5,
  tsdu_octets_max: 100,
  open_ms: 1000,
  acceptsTransportSelector: (called?: Uint8Array) => called === undefined || called[0] === 0x41,
};

type Way = readonly [TransportOptions['role'], ...TransportInput[]];
const CC = nsdu('06d00005000900');
const ways: Readonly<Record<TransportState, readonly Way[]>> = {
  CLOSED: [['initiator'], ['responder']],
  WFNC: [['initiator', ask]],
  NCON: [['initiator', up]],
  WFCR: [['responder', up]],
  WFCC: [['initiator', up, ask]],
  WFTRESP: [['responder', up, CR]],
  OPEN: [
    ['initiator', up, ask, CC],
    ['responder', up, CR, accept],
  ],
  REFWAIT: [['responder', up, lost]],
};
const inputs: Readonly<Record<TransportEvent, readonly TransportInput[]>> = {
  TCONreq: [ask],
  TCONrsp: [accept],
  TDTreq: [data],
  TDISreq: [leave],
  NCONcnf: [up],
  NDISind: [lost],
  CR: [CR, nsdu('09e00000000200c20142'), nsdu('09e00000000240c20141')],
  CC: [CC, nsdu('06d00006000900')],
  DR: [nsdu('068000050009 80')],
  DC: [nsdu('05c000050009')],
  DT: [nsdu('02f080aa')],
  ER: [nsdu('0470000502')],
  invalid: [nsdu('0233ff')],
  open: [timer],
};

function machineAfter([role, ...conversation]: Way): TransportMachine {
  const machine = new TransportMachine({ ...options, role });
  for (const input of conversation) machine.handle(input, instant(0));
  return machine;
}

function fire(machine: TransportMachine, input: TransportInput): readonly TransportOutput[] {
  return machine.handle(input, instant(input.from === 'timer' ? 1000 : 0));
}

const sent = (outputs: readonly TransportOutput[]): string[] =>
  outputs.flatMap((output) =>
    output.to === 'below' && output.primitive.kind === 'NDTreq' ? [toHex(concat(output.primitive.nsdu))] : [],
  );

test('each conversation leads to its state', () => {
  for (const state of Object.keys(ways) as TransportState[]) {
    for (const way of ways[state]) assert.equal(machineAfter(way).state, state);
  }
});

test('every branch of every cell is driven, and leads where it says', (t) => {
  let cells = 0;
  for (const { state, event, cell } of cellsOf(transportTable)) {
    cells += 1;
    const reached = new Set<string>();
    for (const way of ways[state]) {
      for (const input of inputs[event]) {
        const machine = machineAfter(way);
        fire(machine, input);
        reached.add(machine.state);
      }
    }
    for (const branch of cell) assert.ok(reached.has(branch.next ?? state), `${event} in ${state}`);
  }
  t.diagnostic(`${cells} cells`);
  assert.ok(cells >= 45);
});

test('a request without a cell is our own mistake; a TPDU without one ends the connection', () => {
  for (const state of Object.keys(ways) as TransportState[]) {
    for (const event of Object.keys(inputs) as TransportEvent[]) {
      if (transportTable[state][event] !== undefined) continue;
      const machine = machineAfter(ways[state][0]);
      const [input] = inputs[event];
      if (input.from === 'above') assert.throws(() => fire(machine, input), AssertionError);
      else if (input === up || input === lost || input === timer) assert.deepEqual(fire(machine, input), []);
      else if (['CLOSED', 'WFNC'].includes(state)) assert.deepEqual(fire(machine, input), []);
      else {
        assert.ok(
          fire(machine, input).some(({ to }) => to === 'log'),
          `${event} in ${state}`,
        );
        assert.equal(machine.state, 'REFWAIT');
      }
    }
  }
});

test('an unknown selector is refused: DR, address unknown; no rule is broken', () => {
  const outputs = fire(machineAfter(['responder', up]), nsdu('09e00000000200c20142'));
  assert.deepEqual(sent(outputs), ['06800002000503']);
  assert.deepEqual(
    outputs.map(({ to }) => to),
    ['below', 'below'],
  );
});

test('the deadline closes a connection on which no CR or CC comes', () => {
  for (const way of [ways.WFCR[0], ways.WFCC[0]]) {
    const machine = machineAfter(way);
    assert.equal(machine.nextTimeout(), 1000);
    assert.deepEqual(machine.handle(timer, instant(999)), []);
    assert.ok(
      fire(machine, timer).some((output) => output.to === 'below' && output.primitive.kind === 'NDISreq'),
    );
    machine.handle(lost, instant(1001));
  }
  assert.equal(machineAfter(ways.OPEN[0]).nextTimeout(), undefined);
});

test('a TSDU beyond the limit is answered by ER and the end', () => {
  const outputs = fire(machineAfter(ways.OPEN[1]), nsdu(`02f000${'00'.repeat(101)}`));
  assert.deepEqual(
    outputs.map(({ to }) => to),
    ['log', 'below', 'above', 'below'],
  );
});

test('two machines agree on a size and carry TSDUs both ways', () => {
  const common = { tsdu_octets_max: 100_000, open_ms: 1 };
  const a = new TransportMachine({ ...common, role: 'initiator', reference: 1, tpdu_octets_max: 300 });
  const b = new TransportMachine({ ...common, role: 'responder', reference: 2 });
  const carry = (outputs: readonly TransportOutput[], to: TransportMachine): readonly TransportOutput[] =>
    sent(outputs).flatMap((text) => to.handle(nsdu(text), instant(0)));
  a.handle(up, instant(0));
  b.handle(up, instant(0));
  carry(a.handle(ask, instant(0)), b);
  carry(b.handle(accept, instant(0)), a);
  assert.deepEqual([a.state, b.state, a.tpduOctets, b.tpduOctets], ['OPEN', 'OPEN', 256, 256]);
  const tsdu = [new Uint8Array(1000).fill(1), new Uint8Array(77).fill(2)];
  for (const [from, to] of [
    [a, b],
    [b, a],
  ]) {
    const heard = carry(from.handle({ from: 'above', primitive: { kind: 'TDTreq', tsdu } }, instant(0)), to);
    assert.deepEqual(heard, [{ to: 'above', primitive: { kind: 'TDTind', tsdu: concat(tsdu) } }]);
  }
});

test('any NSDUs in any state: never an exception', () => {
  const all = Object.values(ways).flat();
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.array(fc.uint8Array({ maxLength: 20 })), (way, octets) => {
      const machine = machineAfter(way);
      for (const value of octets)
        fire(machine, { from: 'below', primitive: { kind: 'NDTind', nsdu: value } });
    }),
  );
});
