// X.225 A.5: the token functions and the serial numbers.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FU, SessionVariables } from './variables.ts';

const mine = { data: 'initiator', synchronizeMinor: 'initiator', majorActivity: 'initiator' } as const;

function agreed(side: 'initiator' | 'acceptor', units = 0x249): SessionVariables {
  const variables = new SessionVariables();
  variables.agree(side, { units, tokens: mine, serialNumber: undefined });
  return variables;
}

test('I, A, II and AA of tokens that are available', () => {
  const ours = agreed('initiator');
  assert.deepEqual(
    [ours.allI(0x15), ours.allII(0x15), ours.allA(1), ours.allAA(1)],
    [true, true, false, false],
  );
  const theirs = agreed('acceptor');
  assert.deepEqual(
    [theirs.allI(1), theirs.allII(1), theirs.allA(0x15), theirs.allAA(0x15)],
    [false, false, true, true],
  );
});

test('a token that is not available hinders neither side, and nobody has it', () => {
  const duplex = agreed('acceptor', FU.ACT);
  assert.deepEqual(
    [duplex.allI(1), duplex.allA(1), duplex.allII(1), duplex.allAA(1)],
    [true, true, false, false],
  );
});

test('the sender of points awaits their confirmation, the receiver may give it', () => {
  const sender = agreed('initiator');
  sender.beginActivity(1);
  sender.pointSent();
  sender.pointSent();
  assert.deepEqual([sender.VA, sender.VM, sender.Vsc], [1, 3, false]);
  assert.deepEqual(
    [sender.awaits(0), sender.awaits(1), sender.awaits(2), sender.awaits(3)],
    [false, true, true, false],
  );
  sender.confirmed(1);
  assert.equal(sender.awaits(1), false);
  const receiver = agreed('acceptor');
  receiver.beginActivity(5);
  receiver.pointReceived();
  assert.deepEqual([receiver.VA, receiver.VM, receiver.Vsc], [5, 6, true]);
  receiver.endActivity();
  assert.deepEqual([receiver.VA, receiver.VR, receiver.Vact], [6, 6, false]);
});
