// An association that we open: who answered is checked, every refusal is told apart, and the end comes once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confirmOpen, NetworkInHand } from '../../test/support/dialling.ts';
import { ClockInHand, linkNamed, listening, now, quiet, takingNothing } from '../../test/support/transfer.ts';
import { encode, ctx } from '../asn1/index.ts';
import { MTABindError } from '../p1/index.ts';
import type { RTRefused } from '../stack/rtse/service.ts';
import { openMemoryStore } from '../store/index.ts';
import { CallerAssociation, type CallerEnd, connectionReference } from './caller-association.ts';
import { initiatorOptions } from './stack-options.ts';

const link = linkNamed('b');

function bench() {
  const network = new NetworkInHand();
  const clock = new ClockInHand();
  const { emit, told } = listening();
  const ends: CallerEnd[] = [];
  let opened = 0;
  const association = new CallerAssociation({
    link,
    network,
    clock,
    emit,
    store: openMemoryStore(),
    options: initiatorOptions(link, connectionReference('MTA-X', clock, 1), 1_000_000),
    transferTime_ms: () => 1000,
    incoming: () => takingNothing,
    listener: { opened: () => (opened += 1), ended: (end) => ends.push(end) },
  });
  association.open('b');
  return { association, network, ends, told, opened: () => opened };
}

test('it dials the peer, binds as we are, and is open when the peer has answered as itself', async () => {
  const { network, opened, told, ends, association } = bench();
  assert.deepEqual([network.dials[0].target.address, network.dials[0].target.port], ['b', 102]);
  const dialled = network.connect();
  await quiet();
  assert.deepEqual(dialled.handle.kinds, ['RTOPENreq']);
  confirmOpen(dialled, 'MTA-B', 'b-secret');
  assert.equal(opened(), 1);
  association.close();
  assert.equal(dialled.handle.kinds.at(-1), 'RTCLOSEreq');
  dialled.user.onClosed('closed');
  assert.deepEqual(ends, [{ kind: 'closed' }]);
  assert.deepEqual(
    told.map(([name]) => name),
    ['association-opened', 'association-closed'],
  );
});

test('octets that could not be sent are told before the loss', () => {
  const { network, told } = bench();
  const dialled = network.connect();
  confirmOpen(dialled, 'MTA-B', 'b-secret');
  dialled.user.onSendFailed?.('ECONNRESET', 'read ECONNRESET');
  dialled.user.onClosed('ECONNRESET');
  assert.deepEqual(
    told.map(([name, { link: of, code }]) => [name, of, code]),
    [
      ['association-opened', 'b', undefined],
      ['send-failed', 'b', 'ECONNRESET'],
      ['association-lost', 'b', undefined],
    ],
  );
});

for (const [mta, password, event] of [
  ['MTA-Q', 'b-secret', 'wrong-mta-name'],
  ['MTA-B', 'guess', 'wrong-password'],
] as const) {
  test(`an answer with ${event} is broken off, and never used`, () => {
    const { network, opened, told, ends } = bench();
    const dialled = network.connect();
    confirmOpen(dialled, mta, password);
    assert.equal(opened(), 0);
    assert.equal(dialled.handle.kinds.at(-1), 'RTUABreq');
    dialled.user.onClosed('closed');
    assert.equal(told[0][0], event);
    assert.deepEqual(
      ends.map((end) => end.kind === 'open-failed' && end.failure),
      ['policy'],
    );
  });
}

const bindError = (error: 'busy' | 'authentication-error'): Uint8Array =>
  encode(ctx(18, MTABindError), error);
const refusals: readonly (readonly [RTRefused, string])[] = [
  [
    { layer: 'user', reason: 'rejected', transient: false, userData: bindError('authentication-error') },
    'credentials-refused-by-peer',
  ],
  [{ layer: 'user', reason: 'rejected', transient: true, userData: bindError('busy') }, 'peer-busy'],
  [{ layer: 'transport', reason: 'address-unknown', transient: false }, 'selector-refused-by-peer'],
  [{ layer: 'session', reason: 'session-selector-unknown', transient: false }, 'selector-refused-by-peer'],
  [{ layer: 'rtse', reason: 'unacceptable-dialogue-mode', transient: false }, 'dialogue-refused-by-peer'],
  [{ layer: 'rtse', reason: 'rts-busy', transient: true }, 'peer-busy'],
  [{ layer: 'transport', reason: 'congestion', transient: true }, 'peer-busy'],
  [{ layer: 'acse', reason: 'no-reason-given', transient: false }, 'association-refused'],
];

for (const [refused, event] of refusals) {
  test(`a refusal at ${refused.layer} (${refused.reason}) is told as ${event}`, () => {
    const { network, told, ends } = bench();
    const { user } = network.connect();
    user.onIndication({ kind: 'RTOPENcnf-', refused });
    user.onClosed('closed');
    assert.equal(told[0][0], event);
    assert.ok(ends[0].kind === 'open-failed' && ends[0].failure === 'refused');
    assert.equal(ends.length, 1);
  });
}

test('only a peer that answered and does not want us is not asked again for a recovery', () => {
  const answers: readonly (readonly [RTRefused, boolean])[] = [
    [{ layer: 'rtse', reason: 'cannot-recover', transient: true }, true],
    [{ layer: 'user', reason: 'no-reason-given', transient: true }, true],
    [{ layer: 'rtse', reason: 'rts-busy', transient: true }, false],
    [{ layer: 'user', reason: 'rejected', transient: true, userData: bindError('busy') }, false],
    [{ layer: 'rtse', reason: 'aborted by the user', transient: true, aborted: true }, false],
    [{ layer: 'rtse', reason: 'timeout: timed out in openSent', transient: true, aborted: true }, false],
    [{ layer: 'network', reason: 'reset', transient: true }, false],
    [{ layer: 'transport', reason: 'congestion', transient: true }, false],
  ];
  for (const [refused, expected] of answers) {
    const { network, ends } = bench();
    const { user } = network.connect();
    user.onIndication({ kind: 'RTOPENcnf-', refused });
    user.onClosed('closed');
    const [end] = ends;
    assert(end.kind === 'open-failed');
    assert.equal(end.refusedByPeer ?? false, expected, refused.reason);
  }
});

test('silence is a timeout, a refused connection a refusal', () => {
  for (const [code, failure] of [
    ['ETIMEDOUT', 'timeout'],
    ['ECONNREFUSED', 'refused'],
  ] as const) {
    const { network, ends, told } = bench();
    network.fail(code);
    assert.deepEqual(
      ends.map((end) => end.kind === 'open-failed' && end.failure),
      [failure],
    );
    assert.deepEqual([told[0][0], told[0][1].code], ['connect-failed', code]);
  }
});

test('given up while it dials, it ends at once and the dial with it', () => {
  const { association, network, ends } = bench();
  association.abort('no longer wanted');
  assert.equal(network.givenUp, 1);
  association.abort('again');
  assert.equal(ends.length, 1);
});

test('lost when open: who ended it and why are told, and the end comes once', () => {
  const { network, ends, told } = bench();
  const { user } = network.open(link);
  const abort = { by: 'peer-provider', reason: 'temporary-problem', detail: 'disk' } as const;
  user.onIndication({ kind: 'RTPABind', abort });
  user.onClosed('closed by the peer');
  assert.deepEqual(ends, [{ kind: 'lost', detail: 'temporary-problem: disk', progressed: false }]);
  const [, fields] = told.at(-1) ?? [];
  assert.deepEqual([fields?.by, fields?.reason], ['peer-provider', 'temporary-problem']);
});

test('references of one process are never alike', () => {
  const clock = new ClockInHand();
  const one = connectionReference('MTA-X', clock, 1);
  const two = connectionReference('MTA-X', clock, 2);
  assert.notDeepEqual(one.userReference, two.userReference);
  assert.deepEqual(one.commonReference, two.commonReference);
  assert.equal(clock.now(), now);
  const long = connectionReference('M'.repeat(200), clock, 2 ** 31);
  assert.equal(long.userReference.length, long.userReference[1] + 2);
});
