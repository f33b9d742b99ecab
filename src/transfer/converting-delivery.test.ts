// Conversion on the way to local delivery: who gets what, whose request counts, and what is reported.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as setImmediatePromise } from 'node:timers/promises';
import { textContent } from '../../test/support/ipm.ts';
import {
  configured,
  copyOfMessage,
  envelopeOf,
  listening,
  now,
  promptly,
} from '../../test/support/transfer.ts';
import { bitsOf } from '../asn1/index.ts';
import { concat } from '../base/octets.ts';
import type { Clock } from '../base/time.ts';
import { ipmText, oidOfP22, readContent } from '../content/index.ts';
import { makeExtension, type MessageTransferEnvelope } from '../p1/index.ts';
import type { QueuedCopy, Store } from '../store/index.ts';
import { openMemoryStore } from '../store/index.ts';
import { ConverterInSteps } from './content-converter.ts';
import { ConvertingDelivery } from './converting-delivery.ts';
import type { RecipientDelivery } from './local-delivery.ts';
import type { StoredValue } from './stored-value.ts';

const conversionOf = (flow: string) =>
  configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
deliver: [ { addressSpace: "/P=X/A= /C=GB/", conversion: ${flow} } ]
`).deliver[0].conversion;

const one = '/S=one/P=X/A= /C=GB/';
const two = '/S=two/P=X/A= /C=GB/';

async function wholeOf(copy: QueuedCopy, reader: Pick<Store, 'readContent'> | undefined) {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < copy.contentLength; at += pieces.at(-1)?.length ?? 0) {
    pieces.push((await reader?.readContent(copy.message, at, 10_000)) ?? assert.fail(`nothing at ${at}`));
  }
  return concat(pieces);
}

class Bench {
  readonly heard = listening();
  readonly handed: { readonly copy: QueuedCopy; readonly value: StoredValue }[] = [];
  /** Of what was handed over, the content where it is not in the copy. */
  readonly contents: Uint8Array[] = [];
  readonly dumped: string[] = [];
  readonly store = openMemoryStore();
  /** Why the disk of the store has no room, if so. */
  short: string | undefined;
  /** The content of a message that is spooled. */
  spooled: Uint8Array | undefined;
  readonly delivery: ConvertingDelivery;

  constructor(flow: string, clock = promptly) {
    this.delivery = new ConvertingDelivery({
      conversion: conversionOf(flow),
      emit: this.heard.emit,
      store: { readContent: async (_, at, octets_max) => this.spooled?.subarray(at, at + octets_max) },
      spools: this.store,
      room: () => this.short,
      clock,
      converter: new ConverterInSteps(clock),
      dumps: {
        write: async ({ name }) => {
          this.dumped.push(name);
          return `dump of ${name}`;
        },
      },
      delivery: {
        deliver: async (copy, value, reader) => {
          this.handed.push({ copy, value });
          if (copy.content.kind === 'spooled' && reader !== undefined)
            this.contents.push(await wholeOf(copy, reader));
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
  const { content, encodedInformationTypes } = textContent(text, '/S=Sender/P=B/A= /C=GB/');
  const named = { originalEncodedInformationTypes: encodedInformationTypes, ...more };
  const envelope = envelopeOf([{ to: one }, { to: two }], named);
  const copy = copyOfMessage(envelope, content, {
    recipients: [
      { number: 0, address: one },
      { number: 1, address: two },
    ],
    contentType: oidOfP22,
    nextHop: 'deliver/x',
  });
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
    outcomes.map((each) => each.kind === 'delivered' && each.converted?.said),
    Array(2).fill('implicit: 1 texts to ia5, 2 characters lost'),
  );
  const plain = message('plain');
  await bench.delivery.deliver(plain.copy, plain.value);
  assert.deepEqual(bench.texts(), ['Grosse', 'plain']);
  assert.equal(bench.handed[1].copy.content, plain.copy.content);
});

test('RT-C5: below the low-water mark what needs a spool waits, what needs none is converted', async () => {
  const bench = new Bench('{ accepts: [ia5], text: ia5 }');
  bench.short = 'too little free';
  const long = message('Größe '.repeat(30_000));
  const [first, ...others] = await bench.delivery.deliver(long.copy, long.value);
  assert.ok(first.kind === 'failed' && others.length === 1);
  assert.deepEqual(first.failure, {
    lasting: 'temporary',
    code: 'conversion',
    detail: 'conversion: too little free',
    noRoom: true,
  });
  assert.equal(bench.handed.length, 0);
  for (const each of [message('Größe'), message('plain '.repeat(30_000)), message('Größe '.repeat(3000))]) {
    await bench.delivery.deliver(each.copy, each.value);
  }
  assert.equal(bench.handed.length, 3);
  bench.short = undefined;
  await bench.delivery.deliver(long.copy, long.value);
  assert.equal(bench.contents.length, 1);
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
    'alphabetic-character-loss',
    'alphabetic-character-loss',
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

test('without room, only the recipient whose conversion needs it waits: the others have it', async () => {
  const bench = new Bench('{}');
  bench.short = 'too little free';
  const { copy, value } = message('plain '.repeat(30_000));
  const [first, second] = value.envelope.perRecipientFields;
  const fields = [{ ...first, explicitConversion: 'ia5-text-to-teletex' as const }, second];
  const asked = { kind: 'message', envelope: { ...value.envelope, perRecipientFields: fields } } as const;
  const outcomes = await bench.delivery.deliver(copy, asked);
  assert.deepEqual(
    outcomes.map((each) => [each.recipient, each.kind === 'failed' ? each.failure.noRoom : each.kind]),
    [
      [0, true],
      [1, 'delivered'],
    ],
  );
  bench.short = undefined;
  const [rest] = await bench.delivery.deliver({ ...copy, recipients: copy.recipients.slice(0, 1) }, asked);
  assert.deepEqual([rest.recipient, rest.kind], [0, 'delivered']);
  assert.deepEqual(
    bench.handed.map(({ copy: each }) => each.recipients.map(({ number }) => number)),
    [[1], [0]],
  );
});

/** The message with its content in a spool. */
function spooledIn(bench: Bench, made: ReturnType<typeof message>) {
  assert.ok(made.copy.content.kind === 'inline');
  const { octets } = made.copy.content;
  bench.spooled = octets;
  const content = { kind: 'spooled', spool: 's', octets_count: octets.length } as const;
  return { ...made, copy: { ...made.copy, content } };
}

test('a text of any length becomes what the users take, and is read piece by piece', async () => {
  const bench = new Bench('{ accepts: [ia5], text: ia5 }');
  const { copy, value } = spooledIn(bench, message('Größe '.repeat(100_000)));
  const [outcome] = await bench.delivery.deliver(copy, value);
  assert.ok(outcome.kind === 'delivered');
  assert.equal(outcome.converted?.said, 'implicit: 1 texts to ia5, 200000 characters lost');
  const read = readContent(bench.contents[0]);
  assert.ok(read.ok && read.value.object.kind === 'ipm');
  assert.equal(ipmText(read.value.object.value), 'Grosse '.repeat(100_000));
  assert.equal(bench.handed[0].copy.contentLength, bench.contents[0].length);
});

test('what is taken as it is goes as it came, however long it is: the same object', async () => {
  const bench = new Bench('{ accepts: [ia5], text: ia5, textSize: 64KiB }');
  const { copy, value } = spooledIn(bench, message('x'.repeat(300_000)));
  assert.deepEqual(causesOf(await bench.delivery.deliver(copy, value)), ['delivered', 'delivered']);
  assert.equal(bench.handed[0].copy.content, copy.content);
  assert.equal(bench.handed[0].value, value);
});

test('a text that is longer than the limit is returned, the original kept', async () => {
  const bench = new Bench('{ accepts: [ia5], text: ia5, textSize: 64KiB }');
  for (const length of [65_000, 70_000]) {
    const { copy, value } = message('ö'.repeat(length));
    const cause = length < 65_536 ? 'delivered' : 'conversion-impractical';
    assert.deepEqual(causesOf(await bench.delivery.deliver(copy, value)), [cause, cause]);
  }
  assert.deepEqual(bench.dumped, ['copy-1-original']);
});

test('a conversion whose time is over is a verdict; one that a stop breaks off is not', async () => {
  const timers: (() => void)[] = [];
  const clock: Clock = {
    now: () => now,
    schedule: (at, callback) => {
      timers.push(callback);
      return at > now ? () => timers.splice(timers.indexOf(callback), 1) : () => undefined;
    },
  };
  const long = message('ö'.repeat(200_000));
  const late = new Bench('{ accepts: [ia5], text: ia5 }', clock);
  const delivering = late.delivery.deliver(long.copy, long.value);
  // The first timer is the conversion's own time, those after it the pauses between steps.
  const [over] = timers.splice(0, 1);
  over();
  await setImmediatePromise();
  timers.shift()?.();
  assert.deepEqual(causesOf(await delivering), ['conversion-impractical', 'conversion-impractical']);
  const [, fields] = late.heard.told.at(-1) ?? assert.fail();
  assert.equal(fields.detail, 'it took longer than 300 s');
  const stopped = new Bench('{ accepts: [ia5], text: ia5 }');
  const broken = stopped.delivery.deliver(long.copy, long.value);
  stopped.delivery.stop();
  const outcomes = await broken;
  assert.ok(outcomes.every((each) => each.kind === 'failed' && each.failure.lasting === 'temporary'));
  assert.deepEqual(stopped.handed, []);
});

test('a content that cannot be read, or a spool that cannot be written, is tried again later', async () => {
  const bench = new Bench('{ accepts: [ia5], text: ia5 }');
  const { copy, value } = spooledIn(bench, message('ö'.repeat(20_000)));
  bench.spooled = undefined;
  const outcomes = await bench.delivery.deliver(copy, value);
  assert.ok(outcomes.every((each) => each.kind === 'failed' && each.failure.lasting === 'temporary'));
});
