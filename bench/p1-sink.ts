// Swallows messages: accepts any bind, confirms each APDU as soon as it is whole, counts. The counterpart of
// Postfix's smtp-sink: a pure stack, no disk. Prints one JSON line when `--count` messages have come (or on
// SIGTERM): { messages, octets, seconds } from the first to the last, and the transit times if asked.
//
//   node bench/p1-sink.ts --port 10201 --mta SINK --password s [--count 5000]

import { parseArgs } from 'node:util';
import { listen, systemClock } from '../src/net/index.ts';
import { Association } from '../src/stack/association/index.ts';
import type { AssociationHandle, AssociationUser } from '../src/transfer/ports.ts';
import { bindResultOf, type PeerIdentity, peerOptions } from './peer.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    mta: { type: 'string', default: 'SINK' },
    password: { type: 'string', default: 'sink-secret' },
    count: { type: 'string', default: '0' },
  },
});
const identity: PeerIdentity = { mta: values.mta, password: values.password };
const wanted = Number(values.count);
const tally = { messages: 0, octets: 0, firstAt: 0, lastAt: 0 };

function userOf(handle: AssociationHandle): AssociationUser {
  return {
    onIndication(primitive) {
      if (primitive.kind === 'RTOPENind') {
        handle.request({ kind: 'RTOPENrsp+', userData: bindResultOf(identity) });
      } else if (primitive.kind === 'RTcheckpointind') {
        handle.request({ kind: 'RTsecured', serialNumber: primitive.serialNumber });
      } else if (primitive.kind === 'RTTRind') {
        handle.request({ kind: 'RTTRrsp+' });
        count(primitive.octetsTotal);
      } else if (primitive.kind === 'RTCLOSEind') {
        handle.request({ kind: 'RTCLOSErsp' });
      }
    },
    onViolation: (violation) => console.error(JSON.stringify(violation)),
    onWritable: () => undefined,
    onClosed: () => undefined,
  };
}

function count(octets: number): void {
  tally.lastAt = performance.now();
  if (tally.messages === 0) tally.firstAt = tally.lastAt;
  tally.messages += 1;
  tally.octets += octets;
  if (tally.messages === wanted) finish();
}

function finish(): void {
  const seconds = (tally.lastAt - tally.firstAt) / 1000;
  const perSecond = seconds > 0 ? (tally.messages - 1) / seconds : 0;
  const line = { messages: tally.messages, octets: tally.octets, seconds, perSecond };
  process.stdout.write(`${JSON.stringify(line)}\n`, () => process.exit(0));
}

process.once('SIGTERM', finish);
const listener = await listen(
  { address: '127.0.0.1', port: Number(values.port) },
  {
    clock: systemClock(),
    associationOf: (options) => new Association(options),
    internalError: console.error,
    admit: () => peerOptions('responder'),
    accepted: userOf,
    acceptFailed: (detail) => console.error(detail),
  },
);
process.stdout.write(`${JSON.stringify({ listening: listener.port })}\n`);
