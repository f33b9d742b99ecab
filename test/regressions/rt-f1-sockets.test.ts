// RT-F1: the stack's rows of the tolerance matrix over real sockets: a real MTA, and for each tolerance one
// link that has it on and one that has it off, with a peer that deviates. On: the association stands or the
// message is delivered, and the use is counted for that link alone. Off: the association ends, and the event
// names the tolerance. What the MTA holds is what it held before.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { stackTolerances, type StackTolerance } from '../../src/stack/kernel/tolerance.ts';
import { concat } from '../../src/base/octets.ts';
import { bindArgumentOf, bindResultOf } from '../../bench/peer.ts';
import { eventually } from '../support/mta-process.ts';
import { parseMetrics } from '../support/process-counts.ts';
import { messageHere, oneMta } from './one-mta.ts';
import { OctetPeer, octetListener } from './octet-peer.ts';
import { type Deviation, ourSizes, stackDeviations } from './stack-deviations.ts';

type Setting = 'ON' | 'OFF';
const settings: readonly Setting[] = ['ON', 'OFF'];
const names = Object.keys(stackTolerances) as StackTolerance[];
const linkOf = (name: StackTolerance, setting: Setting): string => `${name}-${setting}`;

const spaceOf = (link: string): string => `/O=${link}/P=PEERS/A= /C=GB/`;

function sampleOf(name: StackTolerance, setting: Setting): Deviation {
  const identity = { mta: `MTA-${linkOf(name, setting)}`, password: `${linkOf(name, setting)}-secret` };
  return stackDeviations({
    bindArgument: bindArgumentOf(identity),
    bindResult: bindResultOf(identity),
    apdu: (octets) => messageHere(linkOf(name, setting), octets),
  })[name];
}

function keysOf(name: StackTolerance, setting: Setting): string {
  const { checkpointSize, window } = ourSizes;
  return `    rts: { checkpoint: ${checkpointSize}KiB, window: ${window}, recoveryTimeout: 1s }
    retry: { openInterval: 1s, transferInterval: 1s }
    tolerances: { ${name}: ${setting === 'ON'} }
    addressSpaces: [ { address: "${spaceOf(linkOf(name, setting))}", cost: 1 } ]
`;
}

it('RT-F1: each tolerance of the stack, on and off, at a real MTA', { timeout: 240_000 }, async (t) => {
  const listeners: { stop(): void }[] = [];
  t.after(() => stop(listeners));
  const peers = await Promise.all(
    names.flatMap((name) =>
      settings.map(async (setting) => {
        const { role, octets } = sampleOf(name, setting);
        const listener = role === 'initiator' ? await octetListener(answering(octets)) : undefined;
        if (listener !== undefined) listeners.push(listener);
        const inPeer = listener === undefined ? '' : `address: 127.0.0.1, port: ${listener.port}`;
        return { name: linkOf(name, setting), inPeer, yaml: keysOf(name, setting) };
      }),
    ),
  );
  const { mta, port, page, counts, backTo } = await oneMta(t, { peers });
  const before = await counts();
  for (const name of names) {
    for (const setting of settings) {
      const [link, sample] = [linkOf(name, setting), sampleOf(name, setting)];
      const from = mta.events.length;
      const told = (event: string) =>
        mta.events.slice(from).find((each) => each.name === event && each.link === link);
      const peer = sample.role === 'initiator' ? undefined : OctetPeer.call(port);
      if (peer === undefined) await send(mta, link);
      else await speaks(peer, sample);

      if (setting === 'OFF') {
        const off = await eventually(`tolerance-off of ${link}\n${mta.lastLines()}`, 20_000, () =>
          told('tolerance-off'),
        );
        assert.equal(off.tolerance, name);
        await peer?.gone();
        assert.equal(told('tolerance-used'), undefined);
      } else {
        const used = await eventually(`tolerance-used of ${link}\n${mta.lastLines()}`, 20_000, () =>
          told('tolerance-used'),
        );
        assert.deepEqual([used.tolerance, used.times], [name, 1]);
        assert.equal(told('tolerance-off'), undefined);
        assert.ok(told('association-opened') !== undefined, `${link} is associated`);
        if (transfers(sample)) await delivered(mta, link);
      }
      peer?.end();
    }
  }
  const metrics = parseMetrics(await page());
  for (const name of names) {
    const uses = settings.map((setting) =>
      metrics.get(`chappe_tolerance_used_total{link="${linkOf(name, setting)}",name="${name}"}`),
    );
    assert.ok((uses[0] ?? 0) > 0 && (uses[1] ?? 0) === 0, `${name}: ${uses}`);
  }
  const transferring = names.filter((name) => transfers(sampleOf(name, 'ON')));
  assert.equal((await mta.delivered()).length, transferring.length, 'nothing came of those that are off');
  assert.deepEqual(mta.eventsNamed('internal-error'), []);
  assert.deepEqual(mta.strayLines, []);
  // The peers that were called are gone, with what they never took.
  stop(listeners);
  await emptied(mta);
  await backTo(before);
});

/** A responder's part: the CC takes the reference of the CR that came, everything else is as it is. */
function answering(pieces: readonly Uint8Array[]): (peer: OctetPeer) => Promise<void> {
  return async (peer) => {
    let due = 0;
    for (const piece of pieces) {
      await peer.until(() => peer.heard.length > due);
      due = peer.heard.length;
      const said = piece.slice();
      if (piece[5] === 0xd0) said.set(peer.heard.subarray(8, 10), 6);
      peer.say(said);
    }
  };
}

/** A caller's part: CR and CN, each once the one before is answered, then all the rest together. */
async function speaks(peer: OctetPeer, { octets }: Deviation): Promise<void> {
  await peer.converse(octets.slice(0, 2));
  peer.say(concat([...octets.slice(2), new Uint8Array()]));
}

function transfers({ role, octets }: Deviation): boolean {
  return role !== 'initiator' && octets.length > 3;
}

type Mta = Awaited<ReturnType<typeof oneMta>>['mta'];

async function send(mta: Mta, link: string): Promise<void> {
  const to = `/S=u${spaceOf(link)}`;
  const sent = await mta.command('send', '--from', '/S=u/P=HERE/A= /C=GB/', '--to', to, '--text', 'x');
  assert.equal(sent.code, 0, sent.stderr);
}

async function delivered(mta: Mta, link: string): Promise<void> {
  await eventually(`the message over ${link}`, 20_000, async () =>
    (await mta.delivered()).find(({ mtsIdentifier }) => mtsIdentifier.endsWith(`;${link}`)),
  );
}

function stop(listeners: readonly { stop(): void }[]): void {
  for (const listener of listeners) listener.stop();
}

async function emptied(mta: Mta): Promise<void> {
  await eventually('an empty queue', 60_000, async () => {
    await mta.command('queue', 'delete', '--all');
    const { stdout } = await mta.command('queue', 'list', '--json');
    return JSON.parse(stdout).length === 0 ? true : undefined;
  });
}
