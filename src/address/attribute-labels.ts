// The labels of O/R address attributes (RFC 1685 tables F.1 to F.3; RFC 2156 4.1 for the older spellings):
// which are the same attribute, in what order they are printed, and what a value of each may hold.

import * as ub from './upper-bounds.ts';

export interface LabelRule {
  /** Largest number of characters, in the form of string that has the most. */
  readonly max: number;
  /** Digits (and spaces) only. */
  readonly numeric?: true;
  /** Other spellings, in upper case. */
  readonly also?: readonly string[];
}

const pds = ub.ubPDSParameterLength;

/** Every label but those of domain-defined attributes, in the order in which they are printed. */
export const labelRules = {
  S: { max: ub.ubUniversalSurnameLength, also: ['SN', 'SURNAME'] },
  G: { max: ub.ubUniversalGivenNameLength, also: ['GN'] },
  I: { max: ub.ubUniversalInitialsLength },
  GQ: { max: ub.ubUniversalGenerationQualifierLength, also: ['Q'] },
  CN: { max: ub.ubCommonNameLength },
  X121: { max: ub.ubX121AddressLength, numeric: true, also: ['X.121'] },
  'NET-NUM': { max: ub.ubE1634NumberLength, numeric: true, also: ['ISDN', 'E.164', 'E.163'] },
  'NET-SUB': { max: ub.ubE1634SubAddressLength, numeric: true },
  PSAP: { max: 1024, also: ['NET-PSAP'] },
  'N-ID': { max: ub.ubNumericUserIdLength, numeric: true, also: ['UA-ID'] },
  'T-ID': { max: ub.ubTerminalIdLength },
  'T-TY': { max: 16 },
  'PD-PN': { max: pds },
  'PD-EA': { max: pds, also: ['PD-EXT-ADDRESS'] },
  'PD-ED': { max: pds, also: ['PD-EXT-DELIVERY'] },
  'PD-OFN': { max: pds, also: ['PD-OFFICE-NUM', 'PD-OFFICE NUMBER'] },
  'PD-OF': { max: pds, also: ['PD-OFFICE'] },
  'PD-O': { max: pds },
  'PD-S': { max: pds, also: ['PD-STREET'] },
  'PD-A': { max: ub.ubUnformattedAddressLength, also: ['PD-ADDRESS'] },
  'PD-A1': { max: pds },
  'PD-A2': { max: pds },
  'PD-A3': { max: pds },
  'PD-A4': { max: pds },
  'PD-A5': { max: pds },
  'PD-A6': { max: pds },
  'PD-U': { max: pds, also: ['PD-UNIQUE'] },
  'PD-L': { max: pds, also: ['PD-LOCAL'] },
  'PD-R': { max: pds, also: ['PD-RESTANTE'] },
  'PD-B': { max: pds, also: ['PD-BOX'] },
  'PD-PC': { max: ub.ubPostalCodeLength, also: ['PD-CODE'] },
  'PD-SN': { max: ub.ubPDSNameLength, also: ['PD-SERVICE'] },
  'PD-C': { max: 3 },
  O: { max: ub.ubOrganizationNameLength },
  OU1: { max: ub.ubOrganizationalUnitNameLength },
  OU2: { max: ub.ubOrganizationalUnitNameLength },
  OU3: { max: ub.ubOrganizationalUnitNameLength },
  OU4: { max: ub.ubOrganizationalUnitNameLength },
  P: { max: ub.ubDomainNameLength, also: ['PRMD'] },
  A: { max: ub.ubDomainNameLength, also: ['ADMD'] },
  C: { max: ub.ubCountryNameNumericLength },
} as const satisfies Record<string, LabelRule>;

export type Label = keyof typeof labelRules;

/**
 * One attribute of an address: its label (`DD` with a type, for a domain-defined one) and its value as text.
 */
export type AddressAttribute =
  | { readonly label: Label; readonly value: string }
  | { readonly label: 'DD'; readonly type: string; readonly value: string };

export const labelsInOrder = Object.keys(labelRules) as readonly Label[];

const rules: Readonly<Record<Label, LabelRule>> = labelRules;

const canonical: ReadonlyMap<string, Label> = new Map(
  labelsInOrder.flatMap((label) =>
    [label, ...(rules[label].also ?? [])].map((text) => [text, label] as const),
  ),
);

/** The label that a spelling in any case means. */
export function labelOf(text: string): Label | undefined {
  return canonical.get(text.toUpperCase());
}

/** What a value under this label may hold. */
export function ruleOf(label: Label): LabelRule {
  return rules[label];
}
