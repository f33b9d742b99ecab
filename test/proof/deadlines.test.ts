// RT-C3: peers that fall silent at each layer, when we call and when they do: after the TCP connection, after
// CR, after CN, inside an activity, after FN. Each silence ends by a timer of its own with a configured
// value, told by one event that names it; the lower layers go with the upper, and no socket is left.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseORAddress } from '../../src/address/index.ts';
import { encode } from '../../src/asn1/index.ts';
import { MTSAPDU } from '../../src/p1/index.ts';
import { MessageSink } from '../../bench/sink.ts';
import { templateMessage } from '../../bench/template.ts';
import { Caller } from '../support/caller.ts';
import { type EventLine, eventually, MtaProcess } from '../support/mta-process.ts';
import { freePorts } from '../support/ports.ts';
import { temporaryDirectory } from '../support/network.ts';
import { countsOf, metricsPage, type ProcessCounts } from '../support/process-counts.ts';
import { packetsIn, type RelayedConnection, spdus, type TcpRelay, tcpRelay } from '../support/tcp-relay.ts';

/** The configured limits, all different, so that the event shows which one ran out. */
const limits = { open: 1100, activity: 1300, disconnect: 1000, idle: 1500, inboundOpen: 1200 } as const;
/** What a limit may be late by on a machine with other work. */
const LATE_MS_MAX = 3000;

/** The peer's octets are held back from the moment that this has passed, in either direction. */
interface Silence {
  readonly what: string;
  /** `called`: the peer falls silent when this of ours has come. 'first octet': at once. */
  readonly after: 'first octet' | 'CR' | 'CC' | 'CN' | 'AS' | 'FN';
  readonly timer: string;
  readonly layer: string;
  readonly limit_ms: number;
}

/** We call. The disconnect of a link is the release's. */
const whenWeCall: readonly Silence[] = [
  { what: 'after CR', after: 'CR', timer: 'open', layer: 'transport', limit_ms: limits.open },
  { what: 'after CN', after: 'CN', timer: 'open', layer: 'session', limit_ms: limits.open },
  { what: 'in an activity', after: 'AS', timer: 'activity', layer: 'rtse', limit_ms: limits.activity },
  { what: 'after FN', after: 'FN', timer: 'disconnect', layer: 'rtse', limit_ms: limits.disconnect },
];

describe('RT-C3: deadlines', { timeout: 120_000 }, () => {
  let mta: MtaProcess;
  let port: number;
  let page: () => Promise<string>;
  let baseline: ProcessCounts;
  const relays: TcpRelay[] = [];
  const silentLinks = new Map<string, TcpRelay>();
  /** Links with something to send. */
  const waiting = new Set<string>();
  const cleanups: (() => unknown)[] = [];

  before(async () => {
    const sink = new MessageSink({ transit: false });
    const listener = await sink.answer({ mta: 'PEER', password: 'sink-secret' }, 0);
    cleanups.push(() => listener.stop());
    for (const { what, after: when } of whenWeCall) {
      const relay = await tcpRelay({ targetPort: listener.port, through: fallsSilent(when, 'to-caller') });
      silentLinks.set(what, relay);
      relays.push(relay);
    }
    const [mtaPort, adminPort] = await freePorts(2);
    port = mtaPort;
    const directory = await temporaryDirectory({ after: (clean) => cleanups.push(clean) });
    mta = await MtaProcess.prepare(join(directory, 'here'), configuration({ port, adminPort }, silentLinks));
    await mta.start();
    page = () => metricsPage(mta, adminPort);
    baseline = await countsOf(mta, page);
  });
  after(async () => {
    for (const relay of relays) relay.stop();
    await mta.stop('SIGKILL');
    for (const clean of cleanups) await clean();
  });

  /** The one event of a silence, and nothing left of its association. */
  async function timedOut(
    silence: Omit<Silence, 'what' | 'after'>,
    from: { readonly at: number; readonly events: number },
    fits: (event: EventLine) => boolean,
  ): Promise<EventLine> {
    const { timer, layer, limit_ms } = silence;
    const found = (): EventLine[] => mta.eventsNamed('association-timeout').slice(from.events).filter(fits);
    const event = await eventually('association-timeout', limit_ms + LATE_MS_MAX + 5000, () => found()[0]);
    const took_ms = performance.now() - from.at;
    assert.deepEqual(
      { timer: event.timer, layer: event.layer, limit: event.limit },
      { timer, layer, limit: limit_ms },
      JSON.stringify(event),
    );
    assert.ok(took_ms >= limit_ms - 50 && took_ms < limit_ms + LATE_MS_MAX, `after ${took_ms} ms`);
    assert.match(String(event.state), /transport \w+, session \w+, rtse \w+/);
    await eventually('the counts of before', 10_000, async () => {
      const now = await countsOf(mta, page);
      // What is to be sent again in a day waits for one timer a link.
      const { sockets, associations, timers } = baseline;
      const back = now.sockets <= sockets && now.associations <= associations;
      return back && now.timers <= timers + waiting.size ? true : undefined;
    });
    assert.equal(found().length, 1, JSON.stringify(found()));
    return event;
  }

  for (const silence of whenWeCall) {
    it(`RT-C3: a peer that we call is silent ${silence.what}`, async () => {
      const link = linkName(silence.what);
      const events = mta.eventsNamed('association-timeout').length;
      const relay = silentLinks.get(silence.what);
      assert.ok(relay !== undefined);
      const address = `/S=u/P=${link.toUpperCase()}/A= /C=GB/`;
      const sent = await mta.command(
        'send',
        '--from',
        '/S=u/P=HERE/A= /C=GB/',
        '--to',
        address,
        '--text',
        'x',
      );
      assert.equal(sent.code, 0, sent.stderr);
      waiting.add(link);
      const at = await eventually('the silence', 10_000, () => silentSince.get(relay.connections[0]));
      await timedOut(silence, { at, events }, (event) => event.link === link);
      await eventually('the sockets of the peer', 5000, () => (relay.open() <= 1 ? true : undefined));
    });
  }

  it('RT-C3: a caller is silent after the TCP connection', async () => {
    const events = mta.eventsNamed('association-timeout').length;
    const at = performance.now();
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const expected = { timer: 'open', layer: 'transport', limit_ms: limits.inboundOpen };
    await timedOut(expected, { at, events }, () => true);
    await closed;
  });

  const callers: readonly Silence[] = [
    { what: 'after CR', after: 'CC', timer: 'open', layer: 'session', limit_ms: limits.inboundOpen },
    { what: 'after its bind', after: 'CN', timer: 'idle', layer: 'rtse', limit_ms: limits.idle },
    { what: 'inside an activity', after: 'AS', timer: 'activity', layer: 'rtse', limit_ms: limits.activity },
    { what: 'after FN', after: 'FN', timer: 'abort', layer: 'session', limit_ms: limits.disconnect },
  ];
  for (const silence of callers) {
    it(`RT-C3: a caller is silent ${silence.what}`, async () => {
      const relay = await tcpRelay({ targetPort: port, through: fallsSilent(silence.after, 'to-target') });
      relays.push(relay);
      const events = mta.eventsNamed('association-timeout').length;
      const calling = Caller.call({ port: relay.port, mta: 'CALLER', password: 'caller-secret' });
      if (silence.after !== 'CC') {
        const caller = await calling;
        assert.ok(caller.opened);
        if (silence.after === 'AS') void caller.transfer(message(200_000));
        if (silence.after === 'FN') void caller.release();
      }
      const at = await eventually('the silence', 10_000, () => silentSince.get(relay.connections[0]));
      await timedOut(silence, { at, events }, () => true);
      relay.stop();
      await calling;
    });
  }

  it('has kept one process without a contradiction', () => {
    assert.deepEqual(mta.strayLines, []);
    assert.deepEqual(mta.eventsNamed('internal-error'), []);
  });
});

/** When each connection fell silent. */
const silentSince = new WeakMap<RelayedConnection, number>();

/** Holds back what the peer says from the moment that `when` passes; what ends a TCP connection, too. */
function fallsSilent(when: Silence['after'], direction: 'to-caller' | 'to-target') {
  return (piece: Buffer, _: string, connection: RelayedConnection): Buffer | undefined => {
    if (silentSince.has(connection)) return undefined;
    // One silence each: what is tried again meets a reset.
    if (connection.number > 1) connection.cut();
    const wanted = when === 'CR' || when === 'CC' ? when : spdus[when as 'CN' | 'AS' | 'FN'];
    if (when !== 'first octet' && !packetsIn(piece).includes(wanted)) return undefined;
    silentSince.set(connection, performance.now());
    connection.freeze(direction);
    return piece;
  };
}

function message(octets: number): Uint8Array {
  const recipient = parseORAddress('/S=u/P=HERE/A= /C=GB/');
  assert.ok(recipient.ok);
  const localIdentifier = `silent-${octets}`;
  return encode(
    MTSAPDU,
    templateMessage({ recipient: recipient.value, contentOctets: octets, localIdentifier }),
  );
}

function linkName(what: string): string {
  return what.replaceAll(' ', '-');
}

function configuration(
  ports: { readonly port: number; readonly adminPort: number },
  silent: ReadonlyMap<string, TcpRelay>,
): string {
  const { open, activity, idle } = limits;
  const timers = `    timers: { open: ${open}ms, activity: ${activity}ms, idle: ${idle}ms }
    associations: { lifetime: 0s, disconnect: ${limits.disconnect}ms }
    retry: { openInterval: 1d, transferInterval: 1d }
    rts: { recoveryTimeout: 1s }
`;
  const links = [...silent].map(
    ([what, relay], index) => `  - name: ${linkName(what)}
    peer: { mta: PEER, password: sink-secret, address: 127.0.0.1, port: ${relay.port} }
    selectors: { remote: { transport: T${index} } }
    addressSpaces: [ { address: "/P=${linkName(what).toUpperCase()}/A= /C=GB/", cost: 10 } ]
${timers}`,
  );
  return `mta:
  name: MTA-HERE
  domain: { country: GB, admd: " ", prmd: HERE }
  limits: { inboundOpen: ${limits.inboundOpen}ms, inboundDisconnect: ${limits.disconnect}ms }
listen: [ { address: 127.0.0.1, port: ${ports.port} } ]
admin: { address: 127.0.0.1, port: ${ports.adminPort} }
store: { directory: ./store }
links:
${links.join('')}  - name: caller
    peer: { mta: CALLER, password: caller-secret }
${timers}deliver:
  - addressSpace: "/P=HERE/A= /C=GB/"
    users: any
    directory: ./delivered
`;
}
