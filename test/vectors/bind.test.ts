// A bind between two real MTAs, replayed from both sides: what the caller sent into a whole MTA of ours in
// the place of the called, up to its release; what the called answered into an MTA of ours that calls, up
// to its release. At every split of the octets.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callingPlace, call, RecordedAnswers, stop } from './calling.ts';
import type { Place } from './configurations.ts';
import { packets, recordedBind, type Recording, recording } from './recorded-octets.ts';
import { ReplayedMta, settle } from './replayed-mta.ts';
import { afterTheCaptures, answerPieces, calledPlace, hangUp } from './responding.ts';
import { assertTranscript } from './transcript.ts';

const capture = 'p1-bind.pcap';

/** What the capture shows that it must show to be of use here. */
function assertRecorded({ initiator, responder }: Recording): void {
  const selector = 'hex:583430302d3838';
  assert.deepEqual(recordedBind(initiator), {
    mta: 'percival.smhs.co.uk',
    password: 'excalibur',
    callingTransport: selector,
    calledTransport: selector,
  });
  const { mta, password } = recordedBind(responder);
  assert.deepEqual({ mta, password }, { mta: 'guinevere.smhs.co.uk', password: 'merlin' });
}

test('called: the bind is accepted and the release answered, at every split', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  assertRecorded(recorded);
  const configuration = calledPlace(recorded, { rts: '{ checkpoint: 63KiB, window: 3 }' });
  const { initiator, responder } = recorded;
  const { mta: name, password } = recordedBind(responder);
  const cuts = Array.from(initiator, (_, at) => [initiator.subarray(0, at), initiator.subarray(at)]);
  cuts.push(Array.from(initiator, (_, at) => initiator.subarray(at, at + 1)));
  let cases = 0;
  for (const pieces of cuts) {
    const mta: ReplayedMta = await answerPieces(configuration, pieces);
    const where = `first piece of ${pieces[0].length} octets`;
    assert.deepEqual(mta.events, ['association-opened', 'association-closed'], where);
    assert.deepEqual(mta.answered, ['CC', 'AC', 'DN'], where);
    const shown = recordedBind(Buffer.concat(mta.written));
    assert.deepEqual([shown.mta, shown.password], [name, password], where);
    assert.equal(mta.agent.inboundAssociations, 0, where);
    cases += 1;
  }
  t.diagnostic(`${cases} ways of cutting ${initiator.length} octets`);
  assert.ok(cases >= 260, `${cases} cases`);
});

test('called: what is said and done, in order', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const mta = new ReplayedMta(calledPlace(recorded), afterTheCaptures);
  mta.called();
  for (const packet of packets(recorded.initiator)) await mta.hear(packet);
  await hangUp(mta);
  assertTranscript('bind-called', mta.log);
});

test('called: a place that differs in one thing refuses, and says in what', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const peer = recordedBind(recorded.initiator);
  const refusals: readonly (readonly [Partial<Place>, string, readonly string[]])[] = [
    [{ peer: { ...peer, password: 'caliburn' } }, 'wrong-password', ['CC', 'RF']],
    [{ peer: { ...peer, mta: 'galahad.smhs.co.uk' } }, 'wrong-mta-name', ['CC', 'RF']],
    [{ peer: { mta: 'galahad.smhs.co.uk', password: 'grail' } }, 'inbound-unknown-peer', ['CC', 'RF']],
    [{ local: 'X400-84' }, 'unknown-transport-selector', ['DR']],
    [{ remote: 'X400-84' }, 'selector-mismatch', ['CC', 'RF']],
  ];
  let cases = 0;
  for (const [changes, event, answers] of refusals) {
    const configuration = calledPlace(recorded, changes);
    const [call, connect] = packets(recorded.initiator);
    const octets = Buffer.concat([call, connect]);
    for (let at = 1; at < octets.length; at += 1) {
      const mta = await answerPieces(configuration, [octets.subarray(0, at), octets.subarray(at)]);
      assert.deepEqual([mta.events, mta.answered], [[event], answers], `${event}, split at ${at}`);
      assert.equal(mta.agent.inboundAssociations, 0, event);
      cases += 1;
    }
  }
  t.diagnostic(`${cases} splits of ${refusals.length} calls that are refused`);
  assert.ok(cases >= 1000, `${cases} cases`);
});

test('calling: the recorded answers are accepted at every split, and we release', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const configuration = callingPlace(recorded);
  const { responder } = recorded;
  const cuts = [...responder.keys()].map((at) => new Set([at]));
  let cases = 0;
  for (const cut of [...cuts, 'everywhere'] as const) {
    const mta: ReplayedMta = new ReplayedMta(configuration, afterTheCaptures);
    await call(mta);
    const answers = new RecordedAnswers(mta, responder);
    await answers.give(cut);
    assert.equal(answers.left, 0);
    const where = cut === 'everywhere' ? cut : `split at ${[...cut].join()}`;
    assert.deepEqual(mta.events, ['association-opened'], where);
    const stopped = stop(mta);
    await settle();
    assert.deepEqual(mta.answered, ['CR', 'CN', 'FN'], where);
    // The capture ends with the caller's release: what would answer it is not there.
    mta.peerEnds();
    await stopped;
    cases += 1;
  }
  t.diagnostic(`${cases} ways of cutting ${responder.length} octets`);
  assert.ok(cases >= 195, `${cases} cases`);
});

test('calling: what is said and done, in order', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const mta = new ReplayedMta(callingPlace(recorded), afterTheCaptures);
  await call(mta);
  await new RecordedAnswers(mta, recorded.responder).give(new Set(), true);
  const stopped = stop(mta);
  await settle();
  mta.peerEnds();
  await stopped;
  const shown = recordedBind(Buffer.concat(mta.written));
  assert.deepEqual(shown, recordedBind(recorded.initiator), 'we present what the recorded caller did');
  assertTranscript('bind-calling', mta.log);
});

test('calling: a peer that presents another name or password is not talked to', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const peer = recordedBind(recorded.responder);
  for (const [changed, event] of [
    [{ ...peer, mta: 'galahad.smhs.co.uk' }, 'wrong-mta-name'],
    [{ ...peer, password: 'nimue' }, 'wrong-password'],
  ] as const) {
    const mta: ReplayedMta = new ReplayedMta(callingPlace(recorded, { peer: changed }), afterTheCaptures);
    await call(mta);
    await new RecordedAnswers(mta, recorded.responder).give(new Set());
    assert.deepEqual(mta.events, [event]);
    assert.deepEqual(mta.answered, ['CR', 'CN', 'AB']);
    mta.peerEnds();
    await stop(mta);
  }
});
