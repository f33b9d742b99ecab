// Who holds what a peer recovers (X.228 7.8): whatever association of that peer still carries it ends, under
// whichever name it went on, and no association of anybody else does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentInHand } from '../../test/support/agent-in-hand.ts';
import { envelopeOf, HandleInHand, linkNamed, open, quiet } from '../../test/support/transfer.ts';
import { encodeMTSAPDU } from '../p1/index.ts';
import { bindErrorName } from './bind.ts';
import type { AssociationUser } from './ports.ts';

const octets = encodeMTSAPDU({
  kind: 'message',
  value: { envelope: envelopeOf([{ to: '/S=one/P=X/A= /C=GB/' }]), content: new Uint8Array(3000) },
});
const activity = Uint8Array.of(2, 1, 1);

function connection(number: number) {
  return { callingUserReference: Uint8Array.of(number), commonReference: Uint8Array.of(9) };
}

async function bench() {
  const { agent } = await agentInHand();
  let count = 0;
  const called = (host: string): { handle: HandleInHand; user: AssociationUser } => {
    count += 1;
    const handle = Object.assign(new HandleInHand(), { id: count, peerAddress: `${host}:${count}` });
    return { handle, user: agent.called(handle) };
  };
  const recoverFrom = (host: string, lost: number, number: number) => {
    const caller = called(host);
    const recover = connection(lost);
    const none = new Uint8Array(0);
    caller.user.onIndication(
      open('MTA-B', 'b-secret', { recover, connection: connection(number), userData: none }),
    );
    return caller;
  };
  return { agent, called, recoverFrom };
}

/** A transfer under way over association 1, with a point that is confirmed; its peer calls from `here`. */
async function inTheMiddle() {
  const world = await bench();
  const first = world.called('here');
  first.user.onIndication(open('MTA-B', 'b-secret', { connection: connection(1) }));
  first.user.onIndication({ kind: 'RTbeginind', activity, transfer: 1 });
  first.user.onIndication({ kind: 'RTdataind', octets: octets.subarray(0, 2000) });
  first.user.onIndication({ kind: 'RTcheckpointind', serialNumber: 1, octetsSoFar: 2000, resumption: 'r' });
  await quiet();
  assert.equal(first.handle.kinds.at(-1), 'RTsecured');
  return { ...world, first };
}

test('the association that is recovered ends here too; nobody of another host can end it', async () => {
  const { first, recoverFrom } = await inTheMiddle();
  const stranger = recoverFrom('elsewhere', 1, 2);
  await quiet();
  const [answer] = stranger.handle.requests;
  assert(answer.kind === 'RTOPENrsp-');
  assert.equal(answer.refuse.kind, 'cannot-recover');
  assert.equal(first.handle.destroyed, undefined);
  const peer = recoverFrom('here', 1, 3);
  assert.notEqual(first.handle.destroyed, undefined);
  await quiet();
  assert.deepEqual(peer.handle.kinds, ['RTOPENrsp+']);
});

test('a peer that lost the association it went on with may name the first one again', async () => {
  const { first, recoverFrom } = await inTheMiddle();
  first.user.onClosed('reset');
  await quiet();
  const goOn = {
    kind: 'RTresumeind',
    activity,
    oldActivity: activity,
    serialNumber: 1,
    oldConnection: connection(1),
    transfer: 1,
  } as const;
  const second = recoverFrom('here', 1, 2);
  await quiet();
  second.user.onIndication(goOn);
  await quiet();
  assert.deepEqual(second.handle.kinds, ['RTOPENrsp+', 'RTresumersp+']);
  // It is lost before a further point is confirmed, and we have not noticed.
  const third = recoverFrom('here', 1, 3);
  assert.notEqual(second.handle.destroyed, undefined);
  second.user.onClosed(second.handle.destroyed ?? '');
  await quiet();
  third.user.onIndication(goOn);
  await quiet();
  assert.deepEqual(third.handle.kinds, ['RTOPENrsp+', 'RTresumersp+']);
});

test('an association that was opened to recover the same, and has not begun, ends too', async () => {
  const { first, recoverFrom } = await inTheMiddle();
  first.user.onClosed('reset');
  await quiet();
  const second = recoverFrom('here', 1, 2);
  await quiet();
  const third = recoverFrom('here', 1, 3);
  assert.notEqual(second.handle.destroyed, undefined);
  await quiet();
  assert.deepEqual(third.handle.kinds, ['RTOPENrsp+']);
});

test('beyond the limit of its link a peer that recovers is told that we are busy', async () => {
  const { called, recoverFrom } = await inTheMiddle();
  const { max } = linkNamed('b').associations;
  for (let number = 2; number <= max; number += 1) {
    called('here').user.onIndication(open('MTA-B', 'b-secret', { connection: connection(100 + number) }));
  }
  // The first one is told to end, and has not ended yet.
  const peer = recoverFrom('here', 1, 3);
  await quiet();
  const [answer] = peer.handle.requests;
  assert(answer.kind === 'RTOPENrsp-' && answer.refuse.kind === 'bind-error');
  assert.equal(bindErrorName(answer.refuse.userData), 'busy');
});
