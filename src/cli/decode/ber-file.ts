// Prints octets that are BER and nothing around it: MTS-APDUs and interpersonal messages by their
// structure, anything else as tags. The first two octets of a file never say which it is, so each reading
// is tried on each element, and the strictest that takes all of it wins.

import { ctx, decode, decodePrefix, explicitCtx, print, printBer, raw } from '../../asn1/index.ts';
import { contentTypeName, InformationObject, printContentTree, readContent } from '../../content/index.ts';
import {
  decodeP1_1984,
  type MPDU,
  MTABindArgument,
  MTABindError,
  MTABindResult,
  MTSAPDU,
  printMTSAPDU,
  printP1_1984,
} from '../../p1/index.ts';

/** One thing that was found, with the protocol that it is of. */
export interface DecodedLayer {
  readonly layer: string;
  readonly name: string;
  readonly detail: readonly string[];
}

/** The elements of a file, each as what it is. */
export function decodeBer(octets: Uint8Array): readonly DecodedLayer[] {
  const found: DecodedLayer[] = [];
  for (let at = 0; at < octets.length; ) {
    const rest = octets.subarray(at);
    const element = decodePrefix(raw(), rest);
    if (!element.ok) {
      found.push(plain('octets that are no BER', rest));
      break;
    }
    found.push(...decodeElement(rest.subarray(0, element.value.end)));
    at += element.value.end;
  }
  return found;
}

function decodeElement(octets: Uint8Array): readonly DecodedLayer[] {
  const apdu = decode(MTSAPDU, octets);
  if (apdu.ok || decodeP1_1984(octets).ok) return apduLayers(octets);
  const content = decode(InformationObject, octets);
  if (content.ok) return [layer('X.420', content.value.kind.toUpperCase(), printContentTree(content.value))];
  return [plain('BER', octets)];
}

/**
 * An MTS-APDU, and its content where that is of a type that is known. `year`: which P1 was agreed on; where
 * that is not known, what is valid in both is taken for that of 1988.
 */
export function apduLayers(octets: Uint8Array, year?: '1984' | '1988'): readonly DecodedLayer[] {
  const mpdu = year === '1988' ? undefined : decodeP1_1984(octets);
  if (year === '1984' && mpdu !== undefined) {
    if (mpdu.ok) return mpduLayers(mpdu.value);
    const { path, offset, message } = mpdu.error;
    return [plain(`MPDU of 1984 that does not decode: at octet ${offset}, ${path}: ${message}`, octets)];
  }
  const apdu = decode(MTSAPDU, octets);
  if (!apdu.ok) {
    if (mpdu?.ok === true) return mpduLayers(mpdu.value);
    const { path, offset, message } = apdu.error;
    return [plain(`MTS-APDU that does not decode: at octet ${offset}, ${path}: ${message}`, octets)];
  }
  const found = [layer('X.411', apdu.value.kind, printMTSAPDU(apdu.value))];
  if (apdu.value.kind !== 'message') return found;
  const { envelope, content } = apdu.value.value;
  const read = readContent(content);
  if (!read.ok) return found;
  const name = `${read.value.object.kind.toUpperCase()} in ${contentTypeName(envelope.contentType)}`;
  return [...found, layer('X.420', name, printContentTree(read.value.object))];
}

/** An MPDU of 1984 (the P1 of application protocol 1), and its content where that is interpersonal. */
function mpduLayers(mpdu: MPDU): readonly DecodedLayer[] {
  const found = [layer('X.411 (1984)', mpdu.kind, printP1_1984(mpdu))];
  if (mpdu.kind !== 'userMPDU') return found;
  const read = readContent(mpdu.value.content);
  if (!read.ok) return found;
  const { object } = read.value;
  return [...found, layer('X.420', `${object.kind.toUpperCase()} in P2`, printContentTree(object))];
}

/** The bind of MTAs: argument, result or error; in normal mode tagged as what it is, in X.410 mode bare. */
export function bindLayer(what: keyof typeof binds, octets: Uint8Array): DecodedLayer {
  const name = `MTABind ${what}`;
  for (const type of binds[what]) {
    const value = decode<unknown>(type, octets);
    if (value.ok) return layer('X.411', name, print<unknown>(type, value.value));
  }
  return plain(name, octets, 'X.411');
}

const binds = {
  argument: [explicitCtx(16, MTABindArgument), MTABindArgument],
  result: [explicitCtx(17, MTABindResult), MTABindResult],
  error: [ctx(18, MTABindError), explicitCtx(18, MTABindError), MTABindError],
} as const;

function layer(protocol: string, name: string, text: string): DecodedLayer {
  const lines = text.split('\n');
  const named = lines[0] !== '';
  return {
    layer: protocol,
    name,
    detail: named ? lines : lines.slice(1).map((line) => line.replace(/^ {2}/, '')),
  };
}

function plain(name: string, octets: Uint8Array, protocol = 'X.690'): DecodedLayer {
  return layer(protocol, name, printBer(octets));
}
