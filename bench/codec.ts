// How many P1 messages a core decodes and encodes in a second, with 1 and with 100 recipients (design
// targets: 120,000 and 150,000; 5,000 and 15,000). Reads no socket and no disk. `node bench/codec.ts
// [--json]`; medians of rounds. Three figures: decode; encode of a value made by hand (nothing retained);
// relay: decode, one more trace element, encode, with all that is unchanged copied.

import { bitsOf, decode, encode, rawOf } from '../src/asn1/index.ts';
import type { ORName } from '../src/address/index.ts';
import {
  type ExtensionField,
  InternalTraceInformation,
  MTSAPDU,
  type TraceInformationElement,
} from '../src/p1/index.ts';

const rounds = 9;
const roundMillis = 300;

const home = {
  countryName: { kind: 'iso3166Alpha2Code', value: 'GB' },
  administrationDomainName: { kind: 'printable', value: 'GOLD 400' },
  privateDomainIdentifier: { kind: 'printable', value: 'SITE-A' },
} as const;
const away = { ...home, privateDomainIdentifier: { kind: 'printable', value: 'SITE-B' } } as const;

function orName(surname: string): ORName {
  return {
    builtInStandardAttributes: {
      countryName: home.countryName,
      administrationDomainName: home.administrationDomainName,
      privateDomainName: home.privateDomainIdentifier,
      organizationName: 'Compagnie des Telegraphes Aeriens',
      personalName: { surname, givenName: 'Claude' },
      organizationalUnitNames: ['Lines', 'Paris'],
    },
  };
}

function traceElement(domain: typeof home | typeof away, minute: string): TraceInformationElement {
  return {
    globalDomainIdentifier: domain,
    domainSuppliedInformation: {
      arrivalTime: `2601021504${minute}Z`,
      routingAction: 'relayed',
      otherActions: bitsOf([], 0),
    },
  };
}

function internalTrace(): ExtensionField {
  const element = (mtaName: string) => ({
    globalDomainIdentifier: home,
    mtaName,
    mtaSuppliedInformation: {
      arrivalTime: '260102150405Z',
      routingAction: 'relayed' as const,
      otherActions: bitsOf([], 0),
    },
  });
  const value = encode(InternalTraceInformation, [element('MTA-A1'), element('MTA-A2')]);
  return { type: rawOf(Uint8Array.of(0x80, 1, 38)), criticality: bitsOf([1]), value: rawOf(value) };
}

function message(recipients: number): MTSAPDU {
  return {
    kind: 'message',
    value: {
      envelope: {
        messageIdentifier: { globalDomainIdentifier: home, localIdentifier: 'MTA-A.260102150405.000017' },
        originatorName: orName('Chappe'),
        originalEncodedInformationTypes: {
          builtInEncodedInformationTypes: bitsOf([2]),
          g3Facsimile: bitsOf([], 0),
          teletex: {},
        },
        contentType: { kind: 'builtIn', value: 'interpersonal-messaging-1988' },
        contentIdentifier: '260102150405',
        priority: 'urgent',
        perMessageIndicators: bitsOf([0, 2], 8),
        traceInformation: [traceElement(home, '05'), traceElement(away, '09')],
        extensions: [internalTrace()],
        perRecipientFields: Array.from({ length: recipients }, (_, index) => ({
          recipientName: orName(`Recipient${index}`),
          originallySpecifiedRecipientNumber: index + 1,
          perRecipientIndicators: bitsOf([0, 2, 4], 8),
          extensions: [],
        })),
      },
      content: new Uint8Array(2048).fill(0x41),
    },
  };
}

function relay(octets: Uint8Array): Uint8Array {
  const result = decode(MTSAPDU, octets);
  if (!result.ok || result.value.kind !== 'message') throw new Error('the bench cannot read its own message');
  const { envelope, content } = result.value.value;
  const traceInformation = [...envelope.traceInformation, traceElement(away, '11')];
  return encode(MTSAPDU, {
    kind: 'message',
    value: { envelope: { ...envelope, traceInformation }, content },
  });
}

/** Calls a second, over one round. */
function rate(action: () => unknown): number {
  const begin = performance.now();
  let calls = 0;
  let elapsed = 0;
  while (elapsed < roundMillis) {
    for (let left = 50; left > 0; left -= 1) action();
    calls += 50;
    elapsed = performance.now() - begin;
  }
  return (1000 * calls) / elapsed;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

function main(): void {
  const rows = [1, 100].map((recipients) => {
    const value = message(recipients);
    const octets = encode(MTSAPDU, value);
    const actions = {
      decode: () => decode(MTSAPDU, octets),
      encode: () => encode(MTSAPDU, value),
      relay: () => relay(octets),
    };
    const rates: Record<keyof typeof actions, number[]> = { decode: [], encode: [], relay: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const name of ['decode', 'encode', 'relay'] as const) rates[name].push(rate(actions[name]));
    }
    return {
      recipients,
      octets: octets.length,
      decodesPerSecond: Math.round(median(rates.decode)),
      encodesPerSecond: Math.round(median(rates.encode)),
      relaysPerSecond: Math.round(median(rates.relay)),
      rounds,
    };
  });
  if (process.argv.includes('--json')) console.log(JSON.stringify(rows));
  else console.table(rows);
}

main();
