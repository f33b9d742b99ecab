// Directory delivery through its door, on a real file system: what readers of the directory may rely on.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { globalDomainIdentifier, type ORAddress, parseORAddress } from '../address/index.ts';
import { bitsOf } from '../asn1/index.ts';
import { type Clock, instant } from '../base/time.ts';
import {
  externalTraceElement,
  type MessageTransferEnvelope,
  type PerRecipientReportTransferFields,
  perRecipientIndicators,
  type ProbeTransferEnvelope,
  type Report,
} from '../p1/index.ts';
import type { QueuedCopy } from '../store/index.ts';
import type { StoredValue } from '../transfer/index.ts';
import { deliveryName } from './file-name.ts';
import { type ContentReader, DirectoryDelivery } from './index.ts';

const domain = globalDomainIdentifier({ country: 'GB', admd: ' ', prmd: 'SITE-B' });
const submitted = instant(Date.UTC(2026, 10, 21, 8, 30, 0));
const delivered = instant(Date.UTC(2026, 10, 21, 8, 30, 2, 5));
const octets = new TextEncoder().encode('the content octets');

function address(text: string): ORAddress {
  const parsed = parseORAddress(text);
  assert.ok(parsed.ok);
  return parsed.value;
}

const indicators = perRecipientIndicators({
  responsibility: true,
  originatingMTAReportRequest: 'non-delivery-report',
  originatorReportRequest: 'non-delivery-report',
});

const envelope: MessageTransferEnvelope = {
  messageIdentifier: { globalDomainIdentifier: domain, localIdentifier: 'first' },
  originatorName: address('/S=Sender/P=SITE-B/A= /C=GB/'),
  contentType: { kind: 'builtIn', value: 'interpersonal-messaging-1988' },
  priority: 'urgent',
  perMessageIndicators: bitsOf([], 0),
  traceInformation: [externalTraceElement(domain, { arrivalTime: submitted })],
  extensions: [],
  perRecipientFields: [
    {
      recipientName: address('/S=One/P=SITE-A/A= /C=GB/'),
      originallySpecifiedRecipientNumber: 1,
      perRecipientIndicators: indicators,
      extensions: [],
    },
  ],
};
const message: StoredValue = { kind: 'message', envelope };

function copyOf(changes: Partial<QueuedCopy> = {}): QueuedCopy {
  return {
    copy: 1,
    message: 1,
    kind: 'message',
    mtsIdentifier: '/P=SITE-B/A= /C=GB/;first',
    priority: 'urgent',
    originator: '/S=Sender/P=SITE-B/A= /C=GB/',
    recipients: [{ number: 0, address: '/S=One/P=SITE-A/A= /C=GB/' }],
    contentLength: octets.length,
    acceptedAt: submitted,
    expiresAt: instant(submitted + 1000),
    nextHop: 'deliver/a',
    state: 'queued',
    attempts: 0,
    envelope: new Uint8Array(),
    content: { kind: 'inline', octets },
    ...changes,
  };
}

const firstName = deliveryName('/P=SITE-B/A= /C=GB/;first', '/S=One/P=SITE-A/A= /C=GB/');
const noSpool: ContentReader = { readContent: async () => undefined };

function directoryOf(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'chappe-delivery-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return join(root, 'made', 'when', 'needed');
}

const clock: Clock = { now: () => delivered, schedule: () => () => undefined };

function deliveryInto(directory: string, store: ContentReader = noSpool): DirectoryDelivery {
  return new DirectoryDelivery({ directory, store, clock });
}

function onlyRecord(directory: string): Record<string, unknown> {
  const records = readdirSync(directory).filter((name) => name.endsWith('.json'));
  assert.equal(records.length, 1);
  return JSON.parse(readFileSync(join(directory, records[0]), 'utf8'));
}

test('a message is a content file and a record with the keys of the contract', async (t) => {
  const directory = directoryOf(t);
  const [outcome] = await deliveryInto(directory).deliver(copyOf(), message);
  assert.equal(outcome.kind, 'delivered');
  assert.ok(outcome.kind === 'delivered');
  assert.deepEqual(readdirSync(directory).toSorted(), [`${firstName}.content`, `${firstName}.json`]);
  assert.deepEqual(readFileSync(join(directory, `${firstName}.content`)), Buffer.from(octets));
  assert.deepEqual(onlyRecord(directory), {
    kind: 'message',
    mtsIdentifier: '/P=SITE-B/A= /C=GB/;first',
    originator: '/S=Sender/P=SITE-B/A= /C=GB/',
    recipient: '/S=One/P=SITE-A/A= /C=GB/',
    contentType: '2.6.1.10.1',
    contentLength: octets.length,
    contentSha256: createHash('sha256').update(octets).digest('hex'),
    priority: 'urgent',
    submissionTime: '2026-11-21T08:30:00.000Z',
    deliveryTime: '2026-11-21T08:30:02.005Z',
    trace: [
      {
        domain: '/P=SITE-B/A= /C=GB/',
        arrivalTime: '2026-11-21T08:30:00.000Z',
        routingAction: 'relayed',
      },
    ],
  });
});

test('a delivery repeated after a crash overwrites itself and sweeps up what was left', async (t) => {
  const directory = directoryOf(t);
  const [first] = await deliveryInto(directory).deliver(copyOf(), message);
  assert.ok(first.kind === 'delivered');
  writeFileSync(join(directory, `${firstName}.content.part`), 'half of it');
  const [second] = await deliveryInto(directory).deliver(copyOf({ copy: 9, message: 9 }), message);
  assert.ok(second.kind === 'delivered');
  assert.deepEqual(readdirSync(directory).toSorted(), [`${firstName}.content`, `${firstName}.json`]);
});

test('each recipient has its own outcome and its own files', async (t) => {
  const directory = directoryOf(t);
  const recipients = [
    { number: 3, address: '/S=One/P=SITE-A/A= /C=GB/' },
    { number: 7, address: '/S=Two/P=SITE-A/A= /C=GB/' },
  ];
  const outcomes = await deliveryInto(directory).deliver(copyOf({ recipients }), message);
  assert.deepEqual(
    outcomes.map(({ kind, recipient }) => [kind, recipient]),
    [
      ['delivered', 3],
      ['delivered', 7],
    ],
  );
  assert.equal(readdirSync(directory).length, 4);
});

test('spooled content is read in pieces and arrives whole', async (t) => {
  const directory = directoryOf(t);
  const large = Uint8Array.from({ length: 700_001 }, (_, index) => index % 251);
  let largest = 0;
  const store: ContentReader = {
    readContent: async (_message, offset, octets_max) => {
      largest = Math.max(largest, octets_max);
      return large.subarray(offset, offset + octets_max);
    },
  };
  const content = { kind: 'spooled', spool: 'x', octets_count: large.length } as const;
  const [outcome] = await deliveryInto(directory, store).deliver(copyOf({ content }), message);
  assert.ok(outcome.kind === 'delivered');
  assert.ok(largest < large.length);
  assert.equal(onlyRecord(directory).contentSha256, createHash('sha256').update(large).digest('hex'));
});

test('damaged content is a permanent failure and leaves nothing', async (t) => {
  const directory = directoryOf(t);
  const content = { kind: 'spooled', spool: 'x', octets_count: 100 } as const;
  const [outcome] = await deliveryInto(directory).deliver(copyOf({ content }), message);
  assert.ok(outcome.kind === 'failed');
  assert.equal(outcome.failure.lasting, 'permanent');
  assert.equal(outcome.failure.code, 'content-damaged');
  assert.deepEqual(readdirSync(directory), []);
});

test('a directory that cannot be made is a temporary failure of every recipient', async (t) => {
  const directory = directoryOf(t);
  const root = join(directory, '..', '..', '..');
  writeFileSync(join(root, 'made'), 'a file stands in the way');
  const [outcome] = await deliveryInto(directory).deliver(copyOf(), message);
  assert.ok(outcome.kind === 'failed');
  assert.equal(outcome.failure.lasting, 'temporary');
  assert.match(outcome.failure.code, /^E[A-Z]+$/);
});

test('two deliveries of one name at a time do not mix', async (t) => {
  const directory = directoryOf(t);
  const delivery = deliveryInto(directory);
  const outcomes = await Promise.all([1, 2, 3].map((copy) => delivery.deliver(copyOf({ copy }), message)));
  assert.ok(outcomes.flat().every(({ kind }) => kind === 'delivered'));
  assert.equal(readdirSync(directory).length, 2);
});

test('a probe is deliverable and writes nothing', async (t) => {
  const directory = directoryOf(t);
  const { messageIdentifier, priority: _, ...shared } = envelope;
  const probe: ProbeTransferEnvelope = { ...shared, probeIdentifier: messageIdentifier, contentLength: 5 };
  const copy = copyOf({ kind: 'probe', content: { kind: 'none' } });
  const outcomes = await deliveryInto(directory).deliver(copy, { kind: 'probe', envelope: probe });
  assert.deepEqual(outcomes, [{ kind: 'deliverable', recipient: 0, at: delivered }]);
  assert.throws(() => readdirSync(directory));
});

const fieldsOf = (
  recipient: string,
  reportType: PerRecipientReportTransferFields['lastTraceInformation']['reportType'],
): PerRecipientReportTransferFields => ({
  actualRecipientName: address(recipient),
  originallySpecifiedRecipientNumber: 1,
  perRecipientIndicators: indicators,
  lastTraceInformation: { arrivalTime: '261121083000Z', reportType },
  extensions: [],
});

const report: Report = {
  envelope: {
    reportIdentifier: { globalDomainIdentifier: domain, localIdentifier: 'report' },
    reportDestinationName: address('/S=One/P=SITE-A/A= /C=GB/'),
    traceInformation: [externalTraceElement(domain, { arrivalTime: submitted })],
    extensions: [],
  },
  content: {
    subjectIdentifier: { globalDomainIdentifier: domain, localIdentifier: 'subject' },
    contentType: { kind: 'builtIn', value: 'interpersonal-messaging-1984' },
    returnedContent: octets,
    extensions: [],
    perRecipientFields: [
      fieldsOf('/S=Good/P=SITE-B/A= /C=GB/', {
        kind: 'delivery',
        value: { messageDeliveryTime: '261121083001Z', typeOfMTSUser: 'public' },
      }),
      {
        ...fieldsOf('/S=Bad/P=SITE-B/A= /C=GB/', {
          kind: 'nonDelivery',
          value: {
            nonDeliveryReasonCode: 'unable-to-transfer',
            nonDeliveryDiagnosticCode: 'unrecognised-OR-name',
          },
        }),
        supplementaryInformation: 'no such user',
      },
      fieldsOf('/S=Odd/P=SITE-B/A= /C=GB/', { kind: 'nonDelivery', value: { nonDeliveryReasonCode: 99 } }),
    ],
  },
};

test('a report tells the outcome of each recipient, and its content is what was returned', async (t) => {
  const directory = directoryOf(t);
  const copy = copyOf({
    kind: 'report',
    mtsIdentifier: '/P=SITE-B/A= /C=GB/;report',
    content: { kind: 'none' },
  });
  const [outcome] = await deliveryInto(directory).deliver(copy, { kind: 'report', report });
  assert.ok(outcome.kind === 'delivered');
  const record = onlyRecord(directory);
  assert.equal(record.kind, 'report');
  assert.equal(record.contentType, '2.6.1.10.0');
  assert.equal(record.contentLength, octets.length);
  assert.equal(record.subjectMtsIdentifier, '/P=SITE-B/A= /C=GB/;subject');
  assert.deepEqual(record.outcomes, [
    {
      recipient: '/S=Good/P=SITE-B/A= /C=GB/',
      recipientNumber: 1,
      delivered: { time: '2026-11-21T08:30:01.000Z' },
    },
    {
      recipient: '/S=Bad/P=SITE-B/A= /C=GB/',
      recipientNumber: 1,
      nonDelivered: {
        reason: 1,
        diagnostic: 0,
        reasonName: 'unable-to-transfer',
        diagnosticName: 'unrecognised-OR-name',
        supplementaryInformation: 'no such user',
      },
    },
    { recipient: '/S=Odd/P=SITE-B/A= /C=GB/', recipientNumber: 1, nonDelivered: { reason: 99 } },
  ]);
});

test('another content under one identifier does not overwrite the first, however often', async (t) => {
  const directory = directoryOf(t);
  const delivery = new DirectoryDelivery({ directory, store: noSpool, clock });
  const other = new TextEncoder().encode('another content');
  const second = copyOf({ copy: 2, contentLength: other.length, content: { kind: 'inline', octets: other } });
  for (const copy of [copyOf(), second, copyOf(), second]) {
    const [outcome] = await delivery.deliver(copy, message);
    assert.equal(outcome.kind, 'delivered');
  }
  const names = readdirSync(directory).sort();
  assert.equal(names.length, 4, names.join(' '));
  const contents = names.filter((name) => name.endsWith('.content'));
  assert.ok(contents.includes(`${firstName}.content`));
  for (const name of contents) {
    const written = readFileSync(join(directory, name));
    const record = JSON.parse(readFileSync(join(directory, name.replace(/content$/, 'json')), 'utf8'));
    assert.equal(record.contentSha256, createHash('sha256').update(written).digest('hex'));
  }
  assert.deepEqual(contents.map((name) => readFileSync(join(directory, name), 'latin1')).sort(), [
    'another content',
    'the content octets',
  ]);
});
