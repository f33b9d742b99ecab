// The decoders of the stack, from packets to the wrapping of RTSE, with the PDUs of a real exchange between
// two associations, and with random values of the declarations, as valid input.

import assert from 'node:assert/strict';
import { arbitrary, encode } from '../../src/asn1/index.ts';
import { concat } from '../../src/base/octets.ts';
import type { Random } from '../../src/base/random.ts';
import { ACSEapdu } from '../../src/stack/acse/apdu.ts';
import { findApdu as findAcseApdu, readUserInformation } from '../../src/stack/acse/apdu-codec.ts';
import { ConnectionDissection } from '../../src/stack/association/dissect/index.ts';
import { AbortType, CPAPPDU, CPRPPDU, CPType, UserData } from '../../src/stack/presentation/ppdu.ts';
import { decodeAbort, decodeCP, decodeCPA, decodeCPR } from '../../src/stack/presentation/ppdu-codec.ts';
import { decodeUserData, encodeUserData } from '../../src/stack/presentation/user-data.ts';
import { RTSEapdus } from '../../src/stack/rtse/apdu.ts';
import {
  findApdu as findRtseApdu,
  openedOf,
  readRTTP,
  readRTTRs,
  recoveredOf,
} from '../../src/stack/rtse/apdu-codec.ts';
import { ExternalUnwrapper, wrapperHead } from '../../src/stack/rtse/external-wrapper.ts';
import { decodeTsdu } from '../../src/stack/session/spdu-decoder.ts';
import { encodeTpkt, TpktDecoder } from '../../src/stack/tpkt/tpkt.ts';
import {
  decodeTpdu,
  encodeConnect,
  encodeDisconnect,
  encodeError,
} from '../../src/stack/transport/tpdu-codec.ts';
import { cutUp, type Decoder, sameOctets } from './decoder.ts';
import { goodExchange } from './good-exchange.ts';

const exchange = goodExchange();

/** The TPDUs that a good exchange sends, both ways. */
const tpdus = [...exchange.toResponder, ...exchange.toInitiator].flatMap(
  (octets) => new TpktDecoder().receive(octets).tpdus,
);
const tsdus = tpdus.flatMap((octets) => {
  const tpdu = decodeTpdu(octets);
  return tpdu.ok && tpdu.value.kind === 'DT' ? [tpdu.value.userData] : [];
});
const ppdus = tsdus.flatMap((octets) => {
  const spdus = decodeTsdu(octets);
  return spdus.ok ? spdus.value.flatMap(({ userData }) => (userData === undefined ? [] : [userData])) : [];
});

const tpkt: Decoder = {
  name: 'tpkt',
  weight: 8,
  valid: (random) =>
    concat(Array.from({ length: random.between(1, 4) }, () => concat(encodeTpkt([random.pick(tpdus)])))),
  take(octets) {
    const whole = new TpktDecoder().receive(octets);
    const decoder = new TpktDecoder();
    const pieces = cutUp(octets).map((piece) => {
      const received = decoder.receive(piece);
      assert.ok(decoder.octetsHeld <= 65_535, 'no more than a packet is held');
      // What is handed on shares memory with what came.
      return { ...received, tpdus: received.tpdus.map((tpdu) => tpdu.slice()) };
    });
    sameOctets(
      pieces.flatMap((piece) => piece.tpdus),
      concat([...whole.tpdus, new Uint8Array()]),
      'cut or whole, the same TPDUs',
    );
    const violations = pieces.flatMap(({ violation }) => violation ?? []);
    assert.deepEqual(violations, whole.violation === undefined ? [] : [whole.violation]);
    return whole.violation === undefined;
  },
};

const tpdu: Decoder = {
  name: 'tpdu',
  weight: 8,
  valid: (random) =>
    random.pick([
      () => random.pick(tpdus),
      () =>
        encodeConnect({
          kind: random.pick(['CR', 'CC']),
          destination: random.between(0, 0xffff),
          source: random.between(0, 0xffff),
          class: random.between(0, 4),
          alternativeClasses: random.chance(0.5) ? [0, 2] : [],
          calling: random.octets(random.between(0, 32)),
          called: random.octets(random.between(0, 32)),
          tpduOctets: random.pick([128, 2048, 65_531]),
        }),
      () => encodeDisconnect({ destination: 1, source: 2, reason: random.between(0, 255) }),
      () => encodeError({ kind: 'ER', destination: 1, cause: 2, invalidTpdu: random.octets(40) }),
    ])(),
  take: (octets) => decodeTpdu(octets).ok,
};

const spdu: Decoder = {
  name: 'spdu',
  weight: 10,
  valid: (random) =>
    random.chance(0.8) ? random.pick(tsdus) : concat([random.pick(tsdus), random.pick(tsdus)]),
  take(octets) {
    const spdus = decodeTsdu(octets);
    // Two octets make an SPDU at least.
    if (spdus.ok) assert.ok(spdus.value.length <= 1 + octets.length / 2);
    return spdus.ok;
  },
};

const drawn = { size_max: 20 } as const;
const declaredPpdus = [CPType, CPAPPDU, CPRPPDU, AbortType, UserData] as const;

function declaredPpdu(random: Random): Uint8Array {
  const type = declaredPpdus[random.between(0, declaredPpdus.length - 1)];
  return encode<unknown>(type, arbitrary<unknown>(type, random, drawn), { constraints: 'tolerant' });
}

const ppdu: Decoder = {
  name: 'ppdu',
  weight: 10,
  valid: (random) => (random.chance(0.5) ? random.pick(ppdus) : declaredPpdu(random)),
  take(octets) {
    const data = decodeUserData(octets);
    if (data.ok && data.value.length > 0) {
      const again = decodeUserData(
        concat(
          encodeUserData(
            data.value
              .filter(({ context }) => context >= 0 && context < 2 ** 31)
              .map((each) => ({ ...each, value: [each.value] })),
          ),
        ),
      );
      assert.ok(
        again.ok || data.value.every(({ context }) => context < 0 || context >= 2 ** 31),
        'what was read can be written',
      );
    }
    const abort = decodeAbort(octets);
    const read = [decodeCP(octets), decodeCPA(octets), decodeCPR(octets), data];
    return read.some(({ ok }) => ok) || abort.by === 'user';
  },
};

const acse: Decoder = {
  name: 'acse',
  weight: 7,
  valid: (random) => encode(ACSEapdu, arbitrary(ACSEapdu, random, drawn), { constraints: 'tolerant' }),
  take(octets) {
    const apdu = findAcseApdu([{ context: 1, value: octets }], 1);
    if (apdu.ok) readUserInformation(apdu.value.value.userInformation);
    return apdu.ok;
  },
};

const rtse: Decoder = {
  name: 'rtse',
  weight: 7,
  valid: (random) => encode(RTSEapdus, arbitrary(RTSEapdus, random, drawn), { constraints: 'tolerant' }),
  take(octets) {
    const values = [{ context: 3, value: octets }];
    const apdu = findRtseApdu(values, 3);
    readRTTRs(values, 3);
    assert.ok(Number.isSafeInteger(readRTTP(values, 3)));
    if (!apdu.ok) return false;
    const { kind, value } = apdu.value;
    const data =
      kind === 'rtorq' ? value.connectionDataRQ : kind === 'rtoac' ? value.connectionDataAC : undefined;
    if (data !== undefined) {
      recoveredOf(data);
      openedOf(data);
    }
    return true;
  },
};

const external: Decoder = {
  name: 'external',
  weight: 8,
  valid(random) {
    const context = random.pick([5, 5, 5, 200, 40_000]);
    const value = encode(RTSEapdus, arbitrary(RTSEapdus, random, drawn), { constraints: 'tolerant' });
    return concat([wrapperHead(context, value.length), value]);
  },
  take(octets) {
    const whole = new ExternalUnwrapper(5);
    const atOnce = whole.take(octets);
    const cut = new ExternalUnwrapper(5);
    const pieces = cutUp(octets).flatMap((piece) => cut.take(piece));
    sameOctets(pieces, concat([...atOnce, new Uint8Array()]), 'cut or whole, the same octets');
    assert.equal(cut.fault, whole.fault);
    assert.equal(cut.complete, whole.complete);
    assert.ok(whole.octetsOut <= octets.length);
    return whole.complete && whole.fault === undefined;
  },
};

const dissection: Decoder = {
  name: 'dissection',
  weight: 4,
  valid: () => concat(exchange.toResponder),
  take(octets) {
    const dissected = new ConnectionDissection();
    const found = cutUp(octets).flatMap((piece) => dissected.take('from-initiator', piece));
    return found.every(({ kind }) => kind !== 'fault');
  },
};

export const stackDecoders: readonly Decoder[] = [tpkt, tpdu, spdu, ppdu, acse, rtse, external, dissection];
