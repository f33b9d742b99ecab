// Captures for tests, by the reader of `chappe decode`: what each side of each TCP connection sent, whole. A
// capture that lacks octets is no vector, and is an error.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { concat } from '../../src/base/octets.ts';
import { readCapture } from '../../src/cli/decode/capture.ts';
import { type StreamPiece, tcpStreams as streamPieces } from '../../src/cli/decode/tcp-streams.ts';

/** The octets that one side of a TCP connection sent, in order and without repeats. */
export interface TcpStream {
  /** 'address:port'. */
  readonly from: string;
  readonly to: string;
  readonly octets: Uint8Array;
}

/** The streams of a capture, connection by connection: the caller's, then the answers. */
export function tcpStreams(path: string): TcpStream[] {
  const capture = readCapture(readFileSync(path));
  assert.ok(capture.ok, `${path}: ${JSON.stringify(capture)}`);
  const byConnection: Record<StreamPiece['direction'], StreamPiece[]>[] = [];
  for (const piece of streamPieces(capture.value.packets)) {
    const { connection, direction, from, missing } = piece;
    assert.equal(missing, undefined, `${path}: octets of ${from} were not captured`);
    byConnection[connection] ??= { 'from-initiator': [], 'from-responder': [] };
    byConnection[connection][direction].push(piece);
  }
  return byConnection
    .flatMap((sides) => [sides['from-initiator'], sides['from-responder']])
    .filter((pieces) => pieces.length > 0)
    .map((pieces) => {
      const [{ from, to }] = pieces;
      return { from, to, octets: concat(pieces.map(({ octets }) => octets)) };
    });
}
