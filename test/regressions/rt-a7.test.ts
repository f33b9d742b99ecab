// RT-A7 (Q269589, Q249153): address components of exactly 15, 16, 63, 64, 65, 127, 128 and 129 characters,
// in each field of the originator's and the recipient's address. None does harm: what is ours is delivered
// octet by octet, what is longer than its upper bound passes as it came, and the next message is taken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageTransferEnvelope } from '../../src/p1/index.ts';
import { address, envelopeWith, messageWith } from './hostile-apdus.ts';
import { HostilePeer } from './hostile-peer.ts';

type Name = MessageTransferEnvelope['originatorName'];

const sizes = [15, 16, 63, 64, 65, 127, 128, 129] as const;
const fill = (size: number): string => 'abcdefghij'.repeat(13).slice(0, size);

function withAttributes(domain: string, attributes: object): Name {
  const name = address(`/S=User/P=${domain}/A= /C=GB/`);
  return { ...name, builtInStandardAttributes: { ...name.builtInStandardAttributes, ...attributes } };
}

const components: Readonly<Record<string, (domain: string, size: number) => Name>> = {
  surname: (domain, size) => withAttributes(domain, { personalName: { surname: fill(size) } }),
  'given name': (domain, size) =>
    withAttributes(domain, { personalName: { surname: 'X', givenName: fill(size) } }),
  organization: (domain, size) => withAttributes(domain, { organizationName: fill(size) }),
  unit: (domain, size) => withAttributes(domain, { organizationalUnitNames: [fill(size), fill(size)] }),
  'numeric identifier': (domain, size) => withAttributes(domain, { numericUserIdentifier: '1'.repeat(size) }),
  terminal: (domain, size) => withAttributes(domain, { terminalIdentifier: fill(size) }),
  'X.121 address': (domain, size) => withAttributes(domain, { networkAddress: '1'.repeat(size) }),
  'domain-defined attribute': (domain, size) => ({
    ...withAttributes(domain, {}),
    builtInDomainDefinedAttributes: [{ type: fill(8), value: fill(size) }],
  }),
  'type of a domain-defined attribute': (domain, size) => ({
    ...withAttributes(domain, {}),
    builtInDomainDefinedAttributes: [{ type: fill(size), value: 'x' }],
  }),
};

test('RT-A7: components at and around the bounds', async (t) => {
  const peer = new HostilePeer();
  peer.takesCalls();
  await peer.transfer(messageWith());
  await peer.world.pass(1000);
  let cases = 0;
  for (const [name, made] of Object.entries(components)) {
    for (const size of sizes) {
      const [fields] = envelopeWith().perRecipientFields;
      const changes = {
        originatorName: made('A', size),
        perRecipientFields: [{ ...fields, recipientName: made('B', size) }],
      };
      const delivered = peer.mta.delivered.length;
      assert.equal(await peer.transfer(messageWith(changes)), 'secured', `${name} of ${size}`);
      await peer.world.pass(1000);
      assert.equal(peer.mta.delivered.length, delivered + 1, `${name} of ${size}`);
      const text = peer.mta.delivered.at(-1)?.recipient ?? '';
      assert.ok(text.includes(fill(Math.min(size, 8))) || text.includes('1'.repeat(8)), text);
      cases += 1;
    }
  }
  t.diagnostic(`${cases} cases`);
  assert.equal(await peer.transfer(messageWith()), 'secured');
  await peer.world.pass(1000);
  await peer.leavesNothing();
  assert.deepEqual(peer.mta.events('internal-error'), []);
  assert.deepEqual(peer.mta.events('quarantined'), []);
});

test('RT-A7: a private domain name of any size routes nowhere, and is reported', async () => {
  const peer = new HostilePeer();
  peer.takesCalls();
  for (const size of sizes) {
    const [fields] = envelopeWith().perRecipientFields;
    const recipientName = withAttributes('B', {
      privateDomainName: { kind: 'printable', value: fill(size) },
    });
    const reports = peer.received.length;
    const changes = { perRecipientFields: [{ ...fields, recipientName }] };
    assert.equal(await peer.transfer(messageWith(changes)), 'secured', `${size}`);
    await peer.world.pass(10_000);
    assert.equal(peer.received.length, reports + 1, `a PRMD of ${size}`);
  }
  await peer.leavesNothing();
  assert.deepEqual(peer.mta.events('internal-error'), []);
});
