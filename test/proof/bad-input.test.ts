// What a hostile or misconfigured caller may do to a running MTA: each thing closes one connection and logs
// one event that names the mismatch, while a transfer on another association goes on undisturbed.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseORAddress } from '../../src/address/index.ts';
import { encode } from '../../src/asn1/index.ts';
import { fromLatin1 } from '../../src/base/octets.ts';
import { MTSAPDU } from '../../src/p1/index.ts';
import { templateMessage } from '../../bench/template.ts';
import { Caller, type CallPlan } from '../support/caller.ts';
import { chappe, type EventLine, eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, type Site, sites, temporaryDirectory, userAt } from '../support/network.ts';

/** The octets of one raw attempt, and the event that it must leave behind. */
const garbage: readonly { readonly what: string; readonly octets: Uint8Array; readonly event: string }[] = [
  {
    what: 'an HTTP request',
    octets: fromLatin1('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    event: 'framing-violation',
  },
  ...[0, 1, 2, 3, 4, 5, 6].map((length) => ({
    what: `a TPKT of length ${length}`,
    octets: Uint8Array.of(3, 0, 0, length, 0, 0, 0),
    event: 'framing-violation',
  })),
  { what: 'TPKT version 4', octets: Uint8Array.of(4, 0, 0, 7, 2, 0xf0, 0x80), event: 'framing-violation' },
  { what: 'TPKT version 0', octets: Uint8Array.of(0, 0, 0, 7, 2, 0xf0, 0x80), event: 'framing-violation' },
  {
    what: 'data before any connection',
    octets: Uint8Array.of(3, 0, 0, 7, 2, 0xf0, 0x80),
    event: 'protocol-violation',
  },
  {
    what: 'a TPDU of an unknown code',
    octets: Uint8Array.of(3, 0, 0, 11, 6, 0x33, 0, 0, 0, 0, 0),
    event: 'protocol-violation',
  },
];

describe('bad input', { timeout: 120_000 }, () => {
  let mta: MtaProcess;
  let site: Site;
  let background: Caller;
  const cleanups: (() => Promise<void>)[] = [];
  const good = { mta: 'MTA-PEER', password: 'PEER-secret' };

  const messageTo = (surname: string, octets: number): Uint8Array => {
    const recipient = parseORAddress(userAt(site, surname));
    assert.ok(recipient.ok);
    const localIdentifier = `id-${surname}`;
    return encode(
      MTSAPDU,
      templateMessage({ recipient: recipient.value, contentOctets: octets, localIdentifier }),
    );
  };

  before(async () => {
    const directory = await temporaryDirectory({ after: (clean) => cleanups.push(clean) });
    const [here, peer] = await sites('HERE', 'PEER');
    site = here;
    const extra = '    rts: { dialogue: monologue }\n    selectors: { local: { transport: X400 } }\n';
    mta = await MtaProcess.prepare(
      join(directory, 'here'),
      configurationOf(here, { links: [{ to: peer, extra }] }),
    );
    await mta.start();
    background = await Caller.call({ port: here.port, ...good, options: selectors('X400') });
    assert.ok(background.opened, JSON.stringify(background.indications));
  });
  after(async () => {
    background.destroy();
    await mta.stop();
    for (const clean of cleanups) await clean();
  });

  /** Runs `attack` while the background association transfers; exactly one event of that name must follow. */
  async function during(name: string, attack: () => Promise<void>): Promise<EventLine> {
    const before = mta.eventsNamed(name).length;
    const transfer = background.transfer(messageTo(`background${mta.events.length}`, 20_000));
    await attack();
    const confirmed = await transfer;
    assert.equal(confirmed?.kind, 'RTTRcnf+', 'the transfer on the other association was disturbed');
    await eventually(`the event ${name}`, 5000, () => mta.eventsNamed(name)[before]);
    assert.equal(mta.eventsNamed(name).length, before + 1, `${name} must be logged once`);
    return mta.eventsNamed(name)[before];
  }

  for (const { what, octets, event } of garbage) {
    it(`${what} closes that connection and is logged as ${event}`, async () => {
      const logged = await during(event, () => rawCall(site.port, octets));
      assert.ok(typeof logged.expected === 'string' && typeof logged.got === 'string');
    });
  }

  it('a BER length of 4 GB inside a bind closes that connection', async () => {
    const connection = Uint8Array.of(
      3,
      0,
      0,
      18,
      13,
      0xe0,
      0,
      0,
      0,
      1,
      0,
      0xc2,
      4,
      0x58,
      0x34,
      0x30,
      0x30,
      0xc0,
    );
    const cr = Uint8Array.of(3, 0, 0, 17, 12, 0xe0, 0, 0, 0, 1, 0, 0xc2, 4, 0x58, 0x34, 0x30, 0x30);
    assert.ok(connection.length === 18);
    const userData = [0x31, 0x84, 0xff, 0xff, 0xff, 0xff, 0xa0, 0x03, 0x80, 0x01, 0x01];
    const cn = [0x0d, 4 + 2 + userData.length + 8, 5, 6, 0x13, 1, 0, 0x16, 1, 0x02, 0x14, 2, 0x02, 0x49];
    const spdu = [
      ...cn.slice(0, 1),
      cn.length - 2 + 2 + userData.length,
      ...cn.slice(2),
      0xc1,
      userData.length,
      ...userData,
    ];
    const data = Uint8Array.of(3, 0, 0, 7 + spdu.length, 2, 0xf0, 0x80, ...spdu);
    const before = mta.events.length;
    await during('protocol-violation', () => rawCall(site.port, Uint8Array.of(...cr, ...data)));
    assert.ok(mta.events.length > before);
  });

  const binds: readonly {
    what: string;
    plan: Partial<CallPlan>;
    event: string;
    tells: Record<string, string>;
  }[] = [
    {
      what: 'a wrong password',
      plan: { password: 'wrong' },
      event: 'wrong-password',
      tells: { link: 'peer' },
    },
    {
      what: 'a wrong MTA name with the right password',
      plan: { mta: 'MTA-PAER' },
      event: 'wrong-mta-name',
      tells: { expected: 'MTA-PEER', presented: 'MTA-PAER' },
    },
    {
      what: 'an unknown peer',
      plan: { mta: 'MTA-STRANGER', password: 'nothing' },
      event: 'inbound-unknown-peer',
      tells: { presented: 'MTA-STRANGER' },
    },
    {
      what: 'an unknown transport selector',
      plan: { options: selectors('X401') },
      event: 'unknown-transport-selector',
      tells: { got: 'X401' },
    },
    {
      what: 'a dialogue mode that the link does not take',
      plan: { dialogueMode: 'two-way-alternate' },
      event: 'dialogue-mismatch',
      tells: { expected: 'monologue', got: 'two-way-alternate' },
    },
  ];
  for (const { what, plan, event, tells } of binds) {
    it(`${what} is refused and logged as ${event}`, async () => {
      const logged = await during(event, async () => {
        const caller = await Caller.call({ port: site.port, ...good, options: selectors('X400'), ...plan });
        assert.ok(!caller.opened, 'the bind must be refused');
        await caller.until(() => false);
      });
      for (const [field, value] of Object.entries(tells))
        assert.equal(logged[field], value, JSON.stringify(logged));
      assert.ok(!JSON.stringify(mta.events).includes('PEER-secret'), 'a password in the log');
    });
  }

  it('still takes mail, and has kept one process all the time', async () => {
    const confirmed = await background.transfer(messageTo('last', 2000));
    assert.equal(confirmed?.kind, 'RTTRcnf+');
    await eventually('its delivery', 10_000, async () =>
      (await mta.delivered()).find((file) => file.recipient.includes('last')),
    );
    assert.deepEqual(mta.strayLines, []);
  });
});

describe('a broken configuration', () => {
  it('lists every error with its line', async (t) => {
    const directory = await temporaryDirectory(t);
    const text = `mta:
  name: MTA-A
  domain: { country: GBR, admd: " ", prmd: SITE-A }
listen: [ { address: 127.0.0.1, port: 99999 } ]
admin:  { address: 127.0.0.1, port: 10480 }
store:  { directory: ./data/a }
links:
  - name: site-b
    peer: { mta: MTA-B, password: b-secret, address: 127.0.0.1, port: 10103 }
    credentials: { mta: MTA-A, password: a-secret }
    selectors: { local: { transport: 59 } }
    adressSpaces: []
    addressSpaces: [ { address: "nonsense", cost: 10 } ]
    retry: { openInterval: 600 }
deliver: []
`;
    const mta = await MtaProcess.prepare(directory, text);
    const result = await chappe(['config', 'check', '--config', mta.configPath]);
    assert.equal(result.code, 1);
    const said = result.stdout + result.stderr;
    for (const line of [3, 4, 11, 12, 13, 14]) {
      assert.match(said, new RegExp(`:${line}[:\\b ]`), `line ${line} is not named in:\n${said}`);
    }
    assert.match(said, /addressSpaces/, 'the nearest key is offered');
  });
});

function selectors(called: string): NonNullable<CallPlan['options']> {
  return { called: { transport: fromLatin1(called) } };
}

/** Sends octets on a connection of its own and resolves when the MTA has closed it. */
function rawCall(port: number, octets: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.setTimeout(10_000, () => reject(new Error('the connection was not closed within 10 s')));
    socket.on('connect', () => socket.write(octets));
    socket.on('data', () => undefined);
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}
