// RT-F1: the rows of the tolerance matrix that concern P1 (exchange-mta.md §3.F): each sample is accepted by
// its tolerance, counted, and refused by name where the link has it off.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globalDomainIdentifier } from '../../src/address/index.ts';
import type { Configuration, ToleranceName } from '../../src/config/index.ts';
import { externalTraceElement, type MessageTransferEnvelope, type MTSAPDU } from '../../src/p1/index.ts';
import { agentInHand } from '../support/agent-in-hand.ts';
import { domainNamed, envelopeOf, now, ours } from '../support/transfer.ts';

function withTolerance(name: ToleranceName, on: boolean): Configuration {
  const links = ours.links.map((link) => ({ ...link, tolerances: { ...link.tolerances, [name]: on } }));
  return { ...ours, links };
}

function from(more: Partial<MessageTransferEnvelope>): MTSAPDU {
  const envelope = envelopeOf([{ to: '/S=user/P=C/A= /C=GB/' }], more);
  return { kind: 'message', value: { envelope, content: new Uint8Array(5) } };
}

const named = (domain: ReturnType<typeof domainNamed>): Partial<MessageTransferEnvelope> => ({
  messageIdentifier: { globalDomainIdentifier: domain, localIdentifier: 'id-1' },
  traceInformation: [externalTraceElement(domain, { arrivalTime: now })],
});

const rows: readonly {
  readonly row: string;
  readonly name: ToleranceName;
  readonly apdu: MTSAPDU;
  readonly off: string;
}[] = [
  {
    row: 'Pipex: the first trace element is of another domain than the MTS identifier',
    name: 'traceDomainMismatch',
    apdu: from({ traceInformation: [externalTraceElement(domainNamed('PIPEX'), { arrivalTime: now })] }),
    off: 'tolerance-off',
  },
  {
    row: 'several: an ADMD of 0 in MTS identifier and trace',
    name: 'numericAdmd',
    apdu: from(named(globalDomainIdentifier({ country: 'GB', admd: '0', prmd: 'B' }))),
    off: 'tolerance-off',
  },
  {
    row: 'OTC: a PRMD of length 0 in MTS identifier and trace',
    name: 'emptyPrivateDomain',
    apdu: from(named({ ...domainNamed('B'), privateDomainIdentifier: { kind: 'printable', value: '' } })),
    off: 'apdu-malformed',
  },
];

for (const { row, name, apdu, off } of rows) {
  test(`RT-F1: ${row}`, async () => {
    const lenient = await agentInHand({ configuration: withTolerance(name, true) });
    assert.deepEqual(await lenient.arrive('b', apdu), { ok: true });
    assert.equal((await lenient.store.list({})).length, 1);
    assert.deepEqual(lenient.agent.tolerances.counts(), [{ link: 'b', name, uses: 1 }]);
    const [used] = lenient.eventsNamed('tolerance-used');
    assert.deepEqual([used.tolerance, used.link, used.times], [name, 'b', 1]);
    const warned = lenient.eventsNamed('trace-domain-mismatch');
    assert.equal(warned.length, name === 'traceDomainMismatch' ? 1 : 0);

    const strict = await agentInHand({ configuration: withTolerance(name, false) });
    const verdict = await strict.arrive('b', apdu);
    assert.ok(!verdict.ok && !verdict.transient, 'the peer is told for good');
    assert.equal((await strict.store.list({})).length, 0);
    assert.equal(strict.eventsNamed(off).length, 1);
    assert.deepEqual(strict.agent.tolerances.counts(), []);
  });
}

test('RT-F1: every use is counted, the event comes once a minute with the uses since the last', async () => {
  const mta = await agentInHand({ configuration: withTolerance('numericAdmd', true) });
  const domain = globalDomainIdentifier({ country: 'GB', admd: '0', prmd: 'B' });
  const send = (count: number) => {
    const messageIdentifier = { globalDomainIdentifier: domain, localIdentifier: `id-${count}` };
    return mta.arrive('b', from({ ...named(domain), messageIdentifier }));
  };
  for (let count = 1; count <= 5; count += 1) await send(count);
  assert.equal(mta.eventsNamed('tolerance-used').length, 1);
  await mta.clock.pass(60_000);
  await send(6);
  assert.deepEqual(
    mta.eventsNamed('tolerance-used').map(({ times }) => times),
    [1, 5],
  );
  assert.equal(mta.agent.tolerances.counts()[0].uses, 6);
});
