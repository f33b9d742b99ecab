// Q276222: accept() failed because the old MTA had no socket left; then abort, retry and reroute led it to
// the alternate route by an index that was stale, and it ended. Here a real MTA may have so few files open
// that callers use them up, while its best link is refused and its mail is to be rerouted to the alternate,
// for which there is no socket either. It says so, lives, and when the callers are gone everything arrives
// once.

import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { it } from 'node:test';
import { startFailingPeer } from '../support/failing-peers.ts';
import { eventually, MtaProcess } from '../support/mta-process.ts';
import {
  configurationOf,
  siteProcess,
  domainOf,
  sites,
  temporaryDirectory,
  userAt,
} from '../support/network.ts';
import { countsAt } from '../support/process-counts.ts';

/** Those of the old MTA were 64; Node.js needs some for itself. */
const FILES = 96;
const MESSAGES = 30;
const limited = ['/bin/sh', '-c', `ulimit -n ${FILES} && exec "$0" "$@"`];

it('Q276222: no socket left for accept, abort, retry and reroute', { timeout: 120_000 }, async (t) => {
  const directory = await temporaryDirectory(t);
  const refusing = await startFailingPeer('refused at AC');
  t.after(() => refusing.stop());
  const [a, b, c] = await sites('A', 'B', 'C');
  const spaces = (cost: number) => [{ address: domainOf(b), cost }];
  const retry = '    retry: { openInterval: 300ms, openRetries: 1 }';
  const sender = await MtaProcess.prepare(
    join(directory, 'a'),
    configurationOf(a, {
      links: [
        { to: { ...c, port: refusing.port }, spaces: spaces(1), extra: retry },
        { to: b, spaces: spaces(5), extra: retry },
      ],
    }),
    limited,
  );
  const receiver = await siteProcess(directory, b, { links: [{ to: a }] });
  t.after(() => Promise.all([sender.stop('SIGKILL'), receiver.stop('SIGKILL')]));
  await Promise.all([sender.start(), receiver.start()]);
  const counts = () => countsAt(sender, a.adminPort);
  const before = await counts();
  const { pid } = sender;

  const due = new Date(Date.now() + 6000).toISOString();
  const sent = await sender.command(
    ...['send', '--no-report', '--json', '--from', userAt(a), '--to', userAt(b), '--text', 'x'],
    ...['--count', `${MESSAGES}`, '--deferred', due],
  );
  assert.equal(sent.code, 0, sent.stderr);

  const flood = new Set<Socket>();
  let calling = true;
  const callAgain = (): void => {
    if (!calling) return;
    const socket = connect(a.port, '127.0.0.1');
    flood.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      flood.delete(socket);
      setTimeout(callAgain, 20);
    });
    socket.resume();
  };
  for (let caller = 0; caller < FILES; caller += 1) callAgain();
  t.after(() => {
    calling = false;
    for (const socket of flood) socket.destroy();
  });
  const noSocket = () =>
    sender.events.filter((event) => JSON.stringify(event).includes('EMFILE')).map(({ name }) => name);
  await eventually('a call that found no socket', 40_000, () =>
    noSocket().includes('link-open-failed') ? true : undefined,
  );
  assert.equal(sender.pid, pid, 'it lives');
  assert.deepEqual(await receiver.delivered(), []);

  calling = false;
  for (const socket of flood) socket.destroy();
  await eventually('everything at B', 40_000, async () =>
    (await receiver.delivered()).length === MESSAGES ? true : undefined,
  );
  const arrived = receiver.eventsNamed('transfer-in').map(({ mtsIdentifier }) => mtsIdentifier);
  assert.equal(arrived.length, new Set(arrived).size, 'each once');
  assert.equal(new Set(arrived).size, MESSAGES);
  assert.ok(sender.eventsNamed('rerouted').length > 0, 'by the alternate route');
  assert.deepEqual([sender.strayLines, sender.eventsNamed('internal-error')], [[], []]);
  await eventually('files and sockets as before', 30_000, async () => {
    const now = await counts();
    const own = now.associations - before.associations;
    return now.sockets <= before.sockets + own + 1 && now.files <= before.files + 2 ? true : undefined;
  });
  t.diagnostic(`without a socket: ${JSON.stringify([...new Set(noSocket())])}`);
});
