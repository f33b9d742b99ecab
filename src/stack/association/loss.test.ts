// Loss of the network connection at every point of an exchange, for both sides: the user hears of exactly
// one end, the association closes, nothing is said after it and no timer remains.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  accepting,
  type Answer,
  bindArgument,
  End,
  exchange,
  inBothModes,
  type Mode,
  octets,
  optionsOf,
  sending,
} from '../../../test/support/associations.ts';

const apdus = [octets('a003020101'), new Uint8Array(3000).fill(0x61)];

/** Both ends, fed in turn, stopped after `steps` pieces of 40 octets at most were handed over. */
function run(
  steps: number,
  answer: Answer = accepting,
  mode: Mode = 'normal',
): { a: End; b: End; done: boolean } {
  const a = new End(optionsOf('initiator', { mode }), sending(apdus, 100));
  const b = new End(optionsOf('responder'), answer);
  let left = steps;
  const spend = (): boolean => {
    left -= 1;
    return left >= 0;
  };
  const finish = { a, b, done: false };
  if (!spend()) return finish;
  a.feed({ kind: 'connected' });
  if (!spend()) return finish;
  b.feed({ kind: 'connected' });
  if (!spend()) return finish;
  a.request({
    kind: 'RTOPENreq',
    checkpointSize: 1,
    window: 2,
    dialogueMode: 'monologue',
    initialTurn: 'initiator',
    userData: bindArgument,
  });
  for (;;) {
    const sent = [a.takeSent(), b.takeSent()];
    if (sent[0].length + sent[1].length === 0) return { a, b, done: true };
    for (const [index, to] of [b, a].entries()) {
      for (let at = 0; at < sent[index].length; at += 40) {
        if (!spend()) return finish;
        to.feed({ kind: 'octets', octets: sent[index].subarray(at, at + 40) });
      }
    }
  }
}

function assertEnded(end: End, where: string): void {
  const terminals = end.terminals();
  assert.ok(terminals.length <= 1, `${where}: ${terminals}`);
  const closedItself = end.kinds().includes('RTCLOSEind');
  assert.ok(terminals.length === 1 || closedItself, `${where}: no terminal after ${end.kinds()}`);
  if (terminals.length === 1) assert.equal(end.kinds().at(-1), terminals[0], where);
  assert.ok(end.closed !== undefined, where);
  assert.equal(end.association.nextTimeout(), undefined, where);
  const heard = end.heard.length;
  for (const input of [
    { kind: 'octets', octets: octets('0300000702f08001') },
    { kind: 'lost', detail: 'again' },
    { kind: 'timer' },
    { kind: 'user', primitive: { kind: 'RTUABreq' } },
    { kind: 'user', primitive: { kind: 'RTTRrsp+' } },
  ] as const) {
    assert.deepEqual(end.association.handle(input, end.now), [], where);
  }
  assert.equal(end.heard.length, heard, where);
}

inBothModes('loss at every point gives each user one terminal indication and closes', (mode) => {
  let steps = 0;
  for (;;) {
    const { a, b, done } = run(steps, accepting, mode);
    if (done) break;
    for (const [end, name] of [
      [a, 'initiator'],
      [b, 'responder'],
    ] as const) {
      if (end.closed === undefined) end.feed({ kind: 'lost', detail: 'cut' });
      assertEnded(end, `${name}, ${steps} steps`);
      assert.deepEqual(end.others, []);
    }
    steps += 1;
  }
  assert.ok(steps > 90, `only ${steps} points`);
});

test('before the open is answered the initiator hears RTOPENcnf-, afterwards RTPABind', () => {
  const { a } = run(5);
  a.feed({ kind: 'lost', detail: 'ECONNRESET' });
  const confirm = a.heard.at(-1);
  assert(confirm?.kind === 'RTOPENcnf-');
  assert.deepEqual([confirm.refused.layer, confirm.refused.transient], ['network', true]);

  const open = run(Number.POSITIVE_INFINITY, (indication, end) =>
    indication.kind === 'RTTRind' ? [] : accepting(indication, end),
  );
  for (const end of [open.a, open.b]) {
    end.feed({ kind: 'lost', detail: 'ECONNRESET' });
    const abort = end.heard.at(-1);
    assert(abort?.kind === 'RTPABind');
    assert.deepEqual([abort.abort.by, abort.abort.reason], ['network', 'connection-lost']);
    assert.match(abort.abort.detail, /ECONNRESET/);
  }
});

test('a connection that never came to be', () => {
  const end = new End(optionsOf('initiator'), () => []);
  end.request({
    kind: 'RTOPENreq',
    checkpointSize: 1,
    window: 2,
    dialogueMode: 'monologue',
    initialTurn: 'initiator',
    userData: bindArgument,
  });
  end.feed({ kind: 'lost', detail: 'ECONNREFUSED' });
  assert.deepEqual(end.terminals(), ['RTOPENcnf-']);
  assertEnded(end, 'refused');
});

test('a transfer that the loss cuts off is gone for its receiver with the association', () => {
  const { a, b } = run(Number.POSITIVE_INFINITY, (indication, end) =>
    indication.kind === 'RTcheckpointind' ? [] : accepting(indication, end),
  );
  exchange(a, b);
  b.feed({ kind: 'lost', detail: 'cut' });
  assert.deepEqual(b.kinds().slice(-2), ['RTcheckpointind', 'RTPABind']);
});
