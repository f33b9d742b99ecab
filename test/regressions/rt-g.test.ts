// RT-G1 to RT-G4: loops are told by the trace, at the first proof, and nothing softer takes the verdict's
// place; unknown users of our own domain are never sent out; nothing goes back by the link it came by; hops
// are counted. A whole MTA, and a neighbour that sends what it likes and takes the reports.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGlobalDomainIdentifier } from '../../src/address/index.ts';
import { bitsOf } from '../../src/asn1/index.ts';
import { decodeMTSAPDU, encodeMTSAPDU, type TraceInformation } from '../../src/p1/index.ts';
import { deadLetterHop } from '../../src/routing/index.ts';
import type { SitePlan } from '../sim/world.ts';
import { address, messageWith } from './hostile-apdus.ts';
import { HostilePeer } from './hostile-peer.ts';

function traceOf(...domains: readonly string[]): TraceInformation {
  return domains.map((name) => {
    const domain = parseGlobalDomainIdentifier(`/P=${name}/A= /C=GB/`);
    assert.ok(domain.ok);
    return {
      globalDomainIdentifier: domain.value,
      domainSuppliedInformation: {
        arrivalTime: '260601115900Z',
        routingAction: 'relayed',
        otherActions: bitsOf([], 0),
      },
    };
  });
}

function to(text: string) {
  return [
    {
      recipientName: address(text),
      originallySpecifiedRecipientNumber: 1,
      perRecipientIndicators: bitsOf([0, 2, 4], 8),
      extensions: [],
    },
  ];
}

/** What the last report that came back says, as reason and diagnostic. */
function lastReport(peer: HostilePeer): readonly unknown[] {
  const report = decodeMTSAPDU(peer.received.at(-1) ?? new Uint8Array());
  assert.ok(report.ok && report.value.kind === 'report', JSON.stringify(report));
  const [fields] = report.value.value.content.perRecipientFields;
  const { reportType } = fields.lastTraceInformation;
  assert.equal(reportType.kind, 'nonDelivery');
  const { nonDeliveryReasonCode, nonDeliveryDiagnosticCode } = reportType.value;
  return [nonDeliveryReasonCode, nonDeliveryDiagnosticCode];
}

/** An MTA that knows one user, and sends everything else to the neighbour. */
const site: Partial<SitePlan> = {
  users: ['/S=User/P=B/A= /C=GB/'],
  links: [
    {
      to: 'A',
      spaces: [
        { address: '/P=A/A= /C=GB/', cost: 1 },
        { address: '/', cost: 9 },
      ],
    },
  ],
};

async function afterTransfer(peer: HostilePeer, apdu: Uint8Array): Promise<void> {
  const before = peer.received.length;
  assert.equal(await peer.transfer(apdu), 'secured');
  await peer.world.pass(30_000);
  assert.equal(peer.received.length, before + 1, 'one report, and nothing else');
  assert.equal(peer.holdings().copies, 0, 'nothing waits');
}

test('RT-G1: our domain earlier in the trace is a loop, each time, at the first proof', async () => {
  const peer = new HostilePeer(1, { site });
  peer.takesCalls();
  for (let time = 1; time <= 5; time += 1) {
    await afterTransfer(peer, messageWith({ traceInformation: traceOf('A', 'B', 'A') }));
    assert.deepEqual(lastReport(peer), ['unable-to-transfer', 'loop-detected'], `time ${time}`);
  }
  assert.equal(peer.mta.delivered.length, 0);
  assert.equal(peer.mta.events('loop-detected').length, 5);
});

test('RT-G1: no softer finding takes the place of the verdict', async () => {
  const peer = new HostilePeer(2, { site });
  peer.takesCalls();
  const looping = { traceInformation: traceOf('A', 'B', 'A') };
  const softer = {
    'an unknown user': messageWith({ ...looping, perRecipientFields: to('/S=Nobody/P=B/A= /C=GB/') }),
    'no way but back': messageWith({ ...looping, perRecipientFields: to('/S=User/P=Z/A= /C=GB/') }),
    'an empty content': messageWith(looping, new Uint8Array()),
  };
  for (const [what, apdu] of Object.entries(softer)) {
    await afterTransfer(peer, apdu);
    assert.deepEqual(lastReport(peer), ['unable-to-transfer', 'loop-detected'], what);
  }
});

test('RT-G1: our domain with no other after it is no loop', async () => {
  const peer = new HostilePeer(3, { site });
  assert.equal(await peer.transfer(messageWith({ traceInformation: traceOf('A', 'A') })), 'secured');
  await peer.world.pass(5000);
  assert.equal(peer.mta.delivered.length, 1);
});

test('RT-G2: an unknown user of our own domain is reported at once, and never sent out', async () => {
  const peer = new HostilePeer(4, { site });
  peer.takesCalls();
  await afterTransfer(peer, messageWith({ perRecipientFields: to('/S=Nobody/P=B/A= /C=GB/') }));
  assert.deepEqual(lastReport(peer), ['unable-to-transfer', 'unrecognised-OR-name']);
});

test('RT-G3: what came by a link does not go back by it', async () => {
  const peer = new HostilePeer(5, { site });
  peer.takesCalls();
  await afterTransfer(peer, messageWith({ perRecipientFields: to('/S=User/P=Z/A= /C=GB/') }));
  assert.deepEqual(lastReport(peer), ['unable-to-transfer', 'unrecognised-OR-name']);
});

test('RT-G3: nor does a report, which is a dead letter here', async () => {
  const peer = new HostilePeer(7, { site });
  peer.takesCalls();
  await afterTransfer(peer, messageWith({ perRecipientFields: to('/S=User/P=Z/A= /C=GB/') }));
  const made = decodeMTSAPDU(peer.received[0]);
  assert.ok(made.ok && made.value.kind === 'report');
  const { envelope, content } = made.value.value;
  const value = {
    envelope: {
      ...envelope,
      reportDestinationName: address('/S=User/P=Z/A= /C=GB/'),
      traceInformation: traceOf('A'),
      extensions: [],
    },
    content,
  };
  assert.equal(await peer.transfer(encodeMTSAPDU({ kind: 'report', value })), 'secured');
  await peer.world.pass(30_000);
  assert.equal(peer.received.length, 1, 'nothing goes back');
  const [dead] = [...peer.mta.disk.copies.values()];
  assert.deepEqual([dead?.nextHop, dead?.state], [deadLetterHop, 'quarantined']);
  const [alert] = peer.mta.events('report-unroutable');
  assert.match(String(alert?.fields.detail), /the only route leads back to the link that it came by/);
});

test('RT-G4: more domains than the budget of hops is a loop, as many are none', async () => {
  const peer = new HostilePeer(6, { site: { ...site, extra: 'limits: { hops: 5 }' } });
  peer.takesCalls();
  const domains = ['A', 'D1', 'D2', 'D3', 'D4', 'D5'];
  assert.equal(
    await peer.transfer(messageWith({ traceInformation: traceOf(...domains.slice(0, 5)) })),
    'secured',
  );
  await peer.world.pass(5000);
  assert.deepEqual([peer.mta.delivered.length, peer.received.length], [1, 0]);
  await afterTransfer(peer, messageWith({ traceInformation: traceOf(...domains) }));
  assert.deepEqual(lastReport(peer), ['unable-to-transfer', 'loop-detected']);
});
