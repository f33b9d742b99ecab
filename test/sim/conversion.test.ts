// Conversion on links, by whole MTAs on virtual time: A sends by B to C, whose link takes only some texts.
// What arrives, what its trace and the reports on it say, and what becomes of what must not be converted.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bitsOf, encode, hasBit } from '../../src/asn1/index.ts';
import {
  buildTextContent,
  ipmText,
  type IPM,
  InformationObject,
  makeTextPart,
  readContent,
  typesOf,
} from '../../src/content/index.ts';
import {
  builtInEncodedInformationTypeBits as bits,
  type EncodedInformationTypes,
  externalTraceElement,
  makeExtension,
  type MessageTransferEnvelope,
  type PerRecipientMessageTransferFields,
} from '../../src/p1/index.ts';
import { decodeStored } from '../../src/transfer/stored-value.ts';
import { codesOf } from '../support/reporting.ts';
import { domainNamed, envelopeOf, nameOf } from '../support/transfer.ts';
import { digest, type VirtualMta } from './virtual-mta.ts';
import { userAt, World } from './world.ts';

const prohibited = { perMessageIndicators: bitsOf([1]) };
const lossless = {
  extensions: [makeExtension('conversion-with-loss-prohibited', 'conversion-with-loss-prohibited')],
};

/** A world in which B's link to C has this conversion. */
function world(
  seed: number,
  conversion: string,
  free: (mta: VirtualMta) => number | undefined = () => undefined,
): World {
  const spaces = ['B', 'C'].map((to) => ({ address: `/P=${to}/A= /C=GB/`, cost: 10 }));
  const plans = [
    { name: 'A', links: [{ to: 'B', spaces }] },
    { name: 'B', links: [{ to: 'A' }, { to: 'C', extra: `conversion: ${conversion}` }] },
    { name: 'C', links: [{ to: 'B', spaces: [{ address: '/P=A/A= /C=GB/', cost: 10 }] }] },
  ];
  const prepare = (mta: VirtualMta): void => {
    mta.freeOctets = free(mta);
  };
  return new World(seed, plans, { prepare });
}

/** A P22 message with one general text. */
function contentOf(text: string, repertoire: 'iso-8859-1' | 'ia5' = 'iso-8859-1') {
  const from = nameOf(userAt('A'));
  const built = buildTextContent({ identifier: 'id', from, to: [from], text: 'x' });
  assert.ok(built.ok);
  const read = readContent(built.value.content);
  assert.ok(read.ok && read.value.object.kind === 'ipm');
  const ipm: IPM = { ...read.value.object.value, body: [makeTextPart(repertoire, text).part] };
  return { content: encode(InformationObject, { kind: 'ipm', value: ipm }), types: typesOf(ipm) };
}

/** As a user of A submits it. */
function envelope(
  types: EncodedInformationTypes,
  to: readonly string[],
  more: Partial<MessageTransferEnvelope>,
) {
  const plans = to.map((each) => ({ to: each, report: 'report' }) as const);
  return envelopeOf(plans, {
    originatorName: nameOf(userAt('A')),
    originalEncodedInformationTypes: types,
    ...more,
  });
}

function send(
  sites: World,
  text: string,
  more: Partial<MessageTransferEnvelope> & { to?: readonly string[] } = {},
) {
  const { content, types } = contentOf(text);
  const { to = [userAt('C')], ...rest } = more;
  const arrivalTime = sites.now();
  const made = envelope(types, to, {
    traceInformation: [externalTraceElement(domainNamed('A'), { arrivalTime })],
    ...rest,
  });
  submit(sites, made, content);
  return content;
}

/** Its disk takes a while, of the time that the world lets pass. */
function submit(sites: World, made: MessageTransferEnvelope, octets: Uint8Array): void {
  void sites.mta('A').agent.submit({
    value: { kind: 'message', envelope: made },
    content: { kind: 'inline', octets },
    contentLength: octets.length,
  });
}

/** The reports that A's user got. */
function reportsOf(sites: World) {
  return sites.mta('A').delivered.map(({ copy }) => {
    const stored = decodeStored(copy);
    assert.ok(stored.ok && stored.value.kind === 'report');
    return stored.value.report;
  });
}

/** What C's users got: the texts, and what B says of its conversion in the trace. */
function arrivals(sites: World) {
  return sites.mta('C').delivered.map(({ copy, recipient }) => {
    const stored = decodeStored(copy);
    assert.ok(stored.ok && stored.value.kind === 'message');
    const ofB = stored.value.envelope.traceInformation.find(
      ({ globalDomainIdentifier: { privateDomainIdentifier } }) => privateDomainIdentifier?.value === 'B',
    );
    const types = ofB?.domainSuppliedInformation.convertedEncodedInformationTypes;
    return { recipient, copy, types };
  });
}

function textOf(octets: Uint8Array): string {
  const read = readContent(octets);
  assert.ok(read.ok && read.value.object.kind === 'ipm');
  return ipmText(read.value.object.value);
}

test('what the peer does not take is converted; trace, tracking and the delivery report say so', async () => {
  const sites = world(1, '{ accepts: [ia5], text: ia5 }');
  send(sites, 'Größe');
  await sites.drain();
  const [arrival] = arrivals(sites);
  assert.ok(arrival.copy.content.kind === 'inline');
  assert.equal(textOf(arrival.copy.content.octets), 'Grosse');
  assert.ok(
    arrival.types !== undefined && hasBit(arrival.types.builtInEncodedInformationTypes, bits['ia5-text']),
  );
  const sent = sites.mta('B').disk.tracking.find(({ act }) => act === 'transferred-out');
  assert.equal(sent?.detail.converted, 'implicit: 1 texts to ia5, 2 characters lost');
  const [report] = reportsOf(sites);
  assert.equal(codesOf(report)[1], 'delivered');
  const { lastTraceInformation } = report.content.perRecipientFields[0];
  const told = lastTraceInformation.convertedEncodedInformationTypes;
  assert.ok(told !== undefined && hasBit(told.builtInEncodedInformationTypes, bits['ia5-text']));
});

test('what the peer takes goes on octet by octet, and nothing is said of a conversion', async () => {
  const sites = world(2, '{ accepts: [iso-8859-1], text: iso-8859-1 }');
  const content = send(sites, 'Größe');
  await sites.drain();
  assert.equal(sites.mta('C').delivered[0].content, digest(content));
  assert.equal(arrivals(sites)[0].types, undefined);
});

const verdicts = [
  ['implicit conversion prohibited', '{ accepts: [ia5], text: ia5 }', prohibited, [2, 9]],
  ['conversion with loss prohibited', '{ accepts: [ia5], text: ia5 }', lossless, [2, 24]],
  ['a line that is too long', '{ accepts: [t61], text: t61, wrap: 72 }', lossless, [2, 20]],
  ['no conversion configured', '{ accepts: [ia5] }', {}, [1, 6]],
  ['a text that is too long', '{ accepts: [ia5], text: ia5, textSize: 1KiB }', {}, [2, 8]],
] as const;
for (const [name, conversion, more, codes] of verdicts) {
  test(`${name}: the sender is told, the original kept, nothing goes another way`, async () => {
    const sites = world(3, conversion);
    send(sites, 'Größe '.repeat(300), more);
    await sites.drain();
    assert.deepEqual(sites.mta('C').delivered, []);
    const [report, ...others] = reportsOf(sites);
    assert.deepEqual(others, []);
    assert.deepEqual(codesOf(report)[1], codes);
    const [failed] = sites.mta('B').events('conversion-failed');
    assert.equal(failed.fields.nextHop, 'link/to-C');
    assert.equal(typeof failed.fields.dump, 'string');
    const record = sites.mta('B').disk.tracking.find(({ act }) => act === 'refused');
    assert.equal(record?.detail.dump, failed.fields.dump);
  });
}

test('a prohibition counts only where a conversion is needed', async () => {
  const sites = world(4, '{ accepts: [iso-8859-1], text: iso-8859-1 }');
  send(sites, 'Größe', { ...prohibited, ...lossless });
  await sites.drain();
  assert.equal(sites.mta('C').delivered.length, 1);
});

test('recipients of whom different things are asked get each their own copy', async () => {
  const sites = world(5, '{ accepts: [ia5, t61, iso-8859-1], text: ia5 }');
  const { content, types } = contentOf('plain', 'ia5');
  const made = envelope(
    types,
    ['one', 'two', 'three'].map((each) => userAt('C', each)),
    {
      traceInformation: [externalTraceElement(domainNamed('A'), { arrivalTime: sites.now() })],
    },
  );
  const fields = made.perRecipientFields.map((each, index): PerRecipientMessageTransferFields => {
    return index === 1 ? { ...each, explicitConversion: 'ia5-text-to-teletex' } : each;
  });
  submit(sites, { ...made, perRecipientFields: fields }, content);
  await sites.drain();
  const contents = Object.fromEntries(
    sites.mta('C').delivered.map(({ recipient, content: each }) => [recipient, each === digest(content)]),
  );
  assert.deepEqual(contents, {
    [userAt('C', 'one')]: true,
    [userAt('C', 'two')]: false,
    [userAt('C', 'three')]: true,
  });
  assert.equal(sites.mta('B').disk.tracking.filter(({ act }) => act === 'transferred-out').length >= 2, true);
});

test('a long text whose transfer is broken off goes on where it stood, and arrives whole', async () => {
  const sites = world(6, '{ accepts: [ia5], text: ia5 }');
  send(sites, 'Größe '.repeat(60_000));
  for (let each = 0; each < 12; each += 1) {
    await sites.pass(700);
    sites.network.resetAll('C');
  }
  await sites.drain();
  const [{ copy, types }] = arrivals(sites);
  assert.ok(types !== undefined);
  const stored = sites.mta('C').delivered.map((each) => each.content);
  const expected = contentOf('Grosse '.repeat(60_000), 'ia5').content;
  assert.deepEqual(new Set(stored), new Set([digest(expected)]));
  assert.equal(copy.contentLength, expected.length);
  for (const mta of sites.mtas.values()) assert.equal(mta.disk.spools.size, 0, 'no spool is left');
});

test('a probe is judged like the message that may follow', async () => {
  const conversion = '{ accepts: [ia5], text: ia5 }';
  const probe = async (more: Partial<MessageTransferEnvelope>, link = conversion) => {
    const sites = world(7, link);
    const { types } = contentOf('x');
    const {
      messageIdentifier,
      priority: _,
      ...made
    } = envelope(types, [userAt('C')], {
      traceInformation: [externalTraceElement(domainNamed('A'), { arrivalTime: sites.now() })],
      ...more,
    });
    void sites.mta('A').agent.submit({
      value: { kind: 'probe', envelope: { ...made, probeIdentifier: messageIdentifier, contentLength: 10 } },
      content: { kind: 'none' },
      contentLength: 10,
    });
    await sites.drain();
    const [report] = reportsOf(sites);
    const told = report.content.perRecipientFields[0].lastTraceInformation.convertedEncodedInformationTypes;
    return { codes: codesOf(report)[1], basic: told?.builtInEncodedInformationTypes };
  };
  assert.deepEqual((await probe({})).codes, 'delivered');
  assert.deepEqual((await probe({})).basic, bitsOf([2]));
  assert.deepEqual((await probe(prohibited)).codes, [2, 9]);
  assert.deepEqual((await probe(lossless)).codes, [2, 19]);
  assert.deepEqual((await probe({}, '{ accepts: [ia5] }')).codes, [1, 6]);
  assert.deepEqual((await probe(prohibited, '{ accepts: [iso-8859-1] }')).codes, 'delivered');
  assert.deepEqual((await probe({}, '{ accepts: [iso-8859-1] }')).basic, undefined);
});

test('RT-C5: below the low-water mark a long text waits for room, and other mail goes on', async () => {
  const plenty = 1e12;
  const sites = world(8, '{ accepts: [ia5], text: ia5 }', ({ host }) => (host === 'B' ? plenty : undefined));
  const [b, c] = [sites.mta('B'), sites.mta('C')];
  c.kill();
  send(sites, 'Größe '.repeat(30_000), { to: [userAt('C', 'long')] });
  send(sites, 'Größe', { to: [userAt('C', 'short')] });
  await sites.pass(5000);
  assert.equal(b.disk.copies.size, 2);
  b.freeOctets = 1;
  await sites.pass(2000);
  assert.equal(b.events('store-space-low').length, 1);
  c.start();
  await sites.pass(60_000);
  assert.deepEqual(
    c.delivered.map(({ recipient }) => recipient),
    [userAt('C', 'short')],
  );
  const [postponed, ...others] = b.events('conversion-postponed');
  assert.deepEqual(others, [], 'said once');
  assert.match(String(postponed.fields.detail), /octets free, less than store\.space\.low/);
  const [waiting] = b.disk.copies.values();
  assert.equal(waiting.attempts, 0, 'no attempt is counted');
  assert.match(String(waiting.lastError), /less than store\.space\.low/);
  assert.deepEqual(b.events('transfer-failed'), []);
  b.freeOctets = plenty;
  await sites.drain(60_000);
  assert.deepEqual(c.delivered.map(({ recipient }) => recipient).toSorted(), [
    userAt('C', 'long'),
    userAt('C', 'short'),
  ]);
  sites.checkLaws();
});
