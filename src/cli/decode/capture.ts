// Reads capture files, classic pcap and pcapng, into packets with their link type. Reads nothing else and
// never throws on a file: what is cut short ends the list, and is told. Invariant: packets are views of the
// file's octets.

import { err, ok, type Result } from '../../base/result.ts';

export interface Packet {
  /** From 1, as other tools count. */
  readonly number: number;
  readonly at_ms: number;
  /** LINKTYPE of the capture formats: 1 Ethernet, 0 and 108 loopback, 101 raw IP, 113 Linux cooked… */
  readonly linkType: number;
  readonly octets: Uint8Array;
  /** Octets that it had on the wire beyond those that were captured. */
  readonly lost: number;
}

export interface Capture {
  readonly packets: readonly Packet[];
  /** Where the file ends before it should, in words. */
  readonly cut?: string;
}

const magics: Readonly<Record<string, { readonly little: boolean; readonly nanoseconds: boolean }>> = {
  d4c3b2a1: { little: true, nanoseconds: false },
  a1b2c3d4: { little: false, nanoseconds: false },
  '4d3cb2a1': { little: true, nanoseconds: true },
  a1b23c4d: { little: false, nanoseconds: true },
};
const pcapngMagic = '0a0d0d0a';

/** Whether the octets begin as a capture file does. */
export function isCapture(octets: Uint8Array): boolean {
  const magic = magicOf(octets);
  return magic === pcapngMagic || Object.hasOwn(magics, magic);
}

/** The packets of a capture file, or why it is none. */
export function readCapture(octets: Uint8Array): Result<Capture, string> {
  const magic = magicOf(octets);
  if (magic === pcapngMagic) return readPcapng(octets);
  if (!Object.hasOwn(magics, magic) || octets.length < 24) return err('no capture file');
  const { little, nanoseconds } = magics[magic];
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const linkType = view.getUint32(20, little) & 0xffff;
  const packets: Packet[] = [];
  let at = 24;
  while (at + 16 <= octets.length) {
    const length = view.getUint32(at + 8, little);
    if (at + 16 + length > octets.length) break;
    const at_ms =
      view.getUint32(at, little) * 1000 + view.getUint32(at + 4, little) / (nanoseconds ? 1e6 : 1e3);
    const body = octets.subarray(at + 16, at + 16 + length);
    const lost = Math.max(0, view.getUint32(at + 12, little) - length);
    packets.push({ number: packets.length + 1, at_ms, linkType, octets: body, lost });
    at += 16 + length;
  }
  return ok(captureOf(packets, octets.length - at));
}

/** `rest` octets of the file are no whole packet. */
function captureOf(packets: readonly Packet[], rest: number): Capture {
  if (rest === 0) return { packets };
  const after = packets.length === 0 ? 'its head' : `packet ${packets.length}`;
  return { packets, cut: `after ${after} come ${rest} octets that are no whole packet` };
}

/** Section header, interface description, enhanced and simple packet blocks; others are passed over. */
function readPcapng(octets: Uint8Array): Result<Capture, string> {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const packets: Packet[] = [];
  let interfaces: { linkType: number; unitsPerMs: number }[] = [];
  let little = true;
  let at = 0;
  while (at + 12 <= octets.length) {
    const isSection = view.getUint32(at, false) === 0x0a0d0d0a;
    if (isSection) {
      little = view.getUint32(at + 8, true) === 0x1a2b3c4d;
      interfaces = [];
    }
    const length = view.getUint32(at + 4, little);
    if (length < 12 || length % 4 !== 0 || at + length > octets.length) break;
    const type = view.getUint32(at, little);
    const body = new DataView(octets.buffer, octets.byteOffset + at + 8, length - 12);
    if (type === 1 && body.byteLength >= 8) {
      interfaces.push({ linkType: body.getUint16(0, little), unitsPerMs: unitsPerMs(body, little) });
    }
    if ((type === 6 && body.byteLength >= 20) || (type === 3 && body.byteLength >= 4)) {
      const packet = packetOf(body, { enhanced: type === 6, little, interfaces, number: packets.length + 1 });
      if (packet !== undefined) packets.push(packet);
    }
    at += length;
  }
  return ok(captureOf(packets, octets.length - at));
}

interface BlockFacts {
  readonly enhanced: boolean;
  readonly little: boolean;
  readonly interfaces: readonly { readonly linkType: number; readonly unitsPerMs: number }[];
  readonly number: number;
}

function packetOf(body: DataView, { enhanced, little, interfaces, number }: BlockFacts): Packet | undefined {
  const from = interfaces[enhanced ? body.getUint32(0, little) : 0];
  if (from === undefined) return undefined;
  const start = enhanced ? 20 : 4;
  const length = Math.min(body.getUint32(enhanced ? 12 : 0, little), body.byteLength - start);
  const lost = Math.max(0, body.getUint32(enhanced ? 16 : 0, little) - length);
  const units = enhanced ? body.getUint32(4, little) * 0x1_0000_0000 + body.getUint32(8, little) : 0;
  const octets = new Uint8Array(body.buffer, body.byteOffset + start, length);
  return { number, at_ms: units / from.unitsPerMs, linkType: from.linkType, octets, lost };
}

/** Option if_tsresol (9): microseconds unless it says otherwise. */
function unitsPerMs(body: DataView, little: boolean): number {
  for (let at = 8; at + 4 <= body.byteLength; ) {
    const code = body.getUint16(at, little);
    const length = body.getUint16(at + 2, little);
    if (code === 0 || at + 4 + length > body.byteLength) break;
    if (code === 9 && length >= 1) {
      const resolution = body.getUint8(at + 4);
      return (resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution) / 1000;
    }
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return 1000;
}

function magicOf(octets: Uint8Array): string {
  return Buffer.from(octets.subarray(0, 4)).toString('hex');
}
