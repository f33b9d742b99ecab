// Sends messages: opens associations to one MTA and transfers as fast as each is confirmed. The counterpart of
// Postfix's smtp-source: a pure stack, no disk. Prints one JSON line when all are confirmed.
//
//   node bench/p1-source.ts --port 10102 --mta SOURCE --password s --count 5000 --associations 10 \
//     --size 2048 --to '/S=sink/P=SINK/A= /C=GB/'

import { parseArgs } from 'node:util';
import { parseORAddress } from '../src/address/index.ts';
import { encode } from '../src/asn1/index.ts';
import { fromLatin1, latin1 } from '../src/base/octets.ts';
import { systemClock, tcpNetwork } from '../src/net/index.ts';
import { MTSAPDU } from '../src/p1/index.ts';
import { Association } from '../src/stack/association/index.ts';
import type { AssociationHandle, AssociationUser } from '../src/transfer/ports.ts';
import { bindArgumentOf, peerOptions } from './peer.ts';
import { templateMessage } from './template.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '10102' },
    mta: { type: 'string', default: 'SOURCE' },
    password: { type: 'string', default: 'source-secret' },
    count: { type: 'string', default: '1000' },
    associations: { type: 'string', default: '10' },
    size: { type: 'string', default: '2048' },
    to: { type: 'string', default: '/S=sink/P=SINK/A= /C=GB/' },
  },
});
const total = Number(values.count);
const recipient = parseORAddress(values.to);
if (!recipient.ok) throw new Error(`--to: ${recipient.error.message}`);
const whole = encode(
  MTSAPDU,
  templateMessage({
    recipient: recipient.value,
    contentOctets: Number(values.size),
    localIdentifier: '0000000000',
  }),
);
const identifierAt = latin1(whole).indexOf('0000000000');
let handedOut = 0;
let confirmed = 0;
const startedAt = performance.now();

/** The template with its local identifier patched: what a source should cost is the stack, not the codec. */
function nextMessage(): Uint8Array {
  const octets = whole.slice();
  octets.set(fromLatin1(String(handedOut).padStart(10, '0')), identifierAt);
  handedOut += 1;
  return octets;
}

function sendNext(handle: AssociationHandle): void {
  if (handedOut >= total) {
    handle.request({ kind: 'RTCLOSEreq' });
    return;
  }
  const first = [nextMessage()];
  handle.request({ kind: 'RTTRreq', octetsTotal: first[0].length, first, transferTime_ms: 120_000 });
}

function userOf(handle: AssociationHandle): AssociationUser {
  handle.request({
    kind: 'RTOPENreq',
    checkpointSize: 30,
    window: 5,
    dialogueMode: 'monologue',
    initialTurn: 'initiator',
    userData: bindArgumentOf({ mta: values.mta, password: values.password }),
  });
  return {
    onIndication(primitive) {
      if (primitive.kind === 'RTOPENcnf+') sendNext(handle);
      else if (primitive.kind === 'RTTRcnf+') {
        confirmed += 1;
        if (confirmed === total) finish();
        sendNext(handle);
      } else if (primitive.kind !== 'RTconfirmedind' && primitive.kind !== 'RTCLOSEcnf') {
        console.error(JSON.stringify(primitive));
        process.exitCode = 1;
      }
    },
    onViolation: (violation) => console.error(JSON.stringify(violation)),
    onWritable: () => undefined,
    onClosed: () => undefined,
  };
}

function finish(): void {
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(JSON.stringify({ messages: confirmed, seconds, perSecond: confirmed / seconds }));
}

const network = tcpNetwork({
  clock: systemClock(),
  associationOf: (options) => new Association(options),
  internalError: console.error,
});
for (let index = 0; index < Number(values.associations); index += 1) {
  network.dial({
    target: { address: '127.0.0.1', port: Number(values.port), connectTimeout_ms: 10_000 },
    options: peerOptions('initiator'),
    opened: userOf,
    failed: (failure) => {
      console.error(JSON.stringify(failure));
      process.exitCode = 1;
    },
  });
}
