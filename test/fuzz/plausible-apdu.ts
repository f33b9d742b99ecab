// MTS-APDUs as an MTA of good will would send them: every field makes sense, recipients are ours or can be
// reached, so that a mutation gets past the first look. Values drawn from the declarations alone are mostly
// nonsense that ends early.

import assert from 'node:assert/strict';
import { parseMTSIdentifier, parseORAddress } from '../../src/address/index.ts';
import { bitsOf, encode } from '../../src/asn1/index.ts';
import type { Random } from '../../src/base/random.ts';
import { MTSAPDU, type MessageTransferEnvelope } from '../../src/p1/index.ts';

const domain = { countryName: { kind: 'iso3166Alpha2Code', value: 'GB' } } as const;
const admd = { kind: 'printable', value: ' ' } as const;

function address(text: string): MessageTransferEnvelope['originatorName'] {
  const parsed = parseORAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

const recipients = [
  '/S=One/G=Some/P=SITE-A/A= /C=GB/',
  '/CN=A common name of some length/OU1=Unit/O=Org/P=SITE-A/A= /C=GB/',
  '/S=Two/DD.TYPE=Value/P=SITE-B/A= /C=GB/',
  '/S=Nowhere/P=SITE-Z/A= /C=FR/',
];

/** The envelope of a message of the neighbour's domain to people here, there and nowhere. */
export function plausibleEnvelope(random: Random): MessageTransferEnvelope {
  const identifier = parseMTSIdentifier(`/P=SITE-B/A= /C=GB/;${random.uint32().toString(36)}`);
  assert.ok(identifier.ok);
  const neighbour = {
    ...domain,
    administrationDomainName: admd,
    privateDomainIdentifier: { kind: 'printable', value: 'SITE-B' },
  } as const;
  return {
    messageIdentifier: identifier.value,
    originatorName: address('/S=Sender/P=SITE-B/A= /C=GB/'),
    contentType: { kind: 'builtIn', value: 22 },
    contentIdentifier: 'An identifier',
    priority: random.pick(['normal', 'urgent', 'non-urgent']),
    perMessageIndicators: bitsOf([], 0),
    traceInformation: [
      {
        globalDomainIdentifier: neighbour,
        domainSuppliedInformation: {
          arrivalTime: '260531235959Z',
          routingAction: 'relayed',
          otherActions: bitsOf([], 0),
        },
      },
    ],
    extensions: [],
    perRecipientFields: Array.from({ length: random.between(1, 3) }, (_, index) => ({
      recipientName: address(random.pick(recipients)),
      originallySpecifiedRecipientNumber: index + 1,
      perRecipientIndicators: bitsOf([0, 2, 4], 8),
      extensions: [],
    })),
  };
}

/** A message or probe with that envelope. */
export function plausibleApdu(random: Random): Uint8Array {
  const envelope = plausibleEnvelope(random);
  if (random.chance(0.8)) {
    return encode(MTSAPDU, {
      kind: 'message',
      value: { envelope, content: random.octets(random.between(0, 60)) },
    });
  }
  const { messageIdentifier: probeIdentifier, priority: _, deferredDeliveryTime: __, ...rest } = envelope;
  return encode(MTSAPDU, { kind: 'probe', value: { ...rest, probeIdentifier, contentLength: 100 } });
}
