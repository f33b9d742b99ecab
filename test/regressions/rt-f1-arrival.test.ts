// RT-F1: the rows of the tolerance matrix about P1 (exchange-mta.md §3.F), through a whole MTA and an
// association: the sample is delivered and counted for its link, and refused for good with the tolerance off.
// Looking for loops goes on whatever is tolerated.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globalDomainIdentifier } from '../../src/address/index.ts';
import { bitsOf, rawOf } from '../../src/asn1/index.ts';
import type { ToleranceName } from '../../src/config/index.ts';
import type { MessageTransferEnvelope } from '../../src/p1/index.ts';
import { encodeMTSAPDU, internalTrace, internalTraceElement, type Report } from '../../src/p1/index.ts';
import { now } from '../support/transfer.ts';
import { address, element, envelopeWith, messageWith } from './hostile-apdus.ts';
import { HostilePeer } from './hostile-peer.ts';

type Changes = Partial<MessageTransferEnvelope>;
type Domain = ReturnType<typeof globalDomainIdentifier>;

const domain = (prmd: string, admd = ' '): Domain => globalDomainIdentifier({ country: 'GB', admd, prmd });

/** The trace element of A's messages, of another domain. */
function passed(by: Domain): MessageTransferEnvelope['traceInformation'][number] {
  return { ...envelopeWith().traceInformation[0], globalDomainIdentifier: by };
}

function of(by: Domain): Changes {
  const { localIdentifier } = envelopeWith().messageIdentifier;
  return {
    messageIdentifier: { globalDomainIdentifier: by, localIdentifier },
    traceInformation: [passed(by)],
  };
}

const rows: readonly { readonly row: string; readonly name: ToleranceName; readonly changes: Changes }[] = [
  {
    row: 'Pipex: the first trace element is of another domain than the MTS identifier',
    name: 'traceDomainMismatch',
    changes: { traceInformation: [passed(domain('PIPEX'))] },
  },
  {
    row: 'OTC/Telememo, infotest: a PRMD of length 0 in MTS identifier and trace',
    name: 'emptyPrivateDomain',
    changes: of({ ...domain('A'), privateDomainIdentifier: { kind: 'printable', value: '' } }),
  },
  {
    row: 'several: an ADMD of 0 in MTS identifier, trace and bilateral information',
    name: 'numericAdmd',
    changes: {
      ...of({ ...domain('A'), administrationDomainName: { kind: 'numeric', value: '0' } }),
      perDomainBilateralInformation: [
        {
          countryName: domain('A').countryName,
          domain: { kind: 'administrationDomainName', value: { kind: 'numeric', value: '0' } },
          bilateralInformation: rawOf(element(4, Uint8Array.of(1))),
        },
      ],
    },
  },
];

const withTolerance = (name: ToleranceName, on: boolean): HostilePeer =>
  new HostilePeer(1, { extra: `tolerances: { ${name}: ${on} }` });

for (const { row, name, changes } of rows) {
  test(`RT-F1: ${row}: through an association`, async () => {
    const lenient = withTolerance(name, true);
    assert.equal(await lenient.transfer(messageWith(changes)), 'secured');
    await lenient.world.pass(5000);
    assert.equal(lenient.mta.delivered.length, 1);
    assert.deepEqual(lenient.mta.agent.tolerances.counts(), [{ link: 'to-A', name, uses: 1 }]);
    const warned = lenient.mta.events('trace-domain-mismatch').length;
    assert.equal(warned, name === 'traceDomainMismatch' ? 1 : 0);

    const strict = withTolerance(name, false);
    assert.equal(await strict.transfer(messageWith(changes)), 'refused for good');
    await strict.world.pass(5000);
    assert.equal(strict.mta.delivered.length, 0);
    assert.deepEqual(strict.mta.agent.tolerances.counts(), []);
    // The association stands: others of this peer are taken.
    assert.equal(await strict.transfer(messageWith()), 'secured');
    for (const peer of [lenient, strict]) {
      await peer.world.pass(5000);
      peer.world.checkLaws();
      await peer.leavesNothing();
    }
  });
}

test('RT-F1: Pipex: a mismatch is no cover for a loop: our domain in the trace is still found', async () => {
  const peer = withTolerance('traceDomainMismatch', true);
  peer.takesCalls();
  const traceInformation = [passed(domain('PIPEX')), passed(domain('B')), passed(domain('A'))];
  assert.equal(await peer.transfer(messageWith({ traceInformation })), 'secured');
  await peer.world.pass(10_000);
  assert.equal(peer.mta.delivered.length, 0);
  assert.equal(peer.mta.events('loop-detected').length, 1);
  assert.equal(peer.received.length, 1, 'its originator gets a report');
  await peer.leavesNothing();
});

test('RT-F1: DEC VAX: internal trace inside the content of a report is taken, ignored and kept', async () => {
  const peer = new HostilePeer();
  let sent: string | undefined;
  const submitted = peer.mta.submit({
    to: ['/S=Nobody/P=A/A= /C=GB/'],
    content: new Uint8Array(10),
    contentType: '2.6.1.10.1',
  });
  void submitted.then((identifier) => {
    sent = identifier;
  });
  await peer.world.pass(1000);
  assert.ok(sent !== undefined);
  const traced = internalTrace(
    [],
    internalTraceElement({ domain: domain('A'), name: 'VAX' }, { arrivalTime: now }),
  );
  assert.ok(traced.ok);
  const { messageIdentifier, traceInformation } = envelopeWith();
  const value: Report = {
    envelope: {
      reportIdentifier: messageIdentifier,
      reportDestinationName: address('/S=Sender/P=B/A= /C=GB/'),
      traceInformation,
      extensions: [],
    },
    content: {
      subjectIdentifier: {
        globalDomainIdentifier: domain('B'),
        localIdentifier: sent.slice(sent.indexOf(';') + 1),
      },
      extensions: traced.value,
      perRecipientFields: [
        {
          actualRecipientName: address('/S=Nobody/P=A/A= /C=GB/'),
          originallySpecifiedRecipientNumber: 1,
          perRecipientIndicators: bitsOf([0, 2, 4], 8),
          lastTraceInformation: {
            arrivalTime: traceInformation[0].domainSuppliedInformation.arrivalTime,
            reportType: {
              kind: 'nonDelivery',
              value: {
                nonDeliveryReasonCode: 'unable-to-transfer',
                nonDeliveryDiagnosticCode: 'unrecognised-OR-name',
              },
            },
          },
          extensions: [],
        },
      ],
    },
  };
  assert.equal(await peer.transfer(encodeMTSAPDU({ kind: 'report', value })), 'secured');
  await peer.world.pass(5000);
  const [report] = peer.mta.delivered;
  assert.equal(report.kind, 'report');
  assert.match(Buffer.from(report.copy.envelope).toString('latin1'), /VAX/, 'as it came');
  assert.deepEqual(peer.mta.events('loop-detected'), []);
  assert.deepEqual(peer.mta.agent.tolerances.counts(), [], 'standard enough to be counted nowhere');
  await peer.leavesNothing();
});
