// The text forms of O/R addresses. Read: the labelled format of RFC 1685 with either delimiter and the
// standard encoding of RFC 2156 4.1.3, labels in any case and order. Written:
// `/S=…/G=…/O=…/OU1=…/P=…/A=…/C=…/`, the special characters after a `$`. An ADMD left out beside a PRMD or a
// country is one space (RFC 1685 F.4).

import { EncodeError } from '../asn1/index.ts';
import { ok, type Result } from '../base/result.ts';
import { attributesOf } from './address-attributes.ts';
import { buildAddress } from './address-builder.ts';
import { type AddressTextError, failure, type LabelledValue, labelledValues } from './address-lexer.ts';
import { type AddressAttribute, type Label, labelOf, labelsInOrder, ruleOf } from './attribute-labels.ts';
import type { ORAddress } from './or-address.ts';
import { isNumeric, isPrintable } from './string-forms.ts';
import { ubDomainDefinedAttributeTypeLength, ubDomainDefinedAttributeValueLength } from './upper-bounds.ts';

/** The address that a text in either form means. */
export function parseORAddress(text: string): Result<ORAddress, AddressTextError> {
  const attributes = parseAttributes(text);
  if (!attributes.ok) return attributes;
  if (attributes.value.length === 0) return failure(0, 'an address has at least one attribute');
  const has = (label: Label) => attributes.value.some((each) => each.label === label);
  const blank: AddressAttribute = { label: 'A', value: ' ' };
  const given = attributes.value.filter((each) => each.label !== 'A' || each.value !== '');
  const implied = has('A') || has('P') || has('C');
  const complete = implied && given.every((each) => each.label !== 'A') ? [...given, blank] : given;
  try {
    const built = buildAddress(complete);
    return built.ok ? built : failure(0, built.error);
  } catch (error) {
    if (error instanceof EncodeError) return failure(0, error.message);
    throw error;
  }
}

/** The attributes that a text names, each value checked, labels in their canonical spelling. */
export function parseAttributes(text: string): Result<readonly AddressAttribute[], AddressTextError> {
  const pairs = labelledValues(text);
  if (!pairs.ok) return pairs;
  const found: AddressAttribute[] = [];
  const seen = new Set<string>();
  for (const pair of orderUnits(pairs.value)) {
    const attributes = attributesOfPair(pair);
    if (!attributes.ok) return attributes;
    for (const attribute of attributes.value) {
      if (attribute.label !== 'DD' && seen.has(attribute.label)) {
        return failure(pair.offset, `${attribute.label} is given twice`);
      }
      seen.add(attribute.label);
      found.push(attribute);
    }
  }
  return ok(found);
}

/** The address in its canonical form; `/` if it has no attributes. */
export function printORAddress(address: ORAddress): string {
  return printAttributes(attributesOf(address));
}

/**
 * Attributes in the canonical order: the person, domain-defined ones, then from the organization to the
 * country.
 */
export function printAttributes(attributes: readonly AddressAttribute[]): string {
  const values = new Map<AddressAttribute['label'], string>();
  for (const each of attributes) values.set(each.label, each.value);
  const written = [''];
  for (const label of labelsInOrder) {
    if (label === 'O' && values.has('DD')) {
      for (const each of attributes) {
        if (each.label === 'DD') written.push(`DD.${quote(each.type)}=${quote(each.value)}`);
      }
    }
    const value = values.get(label);
    if (value !== undefined) written.push(`${label}=${quote(value)}`);
  }
  written.push('');
  return written.join('/');
}

/** A value with `/`, `=` and `$` marked as its own (RFC 2156 4.1.3). */
export function quote(value: string): string {
  return value.replace(/[/=$]/g, '$$$&');
}

/** OU without a number: the last one written is the most significant (RFC 2156 4.2.3). */
function orderUnits(pairs: readonly LabelledValue[]): readonly LabelledValue[] {
  const bare = pairs.filter((pair) => pair.label.toUpperCase() === 'OU').reverse();
  return pairs.map((pair) => {
    const index = bare.indexOf(pair);
    return index < 0 ? pair : { ...pair, label: `OU${index + 1}` };
  });
}

function attributesOfPair(pair: LabelledValue): Result<readonly AddressAttribute[], AddressTextError> {
  if (pair.label.toUpperCase() === 'RFC-822') return domainDefined(pair, 'RFC-822');
  const typed = /^DD(?:A|[1-4])?[.:](.*)$/is.exec(pair.label);
  if (typed !== null) return domainDefined(pair, typed[1]);
  if (pair.label.toUpperCase() === 'PN') return ok(personalName(pair.value));
  const label = labelOf(pair.label);
  if (label === undefined) return failure(pair.offset, `"${pair.label}" is no label of an O/R address`);
  if (label === 'PD-A') return unformattedLines(pair);
  const complaint = complaintAbout(label, pair.value);
  return complaint === undefined
    ? ok([{ label, value: pair.value }])
    : failure(pair.offset, `${label}: ${complaint}`);
}

function domainDefined(
  pair: LabelledValue,
  type: string,
): Result<readonly AddressAttribute[], AddressTextError> {
  if (type === '' || [...type].length > ubDomainDefinedAttributeTypeLength) {
    return failure(
      pair.offset,
      `a type of 1 to ${ubDomainDefinedAttributeTypeLength} characters follows DD.`,
    );
  }
  if (pair.value === '' || [...pair.value].length > ubDomainDefinedAttributeValueLength) {
    return failure(pair.offset, `DD.${type}: 1 to ${ubDomainDefinedAttributeValueLength} characters`);
  }
  return ok([{ label: 'DD', type, value: pair.value }]);
}

/** Given.I.N.Surname (RFC 2156 4.1.2). */
function personalName(text: string): readonly AddressAttribute[] {
  const parts = text.split('.');
  const given = parts.length > 1 && parts[0].length > 1 ? parts.shift() : undefined;
  const initials: string[] = [];
  while (parts.length > 1 && /^[A-Za-z]$/.test(parts[0])) initials.push(parts.shift() ?? '');
  return [
    { label: 'S', value: parts.join('.') },
    ...(given === undefined ? [] : [{ label: 'G', value: given } as const]),
    ...(initials.length === 0 ? [] : [{ label: 'I', value: initials.join('') } as const]),
  ];
}

/** `PD-ADDRESS=line|line` (RFC 2156 4.1.1), or one text that stays whole; so does that of `PD-A`. */
function unformattedLines(pair: LabelledValue): Result<readonly AddressAttribute[], AddressTextError> {
  const lines = pair.label.toUpperCase() === 'PD-A' ? [pair.value] : pair.value.split('|');
  const fits =
    lines.length <= 6 && lines.every((line) => isPrintable(line) && line.length >= 1 && line.length <= 30);
  if (fits) {
    return ok(lines.map((value, index) => ({ label: `PD-A${index + 1}` as 'PD-A1', value })));
  }
  const complaint = complaintAbout('PD-A', pair.value);
  return complaint === undefined
    ? ok([{ label: 'PD-A', value: pair.value }])
    : failure(pair.offset, `PD-A: ${complaint}`);
}

/** Why the value cannot stand under the label. */
function complaintAbout(label: Label, value: string): string | undefined {
  const { max, numeric } = ruleOf(label);
  if (label === 'C' || label === 'PD-C') {
    if (!/^(?:[A-Za-z]{2}|[0-9]{3})$/.test(value)) return 'a country is two letters or three digits';
  }
  if (label === 'A' && value === '') return undefined;
  if (value === '') return 'the value is empty';
  const characters = [...value].length;
  if (characters > max) return `at most ${max} characters, not ${characters}`;
  if (numeric === true && !isNumeric(value)) return 'digits only';
  if (mustBePrintable.has(label) && !isPrintable(value)) {
    return "only characters of PrintableString: letters, digits and '()+,-./:=? and space";
  }
  return undefined;
}

const mustBePrintable: ReadonlySet<Label> = new Set(['A', 'P', 'T-ID', 'PD-SN', 'PD-PC']);
