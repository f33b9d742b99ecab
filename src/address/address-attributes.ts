// An O/R address as a list of labelled attributes, the common ground of its text form and its normal form
// (X.402 18.3, RFC 1685). Where an attribute has several string forms, the printable one is taken, else the
// teletex, else the universal: they are alternatives for one value (X.402 18.3). Teletex is T.61.

import { toHex } from '../base/octets.ts';
import type { AddressAttribute, Label } from './attribute-labels.ts';
import { readExtensionAttribute, textOfUniversal } from './extension-attribute-values.ts';
import type { ExtensionAttributeName, PresentationAddress } from './extension-attributes.ts';
import type { ORAddress } from './or-address.ts';
import { textOfT61 } from './t61.ts';
import { ubPDSParameterLength, ubPDSPhysicalAddressLines } from './upper-bounds.ts';

/** The abbreviations of terminal types (RFC 1685 F.3.2.2). */
export const terminalTypeTexts = {
  telex: 'tlx',
  teletex: 'ttx',
  'g3-facsimile': 'g3fax',
  'g4-facsimile': 'g4fax',
  'ia5-terminal': 'ia5',
  videotex: 'vtx',
} as const;

/** The postal attributes that have a PDSParameter and a universal form. */
export const postalAttributes = [
  ['PD-PN', 'physicalDeliveryPersonalName', 'universalPhysicalDeliveryPersonalName'],
  ['PD-EA', 'extensionORAddressComponents', 'universalExtensionORAddressComponents'],
  [
    'PD-ED',
    'extensionPhysicalDeliveryAddressComponents',
    'universalExtensionPhysicalDeliveryAddressComponents',
  ],
  ['PD-OFN', 'physicalDeliveryOfficeNumber', 'universalPhysicalDeliveryOfficeNumber'],
  ['PD-OF', 'physicalDeliveryOfficeName', 'universalPhysicalDeliveryOfficeName'],
  ['PD-O', 'physicalDeliveryOrganizationName', 'universalPhysicalDeliveryOrganizationName'],
  ['PD-S', 'streetAddress', 'universalStreetAddress'],
  ['PD-U', 'uniquePostalName', 'universalUniquePostalName'],
  ['PD-L', 'localPostalAttributes', 'universalLocalPostalAttributes'],
  ['PD-R', 'posteRestanteAddress', 'universalPosteRestanteAddress'],
  ['PD-B', 'postOfficeBoxAddress', 'universalPostOfficeBoxAddress'],
] as const satisfies readonly (readonly [Label, ExtensionAttributeName, ExtensionAttributeName])[];

/** The attributes of an address, in no particular order but that of domain-defined ones among themselves. */
export function attributesOf(address: ORAddress): readonly AddressAttribute[] {
  const labelled: (readonly [Label, string | undefined])[] = [
    ...standardAttributes(address),
    ...personalNameAttributes(address),
    ...organizationalUnitAttributes(address),
  ];
  if (address.extensionAttributes !== undefined) {
    labelled.push(...networkAttributes(address), ...postalAttributesOf(address));
  }
  const found: AddressAttribute[] = [];
  for (const [label, value] of labelled) if (value !== undefined) found.push({ label, value });
  return [...found, ...domainDefinedAttributes(address)];
}

type Labelled = readonly (readonly [Label, string | undefined])[];

function standardAttributes(address: ORAddress): Labelled {
  const built = address.builtInStandardAttributes;
  const universalOrganization = readExtensionAttribute(address, 'universalOrganizationName');
  const universalCommonName = readExtensionAttribute(address, 'universalCommonName');
  return [
    ['C', built.countryName?.value],
    ['A', built.administrationDomainName?.value],
    ['P', built.privateDomainName?.value],
    ['X121', built.networkAddress],
    ['T-ID', built.terminalIdentifier],
    ['N-ID', built.numericUserIdentifier],
    [
      'O',
      built.organizationName ??
        teletexText(readExtensionAttribute(address, 'teletexOrganizationName')) ??
        (universalOrganization && textOfUniversal(universalOrganization)),
    ],
    [
      'CN',
      readExtensionAttribute(address, 'commonName') ??
        teletexText(readExtensionAttribute(address, 'teletexCommonName')) ??
        (universalCommonName && textOfUniversal(universalCommonName)),
    ],
  ];
}

function personalNameAttributes(address: ORAddress): Labelled {
  const name = address.builtInStandardAttributes.personalName;
  if (name !== undefined) {
    return [
      ['S', name.surname],
      ['G', name.givenName],
      ['I', name.initials],
      ['GQ', name.generationQualifier],
    ];
  }
  const teletex = readExtensionAttribute(address, 'teletexPersonalName');
  if (teletex !== undefined) {
    return [
      ['S', textOfT61(teletex.surname)],
      ['G', teletexText(teletex.givenName)],
      ['I', teletexText(teletex.initials)],
      ['GQ', teletexText(teletex.generationQualifier)],
    ];
  }
  const universal = readExtensionAttribute(address, 'universalPersonalName');
  if (universal === undefined) return [];
  return [
    ['S', textOfUniversal(universal.surname)],
    ['G', universal.givenName && textOfUniversal(universal.givenName)],
    ['I', universal.initials && textOfUniversal(universal.initials)],
    ['GQ', universal.generationQualifier && textOfUniversal(universal.generationQualifier)],
  ];
}

const unitLabels = ['OU1', 'OU2', 'OU3', 'OU4'] as const;

function organizationalUnitAttributes(address: ORAddress): Labelled {
  const units =
    address.builtInStandardAttributes.organizationalUnitNames ??
    readExtensionAttribute(address, 'teletexOrganizationalUnitNames')?.map(textOfT61) ??
    readExtensionAttribute(address, 'universalOrganizationalUnitNames')?.map(textOfUniversal) ??
    [];
  return unitLabels.map((label, index) => [label, units[index]] as const);
}

function networkAttributes(address: ORAddress): Labelled {
  const network = readExtensionAttribute(address, 'extendedNetworkAddress');
  const terminal = readExtensionAttribute(address, 'terminalType');
  const e1634 = network?.kind === 'e1634Address' ? network.value : undefined;
  return [
    ['NET-NUM', e1634?.number],
    ['NET-SUB', e1634?.subAddress],
    ['PSAP', network?.kind === 'psapAddress' ? presentationAddressText(network.value) : undefined],
    ['T-TY', typeof terminal === 'string' ? terminalTypeTexts[terminal] : terminal?.toString()],
  ];
}

function postalAttributesOf(address: ORAddress): Labelled {
  const simple = postalAttributes.map(([label, name, universalName]) => {
    const parameter = readExtensionAttribute(address, name);
    const universal = readExtensionAttribute(address, universalName);
    const text = parameter?.printableString ?? teletexText(parameter?.teletexString);
    return [label, text ?? (universal && textOfUniversal(universal))] as const;
  });
  return [
    ...simple,
    ['PD-SN', readExtensionAttribute(address, 'pdsName')],
    ['PD-C', readExtensionAttribute(address, 'physicalDeliveryCountryName')?.value],
    ['PD-PC', readExtensionAttribute(address, 'postalCode')?.value],
    ...unformattedPostalAddress(address),
  ];
}

const lineLabels = ['PD-A1', 'PD-A2', 'PD-A3', 'PD-A4', 'PD-A5', 'PD-A6'] as const;

function unformattedPostalAddress(address: ORAddress): Labelled {
  const postal = readExtensionAttribute(address, 'unformattedPostalAddress');
  const lines = postal?.printableAddress;
  if (lines !== undefined) return lineLabels.map((label, index) => [label, lines[index]] as const);
  const universal = readExtensionAttribute(address, 'universalUnformattedPostalAddress');
  const text = teletexText(postal?.teletexString) ?? (universal && textOfUniversal(universal));
  return text === undefined ? [] : postalText(text);
}

/** Lines that the printable form could have, by number; what does not fit into six such lines is one text. */
function postalText(text: string): Labelled {
  const written = text.split('\r\n');
  const fit =
    written.length <= ubPDSPhysicalAddressLines &&
    written.every((line) => line !== '' && line.length <= ubPDSParameterLength);
  return fit ? lineLabels.map((label, index) => [label, written[index]] as const) : [['PD-A', text]];
}

/** The built-in ones, then those that only a teletex or universal form has. */
function domainDefinedAttributes(address: ORAddress): readonly AddressAttribute[] {
  const found: { type: string; value: string }[] = [...(address.builtInDomainDefinedAttributes ?? [])];
  if (address.extensionAttributes !== undefined) {
    const teletex = readExtensionAttribute(address, 'teletexDomainDefinedAttributes') ?? [];
    const universal = readExtensionAttribute(address, 'universalDomainDefinedAttributes') ?? [];
    for (const more of [
      teletex.map((each) => ({ type: textOfT61(each.type), value: textOfT61(each.value) })),
      universal.map((each) => ({ type: textOfUniversal(each.type), value: textOfUniversal(each.value) })),
    ]) {
      const known = new Set(found.map((each) => each.type.toUpperCase()));
      found.push(...more.filter((each) => !known.has(each.type.toUpperCase())));
    }
  }
  return found.map(({ type, value }) => ({ label: 'DD', type, value }));
}

function teletexText(octets: string | undefined): string | undefined {
  return octets === undefined ? undefined : textOfT61(octets);
}

/** RFC 1278, with selectors and addresses in hexadecimal; nothing of an address that has neither. */
function presentationAddressText(address: PresentationAddress): string | undefined {
  const selectors = [address.pSelector, address.sSelector, address.tSelector];
  const first = selectors.findIndex((selector) => selector !== undefined);
  const written =
    first < 0 ? [] : selectors.slice(first).map((each) => `'${toHex(each ?? new Uint8Array())}'H/`);
  const networks = address.nAddresses.map((each) => `NS+${toHex(each)}`).join('|');
  return written.join('') + networks || undefined;
}
