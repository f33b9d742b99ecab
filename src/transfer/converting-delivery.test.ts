// Conversion on the way to local delivery: who gets what, whose request counts, and what is reported.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configured, envelopeOf, listening, nameOf, now } from '../../test/support/transfer.ts';
import { bitsOf } from '../asn1/index.ts';
import { after, millis } from '../base/time.ts';
import { buildTextContent, ipmText, oidOfP22, readContent } from '../content/index.ts';
import { makeExtension, type MessageTransferEnvelope } from '../p1/index.ts';
import type { QueuedCopy } from '../store/index.ts';
import { converted_text_octets_max } from './conversion-plans.ts';
import { conversion_octets_max, ConvertingDelivery } from './converting-delivery.ts';
import type { RecipientDelivery } from './local-delivery.ts';
import type { StoredValue } from './stored-value.ts';

const conversionOf = (flow: string) =>
  configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
deliver: [ { addressSpace: "/P=X/A= /C=GB/", conversion: ${flow} } ]
`).deliver[0].conversion;

const one = '/S=one/P=X/A= /C=GB/';
const two = '/S=two/P=X/A= /C=GB/';

class Bench {
  readonly heard = listening();
  readonly handed: { readonly copy: QueuedCopy; readonly value: StoredValue }[] = [];
  readonly dumped: string[] = [];
  readonly delivery: ConvertingDelivery;

  constructor(flow: string) {
    this.delivery = new ConvertingDelivery({
      conversion: conversionOf(flow),
      emit: this.heard.emit,
      store: { readContent: async () => undefined },
      dumps: {
        write: async ({ name }) => {
          this.dumped.push(name);
          return `dump of ${name}`;
        },
      },
      delivery: {
        deliver: async (copy, value) => {
          this.handed.push({ copy, value });
          return copy.recipients.map(({ number }) => ({ kind: 'delivered', recipient: number, at: now }));
        },
      },
    });
  }

  texts(): string[] {
    return this.handed.map(({ copy }) => {
      const read = copy.content.kind === 'inline' ? readContent(copy.content.octets) : undefined;
      assert.ok(read?.ok && read.value.object.kind === 'ipm');
      return ipmText(read.value.object.value);
    });
  }
}

function message(text: string, more: Partial<MessageTransferEnvelope> = {}) {
  const from = nameOf('/S=Sender/P=B/A= /C=GB/');
  const built = buildTextContent({ identifier: 'id', from, to: [from], text });
  assert.ok(built.ok);
  const { content, encodedInformationTypes } = built.value;
  const named = { originalEncodedInformationTypes: encodedInformationTypes, ...more };
  const envelope = envelopeOf([{ to: one }, { to: two }], named);
  const copy: QueuedCopy = {
    copy: 1,
    message: 7,
    kind: 'message',
    mtsIdentifier: '/P=B/A= /C=GB/;id-1',
    priority: 'normal',
    originator: 'o',
    recipients: [
      { number: 0, address: one },
      { number: 1, address: two },
    ],
    contentType: oidOfP22,
    contentLength: content.length,
    acceptedAt: now,
    expiresAt: after(now, millis(1000)),
    nextHop: 'deliver/x',
    state: 'queued',
    attempts: 0,
    envelope: new Uint8Array(),
    content: { kind: 'inline', octets: content },
  };
  return { copy, value: { kind: 'message', envelope } as const };
}

function causesOf(outcomes: readonly RecipientDelivery[]) {
  return outcomes.map((each) => (each.kind === 'failed' ? each.failure.cause : each.kind));
}

test('without a word about conversion, what came is what is delivered: the same object', async () => {
  const bench = new Bench('{}');
  const { copy, value } = message('Größe');
  await bench.delivery.deliver(copy, value);
  assert.equal(bench.handed[0].copy.content, copy.content);
  assert.equal(bench.handed[0].value, value);
});

test('implicit: what the users do not take becomes what they do; what they take stays', async () => {
  const bench = new Bench('{ accepts: [ia5], text: ia5 }');
  const odd = message('Größe');
  const outcomes = await bench.delivery.deliver(odd.copy, odd.value);
  assert.deepEqual(
    outcomes.map((each) => each.kind === 'delivered' && each.converted),
    Array(2).fill('implicit: 1 texts to ia5, 2 characters lost'),
  );
  const plain = message('plain');
  await bench.delivery.deliver(plain.copy, plain.value);
  assert.deepEqual(bench.texts(), ['Grosse', 'plain']);
  assert.equal(bench.handed[1].copy.content, plain.copy.content);
});

test('RT-L5: prohibited, with loss prohibited, unsupported: the verdict, event, original kept', async () => {
  const bench = new Bench('{ accepts: [ia5], text: ia5 }');
  const indicators = { perMessageIndicators: bitsOf([1]) };
  const lossless = {
    extensions: [makeExtension('conversion-with-loss-prohibited', 'conversion-with-loss-prohibited')],
  };
  const refused = message('Größe', indicators);
  assert.deepEqual(causesOf(await bench.delivery.deliver(refused.copy, refused.value)), [
    'implicit-conversion-prohibited',
    'implicit-conversion-prohibited',
  ]);
  const lossy = message('Größe', lossless);
  assert.deepEqual(causesOf(await bench.delivery.deliver(lossy.copy, lossy.value)), [
    'conversion-with-loss-prohibited',
    'conversion-with-loss-prohibited',
  ]);
  assert.deepEqual(
    bench.heard.told.map(([name]) => name),
    ['conversion-failed', 'conversion-failed'],
  );
  const none = new Bench('{ accepts: [t61] }');
  const unsupported = message('plain');
  const outcomes = await none.delivery.deliver(unsupported.copy, unsupported.value);
  assert.deepEqual(causesOf(outcomes), ['eits-unsupported', 'eits-unsupported']);
  assert.equal(bench.handed.length + none.handed.length, 0);
  const permitted = message('plain', { ...indicators, ...lossless });
  await bench.delivery.deliver(permitted.copy, permitted.value);
  assert.equal(bench.handed.length, 1, 'a prohibition counts only where a conversion is needed');
});

test('explicit: for the recipient it is asked for, though implicit conversion is prohibited', async () => {
  const bench = new Bench('{}');
  const { copy, value } = message('plain', { perMessageIndicators: bitsOf([1]) });
  const [first, second] = value.envelope.perRecipientFields;
  const asked = (explicitConversion: 'ia5-text-to-teletex' | 'ia5-text-to-videotex') => ({
    kind: 'message' as const,
    envelope: { ...value.envelope, perRecipientFields: [first, { ...second, explicitConversion }] },
  });
  await bench.delivery.deliver(copy, asked('ia5-text-to-teletex'));
  assert.deepEqual(
    bench.handed.map(({ copy: each }) => each.recipients.map(({ number }) => number)),
    [[0], [1]],
  );
  assert.equal(bench.handed[0].copy.content, copy.content);
  assert.notEqual(bench.handed[1].copy.content, copy.content);
  assert.deepEqual(bench.texts(), ['plain', 'plain']);
  const outcomes = await bench.delivery.deliver(copy, asked('ia5-text-to-videotex'));
  assert.deepEqual(causesOf(outcomes), ['delivered', 'conversion-impractical']);
});

test('a text that is too long to convert is returned; one that is taken has no limit', async () => {
  const bench = new Bench('{ accepts: [ia5], text: ia5 }');
  const plain = message('x'.repeat(100_000));
  assert.deepEqual(causesOf(await bench.delivery.deliver(plain.copy, plain.value)), [
    'delivered',
    'delivered',
  ]);
  const odd = message('ö'.repeat(converted_text_octets_max));
  assert.deepEqual(causesOf(await bench.delivery.deliver(odd.copy, odd.value)), [
    'conversion-impractical',
    'conversion-impractical',
  ]);
});

test('a content that is too long to convert: by its encoded information types, else returned', async () => {
  const bench = new Bench('{ accepts: [ia5], text: ia5 }');
  const long = (text: string) => {
    const made = message(text);
    const contentLength = conversion_octets_max + 1;
    const content = { kind: 'spooled', octets_count: contentLength } as const;
    return { ...made, copy: { ...made.copy, contentLength, content } as QueuedCopy };
  };
  const [plain, odd] = [long('plain'), long('Größe')];
  assert.deepEqual(causesOf(await bench.delivery.deliver(plain.copy, plain.value)), [
    'delivered',
    'delivered',
  ]);
  assert.deepEqual(causesOf(await bench.delivery.deliver(odd.copy, odd.value)), [
    'conversion-impractical',
    'conversion-impractical',
  ]);
});
