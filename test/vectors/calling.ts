// An MTA in the place of the side that called in a capture, against what the called side answered there.
// The answers are those of the capture but for the reference that transport gave our connection; each is
// let in when what it answers has been said.

import assert from 'node:assert/strict';
import { after, seconds } from '../../src/base/time.ts';
import type { Configuration } from '../../src/config/index.ts';
import { decodeMTSAPDU } from '../../src/p1/index.ts';
import type { CommitResult, StoredContent } from '../../src/store/index.ts';
import { configurationAt, type Place } from './configurations.ts';
import {
  packets,
  packetStarts,
  pduOf,
  type Recording,
  recordedApdu,
  recordedBind,
} from './recorded-octets.ts';
import { type ReplayedMta, settle } from './replayed-mta.ts';

/** The place of the side that called. */
export function callingPlace(recorded: Recording, changes: Partial<Place> = {}): Configuration {
  const own = recordedBind(recorded.initiator);
  const peer = recordedBind(recorded.responder);
  const { calledTransport: remote, callingTransport: local } = own;
  return configurationAt({
    own,
    peer,
    local,
    remote,
    address: '192.0.2.1',
    rts: '{ checkpoint: 63KiB, window: 3 }',
    ownPrmd: 'PP',
    peerPrmd: 'TS',
    sameDomain: true,
    ...changes,
  });
}

/** Calls the peer now, message or not, once the MTA has started. */
export async function call(mta: ReplayedMta): Promise<void> {
  await settle();
  const link = mta.agent.hops.links.get('recorded');
  assert.ok(link !== undefined, 'the MTA serves its link');
  link.tell({ kind: 'connect-now' });
  await settle();
}

/**
 * Submits the message that the capture's initiator transferred; a large content as a spool, as a store
 * wants it.
 */
export async function submitRecorded(mta: ReplayedMta, recorded: Recording): Promise<CommitResult> {
  const apdu = decodeMTSAPDU(recordedApdu(recorded.initiator));
  assert.ok(apdu.ok && apdu.value.kind === 'message');
  const { envelope, content: octets } = apdu.value.value;
  let content: StoredContent = { kind: 'inline', octets };
  if (octets.length > 65_536) {
    const spool = await mta.store.inner.openSpool();
    await spool.write(octets);
    await spool.seal(new Uint8Array());
    content = { kind: 'spooled', spool: spool.name, octets_count: octets.length };
  }
  return mta.agent.submit({ value: { kind: 'message', envelope }, content, contentLength: octets.length });
}

/** The transfer is over: the MTA is asked to stop, and so releases its association. */
export function stop(mta: ReplayedMta): Promise<void> {
  return mta.agent.stop(after(mta.now, seconds(10)));
}

/** What one of the called side's PDUs answers. */
function answeredBy(name: string): string {
  const [kind, serial] = name.split(' ');
  const asked = { CC: 'CR', AC: 'CN', MIA: 'MIP', AEA: 'AE', DN: 'FN' }[kind];
  assert.ok(asked !== undefined, `${name} answers something`);
  return serial === undefined ? asked : `${asked} ${serial}`;
}

/** The recorded answers, as they come to our connection. */
export class RecordedAnswers {
  readonly #mta: ReplayedMta;
  readonly #octets: Uint8Array;
  readonly #starts: readonly number[];
  #next = 0;

  constructor(mta: ReplayedMta, responder: Uint8Array) {
    this.#mta = mta;
    this.#octets = responder.slice();
    this.#starts = packetStarts(responder);
  }

  /** What is still to come. */
  get left(): number {
    return this.#starts.length - this.#next;
  }

  /** Lets answers in as they become due, cut at `cuts`, until none is due. */
  async give(cuts: ReadonlySet<number> | 'everywhere', told = false): Promise<void> {
    for (; this.left > 0; this.#next += 1) {
      const from = this.#starts[this.#next];
      const to = this.#starts[this.#next + 1] ?? this.#octets.length;
      const name = pduOf(this.#octets.subarray(from, to)).name;
      if (!(await this.#due(answeredBy(name)))) return;
      // CC: our reference, where the capture has that of the recorded caller.
      if (this.#next === 0) this.#octets.set(packets(this.#mta.written[0])[0].subarray(8, 10), from + 6);
      if (told) this.#mta.log.push(`< ${name}`);
      let begin = from;
      for (let at = from + 1; at <= to; at += 1) {
        if (at < to && cuts !== 'everywhere' && !cuts.has(at)) continue;
        this.#mta.arrive(this.#octets.subarray(begin, at));
        await settle();
        begin = at;
      }
    }
  }

  async #due(asked: string): Promise<boolean> {
    for (let turn = 0; turn < 5; turn += 1) {
      if (this.#mta.said(asked)) return true;
      await settle();
    }
    return this.#mta.said(asked);
  }
}
