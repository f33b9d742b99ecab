// Real peers' octets through TPKT, transport and session. As responder: the initiator's octets are taken
// without complaint at every split. As initiator: asked for what the capture shows, we put out the same
// octets.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';

import { toHex } from '../../src/base/octets.ts';
import type { SessionIndication, SessionRequest } from '../../src/stack/session/service.ts';
import { decodeTsdu } from '../../src/stack/session/spdu-decoder.ts';
import type { ReceivedSpdu } from '../../src/stack/session/spdu.ts';
import { TpktDecoder } from '../../src/stack/tpkt/tpkt.ts';
import { TsduReassembly } from '../../src/stack/transport/reassembly.ts';
import { decodeTpdu } from '../../src/stack/transport/tpdu-codec.ts';
import { tcpStreams } from '../support/pcap.ts';
import { StackEnd } from '../support/stack-end.ts';

const captures = '../shared/reference/captures';

/** Accepts, confirms and releases, as any session user would. */
function acceptEverything(indication: SessionIndication, end: StackEnd): void {
  if (indication.kind === 'SCONind') {
    const { requirements, tokens } = indication;
    end.request({
      kind: 'SCONrsp+',
      identifier: {},
      requirements: requirements & 0x249,
      tokens,
      userData: [],
    });
  }
  if (indication.kind === 'SSYNmind')
    end.request({ kind: 'SSYNmrsp', serialNumber: indication.serialNumber });
  if (indication.kind === 'SACTEind') end.request({ kind: 'SACTErsp' });
  if (indication.kind === 'SRELind') end.request({ kind: 'SRELrsp+' });
}

function responder(): StackEnd {
  const end = new StackEnd({ role: 'responder' });
  end.user = acceptEverything;
  return end;
}

function summary(end: StackEnd): string {
  const kinds = end.indications.map((indication) => {
    const octets = 'userData' in indication && indication.userData ? `:${toHex(indication.userData)}` : '';
    return indication.kind + octets;
  });
  return `${kinds.join(' ')} ${end.session.state} ${end.transport.state}`;
}

for (const name of ['84-x410-message', '88-normal-message', 'p1-bind']) {
  test(`${name}: the initiator's octets are taken at every split`, (t) => {
    const path = `${captures}/${name}.pcap`;
    if (!existsSync(path)) return t.skip(`${path} not found`);
    const { octets } = tcpStreams(path)[0];
    const whole = responder();
    whole.receive(octets);
    assert.deepEqual(whole.violations, []);
    assert.ok(whole.indications.some(({ kind }) => kind === 'SRELind'));
    for (let split = 0; split <= octets.length; split += 1) {
      const end = responder();
      end.receive(octets.subarray(0, split));
      end.receive(octets.subarray(split));
      assert.deepEqual(end.violations, []);
      assert.equal(summary(end), summary(whole));
    }
    const slow = responder();
    for (let at = 0; at < octets.length; at += 1) slow.receive(octets.subarray(at, at + 1));
    assert.equal(summary(slow), summary(whole));
    return undefined;
  });
}

test('88-normal-100k: minor synchronization points, one octet at a time and whole', (t) => {
  const path = `${captures}/88-normal-100k.pcap`;
  if (!existsSync(path)) return t.skip(`${path} not found`);
  const { octets } = tcpStreams(path)[0];
  const whole = responder();
  whole.receive(octets);
  assert.deepEqual(whole.violations, []);
  const kinds = whole.indications.map(({ kind }) => kind);
  assert.ok(kinds.filter((kind) => kind === 'SSYNmind').length > 50);
  assert.ok(kinds.includes('SACTEind'));
  assert.ok(kinds.includes('SRELind'));
  const slow = responder();
  for (let at = 0; at < octets.length; at += 1) slow.receive(octets.subarray(at, at + 1));
  assert.equal(summary(slow), summary(whole));
  return undefined;
});

/** The SPDUs of one side. */
function spdusOf(octets: Uint8Array): ReceivedSpdu[] {
  const reassembly = new TsduReassembly(1_000_000);
  const spdus: ReceivedSpdu[] = [];
  for (const nsdu of new TpktDecoder().receive(octets).tpdus) {
    const tpdu = decodeTpdu(nsdu);
    assert.ok(tpdu.ok);
    if (tpdu.value.kind !== 'DT') continue;
    const tsdu = reassembly.take(tpdu.value);
    if (tsdu === undefined) continue;
    assert.notEqual(tsdu, 'too-long');
    if (tsdu === 'too-long') continue;
    const decoded = decodeTsdu(tsdu);
    assert.ok(decoded.ok);
    spdus.push(...decoded.value);
  }
  return spdus;
}

function requestFor(spdu: ReceivedSpdu): SessionRequest {
  const userData = spdu.userData === undefined ? [] : [spdu.userData];
  switch (spdu.kind) {
    case 'CN': {
      const tokens = {
        data: 'initiator',
        synchronizeMinor: 'initiator',
        majorActivity: 'initiator',
      } as const;
      const { identifier = {}, requirements = 0 } = spdu;
      return { kind: 'SCONreq', identifier, requirements, tokens, userData };
    }
    case 'AS':
      return { kind: 'SACTSreq', activity: spdu.activity ?? new Uint8Array(0) };
    case 'DT':
      return { kind: 'SDTreq', userData };
    case 'MIP':
      return { kind: 'SSYNmreq' };
    case 'AE':
      return { kind: 'SACTEreq' };
    case 'FN':
      return { kind: 'SRELreq', userData };
    default:
      return assert.fail(`no request for ${spdu.kind}`);
  }
}

/** Feeds the answers as soon as they answer something. */
function mayFeed(answer: ReceivedSpdu | undefined, asked: readonly ReceivedSpdu[]): boolean {
  if (answer === undefined) return false;
  if (answer.kind === 'AC') return asked.some(({ kind }) => kind === 'CN');
  if (answer.kind === 'DN') return asked.some(({ kind }) => kind === 'FN');
  return asked.some(
    ({ serialNumber }) => serialNumber !== undefined && serialNumber >= (answer.serialNumber ?? 0),
  );
}

for (const name of ['84-x410-message', '88-normal-message', '88-normal-100k']) {
  test(`${name}: as the initiator we put out the octets that PP did`, (t) => {
    const path = `${captures}/${name}.pcap`;
    if (!existsSync(path)) return t.skip(`${path} not found`);
    const [initiator, acceptor] = tcpStreams(path).map(({ octets }) => octets);
    const asked = spdusOf(initiator);
    const answers = spdusOf(acceptor);
    const cr = decodeTpdu(new TpktDecoder().receive(initiator).tpdus[0]);
    assert.ok(cr.ok && cr.value.kind === 'CR');
    const calling = { reference: cr.value.source, tpdu_octets_max: cr.value.tpduOctets };
    const end = new StackEnd(
      { role: 'initiator', ...calling },
      { calledTransportSelector: cr.value.called, tsdu_octets_max: 2041 },
    );
    let sent = '';
    const packets = new TpktDecoder()
      .receive(acceptor)
      .tpdus.map((tpdu) => [3, 0, 0, tpdu.length + 4, ...tpdu]);
    for (const [index, spdu] of asked.entries()) {
      end.request(requestFor(spdu));
      if (spdu.kind === 'CN') end.receive(Uint8Array.from(packets.shift() ?? []));
      while (mayFeed(answers[0], asked.slice(0, index + 1))) {
        answers.shift();
        end.receive(Uint8Array.from(packets.shift() ?? []));
      }
      sent += toHex(end.takeSent());
    }
    assert.deepEqual(end.violations, []);
    assert.equal(end.session.state, 'STA01');
    // PP says farewell with a DR, which class 0 does not ask for.
    assert.equal(sent, toHex(initiator).slice(0, sent.length));
    assert.equal(initiator.length - sent.length / 2, 11);
    return undefined;
  });
}
