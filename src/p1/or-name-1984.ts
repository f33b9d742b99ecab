// O/R names of 1988 as 1984 can say them, and back (X.419 06/1999, Annex B; RFC 1328 3.2). 1984 has the
// built-in standard and domain-defined attributes in four forms; a numeric user identifier or an X.121
// address goes with country and ADMD, never with a PRMD. Common name crosses as the domain-defined attribute
// "Common". A name that needs no change is returned as the same object, so that its octets go on as they
// came.

import {
  extensionAttributeTable,
  makeExtensionAttribute,
  type ORName,
  readExtensionAttribute,
  ub,
} from '../address/index.ts';
import { err, ok, type Result } from '../base/result.ts';

/** The type of the domain-defined attribute that stands for common name (RFC 1328 3.2, RFC 2156 app. B). */
export const commonNameDomainDefinedType = 'Common';

export interface NameDowngradeOptions {
  /** What a common name becomes: a domain-defined attribute (default), or a refusal as Annex B has it. */
  readonly commonName?: 'domain-defined' | 'refuse';
}

/** The name in 1984 attributes alone, or why there is none. */
export function downgradeORName(name: ORName, options: NameDowngradeOptions = {}): Result<ORName, string> {
  if (!hasAddress(name)) {
    const what = name.directoryName === undefined ? 'no attributes' : 'a directory name alone';
    return err(`an O/R name with ${what} has no form in 1984`);
  }
  const misfit = misfitOf(name);
  if (misfit !== undefined) return err(misfit);
  if (name.extensionAttributes === undefined && name.directoryName === undefined) return ok(name);
  for (const { extensionAttributeType } of name.extensionAttributes ?? []) {
    if (!isCovered(name, extensionAttributeType)) {
      return err(`extension attribute ${attributeText(extensionAttributeType)} has no form in 1984`);
    }
  }
  const { builtInStandardAttributes } = name;
  const domainDefined = domainDefinedOf(name, options);
  if (!domainDefined.ok) return domainDefined;
  const builtInDomainDefinedAttributes = domainDefined.value;
  return ok({
    builtInStandardAttributes,
    ...(builtInDomainDefinedAttributes.length > 0 && { builtInDomainDefinedAttributes }),
  });
}

export interface NameUpgradeOptions {
  /** What the domain-defined attribute "Common" becomes: a common name (default), or it stays what it is. */
  readonly commonName?: 'extension-attribute' | 'domain-defined';
}

/** The name with its common name where 1988 has it. */
export function upgradeORName(name: ORName, options: NameUpgradeOptions = {}): ORName {
  const defined = name.builtInDomainDefinedAttributes ?? [];
  const common = defined.filter(isCommonName);
  if (options.commonName === 'domain-defined' || common.length !== 1 || hasCommonName(name)) return name;
  const [{ value }] = common;
  if (value.length < 1 || value.length > ub.ubCommonNameLength) return name;
  const { builtInDomainDefinedAttributes: _, ...others } = name;
  const left = defined.filter((each) => !isCommonName(each));
  return {
    ...others,
    ...(left.length > 0 && { builtInDomainDefinedAttributes: left }),
    extensionAttributes: [makeExtensionAttribute('commonName', value), ...(name.extensionAttributes ?? [])],
  };
}

function hasAddress(name: ORName): boolean {
  const built = Object.values(name.builtInStandardAttributes).some((value) => value !== undefined);
  return built || name.builtInDomainDefinedAttributes !== undefined || name.extensionAttributes !== undefined;
}

/** What 1984 does not allow beside the numeric forms (X.400 of 1984, 3.3.2, form 1 variants 2 and 3). */
function misfitOf({ builtInStandardAttributes: built }: ORName): string | undefined {
  if (built.privateDomainName === undefined) return undefined;
  if (built.numericUserIdentifier !== undefined) return 'a numeric address of 1984 has no PRMD';
  if (built.networkAddress !== undefined) return 'an X.121 address of 1984 has no PRMD';
  return undefined;
}

/** The attributes whose teletex and universal forms say again what a printable one says. */
const covering: ReadonlyMap<number, (name: ORName) => boolean> = new Map([
  [extensionAttributeTable.commonName.number, hasCommonName],
  [extensionAttributeTable.teletexCommonName.number, hasCommonName],
  [extensionAttributeTable.universalCommonName.number, hasCommonName],
  ...both('teletexOrganizationName', 'universalOrganizationName', 'organizationName'),
  ...both('teletexPersonalName', 'universalPersonalName', 'personalName'),
  ...both('teletexOrganizationalUnitNames', 'universalOrganizationalUnitNames', 'organizationalUnitNames'),
  [extensionAttributeTable.teletexDomainDefinedAttributes.number, coversTeletexDomainDefined],
  [extensionAttributeTable.universalDomainDefinedAttributes.number, coversUniversalDomainDefined],
]);

function both(
  teletex: keyof typeof extensionAttributeTable,
  universal: keyof typeof extensionAttributeTable,
  printable: keyof ORName['builtInStandardAttributes'],
): readonly (readonly [number, (name: ORName) => boolean])[] {
  const has = (name: ORName) => name.builtInStandardAttributes[printable] !== undefined;
  return [teletex, universal].map((each) => [extensionAttributeTable[each].number, has]);
}

function isCovered(name: ORName, attributeType: number): boolean {
  return covering.get(attributeType)?.(name) === true;
}

function hasCommonName(name: ORName): boolean {
  return readExtensionAttribute(name, 'commonName') !== undefined;
}

function coversTeletexDomainDefined(name: ORName): boolean {
  const teletex = readExtensionAttribute(name, 'teletexDomainDefinedAttributes');
  return teletex !== undefined && teletex.length <= (name.builtInDomainDefinedAttributes ?? []).length;
}

function coversUniversalDomainDefined(name: ORName): boolean {
  const universal = readExtensionAttribute(name, 'universalDomainDefinedAttributes');
  return universal !== undefined && universal.length <= (name.builtInDomainDefinedAttributes ?? []).length;
}

type DomainDefined = NonNullable<ORName['builtInDomainDefinedAttributes']>;

function domainDefinedOf(name: ORName, options: NameDowngradeOptions): Result<DomainDefined, string> {
  const defined = name.builtInDomainDefinedAttributes ?? [];
  const value = readExtensionAttribute(name, 'commonName');
  if (value === undefined) return ok(defined);
  if (options.commonName === 'refuse') return err('a common name has no form in 1984');
  const there = defined.find(isCommonName);
  if (there !== undefined) {
    return there.value === value ? ok(defined) : err('the domain-defined attribute "Common" is taken');
  }
  if (defined.length >= ub.ubDomainDefinedAttributes) {
    return err('no domain-defined attribute is left for the common name');
  }
  return ok([...defined, { type: commonNameDomainDefinedType, value }]);
}

function isCommonName({ type }: { readonly type: string }): boolean {
  return type.toUpperCase() === commonNameDomainDefinedType.toUpperCase();
}

function attributeText(attributeType: number): string {
  for (const [name, { number }] of Object.entries(extensionAttributeTable)) {
    if (number === attributeType) return `${attributeType} (${name})`;
  }
  return `${attributeType}`;
}
