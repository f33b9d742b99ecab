// An association that a peer opened: who is let in, and what its end touches.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { envelopeOf, HandleInHand, listening, ours, quiet, open } from '../../test/support/transfer.ts';
import type { LinkConfiguration } from '../config/index.ts';
import { encodeMTSAPDU } from '../p1/index.ts';
import { openMemoryStore } from '../store/index.ts';
import { bindErrorName } from './bind.ts';
import { CalledAssociation } from './called-association.ts';

function bench(limit?: { readonly key: string; readonly limit: number }) {
  const handle = new HandleInHand();
  const { emit, told } = listening();
  const counted: string[] = [];
  const note = (what: string) => (link: LinkConfiguration) => counted.push(`${what} ${link.name}`);
  const association = new CalledAssociation({
    handle,
    emit,
    links: () => ours.links,
    intake: { store: openMemoryStore(), inlineOctetsMax: 1000, contentOctetsMax: 10_000 },
    store: openMemoryStore(),
    admits: () => limit,
    opened: note('opened'),
    closed: note('closed'),
    accept: async () => ({ ok: true }),
    ended: () => counted.push('ended'),
  });
  return { association, handle, told, counted };
}

test('a peer is let in, counted with its link, and its message taken', async () => {
  const { association, handle, counted, told } = bench();
  association.onIndication(open('MTA-B', 'b-secret'));
  assert.deepEqual(handle.kinds, ['RTOPENrsp+']);
  assert.equal(association.link?.name, 'b');
  association.onIndication({ kind: 'RTbeginind', activity: Uint8Array.of(1), transfer: 1 });
  assert.equal(association.transferring, true);
  const envelope = envelopeOf([{ to: '/S=one/P=X/A= /C=GB/' }]);
  const octets = encodeMTSAPDU({ kind: 'message', value: { envelope, content: Uint8Array.of(1) } });
  association.onIndication({ kind: 'RTdataind', octets });
  association.onIndication({ kind: 'RTTRind', octetsTotal: octets.length });
  await quiet();
  assert.deepEqual(handle.kinds, ['RTOPENrsp+', 'RTTRrsp+']);
  association.onIndication({ kind: 'RTCLOSEind' });
  assert.equal(handle.kinds.at(-1), 'RTCLOSErsp');
  association.onClosed('closed');
  assert.deepEqual(counted, ['opened b', 'ended', 'closed b']);
  assert.deepEqual(
    told.map(([name, fields]) => [name, fields.transfers]),
    [
      ['association-opened', undefined],
      ['association-closed', 1],
    ],
  );
});

test('a stranger is refused with one event, and counted with no link', () => {
  const { association, handle, counted, told } = bench();
  association.onIndication(open('MTA-Q', 'guess'));
  assert.deepEqual(handle.kinds, ['RTOPENrsp-']);
  association.onClosed('closed');
  assert.deepEqual(counted, ['ended']);
  assert.deepEqual(
    told.map(([name, fields]) => [name, fields.remote]),
    [['inbound-unknown-peer', 'peer:1']],
  );
});

test('octets that could not be sent to a peer are told with its link; of a stranger nothing is told', () => {
  const known = bench();
  known.association.onIndication(open('MTA-B', 'b-secret'));
  known.association.onSendFailed('EPIPE', 'write EPIPE');
  const [name, fields] = known.told.at(-1) ?? [];
  assert.deepEqual(
    [name, fields?.link, fields?.remote, fields?.code],
    ['send-failed', 'b', 'peer:1', 'EPIPE'],
  );
  const strange = bench();
  strange.association.onSendFailed('EPIPE', 'write EPIPE');
  assert.deepEqual(strange.told, []);
});

test('beyond the limit of its link a peer is told that we are busy', () => {
  const { association, handle, told, counted } = bench({ key: 'associations.max', limit: 10 });
  association.onIndication(open('MTA-B', 'b-secret'));
  const [request] = handle.requests;
  assert.ok(request.kind === 'RTOPENrsp-' && request.refuse.kind === 'bind-error');
  assert.equal(bindErrorName(request.refuse.userData), 'busy');
  assert.deepEqual([told[0][0], told[0][1].limit], ['association-limit', 10]);
  association.onClosed('closed');
  assert.deepEqual(counted, ['ended']);
});

test('a resumption cannot be had: the peer is told so', () => {
  const { association, handle, told } = bench();
  const recover = { callingUserReference: Uint8Array.of(1), commonReference: Uint8Array.of(2) };
  association.onIndication(open('MTA-B', 'b-secret', { recover }));
  const [request] = handle.requests;
  assert.ok(request.kind === 'RTOPENrsp-');
  assert.equal(request.refuse.kind, 'cannot-recover');
  assert.equal(told[0][0], 'recovery-failed');
});

test('lost under a transfer: the activity and the association are both told, and counts go back', () => {
  const { association, told, counted } = bench();
  association.onIndication(open('MTA-B', 'b-secret'));
  association.onIndication({ kind: 'RTbeginind', activity: Uint8Array.of(1), transfer: 1 });
  association.onIndication({ kind: 'RTdataind', octets: Uint8Array.of(0xa0) });
  const abort = { by: 'provider', reason: 'timeout', detail: 'silence' } as const;
  association.onIndication({ kind: 'RTPABind', abort });
  association.onClosed('gone');
  assert.deepEqual(
    told.map(([name]) => name),
    ['association-opened', 'transfer-in-failed', 'association-lost'],
  );
  assert.equal(told.at(-1)?.[1].reason, 'timeout');
  assert.deepEqual(counted, ['opened b', 'ended', 'closed b']);
});

test('a breach of the protocol names the layer; one of the framing has an event of its own', () => {
  const { association, told } = bench();
  const violation = { clause: '6', state: 's', expected: 'e', got: 'g' };
  association.onViolation({ ...violation, layer: 'tpkt' });
  association.onViolation({ ...violation, layer: 'session' });
  assert.deepEqual(
    told.map(([name]) => name),
    ['framing-violation', 'protocol-violation'],
  );
});

test('what is transferred before a bind goes nowhere', () => {
  const { association, handle } = bench();
  association.onIndication({ kind: 'RTbeginind', activity: Uint8Array.of(1), transfer: 1 });
  association.onIndication({ kind: 'RTTRind', octetsTotal: 0 });
  assert.deepEqual(handle.requests, []);
  assert.equal(association.transferring, false);
});
