// What the captures hold, taken out of their octets by a reader of its own: TPKTs, X.224 data, session
// PDUs, and a walk over BER elements. It shares no code with the program, so that what the program makes of
// the same octets can be held against it. It trusts its input and reads no more of a PDU than the tests ask
// about.

import { existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import { tcpStreams } from '../support/pcap.ts';

const captures = new URL('../../../shared/reference/captures/', import.meta.url);

export interface Recording {
  readonly initiator: Uint8Array;
  readonly responder: Uint8Array;
}

/** Both directions of a capture; skips aloud where it is not there. */
export function recording(t: TestContext, name: string): Recording | undefined {
  const path = new URL(name, captures).pathname;
  if (!existsSync(path)) {
    t.skip(`${path} not found`);
    return undefined;
  }
  const [initiator, responder] = tcpStreams(path);
  return { initiator: initiator.octets, responder: responder.octets };
}

export function sha256(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex');
}

/** Where each TPKT begins. */
export function packetStarts(octets: Uint8Array): number[] {
  const starts: number[] = [];
  for (let at = 0; at < octets.length; at += (octets[at + 2] << 8) | octets[at + 3]) starts.push(at);
  return starts;
}

/** The TPKTs, each with its header. */
export function packets(octets: Uint8Array): Uint8Array[] {
  return packetStarts(octets).map((at, index, all) => octets.subarray(at, all[index + 1]));
}

const tpduNames = new Map([
  [0xe0, 'CR'],
  [0xd0, 'CC'],
  [0x80, 'DR'],
  [0xc0, 'DC'],
  [0xf0, 'DT'],
]);
const spduNames = new Map([
  [1, 'DT'],
  [9, 'FN'],
  [10, 'DN'],
  [12, 'RF'],
  [13, 'CN'],
  [14, 'AC'],
  [25, 'AB'],
  [41, 'AE'],
  [42, 'AEA'],
  [45, 'AS'],
  [48, 'ED'],
  [49, 'MIP'],
  [50, 'MIA'],
  [57, 'AD'],
  [58, 'ADA'],
]);

export interface Parameter {
  readonly code: number;
  readonly value: Uint8Array;
}
export interface RecordedPdu {
  /** The TPDU, or the SPDU that a DT carries, by its symbol; a serial number follows it. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** User information of a DT SPDU. */
  readonly rest: Uint8Array;
}

/**
 * What one TPKT carries. In these captures a TPDU is a whole TSDU, and tokens precede an SPDU with nothing
 * in them.
 */
export function pduOf(packet: Uint8Array): RecordedPdu {
  const tpdu = packet.subarray(4);
  const kind = tpduNames.get(tpdu[1] & 0xf0) ?? '?';
  if (kind !== 'DT') {
    const parameters = parametersOf(tpdu.subarray(7, tpdu[0] + 1));
    return { name: kind, parameters, rest: new Uint8Array() };
  }
  const tsdu = tpdu.subarray(3);
  const at = tsdu[0] <= 2 && tsdu[1] === 0 && tsdu.length > 2 ? 2 : 0;
  const { from, to } = bounds(tsdu, at);
  const parameters = parametersOf(tsdu.subarray(from, to));
  const serial = parameters.find(({ code }) => code === 42);
  const name = spduNames.get(tsdu[at]) ?? `SPDU ${tsdu[at]}`;
  const said = serial === undefined ? name : `${name} ${Buffer.from(serial.value).toString('latin1')}`;
  return { name: said, parameters, rest: tsdu.subarray(to) };
}

/** The parameters of a TPDU or SPDU, those in parameter groups of a session connection among them. */
function parametersOf(octets: Uint8Array): Parameter[] {
  const found: Parameter[] = [];
  for (let at = 0; at < octets.length; ) {
    const { from, to } = bounds(octets, at);
    const value = octets.subarray(from, to);
    found.push({ code: octets[at], value });
    at = to;
  }
  return found;
}

/** Code, length (one octet, or 255 and two more), value: both layers write them so. */
function bounds(octets: Uint8Array, at: number): { readonly from: number; readonly to: number } {
  if (octets[at + 1] !== 255) return { from: at + 2, to: at + 2 + octets[at + 1] };
  return { from: at + 4, to: at + 4 + ((octets[at + 2] << 8) | octets[at + 3]) };
}

/**
 * A BER element: its identifier octet (no tag of these captures' upper layers needs two), and its
 * contents.
 */
export interface Element {
  readonly tag: number;
  readonly contents: Uint8Array;
  /** Octets of the whole element. */
  readonly octets: Uint8Array;
}

/** The element that `octets` begin with. */
export function elementAt(octets: Uint8Array): Element {
  let from = 2;
  if ((octets[0] & 0x1f) === 0x1f) {
    from += 1;
    while (octets[from - 2] >= 0x80) from += 1;
  }
  const first = octets[from - 1];
  if (first === 0x80) {
    let at = from;
    while (octets[at] !== 0 || octets[at + 1] !== 0) at += elementAt(octets.subarray(at)).octets.length;
    return { tag: octets[0], contents: octets.subarray(from, at), octets: octets.subarray(0, at + 2) };
  }
  let length = first;
  if (first > 0x80) {
    length = 0;
    for (let left = first & 0x7f; left > 0; left -= 1) {
      length = length * 256 + octets[from];
      from += 1;
    }
  }
  const to = from + length;
  return { tag: octets[0], contents: octets.subarray(from, to), octets: octets.subarray(0, to) };
}

/** The elements that `contents` consist of. */
export function elementsOf(contents: Uint8Array): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < contents.length; ) {
    const element = elementAt(contents.subarray(at));
    elements.push(element);
    at += element.octets.length;
  }
  return elements;
}

/** The value of a string, its segments joined. */
function joined(element: Element): Uint8Array {
  if ((element.tag & 0x20) === 0) return element.contents;
  return Uint8Array.from(elementsOf(element.contents).flatMap((segment) => [...joined(segment)]));
}

/**
 * The octets of the one MTS-APDU that an initiator sent. In normal mode, RTTR by RTTR, then out of their
 * EXTERNAL; in X.410-1984 mode, as they are.
 */
export function recordedApdu(initiator: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  const bare: Uint8Array[] = [];
  for (const packet of packets(initiator)) {
    const { name, rest } = pduOf(packet);
    if (name !== 'DT' || rest.length === 0) continue;
    if (rest[0] !== 0x61) {
      bare.push(rest);
      continue;
    }
    // Fully encoded user data [APPLICATION 1], a PDV list, {context, single-ASN1-type [0] {OCTET STRING}}.
    const [list] = elementsOf(elementAt(rest).contents);
    const [, single] = elementsOf(list.contents);
    parts.push(joined(elementAt(single.contents)));
  }
  if (bare.length > 0) return Uint8Array.from(Buffer.concat(bare));
  const [, value] = elementsOf(elementAt(Buffer.concat(parts)).contents);
  return Uint8Array.from(value.contents);
}

/** The content of the message in an MTS-APDU: the value of the OCTET STRING behind the envelope. */
export function recordedContent(apdu: Uint8Array): Uint8Array {
  const [envelope, content] = elementsOf(elementAt(apdu).contents);
  if (envelope.tag !== 0x31 || (content.tag & 0xdf) !== 0x04) throw new Error('no envelope and content');
  return Uint8Array.from(joined(content));
}

/** What a side presented of itself in its bind, and the selectors in its first TPDU. */
export interface RecordedBind {
  readonly mta: string;
  readonly password: string;
  readonly callingTransport: string | undefined;
  readonly calledTransport: string | undefined;
}

/** What the side that sent these octets presented. */
export function recordedBind(octets: Uint8Array): RecordedBind {
  const [first, second] = packets(octets).map(pduOf);
  const userData = second.parameters.find(({ code }) => code === 0xc1);
  const found = userData === undefined ? undefined : bindIn(userData.value);
  if (found === undefined) throw new Error('no bind in the second packet');
  const selector = (code: number): string | undefined => {
    const value = first.parameters.find((parameter) => parameter.code === code)?.value;
    return value === undefined ? undefined : `hex:${Buffer.from(value).toString('hex')}`;
  };
  return { ...found, callingTransport: selector(0xc1), calledTransport: selector(0xc2) };
}

/**
 * Bind argument [16] or result [17] {[1] {[0] name, [1] {password}}}, wherever it lies; in X.410-1984 mode
 * what opens, [0], has the same in it.
 */
function bindIn(octets: Uint8Array): Pick<RecordedBind, 'mta' | 'password'> | undefined {
  for (const { tag, contents } of elementsOf(octets)) {
    if ((tag & 0x20) === 0) continue;
    const [only] = elementsOf(contents);
    if ((tag === 0xb0 || tag === 0xb1 || tag === 0xa0) && only?.tag === 0xa1) {
      const [name, credentials] = elementsOf(only.contents);
      const text = (element: Element): string => Buffer.from(element.contents).toString('latin1');
      return { mta: text(name), password: text(elementAt(credentials.contents)) };
    }
    const deeper = bindIn(contents);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}
