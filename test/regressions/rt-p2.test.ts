// RT-P1 and RT-P2: trace and extensions as a message passes (exchange-mta.md §3.P). External trace once a
// domain, internal once an MTA, nothing grows by retries; what a link leaves out it says by name; unknown
// extensions are relayed, critical ones are refused with diagnostic 18.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bitsOf, rawOf } from '../../src/asn1/index.ts';
import { globalDomainIdentifier } from '../../src/address/index.ts';
import type { ToleranceName } from '../../src/config/index.ts';
import {
  decodeMTSAPDU,
  type ExtensionField,
  extensionTypeRaw,
  internalTrace,
  internalTraceElement,
  type MessageTransferEnvelope,
  type MTSAPDU,
  readInternalTrace,
} from '../../src/p1/index.ts';
import { concat } from '../../src/base/octets.ts';
import type { QueuedCopy } from '../../src/store/index.ts';
import { outgoingApdu } from '../../src/transfer/outgoing.ts';
import { agentInHand } from '../support/agent-in-hand.ts';
import { domainNamed, envelopeOf, linkNamed, now } from '../support/transfer.ts';

const unknown = (critical: readonly number[] = []): ExtensionField => ({
  type: extensionTypeRaw({ kind: 'privateExtension', value: '1.3.9999.1' }),
  criticality: bitsOf(critical),
  value: rawOf(Uint8Array.of(5, 0)),
});

async function through(more: Partial<MessageTransferEnvelope>, from = 'b') {
  const mta = await agentInHand();
  const envelope = envelopeOf([{ to: '/S=user/P=C/A= /C=GB/', report: 'report' }], more);
  const apdu: MTSAPDU = { kind: 'message', value: { envelope, content: new Uint8Array(5) } };
  assert.deepEqual(await mta.arrive(from, apdu), { ok: true });
  const copies = await Promise.all((await mta.store.list({})).map(({ copy }) => mta.store.show(copy)));
  return { mta, copies: copies.filter((copy): copy is QueuedCopy => copy !== undefined) };
}

/** What the peer of `c` gets, with these tolerances of its link. */
function sent(copy: QueuedCopy, on: readonly ToleranceName[] = [], sameDomain = false) {
  const c = linkNamed('c');
  const tolerances = { ...c.tolerances, ...Object.fromEntries(on.map((name) => [name, true])) };
  const out = outgoingApdu(copy, { ...c, sameDomain, tolerances });
  assert.ok(out.kind === 'apdu');
  assert.ok(copy.content.kind === 'inline');
  const octets = concat([out.head, copy.content.octets]);
  const apdu = decodeMTSAPDU(octets);
  assert.ok(apdu.ok && apdu.value.kind === 'message', JSON.stringify(apdu));
  return { octets, envelope: apdu.value.value.envelope, used: out.tolerances };
}

function onlyCopy(copies: readonly QueuedCopy[]): QueuedCopy {
  assert.equal(copies.length, 1);
  return copies[0];
}

test('RT-P1: our domain and our MTA are in the trace once, after 100 retries too', async () => {
  const { copies } = await through({});
  const copy = onlyCopy(copies);
  const first = sent(copy, [], true);
  assert.deepEqual(
    first.envelope.traceInformation.map(({ globalDomainIdentifier: { privateDomainIdentifier } }) =>
      String(privateDomainIdentifier?.value),
    ),
    ['B', 'X'],
  );
  const trace = readInternalTrace(first.envelope.extensions);
  assert.ok(trace.ok);
  assert.deepEqual(
    trace.value.map(({ mtaName }) => mtaName),
    ['MTA-X'],
  );
  for (let retry = 0; retry < 100; retry += 1) assert.deepEqual(sent(copy, [], true).octets, first.octets);
});

test('RT-P2: internal trace goes to our own domain alone, and not where it is stripped', async () => {
  const b = { domain: globalDomainIdentifier({ country: 'GB', admd: ' ', prmd: 'X' }), name: 'MTA-TWIN' };
  const extensions = internalTrace([], internalTraceElement(b, { arrivalTime: now }));
  assert.ok(extensions.ok);
  const { copies } = await through({ extensions: extensions.value }, 'twin');
  const copy = onlyCopy(copies);
  const count = (of: ReturnType<typeof sent>): number => {
    const trace = readInternalTrace(of.envelope.extensions);
    return trace.ok ? trace.value.length : -1;
  };
  assert.equal(count(sent(copy, [], true)), 2);
  assert.equal(count(sent(copy)), 0);
  const stripped = sent(copy, ['stripInternalTrace'], true);
  assert.equal(count(stripped), 0);
  assert.deepEqual(stripped.used, ['stripInternalTrace']);
});

test('RT-P2: bilateral information is sent, or left out where the link says so', async () => {
  const { countryName, administrationDomainName } = domainNamed('C');
  const information = {
    countryName,
    domain: { kind: 'administrationDomainName', value: administrationDomainName } as const,
    bilateralInformation: rawOf(Uint8Array.of(4, 1, 7)),
  };
  const { copies } = await through({ perDomainBilateralInformation: [information] });
  const copy = onlyCopy(copies);
  assert.equal(sent(copy).envelope.perDomainBilateralInformation?.length, 1);
  const stripped = sent(copy, ['stripBilateralInformation']);
  assert.equal(stripped.envelope.perDomainBilateralInformation, undefined);
  assert.deepEqual(stripped.used, ['stripBilateralInformation']);
});

test('RT-P2: an unknown extension that is not critical is relayed, or left out if asked', async () => {
  const { copies } = await through({ extensions: [unknown()] });
  const copy = onlyCopy(copies);
  assert.equal(sent(copy).envelope.extensions.length, 1);
  const stripped = sent(copy, ['stripPrivateExtensions']);
  assert.equal(stripped.envelope.extensions.length, 0);
  assert.deepEqual(stripped.used, ['stripPrivateExtensions']);
  const kept = await through({ extensions: [unknown([2])] });
  assert.equal(sent(onlyCopy(kept.copies), ['stripPrivateExtensions']).envelope.extensions.length, 1);
});

test('RT-P2: one that is critical for transfer is unsupported-critical-function (18)', async () => {
  const { copies, mta } = await through({ extensions: [unknown([1])] });
  assert.ok(copies.every(({ kind }) => kind === 'report'));
  const reports = mta.eventsNamed('non-delivery');
  assert.equal(reports.length, 1, JSON.stringify(mta.told));
  assert.match(JSON.stringify(reports[0]), /unsupported-critical-function/);
});

test('RT-P2: extension types in the explicit form for peers that read no other', async () => {
  const extensions = internalTrace(
    [],
    internalTraceElement({ domain: domainNamed('X'), name: 'M' }, { arrivalTime: now }),
  );
  assert.ok(extensions.ok);
  const { copies } = await through({ extensions: [unknown(), ...extensions.value] }, 'twin');
  const explicit = sent(onlyCopy(copies), ['explicitExtensionTypes'], true);
  const hex = Buffer.from(explicit.octets).toString('hex');
  assert.ok(hex.includes('a003020126'), 'internal-trace-information (38)');
  assert.ok(!hex.includes('800126'));
  assert.deepEqual(explicit.used, ['explicitExtensionTypes']);
});
