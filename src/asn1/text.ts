// The contents of the character string and time types. X.690 8.23, 8.25, 8.26.

import { charsets, type OctetStringForm, timeForms } from './charset.ts';
import { checkSize, type Contents, fitSize } from './codec.ts';
import { latin1Text } from './latin1.ts';
import type { Reader } from './reader.ts';
import { joinedSegments } from './segments.ts';
import { UniversalTag } from './tag.ts';
import type { Bounds, StringForm } from './type.ts';
import { wideForms } from './wide-text.ts';
import type { Writer } from './writer.ts';

/** The universal tag number of each string type (X.680 table 8). */
export const stringTags: Readonly<Record<StringForm, number>> = {
  IA5String: UniversalTag.ia5String,
  PrintableString: UniversalTag.printableString,
  NumericString: UniversalTag.numericString,
  VisibleString: UniversalTag.visibleString,
  TeletexString: UniversalTag.teletexString,
  GeneralString: UniversalTag.generalString,
  GraphicString: UniversalTag.graphicString,
  VideotexString: UniversalTag.videotexString,
  UTCTime: UniversalTag.utcTime,
  GeneralizedTime: UniversalTag.generalizedTime,
  BMPString: UniversalTag.bmpString,
  UniversalString: UniversalTag.universalString,
  UTF8String: UniversalTag.utf8String,
};

export function stringContents(form: StringForm, size: Bounds | undefined): Contents {
  if (form === 'BMPString' || form === 'UniversalString' || form === 'UTF8String')
    return wideContents(form, size);
  return octetContents(form, size);
}

function octetContents(form: OctetStringForm, size: Bounds | undefined): Contents {
  const charset = charsets[form];
  const time = timeForms[form];
  return {
    form: 'either',
    read(reader: Reader) {
      if (reader.constructed !== 0) return constructedText(reader, form, size);
      const { octets, from, to } = reader;
      if (reader.checks) {
        checkSize(reader, size, to - from);
        checkCharset(reader, form, octets.subarray(from, to));
      }
      return latin1Text(octets, from, to);
    },
    write(writer: Writer, value: unknown) {
      if (typeof value !== 'string') writer.fail('a string', typeof value);
      fitSize(writer, size, value.length);
      const { length } = value;
      const at = writer.room(length);
      const { octets } = writer;
      let fits = 1;
      let codes = 0;
      for (let index = 0; index < length; index += 1) {
        const code = value.charCodeAt(index);
        codes |= code;
        fits &= charset[code & 255];
        octets[at + index] = code;
      }
      if (codes > 255) writer.fail('characters of one octet', JSON.stringify(value));
      if (fits === 0 || time?.test(value) === false) writer.violation(form, JSON.stringify(value));
    },
  };
}

function constructedText(reader: Reader, form: OctetStringForm, size: Bounds | undefined): string {
  const octets = joinedSegments(reader, UniversalTag.octetString, stringTags[form]);
  if (reader.checks) {
    checkSize(reader, size, octets.length);
    checkCharset(reader, form, octets);
  }
  return latin1Text(octets, 0, octets.length);
}

function checkCharset(reader: Reader, form: OctetStringForm, octets: Uint8Array): void {
  const charset = charsets[form];
  for (const octet of octets) {
    if (charset[octet] === 1) continue;
    reader.violation(reader.start, form, `octet ${octet}`);
    return;
  }
}

function wideContents(
  form: 'BMPString' | 'UniversalString' | 'UTF8String',
  size: Bounds | undefined,
): Contents {
  const { decode, encode, length } = wideForms[form];
  return {
    form: 'either',
    read(reader: Reader) {
      const { start } = reader;
      const octets =
        reader.constructed === 0
          ? reader.octets.subarray(reader.from, reader.to)
          : joinedSegments(reader, UniversalTag.octetString, stringTags[form]);
      const text = decode(octets);
      if (text === undefined) reader.fail(start, form, 'octets that are none');
      else if (size !== undefined && reader.checks) checkSize(reader, size, length(text));
      return text;
    },
    write(writer: Writer, value: unknown) {
      if (typeof value !== 'string') writer.fail('a string', typeof value);
      fitSize(writer, size, length(value));
      const octets = encode(value);
      if (octets === undefined) writer.fail(form, JSON.stringify(value));
      else writer.copy(octets, 0, octets.length);
    },
  };
}
