// One message as the benches send it: plausible envelope, one or many recipients, content of a given size.

import type { ORAddress } from '../src/address/index.ts';
import { bitsOf } from '../src/asn1/index.ts';
import type { MTSAPDU } from '../src/p1/index.ts';

export interface TemplateOptions {
  readonly recipient: ORAddress;
  readonly contentOctets: number;
  readonly localIdentifier: string;
  readonly recipients?: number;
}

const sourceDomain = {
  countryName: { kind: 'iso3166Alpha2Code', value: 'GB' },
  administrationDomainName: { kind: 'printable', value: ' ' },
  privateDomainIdentifier: { kind: 'printable', value: 'SOURCE' },
} as const;

/** A message of the domain SOURCE. */
export function templateMessage(options: TemplateOptions): MTSAPDU {
  const recipients = Array.from({ length: options.recipients ?? 1 }, (_, index) => ({
    recipientName: options.recipient,
    originallySpecifiedRecipientNumber: index + 1,
    perRecipientIndicators: bitsOf([0, 2, 4], 8),
    extensions: [],
  }));
  return {
    kind: 'message',
    value: {
      envelope: {
        messageIdentifier: { globalDomainIdentifier: sourceDomain, localIdentifier: options.localIdentifier },
        originatorName: options.recipient,
        contentType: { kind: 'extended', value: '2.6.1.10.1' },
        priority: 'normal',
        perMessageIndicators: bitsOf([], 0),
        traceInformation: [
          {
            globalDomainIdentifier: sourceDomain,
            domainSuppliedInformation: {
              arrivalTime: '260101000000Z',
              routingAction: 'relayed',
              otherActions: bitsOf([], 0),
            },
          },
        ],
        extensions: [],
        perRecipientFields: recipients,
      },
      content: new Uint8Array(options.contentOctets).fill(0x41),
    },
  };
}
