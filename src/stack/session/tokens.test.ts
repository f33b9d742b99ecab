// X.225 8.3.16 and 8.3.1.12: token items; and the reason codes.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { exceptionName, exceptionNumber, refuseName, refuseNumber } from './reasons.ts';
import type { SessionToken, TokenPositions } from './service.ts';
import { heldBy, positionsIn, tokenItem, tokenSetting, tokensIn } from './tokens.ts';

test('the token item has one bit a token', () => {
  const all: SessionToken[] = ['data', 'synchronize-minor', 'major-activity'];
  assert.equal(tokenItem(all), 0x15);
  assert.deepEqual(tokensIn(0x15), all);
  assert.deepEqual(tokensIn(0xea), []);
});

test('the token setting item has two bits a token', () => {
  const tokens: TokenPositions = {
    data: 'acceptor',
    synchronizeMinor: 'initiator',
    majorActivity: 'acceptor-chooses',
  };
  assert.equal(tokenSetting(tokens), 0x21);
  assert.deepEqual(positionsIn(0x21), tokens);
  assert.equal(heldBy('acceptor', tokens), 1);
  assert.equal(heldBy('initiator', tokens), 4);
});

test('reasons have names and numbers, and unknown numbers stay', () => {
  assert.equal(refuseNumber('versions-not-supported'), 132);
  assert.equal(refuseName(129), 'session-selector-unknown');
  assert.equal(refuseName(77), 77);
  assert.equal(exceptionNumber('demand-data-token'), 128);
  assert.equal(exceptionName(1), 'user-receiving-ability-jeopardized');
  assert.equal(exceptionName(undefined), 'no-specific-reason');
  assert.equal(exceptionName(99), 99);
});
