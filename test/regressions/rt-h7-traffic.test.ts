// RT-H7: mail goes on while thousands of routes are reloaded. One real MTA takes a stream of messages by
// two associations, delivers one and relays the other, through three reloads: the routes come, one entry is
// spoiled and another changes, and they go. Every message is acknowledged, some during each reload, and
// gets through once. ROUTES is how many there are (100,000 in the nightly run). Not measured here: turns of
// the event loop (bench/loop-delay.ts).

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { it } from 'node:test';
import { manyLinks } from '../../bench/many-links.ts';
import { MessageSink } from '../../bench/sink.ts';
import type { Caller } from '../support/caller.ts';
import { eventually, type MtaProcess } from '../support/mta-process.ts';
import { call, messageTo, oneMta } from './one-mta.ts';

const routes = Number(process.env.ROUTES ?? 5_000);
const links = 50;
const limit_ms = 600_000;

/** One message after the other, until it is told to stop. */
class Stream {
  acknowledged = 0;
  readonly ended: Promise<void>;
  #stopped = false;

  constructor(caller: Caller, to: string) {
    this.ended = this.#send(caller, to);
    // Told where it is waited for.
    this.ended.catch(() => undefined);
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return this.ended;
  }

  async #send(caller: Caller, to: string): Promise<void> {
    while (!this.#stopped) {
      const confirmed = await caller.transfer(messageTo(to, `${to}-${this.acknowledged}`.slice(-32), 1000));
      assert.equal(confirmed?.kind, 'RTTRcnf+', `message ${this.acknowledged} of ${to}`);
      this.acknowledged += 1;
    }
  }
}

/** Reloads, and says how much each stream got acknowledged meanwhile. */
async function during(mta: MtaProcess, streams: readonly Stream[]): Promise<readonly number[]> {
  const before = streams.map(({ acknowledged }) => acknowledged);
  const cut = streams.map(({ ended }) => ended.then(() => Promise.reject(new Error('a stream ended'))));
  await Promise.race([mta.reload('configuration-reloaded', limit_ms), ...cut]);
  return streams.map(({ acknowledged }, index) => acknowledged - before[index]);
}

it(`RT-H7: mail goes on during reloads of ${routes} routes`, { timeout: 2 * limit_ms }, async (t) => {
  const sink = new MessageSink({ transit: false });
  const listener = await sink.answer({ mta: 'MTA-SINK', password: 'SINK-secret' }, 0);
  const spaces = '    addressSpaces: [ { address: "/P=SINK/A= /C=GB/" } ]\n';
  const inPeer = `address: 127.0.0.1, port: ${listener.port}`;
  const { mta, port } = await oneMta(t, {
    peers: [{ name: 'ONE' }, { name: 'TWO' }, { name: 'SINK', inPeer, yaml: spaces }],
  });
  // Behind the end of the MTA, whose association it waits for.
  t.after(() => listener.stop());
  const few = await readFile(mta.configPath, 'utf8');
  const callers = [await call(port, 'ONE'), await call(port, 'TWO')];
  const streams = [
    new Stream(callers[0], '/S=here/P=HERE/A= /C=GB/'),
    new Stream(callers[1], '/S=there/P=SINK/A= /C=GB/'),
  ];
  const seen: (readonly number[])[] = [];

  await mta.rewrite('deliver:\n', `${manyLinks(routes, links)}deliver:\n`);
  seen.push(await during(mta, streams));
  const last = `/S=x/O=ORG${routes / links - 1}/P=SITE-${links - 1}/A= /C=GB/`;
  const explained = await mta.command('route', 'explain', last);
  assert.match(explained.stdout, /link-49/, 'the last of them counts');

  await mta.rewrite('/O=ORG1/P=SITE-7/A= /C=GB/', 'nonsense');
  await mta.rewrite('{ mta: MTA-8 }\n', '{ mta: MTA-8 }\n    maxMessageSize: 7MB\n');
  seen.push(await during(mta, streams));
  assert.deepEqual(
    mta.eventsNamed('entry-set-aside').map(({ entry }) => entry),
    ['link link-7'],
  );

  await writeFile(mta.configPath, few);
  seen.push(await during(mta, streams));
  await Promise.all(streams.map((stream) => stream.stop()));

  t.diagnostic(`acknowledged during the reloads: ${seen.map((each) => each.join(' and ')).join(', ')}`);
  assert.ok(
    seen.flat().every((count) => count >= 5),
    `messages were acknowledged during each reload: ${seen.join(' ')}`,
  );
  const [here, there] = streams.map(({ acknowledged }) => acknowledged);
  await sink.until(there);
  await eventually('all delivered', limit_ms, () => mta.eventsNamed('delivered').length >= here || undefined);
  assert.equal(sink.report().messages, there);
  assert.equal(mta.eventsNamed('delivered').length, here);
  const wrong = ['message-refused', 'non-delivery', 'transfer-failed', 'association-lost', 'internal-error'];
  assert.deepEqual(
    mta.events.filter(({ name }) => wrong.includes(name)),
    [],
  );
});
