// The text forms of management domains and MTS identifiers: `/P=SITE-A/A= /C=GB/` and `/P=SITE-A/A=
// /C=GB/;local-id`.

import { ok, type Result } from '../base/result.ts';
import { countryNameOf, numericOrPrintable } from './address-builder.ts';
import { type AddressTextError, failure } from './address-lexer.ts';
import { parseAttributes, printAttributes } from './address-text.ts';
import type { AddressAttribute, Label } from './attribute-labels.ts';
import type { GlobalDomainIdentifier, MTSIdentifier } from './domains.ts';
import { normalValue } from './normal-form.ts';
import { ubLocalIdLength } from './upper-bounds.ts';

/** The domain of a country, an ADMD and perhaps a PRMD, as configuration names them. */
export function globalDomainIdentifier(names: {
  readonly country: string;
  readonly admd: string;
  readonly prmd?: string | undefined;
}): GlobalDomainIdentifier {
  return {
    countryName: countryNameOf(names.country),
    administrationDomainName: numericOrPrintable(names.admd),
    ...(names.prmd !== undefined && { privateDomainIdentifier: numericOrPrintable(names.prmd) }),
  };
}

/** `/P=…/A=…/C=…/`. */
export function printGlobalDomainIdentifier(domain: GlobalDomainIdentifier): string {
  const attributes: AddressAttribute[] = [
    { label: 'C', value: domain.countryName.value },
    { label: 'A', value: domain.administrationDomainName.value },
  ];
  if (domain.privateDomainIdentifier !== undefined) {
    attributes.push({ label: 'P', value: domain.privateDomainIdentifier.value });
  }
  return printAttributes(attributes);
}

/** The domain that a text names. An ADMD left out is one space. */
export function parseGlobalDomainIdentifier(text: string): Result<GlobalDomainIdentifier, AddressTextError> {
  const attributes = parseAttributes(text);
  if (!attributes.ok) return attributes;
  const value = (label: Label) => attributes.value.find((each) => each.label === label)?.value;
  const other = attributes.value.find(
    (each) => each.label !== 'C' && each.label !== 'A' && each.label !== 'P',
  );
  if (other !== undefined) return failure(0, `a domain has no ${other.label}`);
  const country = value('C');
  if (country === undefined) return failure(0, 'a domain has a country (C)');
  return ok(globalDomainIdentifier({ country, admd: value('A') ?? ' ', prmd: value('P') }));
}

/** Whether two identifiers name one domain. A numeric and a printable string of the same digits are equal. */
export function sameDomain(a: GlobalDomainIdentifier, b: GlobalDomainIdentifier): boolean {
  return (
    normalValue('C', a.countryName.value) === normalValue('C', b.countryName.value) &&
    normalValue('A', a.administrationDomainName.value) ===
      normalValue('A', b.administrationDomainName.value) &&
    normalValue('P', a.privateDomainIdentifier?.value ?? '') ===
      normalValue('P', b.privateDomainIdentifier?.value ?? '')
  );
}

/** `/P=…/A=…/C=…/;local-id`. */
export function printMTSIdentifier(identifier: MTSIdentifier): string {
  return `${printGlobalDomainIdentifier(identifier.globalDomainIdentifier)};${identifier.localIdentifier}`;
}

/** The identifier that such a text means; everything after the first `/;` is the local identifier. */
export function parseMTSIdentifier(text: string): Result<MTSIdentifier, AddressTextError> {
  const at = text.startsWith('/') ? text.indexOf('/;') : -1;
  if (at < 0) return failure(0, 'an MTS identifier is written /P=…/A=…/C=…/;local-identifier');
  const domain = parseGlobalDomainIdentifier(text.slice(0, at + 1));
  if (!domain.ok) return domain;
  const localIdentifier = text.slice(at + 2);
  if (localIdentifier.length < 1 || localIdentifier.length > ubLocalIdLength) {
    return failure(at + 2, `a local identifier has 1 to ${ubLocalIdLength} characters`);
  }
  if (/[\u0080-\uffff]/.test(localIdentifier)) {
    return failure(at + 2, 'a local identifier has characters of IA5 only');
  }
  return ok({ globalDomainIdentifier: domain.value, localIdentifier });
}

/** Whether two MTS identifiers are equal. Local identifiers are compared as they are. */
export function sameMTSIdentifier(a: MTSIdentifier, b: MTSIdentifier): boolean {
  return (
    a.localIdentifier === b.localIdentifier && sameDomain(a.globalDomainIdentifier, b.globalDomainIdentifier)
  );
}
