// X.225 7.1 to 7.5: what connect and accept settle.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { concat } from '../../base/octets.ts';
import {
  acceptSpdu,
  agreementAsAcceptor,
  agreementAsInitiator,
  chooseVersion,
  connectIndication,
  connectSpdu,
  overflowSpdus,
  overflows,
} from './connect.ts';
import type { SessionAccept, SessionConnect } from './service.ts';
import type { ReceivedSpdu } from './spdu.ts';

const mine = { data: 'initiator', synchronizeMinor: 'initiator', majorActivity: 'initiator' } as const;
const connect: SessionConnect = { identifier: {}, requirements: 0x249, tokens: mine, userData: [] };
const accept: SessionAccept = { identifier: {}, requirements: 0x249, tokens: mine, userData: [] };
const cn: ReceivedSpdu = { kind: 'CN', versions: 3, requirements: 0x249, tokenSetting: 0 };

test('both versions are proposed, 2 is chosen, 1 accepted, others refused', () => {
  assert.equal(connectSpdu(connect, 0).versions, 3);
  assert.equal(chooseVersion(3), 2);
  assert.equal(chooseVersion(1), 1);
  assert.equal(chooseVersion(undefined), 1);
  assert.equal(chooseVersion(4), undefined);
});

test('more than 512 octets of user data need version 2, more than 10,240 need CDO', () => {
  assert.equal(connectSpdu({ ...connect, userData: [new Uint8Array(513)] }, 0).versions, 2);
  const large = { ...connect, userData: [new Uint8Array(10_000).fill(1), new Uint8Array(140_000).fill(2)] };
  assert.ok(overflows(large));
  const spdu = connectSpdu(large, 0);
  assert.equal(spdu.dataOverflow, 1);
  const rest = overflowSpdus(large);
  assert.deepEqual(
    rest.map(({ enclosure }) => enclosure),
    [0, 0, 2],
  );
  const received = { ...cn, userData: concat(spdu.userData ?? []) };
  const whole = connectIndication(
    received,
    rest.map(({ userData = [] }) => concat(userData)),
  );
  assert.deepEqual(whole.userData, concat(large.userData));
});

test('a CN without requirements proposes the default ones; only what is ours and agreed is used', () => {
  assert.equal(connectIndication({ kind: 'CN' }, []).requirements, 0x0349);
  const { units } = agreementAsAcceptor({ kind: 'CN' }, { ...accept, requirements: 0x0349 }, 0);
  assert.equal(units, 0x0249);
});

test('segmenting needs the TSDU maximum in CN and AC', () => {
  const both = { ...cn, tsduMaximum: { toAcceptor: 2041, toInitiator: 0 } };
  assert.deepEqual(agreementAsAcceptor(both, accept, 0).tsduMaximum, { toAcceptor: 0, toInitiator: 0 });
  const agreed = agreementAsAcceptor(both, accept, 1000);
  assert.deepEqual(agreed.tsduMaximum, { toAcceptor: 1000, toInitiator: 1000 });
  assert.deepEqual(acceptSpdu(accept, both, agreed).tsduMaximum, agreed.tsduMaximum);
  const ac: ReceivedSpdu = { kind: 'AC', tsduMaximum: { toAcceptor: 500, toInitiator: 3000 } };
  const asInitiator = agreementAsInitiator(connect, ac, 2041);
  assert.deepEqual(asInitiator.tsduMaximum, { toAcceptor: 500, toInitiator: 2041 });
  assert.deepEqual(agreementAsInitiator(connect, { kind: 'AC' }, 2041).tsduMaximum.toAcceptor, 0);
});

test('tokens that the CN leaves to the acceptor go where it says', () => {
  const open = { ...mine, data: 'acceptor-chooses' } as const;
  const theirs = { ...mine, data: 'acceptor' } as const;
  const { tokens } = agreementAsAcceptor({ ...cn, tokenSetting: 2 }, { ...accept, tokens: theirs }, 0);
  assert.deepEqual(tokens, theirs);
  const heard = agreementAsInitiator({ ...connect, tokens: open }, { kind: 'AC', tokenSetting: 1 }, 0);
  assert.deepEqual(heard.tokens, theirs);
});
