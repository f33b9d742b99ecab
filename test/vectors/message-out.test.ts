// Our own MTA in the place of a real one that transferred a message: it sends the same message again, and
// what the recorded responder answered then is accepted now, at every split, up to the answered release.
// What we put on the wire is held against what the real one did.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../../src/base/octets.ts';
import { callingPlace, RecordedAnswers, stop, submitRecorded } from './calling.ts';
import {
  elementAt,
  packets,
  packetStarts,
  pduOf,
  type Recording,
  recordedApdu,
  recordedContent,
  recording,
  sha256,
} from './recorded-octets.ts';
import { ReplayedMta } from './replayed-mta.ts';
import { afterTheCaptures } from './responding.ts';
import { assertTranscript } from './transcript.ts';

type Cuts = ReadonlySet<number> | 'everywhere';

/** One message sent, confirmed and the association released. */
async function sent(recorded: Recording, cuts: Cuts, told = false): Promise<ReplayedMta> {
  const mta = new ReplayedMta(callingPlace(recorded), afterTheCaptures);
  assert.ok((await submitRecorded(mta, recorded)).ok);
  const answers = new RecordedAnswers(mta, recorded.responder);
  await answers.give(cuts, told);
  assert.equal(answers.left, 1, `all but the DN was due\n${mta.log.slice(-20).join('\n')}`);
  const stopped = stop(mta);
  await answers.give(cuts, told);
  mta.peerEnds();
  await stopped;
  return mta;
}

async function assertSent(mta: ReplayedMta, recorded: Recording, where: string): Promise<void> {
  const told = ['association-opened', 'transfer-out', 'association-closed'];
  assert.deepEqual(mta.events, told, `${where}\n${mta.log.slice(-20).join('\n')}`);
  assert.deepEqual(await mta.store.inner.list({}), [], `${where}: the queue is empty`);
  const acts = (await mta.store.inner.track({})).map(({ act }) => act);
  assert.deepEqual(acts, ['submitted', 'transferred-out'], where);
  const ours = recordedApdu(Buffer.concat(mta.written));
  const theirs = recordedApdu(recorded.initiator);
  assert.equal(sha256(recordedContent(ours)), sha256(recordedContent(theirs)), where);
}

/** The PDUs of a side without the DR by which PP says farewell to a connection that is released. */
function named(octets: Uint8Array): string[] {
  const names = packets(octets).map((packet) => pduOf(packet).name);
  return names.at(-1) === 'DR' ? names.slice(0, -1) : names;
}

test('88-normal-message: the recorded answers are accepted at every split', async (t) => {
  const recorded = recording(t, '88-normal-message.pcap');
  if (recorded === undefined) return;
  let cases = 0;
  for (const cuts of [...[...recorded.responder.keys()].map((at) => new Set([at])), 'everywhere'] as const) {
    const where = cuts === 'everywhere' ? cuts : `split at ${[...cuts].join()}`;
    const mta = await sent(recorded, cuts);
    await assertSent(mta, recorded, where);
    assert.deepEqual(mta.answered, named(recorded.initiator), where);
    cases += 1;
  }
  t.diagnostic(`${cases} ways of cutting ${recorded.responder.length} octets`);
  assert.ok(cases >= 220, `${cases} cases`);
});

test('88-normal-message: what is said and done, in order', async (t) => {
  const recorded = recording(t, '88-normal-message.pcap');
  if (recorded === undefined) return;
  assertTranscript('message-out', (await sent(recorded, new Set(), true)).log);
});

test('88-normal-100k: 103 recorded confirmations of checkpoints are accepted, however cut', async (t) => {
  const recorded = recording(t, '88-normal-100k.pcap');
  if (recorded === undefined) return;
  const starts = packetStarts(recorded.responder);
  const ways: Cuts[] = ['everywhere'];
  for (let beside = -8; beside <= 8; beside += 1) ways.push(new Set(starts.map((at) => at + beside)));
  for (const cuts of ways) {
    const mta = await sent(recorded, cuts);
    await assertSent(mta, recorded, cuts === 'everywhere' ? cuts : [...cuts].slice(0, 3).join());
    assert.equal(mta.answered.filter((name) => name.startsWith('MIP')).length, 103);
  }
  t.diagnostic(`${ways.length} replays of ${starts.length} answers`);
  assert.ok(ways.length >= 18);
});

for (const name of ['88-normal-message', '88-normal-100k']) {
  test(`${name}: the envelope goes out as it came, octet for octet, and so does the content`, async (t) => {
    const recorded = recording(t, `${name}.pcap`);
    if (recorded === undefined) return;
    const ours = recordedApdu(Buffer.concat((await sent(recorded, new Set())).written));
    const theirs = recordedApdu(recorded.initiator);
    // Around them PP writes indefinite lengths, and content in segments; we write definite ones, and one
    // string.
    const [ourEnvelope, envelope] = [ours, theirs].map((apdu) => elementAt(elementAt(apdu).contents).octets);
    assert.equal(toHex(ourEnvelope), toHex(envelope));
    assert.equal(sha256(recordedContent(ours)), sha256(recordedContent(theirs)));
  });
}
