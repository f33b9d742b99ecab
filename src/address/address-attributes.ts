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

/**
 * The attributes of an address, in one order of labels for all addresses, domain-defined ones last and in
 * their own. It is asked several times for each recipient: nothing is made here that is not in the list.
 */
export function attributesOf(address: ORAddress): readonly AddressAttribute[] {
  const found: AddressAttribute[] = [];
  addStandard(found, address);
  addPersonalName(found, address);
  addOrganizationalUnits(found, address);
  if (address.extensionAttributes !== undefined) {
    addNetwork(found, address);
    addPostal(found, address);
  }
  addDomainDefined(found, address);
  return found;
}

type Found = AddressAttribute[];

function add(found: Found, label: Label, value: string | undefined): void {
  if (value !== undefined) found.push({ label, value });
}

function addStandard(found: Found, address: ORAddress): void {
  const built = address.builtInStandardAttributes;
  add(found, 'C', built.countryName?.value);
  add(found, 'A', built.administrationDomainName?.value);
  add(found, 'P', built.privateDomainName?.value);
  add(found, 'X121', built.networkAddress);
  add(found, 'T-ID', built.terminalIdentifier);
  add(found, 'N-ID', built.numericUserIdentifier);
  add(found, 'O', built.organizationName ?? organizationNameOf(address));
  add(found, 'CN', commonNameOf(address));
}

/** The organization's name where it has no printable form. */
function organizationNameOf(address: ORAddress): string | undefined {
  const teletex = readExtensionAttribute(address, 'teletexOrganizationName');
  if (teletex !== undefined) return textOfT61(teletex);
  const universal = readExtensionAttribute(address, 'universalOrganizationName');
  return universal && textOfUniversal(universal);
}

function commonNameOf(address: ORAddress): string | undefined {
  const printable = readExtensionAttribute(address, 'commonName');
  if (printable !== undefined) return printable;
  const teletex = readExtensionAttribute(address, 'teletexCommonName');
  if (teletex !== undefined) return textOfT61(teletex);
  const universal = readExtensionAttribute(address, 'universalCommonName');
  return universal && textOfUniversal(universal);
}

function addPersonalName(found: Found, address: ORAddress): void {
  const name = address.builtInStandardAttributes.personalName;
  if (name !== undefined) {
    add(found, 'S', name.surname);
    add(found, 'G', name.givenName);
    add(found, 'I', name.initials);
    add(found, 'GQ', name.generationQualifier);
    return;
  }
  const teletex = readExtensionAttribute(address, 'teletexPersonalName');
  if (teletex !== undefined) {
    add(found, 'S', textOfT61(teletex.surname));
    add(found, 'G', teletexText(teletex.givenName));
    add(found, 'I', teletexText(teletex.initials));
    add(found, 'GQ', teletexText(teletex.generationQualifier));
    return;
  }
  const universal = readExtensionAttribute(address, 'universalPersonalName');
  if (universal === undefined) return;
  add(found, 'S', textOfUniversal(universal.surname));
  add(found, 'G', universal.givenName && textOfUniversal(universal.givenName));
  add(found, 'I', universal.initials && textOfUniversal(universal.initials));
  add(found, 'GQ', universal.generationQualifier && textOfUniversal(universal.generationQualifier));
}

const unitLabels = ['OU1', 'OU2', 'OU3', 'OU4'] as const;

function addOrganizationalUnits(found: Found, address: ORAddress): void {
  const units =
    address.builtInStandardAttributes.organizationalUnitNames ??
    readExtensionAttribute(address, 'teletexOrganizationalUnitNames')?.map(textOfT61) ??
    readExtensionAttribute(address, 'universalOrganizationalUnitNames')?.map(textOfUniversal);
  if (units !== undefined) addInOrder(found, unitLabels, units);
}

/** The first text under the first label, and so on. */
function addInOrder(found: Found, labels: readonly Label[], texts: readonly string[]): void {
  for (const [index, label] of labels.entries()) add(found, label, texts[index]);
}

function addNetwork(found: Found, address: ORAddress): void {
  const network = readExtensionAttribute(address, 'extendedNetworkAddress');
  const terminal = readExtensionAttribute(address, 'terminalType');
  const e1634 = network?.kind === 'e1634Address' ? network.value : undefined;
  add(found, 'NET-NUM', e1634?.number);
  add(found, 'NET-SUB', e1634?.subAddress);
  if (network?.kind === 'psapAddress') add(found, 'PSAP', presentationAddressText(network.value));
  add(found, 'T-TY', typeof terminal === 'string' ? terminalTypeTexts[terminal] : terminal?.toString());
}

function addPostal(found: Found, address: ORAddress): void {
  for (const [label, name, universalName] of postalAttributes) {
    const parameter = readExtensionAttribute(address, name);
    const text = parameter?.printableString ?? teletexText(parameter?.teletexString);
    const universal = text === undefined ? readExtensionAttribute(address, universalName) : undefined;
    add(found, label, text ?? (universal && textOfUniversal(universal)));
  }
  add(found, 'PD-SN', readExtensionAttribute(address, 'pdsName'));
  add(found, 'PD-C', readExtensionAttribute(address, 'physicalDeliveryCountryName')?.value);
  add(found, 'PD-PC', readExtensionAttribute(address, 'postalCode')?.value);
  addUnformattedPostalAddress(found, address);
}

const lineLabels = ['PD-A1', 'PD-A2', 'PD-A3', 'PD-A4', 'PD-A5', 'PD-A6'] as const;

function addUnformattedPostalAddress(found: Found, address: ORAddress): void {
  const postal = readExtensionAttribute(address, 'unformattedPostalAddress');
  const lines = postal?.printableAddress;
  if (lines !== undefined) {
    addInOrder(found, lineLabels, lines);
    return;
  }
  const universal = readExtensionAttribute(address, 'universalUnformattedPostalAddress');
  const text = teletexText(postal?.teletexString) ?? (universal && textOfUniversal(universal));
  if (text !== undefined) addPostalText(found, text);
}

/** Lines that the printable form could have, by number; what does not fit into six such lines is one text. */
function addPostalText(found: Found, text: string): void {
  const written = text.split('\r\n');
  const fit =
    written.length <= ubPDSPhysicalAddressLines &&
    written.every((line) => line !== '' && line.length <= ubPDSParameterLength);
  if (fit) addInOrder(found, lineLabels, written);
  else add(found, 'PD-A', text);
}

/** The built-in ones, then those that only a teletex or universal form has. */
function addDomainDefined(found: Found, address: ORAddress): void {
  const built = address.builtInDomainDefinedAttributes;
  if (address.extensionAttributes === undefined) {
    if (built !== undefined) for (const { type, value } of built) found.push({ label: 'DD', type, value });
    return;
  }
  const all: { type: string; value: string }[] = [...(built ?? [])];
  const teletex = readExtensionAttribute(address, 'teletexDomainDefinedAttributes') ?? [];
  const universal = readExtensionAttribute(address, 'universalDomainDefinedAttributes') ?? [];
  for (const more of [
    teletex.map((each) => ({ type: textOfT61(each.type), value: textOfT61(each.value) })),
    universal.map((each) => ({ type: textOfUniversal(each.type), value: textOfUniversal(each.value) })),
  ]) {
    const known = new Set(all.map((each) => each.type.toUpperCase()));
    for (const each of more) if (!known.has(each.type.toUpperCase())) all.push(each);
  }
  for (const { type, value } of all) found.push({ label: 'DD', type, value });
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
