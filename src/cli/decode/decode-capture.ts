// A capture as a list of what each packet completed, layer by layer. A connection that does not begin with a
// TPKT is named once as what it is, TLS or something else, unless ports were named: then the others are
// passed over.

import { toHex } from '../../base/octets.ts';
import { ConnectionDissection, type Finding } from '../../stack/association/dissect/index.ts';
import { apduLayers, bindLayer, type DecodedLayer } from './ber-file.ts';
import type { Packet } from './capture.ts';
import { type StreamPiece, tcpStreams } from './tcp-streams.ts';

const foreign_layer = 'connection';

export interface DecodedPacket {
  readonly packet: number;
  readonly time: string;
  readonly connection: number;
  readonly from: string;
  readonly to: string;
  readonly layers: readonly DecodedLayer[];
}

/** What the packets hold. `ports`: TCP ports of RFC 1006; any where none is named. */
export function* decodeCapture(
  packets: readonly Packet[],
  ports: readonly number[],
): Generator<DecodedPacket> {
  const connections = new Map<number, ConnectionDissection | 'foreign'>();
  for (const piece of tcpStreams(packets)) {
    let dissection = connections.get(piece.connection);
    let foreign: readonly DecodedLayer[] = [];
    if (dissection === undefined) {
      const named = [piece.from, piece.to].some(hasPort(ports));
      const wanted = ports.length === 0 ? piece.octets[0] === 3 : named && !isTls(piece.octets);
      dissection = wanted ? new ConnectionDissection() : 'foreign';
      connections.set(piece.connection, dissection);
      if (!wanted && (ports.length === 0 || named)) foreign = [foreignLayer(piece.octets)];
    }
    const layers = dissection === 'foreign' ? foreign : piecesLayers(dissection, piece);
    if (layers.length === 0) continue;
    const { packet, connection, from, to } = piece;
    yield { packet: packet.number, time: timeOf(packet), connection, from, to, layers };
  }
}

function piecesLayers(dissection: ConnectionDissection, piece: StreamPiece): readonly DecodedLayer[] {
  const { missing, direction, octets } = piece;
  if (missing !== undefined) dissection.missing(direction);
  const found = dissection.take(direction, octets).flatMap(layersOf);
  if (missing === undefined) return found;
  return [{ layer: 'TCP', name: `${missing} octets are missing from the capture`, detail: [] }, ...found];
}

/** A time of the packet that no clock can have is printed as the beginning of time. */
function timeOf({ at_ms }: Packet): string {
  const time = new Date(at_ms);
  return Number.isNaN(time.getTime()) ? new Date(0).toISOString() : time.toISOString();
}

/** A record of TLS: handshake or alert, version 3 (RFC 8446 5.1). */
function isTls(octets: Uint8Array): boolean {
  return (octets[0] === 0x16 || octets[0] === 0x15) && octets[1] === 3;
}

function foreignLayer(octets: Uint8Array): DecodedLayer {
  if (isTls(octets)) {
    const detail = ['it is not decrypted: capture behind the end of TLS, or with TLS off'];
    return { layer: foreign_layer, name: 'TLS', detail };
  }
  const head = octets.subarray(0, 16);
  const detail = [`it begins with ${toHex(head)}; --port decodes it all the same`];
  return { layer: foreign_layer, name: 'no RFC 1006', detail };
}

/** Whether this is a connection that is not of X.400. */
export function isForeign({ layers }: DecodedPacket): boolean {
  return layers.every(({ layer }) => layer === foreign_layer);
}

function hasPort(ports: readonly number[]): (place: string) => boolean {
  return (place) => ports.includes(Number(place.slice(place.lastIndexOf(':') + 1)));
}

function layersOf(finding: Finding): readonly DecodedLayer[] {
  switch (finding.kind) {
    case 'pdu':
      return [{ layer: finding.layer, name: finding.name, detail: finding.detail }];
    case 'bind':
      return [bindLayer(finding.what, finding.octets)];
    case 'apdu':
      return apduLayers(finding.octets, finding.year);
    case 'fault':
      return [{ layer: finding.layer, name: 'not understood', detail: [finding.detail] }];
  }
}
