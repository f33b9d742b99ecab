// Reads capture files for tests: classic pcap in either byte order and pcapng, over Ethernet, loopback, Linux
// cooked and raw IP links, and puts the TCP octets of each direction together. Not a general reader: no IP
// fragments, no IPv6 extension headers, sequence numbers within 2^31 of the first.

import { readFileSync } from 'node:fs';

/** The octets that one side of a TCP connection sent, in order and without repeats. */
export interface TcpStream {
  /** 'address:port'. */
  readonly from: string;
  readonly to: string;
  readonly octets: Uint8Array;
}

interface Packet {
  readonly link: number;
  readonly octets: Uint8Array;
}
interface Segment {
  readonly from: string;
  readonly to: string;
  readonly sequence: number;
  readonly syn: boolean;
  readonly payload: Uint8Array;
}

/**
 * The streams of a capture, in the order of their first packet: the caller's, then the answers, and so on.
 */
export function tcpStreams(path: string): TcpStream[] {
  const streams = new Map<string, Segment[]>();
  for (const packet of packetsIn(readFileSync(path))) {
    const segment = segmentIn(packet);
    if (segment === undefined) continue;
    const key = `${segment.from}>${segment.to}`;
    const segments = streams.get(key) ?? [];
    segments.push(segment);
    streams.set(key, segments);
  }
  return [...streams.values()].map(joined);
}

function joined(segments: readonly Segment[]): TcpStream {
  const { from, to, sequence, syn } = segments[0];
  const first = (sequence + (syn ? 1 : 0)) >>> 0;
  const parts = segments
    .filter(({ payload }) => payload.length > 0)
    .map((segment) => ({ at: (segment.sequence - first) | 0, payload: segment.payload }))
    .sort((a, b) => a.at - b.at);
  const whole: number[] = [];
  for (const { at, payload } of parts) {
    if (at > whole.length) throw new Error(`${from}: octets ${whole.length} to ${at} were not captured`);
    for (const octet of payload.subarray(whole.length - at)) whole.push(octet);
  }
  return { from, to, octets: Uint8Array.from(whole) };
}

function packetsIn(file: Uint8Array): Packet[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const magic = view.getUint32(0, true);
  if (magic === 0x0a0d0d0a) return packetsOfNext(file, view);
  const little = magic === 0xa1b2c3d4 || magic === 0xa1b23c4d;
  if (!little && magic !== 0xd4c3b2a1 && magic !== 0x4d3cb2a1) throw new Error('not a capture file');
  const link = view.getUint32(20, little) & 0xffff;
  const packets: Packet[] = [];
  for (let at = 24; at + 16 <= file.length; ) {
    const length = view.getUint32(at + 8, little);
    packets.push({ link, octets: file.subarray(at + 16, at + 16 + length) });
    at += 16 + length;
  }
  return packets;
}

/** pcapng: section headers, interface descriptions, and (enhanced or simple) packets. */
function packetsOfNext(file: Uint8Array, view: DataView): Packet[] {
  const packets: Packet[] = [];
  let links: number[] = [];
  let little = true;
  for (let at = 0; at + 12 <= file.length; ) {
    const type = view.getUint32(at, little);
    if (type === 0x0a0d0d0a) {
      little = view.getUint32(at + 8, true) === 0x1a2b3c4d;
      links = [];
    }
    const length = view.getUint32(at + 4, little);
    if (type === 1) links.push(view.getUint16(at + 8, little));
    if (type === 6) {
      const captured = view.getUint32(at + 20, little);
      const link = links[view.getUint32(at + 8, little)] ?? 1;
      packets.push({ link, octets: file.subarray(at + 28, at + 28 + captured) });
    }
    if (type === 3) packets.push({ link: links[0] ?? 1, octets: file.subarray(at + 12, at + length - 4) });
    at += Math.max(12, length);
  }
  return packets;
}

/** Octets of link header before the IP packet, by link type. */
const linkHeader = new Map([
  [0, 4],
  [1, 14],
  [12, 0],
  [14, 0],
  [101, 0],
  [108, 4],
  [113, 16],
  [228, 0],
  [229, 0],
  [276, 20],
]);

function segmentIn({ link, octets }: Packet): Segment | undefined {
  const header = linkHeader.get(link);
  if (header === undefined) throw new Error(`link type ${link} is not known`);
  const tagged = link === 1 && octets[12] === 0x81 && octets[13] === 0 ? 4 : 0;
  const ip = octets.subarray(header + tagged);
  if (ip[0] >> 4 === 4 && ip[9] === 6) {
    const end = Math.min(ip.length, (ip[2] << 8) | ip[3]);
    return tcpIn(ip.subarray((ip[0] & 15) * 4, end), [ip.subarray(12, 16), ip.subarray(16, 20)]);
  }
  if (ip[0] >> 4 === 6 && ip[6] === 6) {
    const end = Math.min(ip.length, 40 + ((ip[4] << 8) | ip[5]));
    return tcpIn(ip.subarray(40, end), [ip.subarray(8, 24), ip.subarray(24, 40)]);
  }
  return undefined;
}

function tcpIn(tcp: Uint8Array, [source, destination]: [Uint8Array, Uint8Array]): Segment {
  const view = new DataView(tcp.buffer, tcp.byteOffset, tcp.byteLength);
  return {
    from: `${source.join('.')}:${view.getUint16(0)}`,
    to: `${destination.join('.')}:${view.getUint16(2)}`,
    sequence: view.getUint32(4),
    syn: (tcp[13] & 2) !== 0,
    payload: tcp.subarray((tcp[12] >> 4) * 4),
  };
}
