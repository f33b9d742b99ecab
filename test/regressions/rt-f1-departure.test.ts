// RT-F1: the rows of the tolerance matrix about what we send (exchange-mta.md §3.F): a message goes through a
// whole MTA, and the octets that leave are as the link's option says, with the use counted; with the option
// off they are as the Recommendation has them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bitsOf, encode, rawOf } from '../../src/asn1/index.ts';
import { concat, fromHex, toHex } from '../../src/base/octets.ts';
import { globalDomainIdentifier } from '../../src/address/index.ts';
import type { ToleranceName } from '../../src/config/index.ts';
import { ExtensionType, internalTrace, internalTraceElement, makeExtension } from '../../src/p1/index.ts';
import { World } from '../sim/world.ts';
import { ascii, contentOfA, digestOf, extendedPart, messageToC, relayed, toC } from './foreign-peer.ts';
import { element, envelopeWith, messageWith } from './hostile-apdus.ts';

const hex = (text: string): Uint8Array => fromHex(text) ?? assert.fail(text);
const text = (of: string): string => toHex(ascii(of));

const domain = (prmd: string) => globalDomainIdentifier({ country: 'GB', admd: ' ', prmd });

function withBilateral(): Uint8Array {
  const { countryName, administrationDomainName } = domain('C');
  const information = {
    countryName,
    domain: { kind: 'administrationDomainName', value: administrationDomainName } as const,
    bilateralInformation: rawOf(element(4, ascii('BETWEEN-US'))),
  };
  return messageWith(toC({ perDomainBilateralInformation: [information] }));
}

function withInternalTrace(): Uint8Array {
  const now = envelopeWith().traceInformation[0].domainSuppliedInformation.arrivalTime;
  const made = internalTrace([], {
    ...internalTraceElement({ domain: domain('B'), name: 'MTA-EARLIER' }, { arrivalTime: 0 as never }),
    mtaSuppliedInformation: { arrivalTime: now, routingAction: 'relayed', otherActions: bitsOf([], 0) },
  });
  assert.ok(made.ok);
  return messageWith(toC({ extensions: made.value }));
}

/** A private extension of 1993 that is not critical, beside one of X.411. */
function withPrivateExtension(): Uint8Array {
  const type = rawOf(encode(ExtensionType, { kind: 'privateExtension', value: '1.3.12.2.1011' }));
  const value = rawOf(element(0x16, ascii('PRIVATE-93')));
  const extension = { type, criticality: { bits: 0, octets: new Uint8Array() }, value };
  return messageWith(toC({ extensions: [extension] }));
}

interface Row {
  readonly row: string;
  readonly option: ToleranceName;
  readonly apdu: () => Uint8Array;
  /** Further keys of the links. */
  readonly extra?: string;
  readonly here?: string;
  readonly there?: string;
  /** Octets that leave with the option on, and with it off, and not otherwise. */
  readonly on?: string;
  readonly off?: string;
}

const rows: readonly Row[] = [
  {
    row: 'MAILbus 400, Soft-Switch EMX: TPDUs of 2 K',
    option: 'proposeSmallTpdus',
    apdu: () => messageWith(toC()),
    on: 'c0010b',
  },
  {
    row: 'MAILbus 400: a private extension of 1993, unknown and not critical, is taken and goes on',
    option: 'stripPrivateExtensions',
    apdu: withPrivateExtension,
    off: text('PRIVATE-93'),
  },
  {
    row: 'ISODE-based, Sprint: no bilateral information',
    option: 'stripBilateralInformation',
    apdu: withBilateral,
    off: text('BETWEEN-US'),
  },
  {
    row: 'HP OpenMail: loops are found by internal trace: none is sent',
    option: 'stripInternalTrace',
    apdu: withInternalTrace,
    extra: 'sameDomain: true',
    here: 'sameDomain: true',
    there: 'sameDomain: true',
    off: text('MTA-EARLIER'),
  },
  {
    row: 'PP: extension types are written explicitly',
    option: 'explicitExtensionTypes',
    apdu: () =>
      messageWith(
        toC({ extensions: [makeExtension('content-correlator', { kind: 'ia5text', value: 'CORRELATE' })] }),
      ),
    on: 'a003020117',
    off: '800117',
  },
];

for (const { row, option, apdu, extra, here, there, on, off } of rows) {
  test(`RT-F1: ${row} (${option})`, async () => {
    for (const set of [true, false]) {
      const keys = [`tolerances: { ${option}: ${set} }`, 'rts: { checkpoint: 63KiB, window: 3 }'];
      const onward = { here: [...keys, ...(here === undefined ? [] : [here])].join('\n') };
      const { outcome, delivered, wire, counts } = await relayed(apdu(), {
        ...(extra !== undefined && { extra }),
        onward: { ...onward, ...(there !== undefined && { there }) },
      });
      assert.equal(outcome, 'secured');
      assert.equal(delivered.length, 1);
      if (on !== undefined) assert.equal(wire.includes(on), set, `${on} with the option ${set}`);
      if (off !== undefined) assert.equal(wire.includes(off), !set, `${off} with the option ${set}`);
      const used = counts.filter(({ name }) => name === option);
      assert.deepEqual(used, set ? [{ link: 'to-C', name: option, uses: 1 }] : []);
    }
  });
}

test('RT-F1: ISOCOR, Soft-Switch EMX: BP14 for BP15 by link (contentDowngrade: p2)', async () => {
  const file = concat([hex('789f3e22'), ascii('A FILE')]);
  const part = extendedPart({ type: hex('56010409'), octets: element(4, file) });
  const content = contentOfA([part]);
  const mode = 'mode: x410-1984\nrts: { checkpoint: 63KiB, window: 3 }';
  const [bp14, bp15] = [toHex(element(0x8e, file)), toHex(element(0xaf)).slice(0, 2)];
  const changed = await relayed(messageToC(content), {
    onward: { here: `${mode}\ncontentDowngrade: p2`, there: mode },
  });
  assert.equal(changed.outcome, 'secured');
  assert.equal(changed.delivered.length, 1);
  assert.ok(changed.wire.includes(bp14), 'BP14 leaves');
  assert.notEqual(changed.delivered[0].content, digestOf(content));
  const plain = await relayed(messageToC(content), { onward: { here: mode, there: mode } });
  assert.ok(!plain.wire.includes(bp14) && plain.wire.includes(bp15), 'BP15 leaves');
  assert.equal(plain.delivered[0].content, digestOf(content));
});

test('RT-F1: Soft-Switch EMX: reports are matched by identifier: no two messages have the same', async () => {
  const world = new World(1, [
    { name: 'A', links: [{ to: 'B' }] },
    { name: 'B', links: [{ to: 'A' }] },
  ]);
  for (let count = 0; count < 50; count += 1) world.submit('A', 'B', 100);
  await world.drain();
  const identifiers = world.submitted.map(({ mtsIdentifier }) => mtsIdentifier);
  assert.equal(identifiers.length, 50);
  assert.equal(new Set(identifiers).size, 50);
  assert.deepEqual(new Set(world.mta('B').delivered.map((each) => each.mtsIdentifier)), new Set(identifiers));
  await world.stop();
});
