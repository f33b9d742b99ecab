// Prints MTS-APDUs for people: the tree of fields, then the extensions with their names and values, which the
// tree leaves open.

import { decode, print, printBer, rawOctets, type Type } from '../asn1/index.ts';
import { criticalityBits, type ExtensionField, extensionTypeOf } from './extension-field.ts';
import { standardExtensions } from './extension-types.ts';
import { extensionNameOf, isCritical } from './extensions.ts';
import { MTSAPDU } from './envelopes.ts';

/** An indented tree; no line break at its end. */
export function printMTSAPDU(apdu: MTSAPDU): string {
  const extensions = extensionGroups(apdu).flatMap(([where, fields]) =>
    fields.map((field) => `extension of ${where}: ${printExtension(field)}`),
  );
  return [print(MTSAPDU, apdu), ...extensions].join('\n');
}

/** An extension's name, criticality and value; a value that is not of its type as plain BER. */
export function printExtension(field: ExtensionField): string {
  const steps = (Object.keys(criticalityBits) as (keyof typeof criticalityBits)[]).filter((step) =>
    isCritical(field, step),
  );
  const critical = steps.length === 0 ? '' : ` (critical ${steps.join(', ')})`;
  return `${nameText(field)}${critical}\n${indent(valueText(field))}`;
}

function nameText(field: ExtensionField): string {
  const type = extensionTypeOf(field);
  return extensionNameOf(field) ?? (type === undefined ? 'of no known form' : `${type.kind} ${type.value}`);
}

function valueText(field: ExtensionField): string {
  if (field.value === undefined) return 'NULL';
  const octets = rawOctets(field.value);
  const name = extensionNameOf(field);
  if (name === undefined) return printBer(octets);
  const type: Type<unknown> = standardExtensions[name].type;
  const value = decode(type, octets);
  return value.ok ? print(type, value.value) : printBer(octets);
}

function indent(text: string): string {
  return text.trimEnd().replace(/^/gm, '  ');
}

type Group = readonly [where: string, fields: readonly ExtensionField[]];

function extensionGroups(apdu: MTSAPDU): readonly Group[] {
  if (apdu.kind === 'report') {
    const { envelope, content } = apdu.value;
    return [
      ['the envelope', envelope.extensions],
      ['the content', content.extensions],
      ...content.perRecipientFields.map(recipientGroup),
    ];
  }
  const envelope = apdu.kind === 'message' ? apdu.value.envelope : apdu.value;
  return [['the envelope', envelope.extensions], ...envelope.perRecipientFields.map(recipientGroup)];
}

function recipientGroup(fields: {
  readonly originallySpecifiedRecipientNumber: number;
  readonly extensions: readonly ExtensionField[];
}): Group {
  return [`recipient ${fields.originallySpecifiedRecipientNumber}`, fields.extensions];
}
