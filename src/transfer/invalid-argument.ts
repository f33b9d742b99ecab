// What is well-formed BER and cannot be meant: fields that identify, and are empty, and countries that are
// none. They are not relayed, because they have stopped other MTAs: the message ends here, with a report
// (X.411 8.3.1.2, "invalid arguments") where its originator can be told, refused to the peer where not.
// What is merely longer than its upper bound passes as it came (design law 8). Pure.

import type { CountryName, GlobalDomainIdentifier, MTSIdentifier, ORName } from '../address/index.ts';
import type { MessageTransferEnvelope, ProbeTransferEnvelope, TraceInformation } from '../p1/index.ts';
import type { StoredValue } from './stored-value.ts';

export interface InvalidArgument {
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

type Envelope = MessageTransferEnvelope | ProbeTransferEnvelope;

/** What keeps anybody from being told of an arrival: its identifier, or where a report would go. */
export function unanswerable(value: StoredValue): InvalidArgument | undefined {
  switch (value.kind) {
    case 'message':
      return ofOrigin(value.envelope.messageIdentifier, value.envelope);
    case 'probe':
      return ofOrigin(value.envelope.probeIdentifier, value.envelope);
    case 'report': {
      const { envelope, content } = value.report;
      return (
        ofIdentifier('reportIdentifier', envelope.reportIdentifier) ??
        ofIdentifier('subjectIdentifier', content.subjectIdentifier) ??
        ofName('reportDestinationName', envelope.reportDestinationName) ??
        ofTrace(envelope.traceInformation)
      );
    }
  }
}

/** What is wrong with a message or probe as a whole, its recipients left aside. */
export function invalidArgument(envelope: Envelope): InvalidArgument | undefined {
  if (envelope.contentIdentifier === '') return empty('contentIdentifier');
  return ofTrace(envelope.traceInformation);
}

/** What is wrong with the name of one recipient. */
export function invalidRecipient(name: ORName): InvalidArgument | undefined {
  return ofName('recipientName', name);
}

/** The envelope without what is invalid in it, for the report: that must not carry it on. */
export function withoutInvalid<E extends Envelope>(envelope: E): E {
  const contentIdentifier = envelope.contentIdentifier === '' ? undefined : envelope.contentIdentifier;
  const traceInformation = envelope.traceInformation.filter((each) => ofTrace([each]) === undefined);
  return { ...envelope, contentIdentifier, traceInformation };
}

function ofOrigin(identifier: MTSIdentifier, envelope: Envelope): InvalidArgument | undefined {
  return ofIdentifier('messageIdentifier', identifier) ?? ofName('originatorName', envelope.originatorName);
}

function ofIdentifier(path: string, identifier: MTSIdentifier): InvalidArgument | undefined {
  if (identifier.localIdentifier === '') return empty(`${path}.localIdentifier`);
  return ofDomain(path, identifier.globalDomainIdentifier);
}

function ofDomain(path: string, domain: GlobalDomainIdentifier): InvalidArgument | undefined {
  if (domain.privateDomainIdentifier?.value === '') return empty(`${path}.privateDomainIdentifier`);
  return ofCountry(path, domain.countryName);
}

/** An ADMD name of no characters is allowed (X.411 annex A), like one of a single space. */
function ofName(path: string, name: ORName): InvalidArgument | undefined {
  const { countryName, privateDomainName } = name.builtInStandardAttributes;
  if (privateDomainName?.value === '') return empty(`${path}.privateDomainName`);
  return countryName === undefined ? undefined : ofCountry(path, countryName);
}

/** X.411: two letters of ISO 3166, or three digits of X.121. */
function ofCountry(path: string, { value }: CountryName): InvalidArgument | undefined {
  if (/^([A-Za-z]{2}|[0-9]{3})$/.test(value)) return undefined;
  const got = `${value.length} characters`;
  return { path: `${path}.countryName`, expected: 'two letters or three digits', got };
}

function ofTrace(trace: TraceInformation): InvalidArgument | undefined {
  for (const { globalDomainIdentifier, domainSuppliedInformation } of trace) {
    if (domainSuppliedInformation.arrivalTime === '') return empty('traceInformation.arrivalTime');
    const wrong = ofDomain('traceInformation', globalDomainIdentifier);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function empty(path: string): InvalidArgument {
  return { path, expected: 'at least one character', got: 'none' };
}
