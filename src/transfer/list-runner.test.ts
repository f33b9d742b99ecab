// A distribution list at one MTA: who is asked for what report, who is exempt, what waits for the world, what
// probes are told, and what a reload changes (X.411 14.3.10).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentInHand, type AgentInHand } from '../../test/support/agent-in-hand.ts';
import { checkBooks, expanded, sendTo, waiting } from '../../test/support/lists.ts';
import { configured, envelopeOf, nameOf } from '../../test/support/transfer.ts';
import { printORAddress } from '../address/index.ts';
import { hasBit } from '../asn1/index.ts';
import {
  makeExtension,
  type MessageTransferEnvelope,
  otherActionBits,
  readPerRecipientIndicators,
  type Report,
} from '../p1/index.ts';
import { type MemoryDisk, memoryDisk } from '../store/memory/store.ts';
import type { ListMembers, MembersRead } from './list-members.ts';
import { decodeStored } from './stored-value.ts';

const at = (surname: string, prmd = 'C'): string => `/S=${surname}/P=${prmd}/A= /C=GB/`;

const head = `
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
links:
  - { name: b, peer: { mta: MTA-B }, addressSpaces: [ { address: "/P=B/A= /C=GB/" } ] }
  - { name: c, peer: { mta: MTA-C }, addressSpaces: [ { address: "/P=C/A= /C=GB/" } ] }
deliver: [ { name: x, addressSpace: "/P=X/A= /C=GB/", users: [ "${at('boss', 'X')}" ] } ]
redirections: [ { from: "${at('moved', 'X')}", to: "${at('boss', 'X')}" } ]
`;
function withList(policy: string, members: readonly string[], owner = at('boss', 'B')) {
  return configured(`${head}
lists:
  - name: crew
    address: "${at('crew', 'X')}"
    members: ${JSON.stringify(members)}
    owner: "${owner}"
    reports: ${policy}
`);
}

async function room(
  policy: string,
  members: readonly string[],
): Promise<{ mta: AgentInHand; disk: MemoryDisk }> {
  const disk = memoryDisk();
  return { disk, mta: await agentInHand({ disk, configuration: withList(policy, members) }) };
}

const crew = (report: 'report' | 'non-delivery-report' | 'no-report' = 'report') => [
  { to: at('crew', 'X'), report },
];

function messages(disk: MemoryDisk): readonly MessageTransferEnvelope[] {
  return [...disk.copies.values()].flatMap(({ message }) => {
    const stored = decodeStored(message.fields);
    assert.ok(stored.ok);
    return stored.value.kind === 'message' ? [stored.value.envelope] : [];
  });
}
function reports(disk: MemoryDisk): readonly Report[] {
  return [...disk.copies.values()].flatMap(({ message }) => {
    const stored = decodeStored(message.fields);
    assert.ok(stored.ok);
    return stored.value.kind === 'report' ? [stored.value.report] : [];
  });
}

for (const [policy, asked, told] of [
  ['originator', 'report', []],
  ['both', 'report', []],
  ['owner', 'non-delivery-report', ['dl']],
  ['none', 'no-report', ['dl']],
] as const) {
  test(`reports: ${policy}: what members are asked for, and what the originator hears`, async () => {
    const { mta, disk } = await room(policy, [at('ann')]);
    await sendTo(mta, crew());
    await expanded(mta);
    const [envelope] = messages(disk);
    const [fields] = envelope.perRecipientFields;
    const { originatorReportRequest } = readPerRecipientIndicators(fields.perRecipientIndicators);
    assert.equal(originatorReportRequest, asked);
    assert.equal(fields.originallySpecifiedRecipientNumber, 1);
    const [last] = envelope.traceInformation.slice(-1);
    assert.ok(hasBit(last.domainSuppliedInformation.otherActions, otherActionBits['dl-operation']));
    const types = reports(disk).flatMap(({ content }) =>
      content.perRecipientFields.map(({ lastTraceInformation: { reportType } }) =>
        reportType.kind === 'delivery' ? reportType.value.typeOfMTSUser : 'non-delivery',
      ),
    );
    assert.deepEqual(types, told);
    checkBooks(disk);
    await mta.agent.stop(mta.clock.now());
  });
}

for (const [policy, destinations] of [
  ['originator', [at('Sender', 'B')]],
  ['owner', [at('boss', 'B')]],
  ['both', [at('Sender', 'B'), at('boss', 'B')]],
  ['none', []],
] as const) {
  test(`reports: ${policy}: a member that cannot be reached is told to ${destinations.length}`, async () => {
    const { mta, disk } = await room(policy, [at('nobody', 'X')]);
    await sendTo(mta, crew('non-delivery-report'));
    await expanded(mta);
    const found = reports(disk).map(({ envelope }) => printORAddress(envelope.reportDestinationName));
    assert.deepEqual(found.sort(), [...destinations].sort());
    checkBooks(disk);
    await mta.agent.stop(mta.clock.now());
  });
}

test('recipients that the originator exempted do not get it (dl-exempted-recipients)', async () => {
  const { mta, disk } = await room('originator', [at('ann'), at('bob')]);
  const extensions = [makeExtension('dl-exempted-recipients', [nameOf(at('BOB'))])];
  await sendTo(mta, crew(), { extensions });
  await expanded(mta);
  assert.deepEqual([...waiting(disk).keys()], [at('ann')]);
  await mta.agent.stop(mta.clock.now());
});

test('a list without members: expanded, and nothing else', async () => {
  const { mta, disk } = await room('owner', []);
  await sendTo(mta, crew());
  await expanded(mta);
  assert.equal(messages(disk).length, 0);
  assert.equal(reports(disk).length, 1, 'the originator asked, and is told of the list');
  checkBooks(disk);
  await mta.agent.stop(mta.clock.now());
});

test('a list that has expanded the message ends it without a word', async () => {
  const { mta, disk } = await room('originator', [at('ann')]);
  const history = [{ dl: nameOf(at('crew', 'X')), dlExpansionTime: '260601120000Z' }];
  await sendTo(mta, crew(), { extensions: [makeExtension('dl-expansion-history', history)] });
  await expanded(mta);
  assert.equal(disk.copies.size, 0);
  assert.deepEqual(mta.eventsNamed('non-delivery'), []);
  checkBooks(disk);
  await mta.agent.stop(mta.clock.now());
});

test('members that cannot be read now: the message waits, is told, and goes when they can', async () => {
  const disk = memoryDisk();
  let read: MembersRead = { ok: false, lasting: 'temporary', detail: 'EIO: the disk' };
  const members = (): ListMembers => ({ read: async () => read });
  const configuration = withList('originator', []);
  const mta = await agentInHand({ disk, configuration, members });
  await sendTo(mta, crew());
  await mta.clock.pass(0);
  assert.deepEqual(
    mta.eventsNamed('list-waits').map(({ list, detail }) => [list, detail]),
    [['crew', 'EIO: the disk']],
  );
  assert.equal(disk.copies.size, 1);
  read = { ok: true, members: [{ key: 'ann', text: at('ann') }] };
  await mta.clock.pass(60_000);
  await expanded(mta);
  assert.deepEqual([...waiting(disk).keys()], [at('ann')]);
  await mta.agent.stop(mta.clock.now());
});

test('a reload changes members at once, and takes a list away', async () => {
  const { mta, disk } = await room('originator', [at('ann')]);
  await mta.agent.reconfigure(withList('originator', [at('bob')]));
  await sendTo(mta, crew());
  await expanded(mta);
  assert.deepEqual([...waiting(disk).keys()], [at('bob')]);
  await mta.agent.reconfigure(configured(head));
  await sendTo(mta, crew(), { traceInformation: [] });
  await mta.clock.pass(0);
  assert.equal(mta.eventsNamed('non-delivery').length, 1, 'an unknown user now');
  await mta.agent.stop(mta.clock.now());
});

test('a probe: a list could be expanded, a redirected user be delivered to (14.3.9)', async () => {
  const { mta, disk } = await room('originator', [at('ann')]);
  const plans = [...crew(), { to: at('moved', 'X'), report: 'report' as const }];
  const { messageIdentifier: probeIdentifier, priority: _, ...rest } = envelopeOf(plans);
  await mta.arrive('b', { kind: 'probe', value: { ...rest, probeIdentifier, contentLength: 9 } });
  await mta.clock.pass(0);
  const [{ content }, ...others] = reports(disk);
  assert.equal(others.length, 0);
  assert.deepEqual(
    content.perRecipientFields.map(({ lastTraceInformation: { reportType }, actualRecipientName }) => [
      printORAddress(actualRecipientName),
      reportType.kind === 'delivery' && reportType.value.typeOfMTSUser,
    ]),
    [
      [at('crew', 'X'), 'dl'],
      [at('boss', 'X'), 'private'],
    ],
  );
  assert.equal(messages(disk).length, 0);
  checkBooks(disk);
  await mta.agent.stop(mta.clock.now());
});
