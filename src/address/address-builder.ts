// Builds an O/R address from labelled attributes. A value of PrintableString characters goes into the
// built-in attribute; one beyond them into the teletex extension attribute where T.61 has its characters and
// it is short enough there, else into the universal one. Values are checked before (address-text.ts); what
// fails here does not fit together.

import { fromHex } from '../base/octets.ts';
import { err, ok, type Result } from '../base/result.ts';
import { postalAttributes, terminalTypeTexts } from './address-attributes.ts';
import type { AddressAttribute, Label } from './attribute-labels.ts';
import { type DomainDefined, domainDefinedPart } from './domain-defined.ts';
import { makeExtensionAttribute, universalText } from './extension-attribute-values.ts';
import type { PresentationAddress } from './extension-attributes.ts';
import type { BuiltInStandardAttributes, ExtensionAttribute, ORAddress, PersonalName } from './or-address.ts';
import { formOf, isPrintable, teletex } from './string-forms.ts';
import { t61OfText } from './t61.ts';
import * as ub from './upper-bounds.ts';

/** The address with these attributes; each label at most once, domain-defined ones in order. */
export function buildAddress(attributes: readonly AddressAttribute[]): Result<ORAddress, string> {
  const values = new Map<Label, string>();
  const domainDefined: DomainDefined[] = [];
  for (const attribute of attributes) {
    if (attribute.label === 'DD') domainDefined.push(attribute);
    else values.set(attribute.label, attribute.value);
  }
  const parts = [
    standardPart(values),
    personalNamePart(values),
    unitsPart(values),
    networkPart(values),
    ok({ built: {}, extended: postalPart(values) }),
  ];
  let built: BuiltInStandardAttributes = {};
  const extended: ExtensionAttribute[] = [];
  for (const part of parts) {
    if (!part.ok) return part;
    built = { ...built, ...part.value.built };
    extended.push(...part.value.extended);
  }
  const defined = domainDefinedPart(domainDefined);
  if (!defined.ok) return defined;
  const { builtIn } = defined.value;
  extended.push(...defined.value.extended);
  return ok({
    builtInStandardAttributes: built,
    ...(builtIn.length > 0 && { builtInDomainDefinedAttributes: builtIn }),
    ...(extended.length > 0 && { extensionAttributes: extended }),
  });
}

interface Part {
  readonly built: BuiltInStandardAttributes;
  readonly extended: readonly ExtensionAttribute[];
}
type Values = ReadonlyMap<Label, string>;

/** Digits and only digits make a NumericString (RFC 2156 4.1). */
export function numericOrPrintable(text: string): {
  readonly kind: 'numeric' | 'printable';
  readonly value: string;
} {
  return { kind: /^[0-9]+$/.test(text) ? 'numeric' : 'printable', value: text };
}

/** A country by its X.121 or its ISO 3166 code. */
export function countryNameOf(text: string): {
  readonly kind: 'x121DccCode' | 'iso3166Alpha2Code';
  readonly value: string;
} {
  return { kind: /^[0-9]{3}$/.test(text) ? 'x121DccCode' : 'iso3166Alpha2Code', value: text };
}

function standardPart(values: Values): Result<Part, string> {
  const extended: ExtensionAttribute[] = [];
  const country = values.get('C');
  const admd = values.get('A');
  const prmd = values.get('P');
  const organization = values.get('O');
  const commonName = values.get('CN');
  const organizationForm = formOf([organization ?? '', ub.ubOrganizationNameLength]);
  if (organization !== undefined && organizationForm === 'teletex') {
    extended.push(makeExtensionAttribute('teletexOrganizationName', teletex(organization)));
  } else if (organization !== undefined && organizationForm === 'universal') {
    extended.push(makeExtensionAttribute('universalOrganizationName', universalText(organization)));
  }
  if (commonName !== undefined) extended.push(commonNameAttribute(commonName));
  const networkAddress = values.get('X121');
  const terminalIdentifier = values.get('T-ID');
  const numericUserIdentifier = values.get('N-ID');
  return ok({
    built: {
      ...(country !== undefined && { countryName: countryNameOf(country) }),
      ...(admd !== undefined && { administrationDomainName: numericOrPrintable(admd) }),
      ...(networkAddress !== undefined && { networkAddress }),
      ...(terminalIdentifier !== undefined && { terminalIdentifier }),
      ...(prmd !== undefined && { privateDomainName: numericOrPrintable(prmd) }),
      ...(organizationForm === 'printable' &&
        organization !== undefined && { organizationName: organization }),
      ...(numericUserIdentifier !== undefined && { numericUserIdentifier }),
    },
    extended,
  });
}

function commonNameAttribute(text: string): ExtensionAttribute {
  switch (formOf([text, ub.ubCommonNameLength])) {
    case 'printable':
      return makeExtensionAttribute('commonName', text);
    case 'teletex':
      return makeExtensionAttribute('teletexCommonName', teletex(text));
    case 'universal':
      return makeExtensionAttribute('universalCommonName', universalText(text));
  }
}

function personalNamePart(values: Values): Result<Part, string> {
  const surname = values.get('S');
  const given = values.get('G');
  const initials = values.get('I');
  const generation = values.get('GQ');
  const rest = [given, initials, generation].filter((each) => each !== undefined);
  if (surname === undefined) {
    return rest.length === 0 ? ok({ built: {}, extended: [] }) : err('a personal name needs a surname (S)');
  }
  const name = {
    surname,
    ...(given !== undefined && { givenName: given }),
    ...(initials !== undefined && { initials }),
    ...(generation !== undefined && { generationQualifier: generation }),
  };
  const form = formOf(
    [surname, ub.ubSurnameLength],
    [given ?? '', ub.ubGivenNameLength],
    [initials ?? '', ub.ubInitialsLength],
    [generation ?? '', ub.ubGenerationQualifierLength],
  );
  switch (form) {
    case 'printable':
      return ok({ built: { personalName: name }, extended: [] });
    case 'teletex':
      return extendedPart(makeExtensionAttribute('teletexPersonalName', nameIn(name, teletex)));
    case 'universal':
      return extendedPart(makeExtensionAttribute('universalPersonalName', nameIn(name, universalText)));
  }
}

function extendedPart(attribute: ExtensionAttribute): Result<Part, string> {
  return ok({ built: {}, extended: [attribute] });
}

/** A personal name in another form of string. */
function nameIn<T>(name: PersonalName, into: (text: string) => T) {
  const { surname, givenName: given, initials, generationQualifier: generation } = name;
  return {
    surname: into(surname),
    ...(given !== undefined && { givenName: into(given) }),
    ...(initials !== undefined && { initials: into(initials) }),
    ...(generation !== undefined && { generationQualifier: into(generation) }),
  };
}

function unitsPart(values: Values): Result<Part, string> {
  const slots = (['OU1', 'OU2', 'OU3', 'OU4'] as const).map((label) => values.get(label));
  const units = slots.filter((unit) => unit !== undefined);
  if (units.length === 0) return ok({ built: {}, extended: [] });
  if (slots.slice(0, units.length).includes(undefined)) return err('organizational units leave a gap');
  switch (formOf(...units.map((unit) => [unit, ub.ubOrganizationalUnitNameLength] as const))) {
    case 'printable':
      return ok({ built: { organizationalUnitNames: units }, extended: [] });
    case 'teletex':
      return extendedPart(makeExtensionAttribute('teletexOrganizationalUnitNames', units.map(teletex)));
    case 'universal': {
      const universal = units.map(universalText);
      return extendedPart(makeExtensionAttribute('universalOrganizationalUnitNames', universal));
    }
  }
}

function networkPart(values: Values): Result<Part, string> {
  const extended: ExtensionAttribute[] = [];
  const number = values.get('NET-NUM');
  const subAddress = values.get('NET-SUB');
  const psap = values.get('PSAP');
  const terminal = values.get('T-TY');
  if (number !== undefined) {
    const value = { number, ...(subAddress !== undefined && { subAddress }) };
    extended.push(makeExtensionAttribute('extendedNetworkAddress', { kind: 'e1634Address', value }));
  } else if (subAddress !== undefined) {
    return err('NET-SUB needs a number (NET-NUM)');
  }
  if (psap !== undefined) {
    const value = presentationAddressOf(psap);
    if (value === undefined) return err("PSAP is written 'hex'H/'hex'H/'hex'H/NS+hex (RFC 1278)");
    extended.push(makeExtensionAttribute('extendedNetworkAddress', { kind: 'psapAddress', value }));
  }
  if (terminal !== undefined) {
    const value = terminalTypeOf(terminal);
    if (value === undefined) return err('T-TY is tlx, ttx, g3fax, g4fax, ia5, vtx or a number up to 256');
    extended.push(makeExtensionAttribute('terminalType', value));
  }
  return ok({ built: {}, extended });
}

function terminalTypeOf(text: string) {
  const named = (Object.keys(terminalTypeTexts) as (keyof typeof terminalTypeTexts)[]).find(
    (name) => name === text.toLowerCase() || terminalTypeTexts[name] === text.toLowerCase(),
  );
  if (named !== undefined) return named;
  return /^[0-9]{1,3}$/.test(text) && Number(text) <= 256 ? Number(text) : undefined;
}

function presentationAddressOf(text: string): PresentationAddress | undefined {
  const parts = text.split('/');
  const networks = parts.pop() ?? '';
  if (parts.length > 3) return undefined;
  const selectors = parts.map((part) => fromHex(/^'([0-9a-f]*)'H$/i.exec(part)?.[1] ?? 'x'));
  const nAddresses = (networks === '' ? [] : networks.split('|')).map((part) =>
    fromHex(/^NS\+([0-9a-f]*)$/i.exec(part)?.[1] ?? 'x'),
  );
  const known = nAddresses.filter((each) => each !== undefined);
  if (known.length !== nAddresses.length || selectors.includes(undefined)) return undefined;
  const [tSelector, sSelector, pSelector] = [...selectors].reverse();
  return {
    ...(pSelector && { pSelector }),
    ...(sSelector && { sSelector }),
    ...(tSelector && { tSelector }),
    nAddresses: known,
  };
}

function postalPart(values: Values): readonly ExtensionAttribute[] {
  const extended: ExtensionAttribute[] = [];
  for (const [label, name, universalName] of postalAttributes) {
    const text = values.get(label);
    if (text === undefined) continue;
    const form = formOf([text, ub.ubPDSParameterLength]);
    if (form === 'universal') extended.push(makeExtensionAttribute(universalName, universalText(text)));
    else if (form === 'teletex')
      extended.push(makeExtensionAttribute(name, { teletexString: teletex(text) }));
    else extended.push(makeExtensionAttribute(name, { printableString: text }));
  }
  const service = values.get('PD-SN');
  const country = values.get('PD-C');
  const code = values.get('PD-PC');
  if (service !== undefined) extended.push(makeExtensionAttribute('pdsName', service));
  if (country !== undefined) {
    extended.push(makeExtensionAttribute('physicalDeliveryCountryName', countryNameOf(country)));
  }
  if (code !== undefined) {
    const kind = /^[0-9]+$/.test(code) ? 'numericCode' : 'printableCode';
    extended.push(makeExtensionAttribute('postalCode', { kind, value: code }));
  }
  return [...extended, ...unformattedPart(values)];
}

function unformattedPart(values: Values): readonly ExtensionAttribute[] {
  const lines = (['PD-A1', 'PD-A2', 'PD-A3', 'PD-A4', 'PD-A5', 'PD-A6'] as const)
    .map((label) => values.get(label))
    .filter((line) => line !== undefined);
  if (lines.length > 0 && lines.every(isPrintable)) {
    return [makeExtensionAttribute('unformattedPostalAddress', { printableAddress: lines })];
  }
  const text = lines.length > 0 ? lines.join('\r\n') : values.get('PD-A');
  if (text === undefined) return [];
  // The printable form has lines, which this text does not fit into.
  return (t61OfText(text)?.length ?? Number.POSITIVE_INFINITY) > ub.ubUnformattedAddressLength
    ? [makeExtensionAttribute('universalUnformattedPostalAddress', universalText(text))]
    : [makeExtensionAttribute('unformattedPostalAddress', { teletexString: teletex(text) })];
}
