// The domain-defined attributes of an address that is built from text: which go into the built-in attribute,
// the teletex and the universal extension attribute (X.402 18.1; at most four in each). The value of an
// RFC-822 attribute is an Internet address, and goes into PrintableString as RFC 2156 escapes it.

import { err, ok, type Result } from '../base/result.ts';
import { makeExtensionAttribute, universalText } from './extension-attribute-values.ts';
import { normalValue } from './normal-form.ts';
import type { ExtensionAttribute } from './or-address.ts';
import { escapeRFC822 } from './rfc822-escape.ts';
import { formOf, type Sized, type StringForm, teletex } from './string-forms.ts';
import {
  ubDomainDefinedAttributes,
  ubDomainDefinedAttributeTypeLength,
  ubDomainDefinedAttributeValueLength,
} from './upper-bounds.ts';

export interface DomainDefined {
  readonly type: string;
  readonly value: string;
}

/** The attributes in their forms, or why they do not fit. */
export function domainDefinedPart(
  attributes: readonly DomainDefined[],
): Result<
  { readonly builtIn: readonly DomainDefined[]; readonly extended: readonly ExtensionAttribute[] },
  string
> {
  const byForm: Record<StringForm, DomainDefined[]> = { printable: [], teletex: [], universal: [] };
  // Those of one type are in one form, or they would be taken for two forms of one attribute.
  const kept = attributes.map(domainDefinedOf);
  const groups = Map.groupBy(kept, typeOf);
  for (const each of kept) byForm[formOf(...(groups.get(typeOf(each)) ?? []).flatMap(sizesOf))].push(each);
  if (Object.values(byForm).some((those) => those.length > ubDomainDefinedAttributes)) {
    return err(`an address has at most ${ubDomainDefinedAttributes} domain-defined attributes`);
  }
  return ok({ builtIn: byForm.printable, extended: extendedDomainDefined(byForm) });
}

/** The attribute as it is kept: the value of RFC-822 escaped, where it is written as an Internet address. */
function domainDefinedOf({ type, value }: DomainDefined): DomainDefined {
  const kept = type.toUpperCase() === 'RFC-822' ? escapeRFC822(value) : value;
  return { type, value: kept.length <= ubDomainDefinedAttributeValueLength ? kept : value };
}

function typeOf({ type }: DomainDefined): string {
  return normalValue('DD', type);
}

function sizesOf({ type, value }: DomainDefined): readonly Sized[] {
  return [
    [type, ubDomainDefinedAttributeTypeLength],
    [value, ubDomainDefinedAttributeValueLength],
  ];
}

function extendedDomainDefined(pairs: {
  readonly teletex: readonly DomainDefined[];
  readonly universal: readonly DomainDefined[];
}): readonly ExtensionAttribute[] {
  const inTeletex = pairs.teletex.map(({ type, value }) => ({ type: teletex(type), value: teletex(value) }));
  const inUniversal = pairs.universal.map(({ type, value }) => ({
    type: universalText(type),
    value: universalText(value),
  }));
  return [
    ...(inTeletex.length > 0 ? [makeExtensionAttribute('teletexDomainDefinedAttributes', inTeletex)] : []),
    ...(inUniversal.length > 0
      ? [makeExtensionAttribute('universalDomainDefinedAttributes', inUniversal)]
      : []),
  ];
}
