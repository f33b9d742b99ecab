// The octets by which a real MTA transferred a message of 1984 in X.410-1984 mode, replayed into a whole MTA
// of ours: at every split they end in a message that is secured, acknowledged only then, and delivered with
// the very octets of P2 that the capture holds.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../../src/base/octets.ts';
import { packets, recordedBind, recording } from './recorded-octets.ts';
import { ReplayedMta } from './replayed-mta.ts';
import {
  afterTheCaptures,
  answerPieces,
  assertSecured,
  calledPlace,
  expectedOf,
  hangUp,
} from './responding.ts';
import { assertTranscript } from './transcript.ts';

const capture = '84-x410-message.pcap';
const mode = 'x410-1984';

test('the message is secured at every split of the octets, one at a time, and whole', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  assert.equal(recordedBind(recorded.initiator).mta, 'pp-mta');
  const expected = expectedOf(recorded);
  const configuration = calledPlace(recorded, { mode });
  const { initiator } = recorded;
  const ways = [[initiator], Array.from(initiator, (_, at) => initiator.subarray(at, at + 1))];
  for (let at = 1; at < initiator.length; at += 1) {
    ways.push([initiator.subarray(0, at), initiator.subarray(at)]);
  }
  for (const [index, pieces] of ways.entries()) {
    await assertSecured(await answerPieces(configuration, pieces), expected, `way ${index}`);
  }
  t.diagnostic(`${ways.length} ways of cutting ${initiator.length} octets`);
});

test('the message spooled instead of kept whole, at every seventh split', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const configuration = calledPlace(recorded, { mode, inlineOctetsMax: '100' });
  const { initiator } = recorded;
  for (let at = 1; at < initiator.length; at += 7) {
    const mta = await answerPieces(configuration, [initiator.subarray(0, at), initiator.subarray(at)]);
    assert.ok(
      mta.log.some((line) => line.startsWith('store: spool sealed')),
      mta.log.join('\n'),
    );
    await assertSecured(mta, expectedOf(recorded), `split at ${at}`);
  }
});

test('what is said and done, in order', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  const mta = new ReplayedMta(calledPlace(recorded, { mode }), afterTheCaptures);
  mta.called();
  for (const packet of packets(recorded.initiator)) await mta.hear(packet);
  await hangUp(mta);
  await assertSecured(mta, expectedOf(recorded), 'PDU by PDU');
  assertTranscript('x410-message-in', mta.log);
});

test('a link of another mode refuses the call in session, and says which mode came', async (t) => {
  const recorded = recording(t, capture);
  if (recorded === undefined) return;
  for (const other of ['normal', 'x410-1988'] as const) {
    const [call, connect] = packets(recorded.initiator);
    const mta = await answerPieces(calledPlace(recorded, { mode: other }), [call, connect]);
    assert.deepEqual([mta.events, mta.answered], [['mode-mismatch'], ['CC', 'RF']], other);
    // RF: no user of this mode is attached to that address.
    assert.match(toHex(Buffer.concat(mta.written)), /0c06110101320182$/);
  }
});
