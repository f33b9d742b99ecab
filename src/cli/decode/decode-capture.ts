// A capture as a list of what each packet completed, layer by layer. Connections that do not begin with a
// TPKT are passed over, unless their port was named.

import { ConnectionDissection, type Finding } from '../../stack/association/dissect/index.ts';
import { apduLayers, bindLayer, type DecodedLayer } from './ber-file.ts';
import type { Packet } from './capture.ts';
import { tcpStreams } from './tcp-streams.ts';

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
    if (dissection === undefined) {
      const wanted = ports.length === 0 ? piece.octets[0] === 3 : [piece.from, piece.to].some(hasPort(ports));
      dissection = wanted ? new ConnectionDissection() : 'foreign';
      connections.set(piece.connection, dissection);
    }
    if (dissection === 'foreign') continue;
    const layers = dissection.take(piece.direction, piece.octets).flatMap(layersOf);
    if (layers.length === 0) continue;
    const { packet, connection, from, to } = piece;
    yield { packet: packet.number, time: new Date(packet.at_ms).toISOString(), connection, from, to, layers };
  }
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
      return apduLayers(finding.octets);
    case 'fault':
      return [{ layer: finding.layer, name: 'not understood', detail: [finding.detail] }];
  }
}
