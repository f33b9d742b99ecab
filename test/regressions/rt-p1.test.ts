// RT-P1 and RT-P2 through whole MTAs: what a message's trace is after a hundred failed tries and after
// another way was taken, what an unknown extension becomes; and that nothing is held for it afterwards.
// Each link option is in rt-p2.test.ts and rt-f1-departure.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bitsOf, rawOf } from '../../src/asn1/index.ts';
import { decodeMTSAPDU, type ExtensionField, extensionTypeRaw } from '../../src/p1/index.ts';
import { decodeStored } from '../../src/transfer/stored-value.ts';
import { toHex } from '../../src/base/octets.ts';
import type { Delivered } from '../sim/virtual-mta.ts';
import { World } from '../sim/world.ts';
import { relayed, toC } from './foreign-peer.ts';
import { messageWith } from './hostile-apdus.ts';
import { HostilePeer } from './hostile-peer.ts';

const TRIES = 100;

/** The domains that a delivered message passed, and the octets of its envelope. */
function traceOf({ copy }: Delivered): { readonly domains: readonly string[]; readonly octets: number } {
  const stored = decodeStored(copy);
  assert.ok(stored.ok && stored.value.kind === 'message');
  const domains = stored.value.envelope.traceInformation.map(
    ({ globalDomainIdentifier: { privateDomainIdentifier } }) => String(privateDomainIdentifier?.value),
  );
  return { domains, octets: copy.envelope.length };
}

/** A knows C by B alone; B calls C, and D where C does not answer; D calls C. */
function world(openRetries: number): World {
  const retry = (retries: number): string => `retry: { openInterval: 1s, openRetries: ${retries} }`;
  const spaces = (cost: number) => [{ address: '/P=C/A= /C=GB/', cost }];
  return new World(1, [
    { name: 'A', links: [{ to: 'B', spaces: spaces(1), extra: retry(9) }] },
    {
      name: 'B',
      links: [
        { to: 'A' },
        { to: 'C', extra: retry(openRetries) },
        { to: 'D', spaces: spaces(20), extra: retry(9) },
      ],
    },
    { name: 'C', links: [{ to: 'B' }, { to: 'D' }] },
    { name: 'D', links: [{ to: 'B' }, { to: 'C', extra: retry(9) }] },
  ]);
}

/** Submits at A for C, lets the way on break as `weather` says, and gives what C has in the end. */
async function delivered(
  openRetries: number,
  hindered: (world: World) => Promise<void> = async () => undefined,
): Promise<ReturnType<typeof traceOf>> {
  const all = world(openRetries);
  all.submit('A', 'C', 100);
  await hindered(all);
  await all.drain();
  all.checkNothingLost();
  all.checkLaws();
  const [message, ...more] = all.mta('C').delivered;
  assert.equal(more.length, 0);
  await all.stop();
  return traceOf(message);
}

test(`RT-P1: after ${TRIES} failed tries the trace is that of the first try`, async () => {
  const unhindered = await delivered(1000);
  assert.deepEqual(unhindered.domains, ['A', 'B', 'C']);
  let connections = 0;
  const retried = await delivered(1000, async (all) => {
    all.network.setWeather(['B', 'C'], { resetChance: 1 });
    all.network.tap = ({ called }) => {
      if (called.remoteAddress === 'B') connections += 1;
    };
    await all.pass(TRIES * 1200);
    all.network.setWeather(['B', 'C'], {});
  });
  assert.ok(connections >= TRIES, `${connections} tries`);
  assert.deepEqual(retried, unhindered);
});

test('RT-P1: by another way, each domain is in the trace once', async () => {
  const rerouted = await delivered(1, async (all) => {
    all.network.setWeather(['B', 'C'], { connect: 'refuse' });
    await all.pass(60_000);
    assert.equal(all.mta('B').events('rerouted').length, 1);
    all.network.setWeather(['B', 'C'], {});
  });
  assert.deepEqual(rerouted.domains, ['A', 'B', 'D', 'C']);
});

const unknown = (critical: readonly number[]): ExtensionField => ({
  type: extensionTypeRaw({ kind: 'privateExtension', value: '1.3.9999.1' }),
  criticality: bitsOf(critical),
  value: rawOf(Uint8Array.of(0x16, 3, 0x4f, 0x44, 0x44)),
});

test('RT-P2: an unknown extension that is not critical leaves by a whole MTA as it came', async () => {
  const {
    outcome,
    delivered: arrived,
    wire,
    counts,
  } = await relayed(messageWith(toC({ extensions: [unknown([])] })));
  assert.deepEqual([outcome, arrived.length, counts], ['secured', 1, []]);
  assert.ok(wire.includes(toHex(Uint8Array.of(0x16, 3, 0x4f, 0x44, 0x44))));
});

test('RT-P2: one that is critical for transfer is reported, and the next is taken', async () => {
  const peer = new HostilePeer();
  peer.takesCalls();
  assert.equal(await peer.transfer(messageWith({ extensions: [unknown([1])] })), 'secured');
  await peer.world.pass(10_000);
  assert.equal(peer.mta.delivered.length, 0);
  const [octets, ...more] = peer.received;
  assert.equal(more.length, 0);
  const report = decodeMTSAPDU(octets);
  assert.ok(report.ok && report.value.kind === 'report');
  const [{ lastTraceInformation }] = report.value.value.content.perRecipientFields;
  assert.ok(lastTraceInformation.reportType.kind === 'nonDelivery');
  assert.equal(
    lastTraceInformation.reportType.value.nonDeliveryDiagnosticCode,
    'unsupported-critical-function',
  );
  assert.equal(await peer.transfer(messageWith()), 'secured');
  await peer.world.pass(10_000);
  assert.equal(peer.mta.delivered.length, 1);
  peer.world.checkLaws();
  await peer.leavesNothing();
});
