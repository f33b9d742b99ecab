// The decoders of what travels over the stack: the MTA bind, the MTS-APDU (whole, from its front, and in
// the judgement that follows), the content. Valid input is drawn from the declarations and made by the
// encoders.

import assert from 'node:assert/strict';
import { parseORAddress } from '../../src/address/index.ts';
import { arbitrary, ctx, encode, printBer, type Type } from '../../src/asn1/index.ts';
import type { Random } from '../../src/base/random.ts';
import { instant } from '../../src/base/time.ts';
import { type Configuration, parseConfiguration, starterConfiguration } from '../../src/config/index.ts';
import {
  buildTextContent,
  InformationObject,
  printContent,
  printContentTree,
  readContent,
  subjectOf,
} from '../../src/content/index.ts';
import {
  ContentReader,
  decodeMTSAPDU,
  encodeMTSAPDU,
  envelopePrefix,
  MTABindArgument,
  MTABindResult,
  MTSAPDU,
  printMTSAPDU,
} from '../../src/p1/index.ts';
import { buildRouteTable } from '../../src/routing/index.ts';
import type { NewMessage } from '../../src/store/index.ts';
import type { Arriving } from '../../src/transfer/arriving.ts';
import { bindErrorName, checkResponder, identifyCaller } from '../../src/transfer/bind.ts';
import { judgeArrival } from '../../src/transfer/judge-arrival.ts';
import { decodeStored } from '../../src/transfer/stored-value.ts';
import { type Decoder, octetsOfText } from './decoder.ts';
import { plausibleApdu } from './plausible-apdu.ts';

type OpenIndication = Parameters<typeof identifyCaller>[1];

const drawn = { size_max: 20 } as const;
const tolerant = { constraints: 'tolerant' } as const;
const now = instant(Date.UTC(2026, 5, 1));

function configurationOfTest(): Configuration {
  const text = starterConfiguration().replace('enabled: false', 'enabled: true');
  const configuration = parseConfiguration(text, 'of a fuzzer');
  assert.ok(configuration.ok);
  return configuration.value;
}

const configuration = configurationOfTest();
const table = buildRouteTable(configuration);
const [link] = configuration.links;

function declared<V>(type: Type<V>, random: Random): Uint8Array {
  return encode(type, arbitrary(type, random, drawn), tolerant);
}

const bind: Decoder = {
  name: 'bind',
  weight: 7,
  valid: (random) =>
    random.chance(0.5)
      ? declared(ctx(16, MTABindArgument), random)
      : declared(
          random.pick<Type<unknown>>([MTABindArgument, MTABindResult, ctx(17, MTABindResult)]),
          random,
        ),
  take(octets) {
    const selectors = { called: {}, calling: {} };
    const open = {
      kind: 'RTOPENind',
      checkpointSize: 1,
      window: 3,
      dialogueMode: 'monologue',
      initialTurn: 'initiator',
      selectors,
      userData: octets,
    } as const;
    bindErrorName(octets);
    checkResponder(link, octets);
    checkResponder({ ...link, mode: 'x410-1988' }, octets);
    const normal = identifyCaller(configuration.links, { ...open, mode: 'normal' } as OpenIndication);
    const bare = identifyCaller(configuration.links, { ...open, mode: 'x410-1984' } as OpenIndication);
    const readable = [normal, bare].some((each) => each.ok || each.error.event !== 'bind-malformed');
    return readable;
  },
};

function validApdu(random: Random): Uint8Array {
  return random.chance(0.4) ? declared(MTSAPDU, random) : plausibleApdu(random);
}

const apdu: Decoder = {
  name: 'p1',
  weight: 12,
  valid: validApdu,
  take(octets) {
    const front = envelopePrefix(octets);
    if (front.kind === 'message') {
      const reader = new ContentReader();
      const read = reader.push(octets.subarray(front.content.at));
      assert.ok(!read.ok || read.value.used <= octets.length - front.content.at);
    }
    const decoded = decodeMTSAPDU(octets);
    if (!decoded.ok) return false;
    const text = printMTSAPDU(decoded.value);
    assert.ok(
      text.length < 200 * octets.length + 10_000,
      `${text.length} characters of ${octets.length} octets`,
    );
    const again = decodeMTSAPDU(encodeMTSAPDU(decoded.value));
    assert.ok(again.ok, again.ok ? '' : `what was written is not read: ${again.error.message}`);
    return true;
  },
};

let identifiers = 0;
function identifier(): {
  readonly globalDomainIdentifier: Configuration['mta']['domain'];
  readonly localIdentifier: string;
} {
  identifiers += 1;
  return { globalDomainIdentifier: configuration.mta.domain, localIdentifier: `F${identifiers}` };
}

/** Whatever is stored can be read again, or the message would be lost to its own queue. */
function assertStored(created: NewMessage): void {
  const stored = decodeStored(created);
  assert.ok(stored.ok, stored.ok ? '' : `what was stored is not read: ${stored.error.message}`);
}

const arrival: Decoder = {
  name: 'arrival',
  weight: 9,
  valid: validApdu,
  take(octets) {
    const decoded = decodeMTSAPDU(octets);
    if (!decoded.ok) return false;
    const judged = judgeArrival(
      { configuration, table, health: () => 'healthy', identifier, claim: () => undefined },
      arrivingOf(decoded.value),
      now,
    );
    for (const created of judged.create) assertStored(created);
    return true;
  },
};

function arrivingOf(value: MTSAPDU): Arriving {
  const from = { link, remote: '192.0.2.1:102' } as const;
  if (value.kind === 'message') {
    const { envelope, content } = value.value;
    const inline = { kind: 'inline', octets: content } as const;
    return { value: { kind: 'message', envelope }, content: inline, contentLength: content.length, ...from };
  }
  const stored =
    value.kind === 'probe'
      ? ({ kind: 'probe', envelope: value.value } as const)
      : ({ kind: 'report', report: value.value } as const);
  return { value: stored, content: { kind: 'none' }, contentLength: 0, ...from };
}

const addressOfTest = parseORAddress('/S=Chappe/P=SITE-A/A= /C=GB/');
assert.ok(addressOfTest.ok);
const from = addressOfTest.value;

const content: Decoder = {
  name: 'content',
  weight: 10,
  valid(random) {
    if (random.chance(0.7)) return declared(InformationObject, random);
    const subject = random.pick(['Réunion', 'plain', 'Ж and others']);
    const text = random.pick(['one\ntwo', 'café', '']);
    const built = buildTextContent({ identifier: 'X1', from, to: [from, from], subject, text });
    return built.ok ? built.value.content : octetsOfText(built.error);
  },
  take(octets) {
    const read = readContent(octets);
    if (!read.ok) return false;
    const { object, end } = read.value;
    assert.ok(end <= octets.length);
    const texts = [printContent(object), printContentTree(object)];
    if (object.kind === 'ipm') texts.push(subjectOf(object.value) ?? '');
    for (const text of texts) {
      assert.ok(
        text.length < 200 * octets.length + 10_000,
        `${text.length} characters of ${octets.length} octets`,
      );
    }
    return true;
  },
};

const ber: Decoder = {
  name: 'ber',
  weight: 4,
  valid: (random) => (random.chance(0.5) ? declared(MTSAPDU, random) : declared(InformationObject, random)),
  take(octets) {
    const text = printBer(octets);
    assert.ok(
      text.length < 400 * octets.length + 10_000,
      `${text.length} characters of ${octets.length} octets`,
    );
    return true;
  },
};

export const messageDecoders: readonly Decoder[] = [bind, apdu, arrival, content, ber];
