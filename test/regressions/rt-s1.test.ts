// RT-S1 over real sockets: two links whose peers call from one address, one link whose peer calls from many,
// and an address that its list does not have. The process is run with every reverse look-up of names booby-
// trapped, and makes none. The reading of binds and lists is rt-s.test.ts.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { Caller } from '../support/caller.ts';
import { eventually } from '../support/mta-process.ts';
import { messageHere, oneMta } from './one-mta.ts';

const trap = `import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
const shout = (...asked) => { process.stderr.write('REVERSE LOOK-UP\\n'); throw new Error(String(asked)); };
for (const of of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
  of.reverse = shout;
  if ('lookupService' in of) of.lookupService = shout;
}
syncBuiltinESMExports();`;
const trapped = `--import=data:text/javascript;base64,${Buffer.from(trap).toString('base64')}`;

it('RT-S1: who calls is known by the bind, from whatever address, without a look-up', {
  timeout: 180_000,
}, async (t) => {
  const { NODE_OPTIONS: options = '' } = process.env;
  t.after(() => {
    process.env.NODE_OPTIONS = options;
  });
  process.env.NODE_OPTIONS = trapped;
  await assert.rejects(looksUp(), /REVERSE LOOK-UP/, 'the trap is one');
  const { mta, port, counts, backTo } = await oneMta(t, {
    peers: [
      { name: 'ONE' },
      { name: 'TWO' },
      { name: 'MANY', inPeer: 'addresses: [ 127.0.0.2, 127.0.0.16/28 ]' },
    ],
  });
  const before = await counts();
  const from = (localAddress: string, name: string, password = `${name}-secret`): Promise<Caller> =>
    Caller.call({ port, localAddress, mta: `MTA-${name}`, password });
  const transfers = async (caller: Caller, what: string): Promise<void> => {
    assert.ok(caller.opened, `${what}: ${caller.closed}`);
    assert.equal((await caller.transfer(messageHere(what, 100)))?.kind, 'RTTRcnf+', what);
    const event = await eventually(what, 20_000, () =>
      mta.eventsNamed('transfer-in').find(({ mtsIdentifier }) => String(mtsIdentifier).endsWith(`;${what}`)),
    );
    assert.equal(event.link, what.split('-')[0], 'it came by the link of its bind');
  };

  // Two links from one address, at the same time.
  const [one, two] = [await from('127.0.0.5', 'ONE'), await from('127.0.0.5', 'TWO')];
  await transfers(one, 'ONE-5');
  await transfers(two, 'TWO-5');
  // One link from many: those without a list from anywhere, those with one from the addresses in it.
  const others = [await from('127.0.0.6', 'ONE'), await from('127.0.0.7', 'ONE')];
  for (const [index, caller] of others.entries()) await transfers(caller, `ONE-${index}`);
  for (const [index, address] of ['127.0.0.2', '127.0.0.17', '127.0.0.31'].entries()) {
    const caller = await from(address, 'MANY');
    await transfers(caller, `MANY-${index}`);
    others.push(caller);
  }
  for (const address of ['127.0.0.1', '127.0.0.32']) {
    const events = mta.eventsNamed('address-not-allowed').length;
    const stranger = await from(address, 'MANY');
    assert.ok(!stranger.opened, address);
    const told = await eventually('the event', 20_000, () => mta.eventsNamed('address-not-allowed')[events]);
    assert.equal(told.link, 'MANY');
    assert.match(String(told.remote), new RegExp(`^${address}:`));
  }
  // An address that a link knows opens nothing to whoever has not its credentials.
  assert.ok(!(await from('127.0.0.2', 'MANY', 'ONE-secret')).opened);
  for (const caller of [one, two, ...others]) await caller.release();
  await backTo(before);
  assert.deepEqual(mta.strayLines, [], 'nothing was looked up');
});

/** A program that looks the name of an address up, under the trap. */
async function looksUp(): Promise<unknown> {
  const program = "import { reverse } from 'node:dns'; reverse('127.0.0.1', () => undefined);";
  return promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
}
