// `chappe decode --json` of a capture of one association: open, a message, the turn given and taken, release.
// The whole answer of the real program, against a golden file that a person has read: its keys and names are
// a contract with those who read it by program. `UPDATE=1` writes it anew.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { parseORAddress } from '../../src/address/index.ts';
import { encode } from '../../src/asn1/index.ts';
import { concat } from '../../src/base/octets.ts';
import { MTSAPDU } from '../../src/p1/index.ts';
import { bindArgumentOf } from '../../bench/peer.ts';
import { templateMessage } from '../../bench/template.ts';
import { goodExchange } from '../fuzz/good-exchange.ts';
import { textContent } from '../support/ipm.ts';
import { chappe } from '../support/mta-process.ts';
import { temporaryDirectory } from '../support/network.ts';

const golden = new URL('decoded.txt', import.meta.url);
const ports = { initiator: 5000, responder: 102 } as const;

it('decode --json of a capture is the golden file, and a cut of it says so', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = join(directory, 'association.pcap');
  const capture = captured();
  await writeFile(file, capture);
  const whole = await chappe(['decode', file, '--json']);
  assert.deepEqual([whole.code, whole.stderr], [0, '']);
  const text = `${JSON.stringify(JSON.parse(whole.stdout), undefined, 1)}\n`;
  if (process.env.UPDATE === '1') writeFileSync(golden, text);
  assert.equal(text, readFileSync(golden, 'utf8'), 'UPDATE=1 writes it anew');

  await writeFile(file, capture.subarray(0, capture.length - 5));
  const cut = await chappe(['decode', file, '--json']);
  assert.match(cut.stderr, /association\.pcap: the file is cut short: after packet \d+ come \d+ octets/);
  const [packets, fewer] = [JSON.parse(whole.stdout), JSON.parse(cut.stdout)];
  assert.deepEqual(fewer, packets.slice(0, -1));
});

function message(): Uint8Array {
  const user = parseORAddress('/S=User/P=B/A= /C=GB/');
  assert.ok(user.ok);
  const { content } = textContent('Hello', '/S=User/P=B/A= /C=GB/');
  const apdu = templateMessage({ recipient: user.value, contentOctets: 0, localIdentifier: 'decoded' });
  assert.ok(apdu.kind === 'message');
  return encode(MTSAPDU, { ...apdu, value: { ...apdu.value, content } });
}

/** What both sides say, in turn, as a classic capture of raw IP, a segment a packet. */
function captured(): Uint8Array {
  const bind = bindArgumentOf({ mta: 'MTA-A', password: 'secret' });
  const { toResponder, toInitiator } = goodExchange(bind, [message()]);
  const sequence = { initiator: 1, responder: 1 };
  const packets: Uint8Array[] = [];
  const say = (by: 'initiator' | 'responder', octets: Uint8Array | undefined): void => {
    if (octets === undefined) return;
    const segment = tcpSegment(by, sequence[by], octets);
    sequence[by] += octets.length;
    const head = new DataView(new ArrayBuffer(16));
    head.setUint32(0, 1_000_000_000 + packets.length);
    head.setUint32(8, segment.length);
    head.setUint32(12, segment.length);
    packets.push(concat([new Uint8Array(head.buffer), segment]));
  };
  for (let at = 0; at < Math.max(toResponder.length, toInitiator.length); at += 1) {
    say('initiator', toResponder[at]);
    say('responder', toInitiator[at]);
  }
  const raw_ip = 101;
  const header = new DataView(new ArrayBuffer(24));
  for (const [at, value] of [
    [0, 0xa1b2c3d4],
    [4, 0x00020004],
    [16, 65_535],
    [20, raw_ip],
  ]) {
    header.setUint32(at, value);
  }
  return concat([new Uint8Array(header.buffer), ...packets]);
}

function tcpSegment(by: 'initiator' | 'responder', sequence: number, octets: Uint8Array): Uint8Array {
  const packet = new Uint8Array(40 + octets.length);
  const view = new DataView(packet.buffer);
  const [from, to] = by === 'initiator' ? [1, 2] : [2, 1];
  packet.set([0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, from, 10, 0, 0, to]);
  view.setUint16(2, packet.length);
  view.setUint16(20, ports[by]);
  view.setUint16(22, ports[by === 'initiator' ? 'responder' : 'initiator']);
  view.setUint32(24, sequence);
  packet.set([0x50, 0x10], 32);
  packet.set(octets, 40);
  return packet;
}
