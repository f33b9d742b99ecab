// RT-R1: names go through three real MTAs octet for octet, whatever their form and their encoding: what the
// second writes to the third is watched on the wire.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { ORName, printORAddress } from '../../src/address/index.ts';
import { decode, encode, rawOf } from '../../src/asn1/index.ts';
import { seededRandom } from '../../src/base/random.ts';
import { MTSAPDU } from '../../src/p1/index.ts';
import { anyAddress } from '../support/any-address.ts';
import { Caller } from '../support/caller.ts';
import { eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, domainOf, sites, temporaryDirectory, type Site } from '../support/network.ts';
import { tcpRelay } from '../support/tcp-relay.ts';
import { envelopeOf } from '../support/transfer.ts';

/** Few enough for one piece between two checkpoints. */
const recipients = 18;

/** The octets of a name of a user of C, with an attribute that X.411 does not know. */
function nameAtC(random: ReturnType<typeof seededRandom>, number: number): Uint8Array {
  const drawn = anyAddress(random);
  const unknown = {
    extensionAttributeType: 77,
    extensionAttributeValue: rawOf(Uint8Array.of(4, 2, number >> 8, number)),
  };
  return encode(ORName, {
    ...drawn,
    builtInStandardAttributes: {
      ...drawn.builtInStandardAttributes,
      countryName: { kind: 'iso3166Alpha2Code', value: 'GB' },
      administrationDomainName: { kind: 'printable', value: ' ' },
      privateDomainName: { kind: 'printable', value: 'C' },
    },
    extensionAttributes: [...(drawn.extensionAttributes ?? []), unknown],
  });
}

/** The same element with its length written in another way that BER allows (X.690 8.1.3). */
function encodedOddly(octets: Uint8Array, way: number): Uint8Array {
  const long = octets[1] >= 0x80 ? octets[1] & 0x7f : 0;
  const contents = octets.subarray(2 + long);
  const { length } = contents;
  if (way === 0) return octets;
  if (way === 1) return Uint8Array.of(octets[0], 0x80, ...contents, 0, 0);
  return Uint8Array.of(octets[0], 0x84, 0, 0, length >> 8, length & 255, ...contents);
}

it('RT-R1: names of every form and encoding pass three MTAs octet for octet', async (t) => {
  const directory = await temporaryDirectory(t);
  const [siteA, siteB, siteC, siteX] = await sites('A', 'MID', 'C', 'X');
  const written: Buffer[] = [];
  const relay = await tcpRelay({
    targetPort: siteC.port,
    through: (piece, direction) => {
      if (direction === 'to-target') written.push(Buffer.from(piece));
      return undefined;
    },
  });
  t.after(() => relay.stop());
  const onward = (site: Site) => ({ to: site, spaces: [{ address: domainOf(siteC), cost: 1 }] });
  const plans = [
    [siteA, { links: [onward(siteB), { to: siteX }] }],
    [siteB, { links: [{ to: siteA }, onward({ ...siteC, port: relay.port })] }],
    [siteC, { links: [{ to: siteB }] }],
  ] as const;
  const mtas: MtaProcess[] = [];
  for (const [site, plan] of plans) {
    const mta = await MtaProcess.prepare(join(directory, site.name), configurationOf(site, plan));
    await mta.start();
    t.after(async () => {
      await mta.stop('SIGKILL');
    });
    mtas.push(mta);
  }
  const random = seededRandom(41);
  const names = Array.from({ length: recipients }, (_, index) =>
    encodedOddly(nameAtC(random, index), index % 3),
  );
  const decoded = names.map((octets) => {
    const name = decode(ORName, octets);
    assert.ok(name.ok, JSON.stringify(name));
    return name.value;
  });
  const envelope = envelopeOf(decoded.map(() => ({ to: '/S=x/C=GB/' })));
  const perRecipientFields = envelope.perRecipientFields.map((fields, index) => ({
    ...fields,
    recipientName: decoded[index],
  }));
  const apdu = encode(MTSAPDU, {
    kind: 'message',
    value: { envelope: { ...envelope, perRecipientFields }, content: new Uint8Array(50) },
  });
  const caller = await Caller.call({ port: siteA.port, mta: 'MTA-X', password: 'X-secret' });
  assert.ok(caller.opened, caller.closed);
  assert.equal((await caller.transfer(apdu))?.kind, 'RTTRcnf+');
  caller.destroy();
  const delivered = await eventually('all recipients', 30_000, async () => {
    const files = await mtas[2].delivered();
    return files.length >= recipients ? files : undefined;
  });
  const wire = Buffer.concat(written);
  for (const [index, octets] of names.entries()) {
    assert.ok(wire.includes(Buffer.from(octets)), `${printORAddress(decoded[index])} as it was sent`);
  }
  assert.deepEqual(
    delivered.map(({ recipient }) => recipient).sort(),
    decoded.map((name) => printORAddress(name)).sort(),
  );
});
