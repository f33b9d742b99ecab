// An MTA in the place of the side that was called in a capture, and what must have become of it at the end.

import assert from 'node:assert/strict';
import { type Instant, instant } from '../../src/base/time.ts';
import type { Configuration } from '../../src/config/index.ts';
import { configurationAt, type Place } from './configurations.ts';
import {
  packets,
  pduOf,
  type Recording,
  recordedApdu,
  recordedBind,
  recordedContent,
  sha256,
} from './recorded-octets.ts';
import { ReplayedMta, settle } from './replayed-mta.ts';

/** Shortly after the captures were made: nothing in them has expired. */
export const afterTheCaptures: Instant = instant(Date.UTC(2026, 10, 21));

/** The place of the side that was called. */
export function calledPlace(recorded: Recording, changes: Partial<Place> = {}): Configuration {
  const peer = recordedBind(recorded.initiator);
  const own = recordedBind(recorded.responder);
  const { calledTransport: local, callingTransport: remote } = peer;
  const domains = { ownPrmd: 'TS', peerPrmd: 'PP' };
  return configurationAt({
    own,
    peer,
    local,
    remote,
    rts: '{ checkpoint: 1KiB, window: 3 }',
    ...domains,
    ...changes,
  });
}

/** The initiator's octets, cut as given, and then the end of the connection. */
export async function answerPieces(
  configuration: Configuration,
  pieces: readonly Uint8Array[],
): Promise<ReplayedMta> {
  const mta = new ReplayedMta(configuration, afterTheCaptures);
  mta.called();
  await mta.hearPieces(pieces);
  await hangUp(mta);
  return mta;
}

/** Lets the MTA do what is left, as far as it needs no more octets, and ends the connection. */
export async function hangUp(mta: ReplayedMta): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await settle();
  mta.peerEnds();
  await settle();
}

/** What a recorded transfer of one message has to come to. */
export interface Expected {
  readonly content: Uint8Array;
  readonly sha256: string;
  /** The PDUs that the recorded responder answered. */
  readonly answers: readonly string[];
  readonly apduOctets: number;
}

export function expectedOf({ initiator, responder }: Recording): Expected {
  const apdu = recordedApdu(initiator);
  const content = recordedContent(apdu);
  const answers = packets(responder).map((packet) => pduOf(packet).name);
  return { content, sha256: sha256(content), answers, apduOctets: apdu.length };
}

/**
 * One message was secured, acknowledged after that, delivered with these very octets; and nothing is left
 * over.
 */
export async function assertSecured(mta: ReplayedMta, expected: Expected, where: string): Promise<void> {
  const told = ['association-opened', 'transfer-in', 'delivered', 'association-closed'];
  // What is replayed in one piece does not wait for our confirmations: its points outrun the window.
  const events = mta.events.filter((name) => name !== 'tolerance-used');
  assert.deepEqual(events, told, `${where}\n${mta.log.join('\n')}`);
  assert.deepEqual(mta.answered, expected.answers, where);
  assert.equal(mta.delivered.length, 1, where);
  const [delivered] = mta.delivered;
  assert.equal(delivered.sha256, expected.sha256, where);
  assert.ok(Buffer.from(delivered.octets).equals(expected.content), where);
  assertAcknowledgedAfterCommit(mta, where);
  const { inner } = mta.store;
  const { mtsIdentifier } = delivered;
  assert.deepEqual(await inner.list({}), [], `${where}: the queue is empty again`);
  const acts = (await inner.track({ mtsIdentifier })).map(({ act }) => act);
  assert.deepEqual(acts, ['transferred-in', 'delivered'], where);
  assert.ok(mta.over, `${where}: the connection is over`);
  assert.equal(mta.agent.inboundAssociations, 0, where);
}

/** The end of the activity was confirmed once, and only when the store had said that the message is safe. */
export function assertAcknowledgedAfterCommit(mta: ReplayedMta, where: string): void {
  const committed = mta.log.indexOf('store: committed');
  const acknowledged = mta.log.findIndex((line) => line.startsWith('> AEA'));
  assert.ok(committed >= 0, `${where}: committed`);
  assert.ok(acknowledged > committed, `${where}: acknowledged at ${acknowledged}, committed at ${committed}`);
  assert.equal(mta.log.filter((line) => line.startsWith('> AEA')).length, 1, where);
  const synced = (line: string): boolean => /^store: spool (synced|sealed)/.test(line);
  assert.ok(mta.log.findLastIndex(synced) < committed, `${where}: the spool is synced before the commit`);
}
