// Q182619: the old MTA ended with "illegal buffer request for 30 headers and 30 elements" when a peer's TPKT
// was illegal. Here a real MTA gets hundreds of illegal TPKTs on connections of their own while a neighbour
// transfers: each costs its own connection and nothing else.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { it } from 'node:test';
import { concat } from '../../src/base/octets.ts';
import { eventually } from '../support/mta-process.ts';
import { siteProcess, sites, temporaryDirectory, userAt } from '../support/network.ts';
import { countsAt } from '../support/process-counts.ts';

const ROUNDS = 40;
const MESSAGES = 60;

/** A TPKT's header: version, reserved, length. */
function header(version: number, length: number): Uint8Array {
  return Uint8Array.of(version, 0, length >> 8, length & 0xff);
}
const thirty = <T>(make: (index: number) => T): T[] => Array.from({ length: 30 }, (_, index) => make(index));

const illegal: Readonly<Record<string, Uint8Array>> = {
  'a length of 0': header(3, 0),
  'a length of 4: no TPDU in it': header(3, 4),
  'a length of 6: shorter than any TPDU': concat([header(3, 6), Uint8Array.of(2, 0xf0)]),
  'version 2': concat([header(2, 7), Uint8Array.of(2, 0xf0, 0x80)]),
  'thirty headers and nothing in them': concat(thirty(() => header(3, 4))),
  'thirty elements of one octet each': concat(
    thirty((n) => concat([header(3, 7), Uint8Array.of(2, n, 0x80)])),
  ),
  'the longest TPKT, and an end after thirty octets': concat([header(3, 65535), new Uint8Array(30)]),
  'no TPKT at all': new TextEncoder().encode('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
};

/** Writes the octets in one piece or octet by octet; resolves when the MTA has closed the connection. */
function offend(port: number, octets: Uint8Array, piecewise: boolean): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      if (piecewise) for (const octet of octets) socket.write(Uint8Array.of(octet));
      else socket.write(octets);
      socket.end();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
  });
}

it('Q182619: illegal TPKTs cost their own connections and nothing else', { timeout: 60_000 }, async (t) => {
  const directory = await temporaryDirectory(t);
  const [a, b] = await sites('A', 'B');
  const sender = await siteProcess(directory, a, { links: [{ to: b }] });
  const target = await siteProcess(directory, b, { links: [{ to: a }] });
  t.after(() => Promise.all([sender.stop('SIGKILL'), target.stop('SIGKILL')]));
  await Promise.all([sender.start(), target.start()]);
  const counts = () => countsAt(target, b.adminPort);
  const before = await counts();
  const pid = target.pid;

  const send = sender.command(
    ...[
      'send',
      '--no-report',
      '--from',
      userAt(a),
      '--to',
      userAt(b),
      '--text',
      'x',
      '--count',
      `${MESSAGES}`,
    ],
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(Object.values(illegal).map((octets) => offend(b.port, octets, round % 2 === 1)));
  }
  const sent = await send;
  assert.equal(sent.code, 0, sent.stderr);
  await eventually('everything sent meanwhile', 20_000, async () =>
    (await target.delivered()).length === MESSAGES ? true : undefined,
  );

  assert.equal(target.pid, pid);
  assert.deepEqual(target.strayLines, []);
  assert.deepEqual(target.eventsNamed('internal-error'), []);
  const told = target.eventsNamed('framing-violation');
  assert.ok(told.length > 0, 'the mismatch is named');
  assert.ok(
    told.every(({ expected, got, peer }) => expected !== undefined && got !== undefined && peer !== 'MTA-A'),
    JSON.stringify(told[0]),
  );
  await eventually('no socket and no timer more than before', 20_000, async () => {
    const now = await counts();
    // The neighbour's associations stay open for a while: they are its own.
    const kept = now.associations - before.associations;
    return now.sockets - before.sockets <= kept && now.timers - before.timers <= 3 * kept ? true : undefined;
  });
  const last = await sender.command('send', '--from', userAt(a), '--to', userAt(b), '--text', 'after');
  assert.equal(last.code, 0);
  await eventually('one more', 10_000, async () =>
    (await target.delivered()).length === MESSAGES + 1 ? true : undefined,
  );
});
