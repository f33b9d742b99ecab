// From packets to the octets of TCP connections, in the order of the capture: IPv4 and IPv6 over the link
// types that capture tools write. Segments that came too early wait, repeated octets are dropped; a gap that
// is never filled is told with the octets after it. Fragments of IP are passed over, and can be told of.
// Invariant: what waits
// is at most `waiting_octets_max` and one segment.

import type { Packet } from './capture.ts';

export interface StreamPiece {
  readonly packet: Packet;
  /** Number of the connection, from 1. */
  readonly connection: number;
  /** The end that sent the SYN, or the octets first seen where there was none. */
  readonly direction: 'from-initiator' | 'from-responder';
  readonly from: string;
  readonly to: string;
  readonly octets: Uint8Array;
  /** How many octets of this direction before these are in no packet of the capture. */
  readonly missing?: number;
}

/** Most octets of one direction that wait for a gap to be filled. */
export const waiting_octets_max = 4 * 1024 * 1024;

interface Segment {
  readonly from: string;
  readonly to: string;
  readonly sequence: number;
  readonly syn: boolean;
  readonly ack: boolean;
  readonly octets: Uint8Array;
}

interface Direction {
  next: number | undefined;
  waiting: { readonly sequence: number; readonly octets: Uint8Array; readonly packet: Packet }[];
  waitingOctets: number;
}

interface Connection {
  readonly number: number;
  readonly initiator: string;
  readonly responder: string;
  readonly directions: Record<'from-initiator' | 'from-responder', Direction>;
}

/** The octets of all TCP connections of the capture. */
export function* tcpStreams(packets: readonly Packet[]): Generator<StreamPiece> {
  const connections = new Map<string, Connection>();
  const all: Connection[] = [];
  let count = 0;
  for (const packet of packets) {
    const segment = segmentOf(packet);
    if (segment === undefined) continue;
    const key = [segment.from, segment.to].sort().join(' ');
    let connection = connections.get(key);
    const opens = segment.syn && !segment.ack;
    if (connection === undefined || (opens && connection.directions['from-initiator'].next !== undefined)) {
      if (!opens && segment.octets.length === 0) continue;
      count += 1;
      const initiator = segment.syn && segment.ack ? segment.to : segment.from;
      const directions = { 'from-initiator': newDirection(), 'from-responder': newDirection() };
      const responder = initiator === segment.from ? segment.to : segment.from;
      connection = { number: count, initiator, responder, directions };
      all.push(connection);
      connections.set(key, connection);
    }
    const direction = segment.from === connection.initiator ? 'from-initiator' : 'from-responder';
    const { from, to } = segment;
    const state = connection.directions[direction];
    const place = { connection: connection.number, direction, from, to } as const;
    for (const octets of taken(state, segment, packet)) yield { ...place, packet, octets };
    if (state.waitingOctets > waiting_octets_max) yield* afterGaps(state, place);
  }
  for (const connection of all) yield* restOf(connection);
}

/** What still waits at the end of a connection. */
function* restOf({ number, initiator, responder, directions }: Connection): Generator<StreamPiece> {
  const ends = { 'from-initiator': [initiator, responder], 'from-responder': [responder, initiator] };
  for (const direction of ['from-initiator', 'from-responder'] as const) {
    const [from, to] = ends[direction];
    yield* afterGaps(directions[direction], { connection: number, direction, from, to });
  }
}

/** Everything that waits, with what is missing before it. */
function* afterGaps(
  direction: Direction,
  place: Omit<StreamPiece, 'packet' | 'octets'>,
): Generator<StreamPiece> {
  const base = direction.next ?? 0;
  const waiting = direction.waiting.toSorted(
    (one, other) => ((one.sequence - base) | 0) - ((other.sequence - base) | 0),
  );
  direction.waiting = [];
  direction.waitingOctets = 0;
  for (const { sequence, octets, packet } of waiting) {
    const ahead = (sequence - (direction.next ?? sequence)) | 0;
    const rest = octets.subarray(Math.max(0, -ahead));
    if (rest.length === 0) continue;
    direction.next = (sequence + octets.length) >>> 0;
    yield { ...place, packet, octets: rest, ...(ahead > 0 && { missing: ahead }) };
  }
}

function newDirection(): Direction {
  return { next: undefined, waiting: [], waitingOctets: 0 };
}

/** What is in order now, after this segment. */
function taken(direction: Direction, segment: Segment, packet: Packet): readonly Uint8Array[] {
  if (segment.syn) {
    direction.next = (segment.sequence + 1) >>> 0;
    return [];
  }
  if (segment.octets.length === 0) return [];
  direction.next ??= segment.sequence;
  direction.waiting.push({ sequence: segment.sequence, octets: segment.octets, packet });
  direction.waitingOctets += segment.octets.length;
  const ready: Uint8Array[] = [];
  for (let found = true; found; ) {
    found = false;
    for (const [index, { sequence, octets }] of direction.waiting.entries()) {
      const ahead = (sequence - direction.next) | 0;
      if (ahead > 0) continue;
      direction.waiting.splice(index, 1);
      direction.waitingOctets -= octets.length;
      const rest = octets.subarray(-ahead);
      if (rest.length > 0) {
        ready.push(rest);
        direction.next = (direction.next + rest.length) >>> 0;
      }
      found = true;
      break;
    }
  }
  return ready;
}

/** Whether a packet is a fragment of an IP packet, whose TCP segment is not put together. */
export function isFragment({ linkType, octets }: Packet): boolean {
  const ip = ipOf(linkType, octets);
  if (ip === undefined || ip.length < 20) return false;
  if (ip[0] >> 4 === 4) return ip[9] === ipProtocols.tcp && fragmentOf(ip) !== 0;
  if (ip[0] >> 4 !== 6 || ip.length < 40) return false;
  const { next, at } = headersOf(ip, ip.length);
  return next === ipProtocols.fragment && ip[at] === ipProtocols.tcp;
}

function segmentOf({ linkType, octets }: Packet): Segment | undefined {
  const ip = ipOf(linkType, octets);
  if (ip === undefined || ip.length < 20) return undefined;
  const version = ip[0] >> 4;
  if (version === 4) return segmentOfIpv4(ip);
  return version === 6 ? segmentOfIpv6(ip) : undefined;
}

/** The IP packet in a frame. */
function ipOf(linkType: number, frame: Uint8Array): Uint8Array | undefined {
  switch (linkType) {
    case 1: {
      let at = 12;
      while (uint16(frame, at) === 0x8100 || uint16(frame, at) === 0x88a8) at += 4;
      const type = uint16(frame, at);
      return type === 0x0800 || type === 0x86dd ? frame.subarray(at + 2) : undefined;
    }
    case 0:
    case 108:
      return frame.subarray(4);
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return frame;
    case 113:
      return frame.subarray(16);
    case 276:
      return frame.subarray(20);
    default:
      return undefined;
  }
}

function segmentOfIpv4(ip: Uint8Array): Segment | undefined {
  const header = (ip[0] & 0x0f) * 4;
  if (ip[9] !== ipProtocols.tcp || fragmentOf(ip) !== 0 || header < 20) return undefined;
  const total = uint16(ip, 2);
  const end = total === 0 ? ip.length : Math.min(total, ip.length);
  const address = (at: number) => [...ip.subarray(at, at + 4)].join('.');
  return segmentOfTcp(ip.subarray(header, end), address(12), address(16));
}

/** More fragments, and the offset, of an IPv4 packet: 0 where it is whole. */
function fragmentOf(ip: Uint8Array): number {
  return uint16(ip, 6) & 0x3fff;
}

const ipProtocols = { tcp: 6, fragment: 44 } as const;
/** Extension headers that may stand before TCP: hop-by-hop, routing, destination options. */
const extensions = new Set([0, 43, 60]);

/** What follows the extension headers of an IPv6 packet, and where. */
function headersOf(ip: Uint8Array, end: number): { readonly next: number; readonly at: number } {
  let next = ip[6];
  let at = 40;
  while (extensions.has(next) && at + 8 <= end) {
    next = ip[at];
    at += (ip[at + 1] + 1) * 8;
  }
  return { next, at };
}

function segmentOfIpv6(ip: Uint8Array): Segment | undefined {
  if (ip.length < 40) return undefined;
  const end = Math.min(40 + uint16(ip, 4), ip.length);
  const { next, at } = headersOf(ip, end);
  if (next !== ipProtocols.tcp) return undefined;
  const address = (start: number) =>
    `[${Array.from({ length: 8 }, (_, index) => uint16(ip, start + 2 * index).toString(16)).join(':')}]`;
  return segmentOfTcp(ip.subarray(at, end), address(8), address(24));
}

function segmentOfTcp(tcp: Uint8Array, source: string, target: string): Segment | undefined {
  if (tcp.length < 20) return undefined;
  const header = (tcp[12] >> 4) * 4;
  const flags = tcp[13];
  return {
    from: `${source}:${uint16(tcp, 0)}`,
    to: `${target}:${uint16(tcp, 2)}`,
    sequence: (uint16(tcp, 4) * 0x1_0000 + uint16(tcp, 6)) >>> 0,
    syn: (flags & 0x02) !== 0,
    ack: (flags & 0x10) !== 0,
    octets: tcp.subarray(header),
  };
}

function uint16(octets: Uint8Array, at: number): number {
  return ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
}
