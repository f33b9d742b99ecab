// O/R addresses and O/R names as MTSAbstractService declares them (X.411 06/1999, 8.5.5; X.402 clause 18).
// Extension attributes stay open here; extension-attributes.ts gives their types. An O/R name is an O/R
// address with, perhaps, a directory name beside it, so an ORName can be given where an ORAddress is read.

import {
  app,
  choice,
  ctx,
  type Infer,
  integer,
  numericString,
  optional,
  printableString,
  raw,
  retained,
  sequence,
  sequenceOf,
  set,
  setOf,
} from '../asn1/index.ts';
import { Name } from './directory-name.ts';
import { AdministrationDomainName, CountryName } from './domains.ts';
import {
  ubDomainDefinedAttributes,
  ubDomainDefinedAttributeTypeLength,
  ubDomainDefinedAttributeValueLength,
  ubDomainNameLength,
  ubExtensionAttributes,
  ubGenerationQualifierLength,
  ubGivenNameLength,
  ubInitialsLength,
  ubNumericUserIdLength,
  ubOrganizationalUnitNameLength,
  ubOrganizationalUnits,
  ubOrganizationNameLength,
  ubSurnameLength,
  ubTerminalIdLength,
  ubX121AddressLength,
} from './upper-bounds.ts';

export const X121Address = numericString({ size: [1, ubX121AddressLength] });
export const TerminalIdentifier = printableString({ size: [1, ubTerminalIdLength] });

export const PrivateDomainName = choice({
  numeric: numericString({ size: [1, ubDomainNameLength] }),
  printable: printableString({ size: [1, ubDomainNameLength] }),
});
export type PrivateDomainName = Infer<typeof PrivateDomainName>;

export const OrganizationName = printableString({ size: [1, ubOrganizationNameLength] });
export const NumericUserIdentifier = numericString({ size: [1, ubNumericUserIdLength] });

export const PersonalName = set({
  surname: ctx(0, printableString({ size: [1, ubSurnameLength] })),
  givenName: optional(ctx(1, printableString({ size: [1, ubGivenNameLength] }))),
  initials: optional(ctx(2, printableString({ size: [1, ubInitialsLength] }))),
  generationQualifier: optional(ctx(3, printableString({ size: [1, ubGenerationQualifierLength] }))),
});
export interface PersonalName extends Infer<typeof PersonalName> {}

export const OrganizationalUnitNames = sequenceOf(
  printableString({ size: [1, ubOrganizationalUnitNameLength] }),
  { size: [1, ubOrganizationalUnits] },
);
export type OrganizationalUnitNames = Infer<typeof OrganizationalUnitNames>;

export const BuiltInStandardAttributes = sequence({
  countryName: optional(CountryName),
  administrationDomainName: optional(AdministrationDomainName),
  networkAddress: optional(ctx(0, X121Address)),
  terminalIdentifier: optional(ctx(1, TerminalIdentifier)),
  privateDomainName: optional(ctx(2, PrivateDomainName)),
  organizationName: optional(ctx(3, OrganizationName)),
  numericUserIdentifier: optional(ctx(4, NumericUserIdentifier)),
  personalName: optional(ctx(5, PersonalName)),
  organizationalUnitNames: optional(ctx(6, OrganizationalUnitNames)),
});
export interface BuiltInStandardAttributes extends Infer<typeof BuiltInStandardAttributes> {}

export const BuiltInDomainDefinedAttribute = sequence({
  type: printableString({ size: [1, ubDomainDefinedAttributeTypeLength] }),
  value: printableString({ size: [1, ubDomainDefinedAttributeValueLength] }),
});
export interface BuiltInDomainDefinedAttribute extends Infer<typeof BuiltInDomainDefinedAttribute> {}

export const BuiltInDomainDefinedAttributes = sequenceOf(BuiltInDomainDefinedAttribute, {
  size: [1, ubDomainDefinedAttributes],
});

export const ExtensionAttribute = sequence({
  extensionAttributeType: ctx(0, integer({ min: 0, max: ubExtensionAttributes })),
  extensionAttributeValue: ctx(1, raw()),
});
export interface ExtensionAttribute extends Infer<typeof ExtensionAttribute> {}

export const ExtensionAttributes = setOf(ExtensionAttribute, { size: [1, ubExtensionAttributes] });

const addressFields = {
  builtInStandardAttributes: BuiltInStandardAttributes,
  builtInDomainDefinedAttributes: optional(BuiltInDomainDefinedAttributes),
  extensionAttributes: optional(ExtensionAttributes),
};

export const ORAddress = retained(sequence(addressFields));
export interface ORAddress extends Infer<typeof ORAddress> {}

export const ORName = retained(app(0, sequence({ ...addressFields, directoryName: optional(ctx(0, Name)) })));
export interface ORName extends Infer<typeof ORName> {}

export const ORAddressAndOrDirectoryName = ORName;
export interface ORAddressAndOrDirectoryName extends ORName {}
export const ORAddressAndOptionalDirectoryName = ORName;
export interface ORAddressAndOptionalDirectoryName extends ORName {}
