// The types of the extension attributes (X.411 06/1999 figure 2; X.402 18.3): each standard attribute's
// teletex and universal forms, the postal attributes, extended network address and terminal type, in one
// table by number. A value that is not of its declared type is no attribute to us, and is relayed as it is.

import {
  bmpString,
  choice,
  ctx,
  type Infer,
  namedInteger,
  numericString,
  octetString,
  optional,
  printableString,
  sequence,
  sequenceOf,
  set,
  setOf,
  teletexString,
  universalString,
} from '../asn1/index.ts';
import * as ub from './upper-bounds.ts';

/** UniversalOrBMPString{ub}: characters of ISO/IEC 10646, with the language they are in. */
function universalOrBMPString(length: number) {
  return set({
    characterEncoding: choice({
      twoOctets: bmpString({ size: [1, length] }),
      fourOctets: universalString({ size: [1, length] }),
    }),
    iso639LanguageCode: optional(printableString({ size: [2, 5] })),
  });
}

export const UniversalOrBMPString = universalOrBMPString(ub.ubDomainDefinedAttributeValueLength);
export interface UniversalOrBMPString extends Infer<typeof UniversalOrBMPString> {}

export const CommonName = printableString({ size: [1, ub.ubCommonNameLength] });
export const TeletexCommonName = teletexString({ size: [1, ub.ubCommonNameLength] });
export const UniversalCommonName = universalOrBMPString(ub.ubCommonNameLength);

export const TeletexOrganizationName = teletexString({ size: [1, ub.ubOrganizationNameLength] });
export const UniversalOrganizationName = universalOrBMPString(ub.ubOrganizationNameLength);

export const TeletexPersonalName = set({
  surname: ctx(0, teletexString({ size: [1, ub.ubSurnameLength] })),
  givenName: optional(ctx(1, teletexString({ size: [1, ub.ubGivenNameLength] }))),
  initials: optional(ctx(2, teletexString({ size: [1, ub.ubInitialsLength] }))),
  generationQualifier: optional(ctx(3, teletexString({ size: [1, ub.ubGenerationQualifierLength] }))),
});
export interface TeletexPersonalName extends Infer<typeof TeletexPersonalName> {}

export const UniversalPersonalName = set({
  surname: ctx(0, universalOrBMPString(ub.ubUniversalSurnameLength)),
  givenName: optional(ctx(1, universalOrBMPString(ub.ubUniversalGivenNameLength))),
  initials: optional(ctx(2, universalOrBMPString(ub.ubUniversalInitialsLength))),
  generationQualifier: optional(ctx(3, universalOrBMPString(ub.ubUniversalGenerationQualifierLength))),
});
export interface UniversalPersonalName extends Infer<typeof UniversalPersonalName> {}

export const TeletexOrganizationalUnitNames = sequenceOf(
  teletexString({ size: [1, ub.ubOrganizationalUnitNameLength] }),
  { size: [1, ub.ubOrganizationalUnits] },
);
export const UniversalOrganizationalUnitNames = sequenceOf(
  universalOrBMPString(ub.ubOrganizationalUnitNameLength),
  { size: [1, ub.ubOrganizationalUnits] },
);

export const TeletexDomainDefinedAttributes = sequenceOf(
  sequence({
    type: teletexString({ size: [1, ub.ubDomainDefinedAttributeTypeLength] }),
    value: teletexString({ size: [1, ub.ubDomainDefinedAttributeValueLength] }),
  }),
  { size: [1, ub.ubDomainDefinedAttributes] },
);
export const UniversalDomainDefinedAttributes = sequenceOf(
  sequence({
    type: universalOrBMPString(ub.ubDomainDefinedAttributeTypeLength),
    value: universalOrBMPString(ub.ubDomainDefinedAttributeValueLength),
  }),
  { size: [1, ub.ubDomainDefinedAttributes] },
);

export const PDSName = printableString({ size: [1, ub.ubPDSNameLength] });

export const PhysicalDeliveryCountryName = choice({
  x121DccCode: numericString({ size: [ub.ubCountryNameNumericLength, ub.ubCountryNameNumericLength] }),
  iso3166Alpha2Code: printableString({ size: [ub.ubCountryNameAlphaLength, ub.ubCountryNameAlphaLength] }),
});

export const PostalCode = choice({
  numericCode: numericString({ size: [1, ub.ubPostalCodeLength] }),
  printableCode: printableString({ size: [1, ub.ubPostalCodeLength] }),
});

export const PDSParameter = set({
  printableString: optional(printableString({ size: [1, ub.ubPDSParameterLength] })),
  teletexString: optional(teletexString({ size: [1, ub.ubPDSParameterLength] })),
});
export interface PDSParameter extends Infer<typeof PDSParameter> {}
export const UniversalPDSParameter = universalOrBMPString(ub.ubPDSParameterLength);

export const UnformattedPostalAddress = set({
  printableAddress: optional(
    sequenceOf(printableString({ size: [1, ub.ubPDSParameterLength] }), {
      size: [1, ub.ubPDSPhysicalAddressLines],
    }),
  ),
  teletexString: optional(teletexString({ size: [1, ub.ubUnformattedAddressLength] })),
});
export const UniversalUnformattedPostalAddress = universalOrBMPString(ub.ubUnformattedAddressLength);

export const PresentationAddress = sequence({
  pSelector: optional(ctx(0, octetString())),
  sSelector: optional(ctx(1, octetString())),
  tSelector: optional(ctx(2, octetString())),
  nAddresses: ctx(3, setOf(octetString())),
});
export interface PresentationAddress extends Infer<typeof PresentationAddress> {}

export const ExtendedNetworkAddress = choice({
  e1634Address: sequence({
    number: ctx(0, numericString({ size: [1, ub.ubE1634NumberLength] })),
    subAddress: optional(ctx(1, numericString({ size: [1, ub.ubE1634SubAddressLength] }))),
  }),
  psapAddress: ctx(0, PresentationAddress),
});

export const terminalTypes = {
  telex: 3,
  teletex: 4,
  'g3-facsimile': 5,
  'g4-facsimile': 6,
  'ia5-terminal': 7,
  videotex: 8,
} as const;
export const TerminalType = namedInteger(terminalTypes);

/** ExtensionAttributeTable: each attribute's number and type, under its name in camel case. */
export const extensionAttributeTable = {
  commonName: { number: 1, type: CommonName },
  teletexCommonName: { number: 2, type: TeletexCommonName },
  teletexOrganizationName: { number: 3, type: TeletexOrganizationName },
  teletexPersonalName: { number: 4, type: TeletexPersonalName },
  teletexOrganizationalUnitNames: { number: 5, type: TeletexOrganizationalUnitNames },
  teletexDomainDefinedAttributes: { number: 6, type: TeletexDomainDefinedAttributes },
  pdsName: { number: 7, type: PDSName },
  physicalDeliveryCountryName: { number: 8, type: PhysicalDeliveryCountryName },
  postalCode: { number: 9, type: PostalCode },
  physicalDeliveryOfficeName: { number: 10, type: PDSParameter },
  physicalDeliveryOfficeNumber: { number: 11, type: PDSParameter },
  extensionORAddressComponents: { number: 12, type: PDSParameter },
  physicalDeliveryPersonalName: { number: 13, type: PDSParameter },
  physicalDeliveryOrganizationName: { number: 14, type: PDSParameter },
  extensionPhysicalDeliveryAddressComponents: { number: 15, type: PDSParameter },
  unformattedPostalAddress: { number: 16, type: UnformattedPostalAddress },
  streetAddress: { number: 17, type: PDSParameter },
  postOfficeBoxAddress: { number: 18, type: PDSParameter },
  posteRestanteAddress: { number: 19, type: PDSParameter },
  uniquePostalName: { number: 20, type: PDSParameter },
  localPostalAttributes: { number: 21, type: PDSParameter },
  extendedNetworkAddress: { number: 22, type: ExtendedNetworkAddress },
  terminalType: { number: 23, type: TerminalType },
  universalCommonName: { number: 24, type: UniversalCommonName },
  universalOrganizationName: { number: 25, type: UniversalOrganizationName },
  universalPersonalName: { number: 26, type: UniversalPersonalName },
  universalOrganizationalUnitNames: { number: 27, type: UniversalOrganizationalUnitNames },
  universalDomainDefinedAttributes: { number: 28, type: UniversalDomainDefinedAttributes },
  universalPhysicalDeliveryOfficeName: { number: 29, type: UniversalPDSParameter },
  universalPhysicalDeliveryOfficeNumber: { number: 30, type: UniversalPDSParameter },
  universalExtensionORAddressComponents: { number: 31, type: UniversalPDSParameter },
  universalPhysicalDeliveryPersonalName: { number: 32, type: UniversalPDSParameter },
  universalPhysicalDeliveryOrganizationName: { number: 33, type: UniversalPDSParameter },
  universalExtensionPhysicalDeliveryAddressComponents: { number: 34, type: UniversalPDSParameter },
  universalUnformattedPostalAddress: { number: 35, type: UniversalUnformattedPostalAddress },
  universalStreetAddress: { number: 36, type: UniversalPDSParameter },
  universalPostOfficeBoxAddress: { number: 37, type: UniversalPDSParameter },
  universalPosteRestanteAddress: { number: 38, type: UniversalPDSParameter },
  universalUniquePostalName: { number: 39, type: UniversalPDSParameter },
  universalLocalPostalAttributes: { number: 40, type: UniversalPDSParameter },
} as const;

export type ExtensionAttributeName = keyof typeof extensionAttributeTable;
export type ExtensionAttributeValue<N extends ExtensionAttributeName> = Infer<
  (typeof extensionAttributeTable)[N]['type']
>;
