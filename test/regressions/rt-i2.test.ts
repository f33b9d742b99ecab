// RT-I2: a report whose recipient address is syntactically invalid, has too many or strange domain-defined
// attributes, is a directory name alone, or is no O/R name at all, still finds its way: correlated with its
// subject by MTS identifier and recipient number, delivered or relayed octet for octet.

import assert from 'node:assert/strict';
import { it } from 'node:test';

import { decode, encode } from '../../src/asn1/index.ts';
import { externalTraceElement, MTSAPDU, perRecipientIndicators, type Report } from '../../src/p1/index.ts';
import { outgoingApdu } from '../../src/transfer/outgoing.ts';
import { Caller } from '../support/caller.ts';
import { eventually } from '../support/mta-process.ts';
import { linkTo, reportingMta } from '../support/reporting.ts';
import { domainNamed, nameOf, now } from '../support/transfer.ts';
import { oneMta } from './one-mta.ts';

const ascii = (text: string): number[] => [...text].map((each) => each.charCodeAt(0));
const tlv = (tag: number, ...contents: readonly (number | readonly number[])[]): number[] => {
  const octets = contents.flat();
  const { length } = octets;
  return length < 128 ? [tag, length, ...octets] : [tag, 0x82, length >> 8, length & 255, ...octets];
};
const SEQUENCE = 0x30;
const PRINTABLE = 0x13;
const dda = (type: string, value: string): number[] =>
  tlv(SEQUENCE, tlv(PRINTABLE, ascii(type)), tlv(PRINTABLE, ascii(value)));
const commonName = [0x06, 3, 0x55, 4, 3];
const relativeName = tlv(0x31, tlv(SEQUENCE, commonName, tlv(PRINTABLE, ascii('Ada'))));
const noAttributes = tlv(SEQUENCE);

/** The contents of an ORName. */
const names: Readonly<Record<string, readonly number[]>> = {
  'characters that no PrintableString has': tlv(SEQUENCE, tlv(0xa5, tlv(0x80, ascii('M@_ller!*')))),
  'a surname of 100 characters': tlv(SEQUENCE, tlv(0xa5, tlv(0x80, ascii('x'.repeat(100))))),
  'a country that is none': tlv(SEQUENCE, tlv(0x61, tlv(PRINTABLE, ascii('ZZZZ')))),
  'two domain-defined attributes': [...noAttributes, ...tlv(SEQUENCE, dda('A@B', '!'), dda('C', ''))],
  'four domain-defined attributes': [
    ...noAttributes,
    ...tlv(SEQUENCE, ...['RFC-822', 'b', 'c', 'd'].map((each) => dda(each, 'ada(a)x.example'))),
  ],
  'five domain-defined attributes': [
    ...noAttributes,
    ...tlv(SEQUENCE, ...['a', 'b', 'c', 'd', 'e'].map((each) => dda(each, 'x'))),
  ],
  'a directory name alone': [...noAttributes, ...tlv(0xa0, tlv(SEQUENCE, relativeName))],
  'no attributes at all': noAttributes,
  'a personal name without a surname': tlv(SEQUENCE, tlv(0xa5, tlv(0x81, ascii('Ada')))),
  'a string of another kind': tlv(SEQUENCE, tlv(0x61, tlv(0x0c, ascii('GB')))),
  nothing: [],
  'no O/R name': tlv(PRINTABLE, ascii('ada at example')),
  'octets that are no elements': [0x30, 0x20, 0xff],
};

const marker = '/CN=REPLACE-THIS-NAME/C=GB/';

/** The report from domain B for a user, its recipient's name put in as octets. */
function reportApdu(id: string, destination: string, name: readonly number[]): Uint8Array {
  const report: Report = {
    envelope: {
      reportIdentifier: { globalDomainIdentifier: domainNamed('B'), localIdentifier: id },
      reportDestinationName: nameOf(destination),
      traceInformation: [externalTraceElement(domainNamed('B'), { arrivalTime: now })],
      extensions: [],
    },
    content: {
      subjectIdentifier: { globalDomainIdentifier: domainNamed('HERE'), localIdentifier: `of-${id}` },
      extensions: [],
      perRecipientFields: [
        {
          actualRecipientName: nameOf(marker),
          originallySpecifiedRecipientNumber: 7,
          perRecipientIndicators: perRecipientIndicators({
            responsibility: true,
            originatingMTAReportRequest: 'non-delivery-report',
            originatorReportRequest: 'non-delivery-report',
          }),
          lastTraceInformation: {
            arrivalTime: '260301110000Z',
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
  const octets = encode(MTSAPDU, { kind: 'report', value: report });
  return replaced(octets, findName(octets), tlv(0xa0, name));
}

/** Where [0] of the actual recipient's name begins. */
function findName(octets: Uint8Array): number {
  const mark = ascii('REPLACE-THIS-NAME');
  const inside = octets.findIndex((_, index) =>
    mark.every((each, offset) => octets[index + offset] === each),
  );
  for (let at = inside; at >= 0; at -= 1) {
    const spans = octets[at] === 0xa0 && octets[at + 1] < 0x80 && at + 2 + octets[at + 1] > inside;
    if (spans && octets[at + 2] === SEQUENCE) return at;
  }
  assert.fail('the name is there');
}

/** The octets with the element at `place` replaced, and all lengths around it put right. */
function replaced(octets: Uint8Array, place: number, by: readonly number[]): Uint8Array {
  const rewrite = (from: number, to: number): number[] => {
    const made: number[] = [];
    for (let at = from; at < to; ) {
      const long = octets[at + 1] >= 0x80 ? octets[at + 1] & 0x7f : 0;
      const start = at + 2 + long;
      const lengthOctets = long === 0 ? octets.subarray(at + 1, start) : octets.subarray(at + 2, start);
      const end = start + lengthOctets.reduce((sum, each) => sum * 256 + each, 0);
      if (at === place) made.push(...by);
      else if (place >= start && place < end) made.push(...tlv(octets[at], rewrite(start, end)));
      else made.push(...octets.subarray(at, end));
      at = end;
    }
    return made;
  };
  return Uint8Array.from(rewrite(0, octets.length));
}

const network = `links:${linkTo('B')}${linkTo('C')}deliver: []
`;

for (const [what, name] of Object.entries(names)) {
  it(`RT-I2: relayed as it came: ${what}`, async () => {
    const mta = await reportingMta(network);
    const apdu = decode(MTSAPDU, reportApdu('r', '/S=ada/P=C/A= /C=GB/', name));
    assert.ok(apdu.ok && apdu.value.kind === 'report', JSON.stringify(apdu));
    const value = { kind: 'report', report: apdu.value.value } as const;
    const content = { kind: 'none' } as const;
    const link = mta.link('b');
    const taken = await mta.agent.acceptance.accept({ value, content, contentLength: 0, link, remote: 'b' });
    assert.ok(taken.ok);
    const copy = await mta.store.show(taken.created[0].copies[0]);
    assert.equal(copy?.nextHop, 'link/c');
    assert.ok(copy);
    const out = outgoingApdu(copy, mta.link('c'));
    assert.ok(out.kind === 'apdu');
    const sought = [...tlv(0xa0, name)].join();
    assert.ok([...out.head].join().includes(sought), 'the name goes on octet for octet');
  });
}

it('RT-I2: each is delivered by a real MTA, with identifier and number of its subject', async (t) => {
  const here = await oneMta(t, { peers: [{ name: 'B' }] });
  const caller = await Caller.call({ port: here.port, mta: 'MTA-B', password: 'B-secret' });
  assert.ok(caller.opened, caller.closed);
  const cases = Object.entries(names);
  for (const [index, [what, name]] of cases.entries()) {
    const apdu = reportApdu(`r${index}`, '/S=ada/P=HERE/A= /C=GB/', name);
    assert.equal((await caller.transfer(apdu))?.kind, 'RTTRcnf+', what);
  }
  caller.destroy();
  const files = await eventually('all reports', 20_000, async () => {
    const delivered = await here.mta.delivered();
    return delivered.length === cases.length ? delivered : undefined;
  });
  for (const file of files) {
    const id = file.mtsIdentifier.split(';')[1];
    assert.equal(file.subjectMtsIdentifier, `/P=HERE/A= /C=GB/;of-${id}`);
    assert.ok(file.outcomes?.length === 1);
    const [outcome] = file.outcomes;
    assert.equal(outcome.recipientNumber, 7);
    assert.deepEqual([outcome.nonDelivered?.reason, outcome.nonDelivered?.diagnostic], [1, 0]);
  }
  const track = await here.mta.command('track', '--id', '/P=B/A= /C=GB/;r0', '--json');
  assert.equal(JSON.parse(track.stdout)[0].detail.outcomes, '7: 1/0');
});
