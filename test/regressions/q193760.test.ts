// Q193760: one failed link stopped the old MTA's mail to every site. Here one real MTA has nine links: to a
// working neighbour, and to eight that fail each in a way of its own, a hundred messages waiting for each.
// The working one gets its mail as if it were alone, and the trouble is visible on the other links only.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { failures, startFailingPeer } from '../support/failing-peers.ts';
import { eventually } from '../support/mta-process.ts';
import { siteProcess, sites, temporaryDirectory, userAt } from '../support/network.ts';

const MESSAGES = 100;
/** Far more than the working link needs by itself, far less than any deadline that others run into. */
const TIME_MS = 15_000;

it('Q193760: eight failed links do not stop the ninth', { timeout: 90_000 }, async (t) => {
  const directory = await temporaryDirectory(t);
  const peers = await Promise.all(failures.map(startFailingPeer));
  t.after(() => {
    for (const peer of peers) peer.stop();
  });
  const [a, b, ...failing] = await sites('A', 'B', ...failures.map((_, index) => `F${index}`));
  const links = failing.map((site, index) => ({
    to: { ...site, port: peers[index].port },
    extra: '    retry: { openInterval: 500ms }\n    timers: { open: 60s }',
  }));
  const sender = await siteProcess(directory, a, { links: [...links, { to: b }] });
  const working = await siteProcess(directory, b, { links: [{ to: a }] });
  t.after(() => Promise.all([sender.stop('SIGKILL'), working.stop('SIGKILL')]));
  await Promise.all([sender.start(), working.start()]);
  const send = async (to: readonly string[]) => {
    const recipients = to.flatMap((address) => ['--to', address]);
    const count = ['--count', `${MESSAGES}`];
    const sent = await sender.command(
      ...['send', '--no-report', '--from', userAt(a), ...recipients, '--text', 'x', ...count],
    );
    assert.equal(sent.code, 0, sent.stderr);
  };
  await send(failing.map((site) => userAt(site)));
  await eventually('every failed link was tried', 20_000, () =>
    peers.every(({ failure, calls }) => failure === 'refused' || calls() > 0) ? true : undefined,
  );

  const begun = performance.now();
  await send([userAt(b)]);
  await eventually('all at the working neighbour', TIME_MS, async () =>
    (await working.delivered()).length === MESSAGES ? true : undefined,
  );
  t.diagnostic(`${MESSAGES} messages in ${Math.round(performance.now() - begun)} ms beside 8 failed links`);

  const shown = JSON.parse((await sender.command('links', 'list', '--json')).stdout);
  assert.equal(shown.length, failing.length + 1);
  for (const { name, lastError, queued } of shown) {
    if (name === 'b') assert.deepEqual([lastError ?? '', queued], ['', 0], 'no trouble on the working link');
    else assert.equal(queued, MESSAGES, `nothing is lost on ${name}`);
  }
  assert.deepEqual(sender.eventsNamed('internal-error'), []);
  assert.deepEqual(working.eventsNamed('association-lost'), []);
});
