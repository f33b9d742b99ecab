// The string types whose characters take more than one octet: BMPString (two), UniversalString (four),
// UTF8String. X.690 8.23.7 to 8.23.10.

interface WideForm {
  /** The text of octets, or undefined if they are none of this form. */
  readonly decode: (octets: Uint8Array) => string | undefined;
  /** The octets of a text, or undefined if the form cannot hold it. */
  readonly encode: (text: string) => Uint8Array | undefined;
  /** The characters of a text, as size constraints count them. */
  readonly length: (text: string) => number;
}

export const wideForms: Readonly<Record<'BMPString' | 'UniversalString' | 'UTF8String', WideForm>> = {
  BMPString: { decode: decodeBmp, encode: encodeBmp, length: (text) => text.length },
  UniversalString: { decode: decodeUniversal, encode: encodeUniversal, length: characters },
  UTF8String: { decode: decodeUtf8, encode: encodeUtf8, length: characters },
};

const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf8Encoder = new TextEncoder();
/** Pieces that are turned into text by one call. */
const piece = 1024;

function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Surrogates are passed on: pairs of them are what some encoders put in for characters beyond the plane. */
function decodeBmp(octets: Uint8Array): string | undefined {
  if (octets.length % 2 !== 0) return undefined;
  const units: number[] = [];
  for (let at = 0; at < octets.length; at += 2) units.push(octets[at] * 256 + octets[at + 1]);
  return inPieces(units, (some) => String.fromCharCode(...some));
}

function encodeBmp(text: string): Uint8Array | undefined {
  const octets = new Uint8Array(2 * text.length);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    octets[2 * index] = unit >> 8;
    octets[2 * index + 1] = unit;
  }
  return octets;
}

function decodeUniversal(octets: Uint8Array): string | undefined {
  if (octets.length % 4 !== 0) return undefined;
  const points: number[] = [];
  for (let at = 0; at < octets.length; at += 4) {
    const high = octets[at] * 256 + octets[at + 1];
    const low = octets[at + 2] * 256 + octets[at + 3];
    if (high > 0x10 || (high === 0 && low >= 0xd800 && low <= 0xdfff)) return undefined;
    points.push(high * 65536 + low);
  }
  return inPieces(points, (some) => String.fromCodePoint(...some));
}

function encodeUniversal(text: string): Uint8Array | undefined {
  if (!text.isWellFormed()) return undefined;
  const octets: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    octets.push(0, point >> 16, (point >> 8) & 0xff, point & 0xff);
  }
  return Uint8Array.from(octets);
}

function decodeUtf8(octets: Uint8Array): string | undefined {
  try {
    return utf8Decoder.decode(octets);
  } catch {
    return undefined;
  }
}

function encodeUtf8(text: string): Uint8Array | undefined {
  return text.isWellFormed() ? utf8Encoder.encode(text) : undefined;
}

function inPieces(numbers: readonly number[], toText: (some: readonly number[]) => string): string {
  let text = '';
  for (let at = 0; at < numbers.length; at += piece) text += toText(numbers.slice(at, at + piece));
  return text;
}
