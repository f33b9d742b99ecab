// What a caller asks and a responder answers: defaults, limits, and whom to blame.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, call } from '../../../test/support/rtse-scenario.ts';
import type { AcseIndication } from '../acse/service.ts';
import { encodeRTOAC, encodeRTORQ } from './apdu-codec.ts';
import { lower, readAnswer, readOpen } from './open-parameters.ts';
import type { RTOpen } from './service.ts';

const application = {
  name: '2.6.0.1.6',
  rtseAbstractSyntax: '2.6.0.2.12',
  userAbstractSyntax: '2.6.0.2.7',
};
const variant = { twoWayAlternate: false, exceptions: true, transferTime_ms: 0 };
const userData = Uint8Array.of(0xb0, 0);
const asked: RTOpen = {
  checkpointSize: 30,
  window: 5,
  dialogueMode: 'monologue',
  initialTurn: 'initiator',
};

type Call = Extract<AcseIndication, { kind: 'AASCind' }>;
type Answer = Extract<AcseIndication, { kind: 'AASCcnf+' }>;

function opened(changes: Partial<Call> = {}) {
  const indication = call(variant, changes);
  assert(indication.kind === 'AASCind');
  return readOpen(indication, application);
}

function answered(changes: Partial<Answer> = {}) {
  const confirm = answer(variant, changes);
  assert(confirm.kind === 'AASCcnf+');
  return readAnswer(confirm, asked, { application });
}

test('X.228: the lower of both, where 0 is no limit', () => {
  const size = (checkpointSize: number, window: number) => ({ checkpointSize, window });
  assert.deepEqual(lower(size(0, 3), size(0, 5)), size(0, 3));
  assert.deepEqual(lower(size(0, 3), size(7, 5)), size(7, 3));
  assert.deepEqual(lower(size(9, 3), size(7, 0)), size(7, 1));
});

test('contexts of any odd identifiers are taken as they come', () => {
  const contexts = [
    { identifier: 11, abstractSyntax: '2.6.0.2.7', accepted: true },
    { identifier: 127, abstractSyntax: '2.6.0.2.12', accepted: true },
    { identifier: 33, abstractSyntax: '2.2.1.0.1', accepted: true },
  ];
  const value = encodeRTORQ({ ...asked, userData });
  const open = opened({ contexts, userInformation: [{ context: 127, value }] });
  assert(open.ok);
  assert.deepEqual(open.value.contexts, { rtse: 127, user: 11 });
});

test('what a peer leaves out has its default: no checkpoints, window 3, monologue', () => {
  const open = opened({
    userInformation: [{ context: 3, value: Uint8Array.of(0xb0, 6, 0xa3, 4, 0xa0, 2, 5, 0) }],
  });
  assert(open.ok);
  const { checkpointSize, window, dialogueMode } = open.value.proposed;
  assert.deepEqual([checkpointSize, window, dialogueMode], [0, 3, 'monologue']);
});

test('opens that cannot be answered, and which layer is to blame', () => {
  const refused = opened();
  assert.ok(refused.ok);
  const context = (abstractSyntax: string, accepted: boolean) => ({
    identifier: 1,
    abstractSyntax,
    accepted,
  });
  const cases: readonly (readonly [string, Partial<Call>])[] = [
    ['acse', { applicationContext: '1.2.3' }],
    ['presentation', { contexts: [context('2.6.0.2.12', true), context('2.6.0.2.7', false)] }],
    ['presentation', { contexts: [context('2.6.0.2.12', false), context('2.6.0.2.7', true)] }],
    ['session', { requirements: 0x0048 }],
    ['session', { tokens: { data: 'initiator', synchronizeMinor: 'acceptor', majorActivity: 'initiator' } }],
    ['rtse', { userInformation: [] }],
    ['rtse', { userInformation: [{ context: 3, value: encodeRTOAC({ ...asked, userData }) }] }],
    ['rtse', { userInformation: [{ context: 3, value: encodeRTORQ({ ...asked, window: -1, userData }) }] }],
  ];
  for (const [layer, changes] of cases) {
    const open = opened(changes);
    assert(!open.ok);
    assert.equal(open.error.layer, layer);
  }
});

test('a token that the acceptor may place stays with the initiator', () => {
  const open = opened({
    tokens: { data: 'acceptor-chooses', synchronizeMinor: 'initiator', majorActivity: 'acceptor-chooses' },
  });
  assert(open.ok);
  assert.deepEqual([open.value.tokens.data, open.value.proposed.initialTurn], ['initiator', 'initiator']);
});

test('an answer is held against what was asked', () => {
  const good = answered();
  assert(good.ok);
  assert.deepEqual([good.value.agreed.checkpointSize, good.value.agreed.window], [1, 3]);
  // More than was asked is not taken.
  const more = answered({
    userInformation: [{ context: 3, value: encodeRTOAC({ checkpointSize: 90, window: 9, userData }) }],
  });
  assert(more.ok);
  assert.deepEqual([more.value.agreed.checkpointSize, more.value.agreed.window], [30, 5]);
  const cases: readonly (readonly [string, Partial<Answer>])[] = [
    ['presentation', { contexts: [] }],
    ['session', { requirements: 0 }],
    ['rtse', { userInformation: [] }],
    ['rtse', { userInformation: [{ context: 3, value: encodeRTORQ({ ...asked, userData }) }] }],
    ['rtse', { userInformation: [{ context: 3, value: encodeRTOAC({ ...asked, window: -1, userData }) }] }],
  ];
  for (const [layer, changes] of cases) {
    const bad = answered(changes);
    assert(!bad.ok);
    assert.equal(bad.error.layer, layer);
  }
});
