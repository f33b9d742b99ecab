// PPDUs against the octets of real ones: a CP of PP, its CPA, a CP of a commercial MTA with indefinite
// lengths.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex } from '../../base/octets.ts';
import { seededRandom } from '../../base/random.ts';
import {
  decodeAbort,
  decodeCP,
  decodeCPA,
  decodeCPR,
  encodeARP,
  encodeARU,
  encodeCP,
  encodeCPA,
  encodeCPR,
} from './ppdu-codec.ts';
import { X410_CONTEXT } from './service.ts';
import { encodeX410Connect, encodeX410Set } from './x410-mode.ts';

/** Contents of the CN and AC of 88-normal-message.pcap. */
const aarq =
  '6038a10606045600' +
  '0106be2e282c06025101020103a023b02180013f820100a319a017b015a113800670702d6d7461a109040770702d70617373';
const cp =
  '317fa003800101a278a433300f020101060452010001300406025101300f02010306045600020c300406025101' +
  `300f0201050604560002073004060251016141303f020101a03a${aarq}`;
const cpa =
  '3173a003800101a26ca51b3007800100810251013007800100810251013007800100810251016' +
  '14d304b020101a0466144a106060456000106a203020100a305a103020100be2e282c06025101020103a023b121800101' +
  '810103a219a017b115a113800674732d6d7461a109040774732d70617373';
/** From p1-bind.pcap: SET, normal mode parameters of indefinite length. */
const indefinite =
  '3180a003800101a280a433300f020101060452010001300406025101300f02010306045600020c300406025101' +
  '300f0201050604560002073004060251016150304e020101a0496047a106060456000106be3d283b06025101020103' +
  'a032b03080013f820100a328a026b024a1228013706572636976616c2e736d68732e636f2e756ba10b1609657863616c69627572' +
  '00000000';

const names = ['2.2.1.0.1', '2.6.0.2.12', '2.6.0.2.7'];

function octets(hex: string): Uint8Array {
  const value = fromHex(hex);
  assert(value !== undefined);
  return value;
}

test('a CP of ours is, octet for octet, the one that PP sends', () => {
  const encoded = encodeCP({
    contexts: names.map((abstractSyntax, index) => ({
      identifier: 2 * index + 1,
      abstractSyntax,
      transferSyntaxes: ['2.1.1'],
    })),
    userData: [{ context: 1, value: [octets(aarq).subarray(0, 10), octets(aarq).subarray(10)] }],
  });
  assert.equal(toHex(encoded), cp);
});

test('real CPs are read, of definite and of indefinite length', () => {
  for (const [hex, valueOctets] of [
    [cp, 58],
    [indefinite, 73],
  ] as const) {
    const read = decodeCP(octets(hex));
    assert(read.ok && read.value.mode === 'normal');
    const { proposed, userData, version1, calledSelector } = read.value;
    assert.deepEqual(
      proposed?.map(({ presentationContextIdentifier: id, abstractSyntaxName: name }) => [id, name]),
      names.map((name, index) => [2 * index + 1, name]),
    );
    assert(userData.ok);
    assert.deepEqual([userData.value.length, userData.value[0].context], [1, 1]);
    assert.equal(userData.value[0].value.length, valueOctets);
    assert.deepEqual([version1, calledSelector], [true, undefined]);
  }
});

test('a CP may be followed by CPCs, which repeat it', () => {
  assert.ok(decodeCP(octets(`${cp}6141303f020101a03a${aarq}`)).ok);
});

test('a CPA of ours is, octet for octet, the one that PP sends; and its CPA is read', () => {
  const read = decodeCPA(octets(cpa));
  assert(read.ok);
  assert.deepEqual(
    read.value.results?.map(({ result, transferSyntaxName }) => [result, transferSyntaxName]),
    names.map(() => ['acceptance', '2.1.1']),
  );
  const accepted = names.map((abstractSyntax, index) => ({
    identifier: 2 * index + 1,
    abstractSyntax,
    accepted: true,
  }));
  const { context, value } = read.value.userData[0];
  assert.equal(toHex(encodeCPA(accepted, [{ context, value: [value] }])), cpa);
});

test('X.410-1984 mode: the parameters of CP and CPA come out as a SET, and go in again', () => {
  // Protocol facts: SET {[0] {[0] 0}, [1] the bare components}.
  const call = '311aa003800100a113800100820100a30ba009a107800141a1020400';
  const value = octets('3113800100820100a30ba009a107800141a1020400');
  const userData = [{ context: X410_CONTEXT, value }];
  assert.deepEqual(decodeCP(octets(call)), { ok: true, value: { mode: 'x410-1984', userData } });
  assert.deepEqual(decodeCPA(octets(call), 'x410-1984'), {
    ok: true,
    value: { results: undefined, userData },
  });
  assert.equal(decodeCPA(octets(call)).ok, false);
  assert.equal(decodeCPA(octets('3109a003800101a2020500'), 'x410-1984').ok, false);
  const sent = [{ context: X410_CONTEXT, value: [value.subarray(0, 4), value.subarray(4)] }];
  assert.equal(toHex(encodeX410Connect(sent)), call);
  assert.equal(toHex(encodeX410Connect([])), '3107a003800100a100');
  // Without parameters, and with lengths that are not told.
  const bare = decodeCP(octets('3105a003800100'));
  assert.deepEqual(bare, { ok: true, value: { mode: 'x410-1984', userData: [] } });
  const indefinite = decodeCP(octets('3180a0808001000000a18080010000000000'));
  assert(indefinite.ok && indefinite.value.mode === 'x410-1984');
  assert.equal(toHex(indefinite.value.userData[0].value), '31808001000000');
});

test('X.410-1984 mode: refusals and aborts are the SETs themselves', () => {
  const value = octets('3103800100');
  const userData = [{ context: X410_CONTEXT, value }];
  assert.deepEqual(decodeCPR(value), { ok: true, value: { x410Reason: 0, userData } });
  assert.deepEqual(decodeAbort(value), { by: 'user', userData });
  assert.equal(toHex(encodeX410Set([{ context: X410_CONTEXT, value: [value] }])), '3103800100');
  assert.equal(toHex(encodeX410Set([])), '3100');
});

test('selectors, refusals and aborts come back as they were sent', () => {
  const called = octets('aabb');
  const read = decodeCP(encodeCP({ calledSelector: called, contexts: [], userData: [] }));
  assert(read.ok && read.value.mode === 'normal');
  assert.deepEqual(read.value.calledSelector, called);

  const value = octets('040161');
  const contexts = [{ identifier: 1, abstractSyntax: '2.2.1.0.1', accepted: true }];
  const cpr = decodeCPR(encodeCPR({ contexts, userData: [{ context: 1, value: [value] }] }));
  assert.deepEqual(cpr, {
    ok: true,
    value: { providerReason: undefined, userData: [{ context: 1, value }] },
  });
  const own = decodeCPR(encodeCPR({ contexts: [], providerReason: 'user-data-not-readable', userData: [] }));
  assert.deepEqual(own, {
    ok: true,
    value: { providerReason: 'user-data-not-readable', userData: [] },
  });

  assert.deepEqual(decodeAbort(encodeARU([{ context: 1, value: [value] }])), {
    by: 'user',
    userData: [{ context: 1, value }],
  });
  assert.deepEqual(decodeAbort(encodeARU([])), { by: 'user', userData: [] });
  assert.deepEqual(decodeAbort(encodeARP('unexpected-ppdu')), { by: 'provider', reason: 'unexpected-ppdu' });
  assert.equal(decodeAbort(octets('ff')).by, 'provider');
});

test('a CPA or CPR is no CP, and damaged PPDUs are errors, not exceptions', () => {
  const random = seededRandom(226);
  assert.equal(decodeCP(octets(cpa.replace('a003800101', 'a003800105'))).ok, false);
  for (const hex of [cp, cpa, indefinite]) {
    const whole = octets(hex);
    for (let round = 0; round < 2000; round += 1) {
      const damaged = whole.slice(0, random.between(1, whole.length));
      damaged[random.between(0, damaged.length - 1)] = random.between(0, 255);
      decodeCP(damaged);
      decodeCPA(damaged);
      decodeCPR(damaged);
      decodeAbort(damaged);
    }
  }
});
