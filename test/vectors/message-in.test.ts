// The octets that a real MTA sent to transfer a message, replayed into a whole MTA of ours in the place of
// the one that was called: at every split they end in a message that is secured, acknowledged only then,
// and delivered with the very octets of P22 that the capture holds.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packets, recording } from './recorded-octets.ts';
import { ReplayedMta, settle } from './replayed-mta.ts';
import {
  afterTheCaptures,
  answerPieces,
  assertAcknowledgedAfterCommit,
  assertSecured,
  calledPlace,
  expectedOf,
  hangUp,
} from './responding.ts';
import { assertTranscript } from './transcript.ts';

const capture = '88-normal-message.pcap';

test('the message is secured at every split of the octets, one at a time, and whole', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const expected = expectedOf(recorded);
  assert.equal(expected.content.length, 235);
  const configuration = calledPlace(recorded);
  const { initiator } = recorded;
  let cases = 0;
  const replay = async (pieces: readonly Uint8Array[], where: string): Promise<void> => {
    await assertSecured(await answerPieces(configuration, pieces), expected, where);
    cases += 1;
  };
  await replay([initiator], 'whole');
  await replay(
    Array.from(initiator, (_, at) => initiator.subarray(at, at + 1)),
    'one octet at a time',
  );
  for (let at = 1; at < initiator.length; at += 1) {
    await replay([initiator.subarray(0, at), initiator.subarray(at)], `split at ${at}`);
  }
  t.diagnostic(`${cases} ways of cutting ${initiator.length} octets`);
  assert.ok(cases >= 900, `${cases} cases`);
});

test('the message spooled instead of kept whole, at every split', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const expected = expectedOf(recorded);
  const configuration = calledPlace(recorded, { inlineOctetsMax: '100' });
  const { initiator } = recorded;
  let cases = 0;
  for (let at = 1; at < initiator.length; at += 1) {
    const mta = await answerPieces(configuration, [initiator.subarray(0, at), initiator.subarray(at)]);
    assert.ok(mta.log.includes('store: spool sealed at 235 octets'), mta.log.join('\n'));
    await assertSecured(mta, expected, `split at ${at}`);
    cases += 1;
  }
  t.diagnostic(`${cases} splits`);
  assert.ok(cases >= 900, `${cases} cases`);
});

test('what is said and done, in order', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const mta = new ReplayedMta(calledPlace(recorded), afterTheCaptures);
  mta.called();
  for (const packet of packets(recorded.initiator)) await mta.hear(packet);
  await hangUp(mta);
  await assertSecured(mta, expectedOf(recorded), 'PDU by PDU');
  assertTranscript('message-in', mta.log);
});

test('as long as the store has not answered, the peer gets no answer either', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  for (const inlineOctetsMax of ['64KiB', '100']) {
    const mta: ReplayedMta = new ReplayedMta(calledPlace(recorded, { inlineOctetsMax }), afterTheCaptures);
    mta.called();
    mta.store.commits.shut();
    for (const packet of packets(recorded.initiator)) await mta.hear(packet);
    for (let turn = 0; turn < 50; turn += 1) await settle();
    assert.equal(mta.store.commits.waiting, 1);
    assert.deepEqual(mta.answered, ['CC', 'AC']);
    assert.deepEqual([mta.events, mta.delivered], [['association-opened'], []]);
    mta.store.commits.open();
    await hangUp(mta);
    assertAcknowledgedAfterCommit(mta, inlineOctetsMax);
    await assertSecured(mta, expectedOf(recorded), inlineOctetsMax);
  }
});

test('what the store refuses is not acknowledged: the peer keeps it', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const mta = new ReplayedMta(calledPlace(recorded), afterTheCaptures);
  mta.called();
  mta.store.refusal = { kind: 'no-space', detail: 'the disk is full' };
  // Without the release, which the recorded peer would not have sent.
  for (const packet of packets(recorded.initiator).slice(0, -2)) await mta.hear(packet);
  assert.ok(!mta.answered.some((name) => name.startsWith('AEA')));
  assert.deepEqual(mta.delivered, []);
  assertTranscript('message-in-refused', mta.log);
});

test('what the connection loses before the end is not taken for a message', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const configuration = calledPlace(recorded);
  const parts = packets(recorded.initiator);
  // Up to the end of the activity, that PDU not included.
  const before = parts.slice(0, 4).reduce((sum, part) => sum + part.length, 0) + parts[4].length - 1;
  let cases = 0;
  for (let length = 0; length <= before; length += 1) {
    const mta = await answerPieces(configuration, [recorded.initiator.subarray(0, length)]);
    assert.deepEqual([mta.delivered, await mta.store.inner.list({})], [[], []], `cut off after ${length}`);
    assert.ok(!mta.answered.some((name) => name.startsWith('AEA')), `cut off after ${length}`);
    assert.equal(mta.agent.inboundAssociations, 0, `cut off after ${length}`);
    cases += 1;
  }
  t.diagnostic(`${cases} places of the loss`);
  assert.ok(cases >= 900, `${cases} cases`);
});
