// The octets that a real MTA sent to transfer a message of 100 KB, with a checkpoint every 1,024 octets,
// replayed into a whole MTA of ours: cut at every PDU boundary and up to 8 octets beside it, and one octet
// at a time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packets, packetStarts, pduOf, recording } from './recorded-octets.ts';
import { ReplayedMta, settle } from './replayed-mta.ts';
import {
  afterTheCaptures,
  answerPieces,
  assertSecured,
  calledPlace,
  expectedOf,
  hangUp,
} from './responding.ts';

const capture = '88-normal-100k.pcap';
const beside_octets = 8;

test('the message is secured one octet at a time, whole, and PDU by PDU', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const expected = expectedOf(recorded);
  assert.ok(expected.content.length > 100_000);
  assert.equal(expected.answers.filter((name) => name.startsWith('MIA')).length, 103);
  const { initiator } = recorded;
  const singly = Array.from(initiator, (_, at) => initiator.subarray(at, at + 1));
  let cases = 0;
  for (const inlineOctetsMax of ['0', '4KiB', '64KiB', '1MiB']) {
    const configuration = calledPlace(recorded, { inlineOctetsMax });
    for (const [pieces, where] of [
      [[initiator], 'whole'],
      [singly, 'one octet at a time'],
      [packets(initiator), 'PDU by PDU'],
    ] as const) {
      const mta = await answerPieces(configuration, pieces);
      await assertSecured(mta, expected, `${where}, inline up to ${inlineOctetsMax}`);
      // Whatever the inline limit: octets that a checkpoint confirms lie in a spool that has been synced.
      assert.ok(mta.log.includes(`store: spool sealed at ${expected.content.length} octets`));
      cases += 1;
    }
  }
  t.diagnostic(`${cases} replays, ${singly.length} octets each`);
  assert.ok(cases >= 12, `${cases} cases`);
});

test('the message is secured at every PDU boundary ± 8 octets', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const { initiator } = recorded;
  const expected = expectedOf(recorded);
  const configuration = calledPlace(recorded);
  const cuts = new Set<number>();
  for (const start of packetStarts(initiator)) {
    for (let beside = -beside_octets; beside <= beside_octets; beside += 1) {
      const at = start + beside;
      if (at > 0 && at < initiator.length) cuts.add(at);
    }
  }
  for (const at of cuts) {
    const mta = await answerPieces(configuration, [initiator.subarray(0, at), initiator.subarray(at)]);
    await assertSecured(mta, expected, `split at ${at}`);
  }
  t.diagnostic(`${cuts.size} splits of ${initiator.length} octets`);
  assert.ok(cuts.size >= 3000, `${cuts.size} splits`);
});

test('cut at all PDU boundaries at once, each by the same distance off', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const { initiator } = recorded;
  const expected = expectedOf(recorded);
  const configuration = calledPlace(recorded);
  const starts = packetStarts(initiator);
  let cuts = 0;
  for (let beside = -beside_octets; beside <= beside_octets; beside += 1) {
    const at = starts.map((start) => Math.max(0, start + beside));
    const pieces = [0, ...at].map((from, index) => initiator.subarray(from, at[index]));
    await assertSecured(await answerPieces(configuration, pieces), expected, `${beside} octets beside`);
    cuts += at.length;
  }
  t.diagnostic(`${cuts} cuts in ${2 * beside_octets + 1} replays`);
  assert.ok(cuts >= 3000, `${cuts} cuts`);
});

test('no checkpoint is confirmed while its octets are not synced', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const mta = new ReplayedMta(calledPlace(recorded, { inlineOctetsMax: '0' }), afterTheCaptures);
  mta.called();
  mta.store.syncs.shut();
  let checkpoints = 0;
  for (const packet of packets(recorded.initiator)) {
    await mta.hear(packet);
    if (!pduOf(packet).name.startsWith('MIP')) continue;
    checkpoints += 1;
    for (let turn = 0; turn < 3; turn += 1) await settle();
    const confirmed = mta.answered.filter((name) => name.startsWith('MIA')).length;
    assert.ok(confirmed < checkpoints, `${confirmed} confirmed, ${checkpoints} not synced`);
    mta.store.syncs.open();
    await settle();
    assert.equal(mta.answered.at(-1), `MIA ${checkpoints}`);
    mta.store.syncs.shut();
  }
  mta.store.syncs.open();
  await hangUp(mta);
  await assertSecured(mta, expectedOf(recorded), 'synced late');
  t.diagnostic(`${checkpoints} checkpoints`);
  assert.equal(checkpoints, 103);
});
