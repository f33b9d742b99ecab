// RT-N3: the size of a message is looked at as early as it can be known, and by the same measure (octets of
// content) whether it is submitted, transferred or asked about by a probe, bound for a user here or for a
// link: a limit takes what is as long as it says, and nothing that is one octet longer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globalDomainIdentifier } from '../../src/address/index.ts';
import { concat } from '../../src/base/octets.ts';
import { encodeMessageHead, encodeMTSAPDU, type MTSAPDU } from '../../src/p1/index.ts';
import { openMemoryStore, type SpoolWriter } from '../../src/store/index.ts';
import { memoryDisk } from '../../src/store/memory/store.ts';
import { localIdentifierSource, submit } from '../../src/submission/index.ts';
import { ApduIntake } from '../../src/transfer/apdu-intake.ts';
import { type AgentInHand, agentInHand } from '../support/agent-in-hand.ts';
import { configured, envelopeOf, HandleInHand, now, open } from '../support/transfer.ts';

const OWN_MAX = 200 * 1024;
const LINK_MAX = 100 * 1024;
/** Content up to this goes in memory, the rest into a spool: both limits lie above, and one below. */
const configuration = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X }, limits: { messageSize: 200KiB } }
store: { directory: /nowhere/x, inlineOctetsMax: 64KiB }
links:
  - { name: b, peer: { mta: MTA-B, password: b-secret }, addressSpaces: [ { address: "/P=B/A= /C=GB/" } ] }
  - name: c
    peer: { mta: MTA-C }
    maxMessageSize: 100KiB
    addressSpaces: [ { address: "/P=C/A= /C=GB/" } ]
deliver: [ { name: x, addressSpace: "/P=X/A= /C=GB/", users: any } ]
`);

const here = '/S=u/P=X/A= /C=GB/';
const there = '/S=u/P=C/A= /C=GB/';

/** How a content of so many octets comes in for a recipient. */
type Way = (mta: AgentInHand, to: string, octets: number) => Promise<void>;

const ways: Readonly<Record<string, Way>> = {
  transferred: (mta, to, octets) => transferred(mta, [messageTo(to, octets)]),
  'transferred in small pieces': (mta, to, octets) => {
    const apdu = messageTo(to, octets);
    const pieces = [];
    for (let at = 0; at < apdu.length; at += 1000) pieces.push(apdu.subarray(at, at + 1000));
    return transferred(mta, pieces);
  },
  'transferred, its length unsaid': (mta, to, octets) => transferred(mta, [unsaid(to, octets)]),
  'a probe': (mta, to, contentLength) => {
    const { messageIdentifier, priority: _, ...envelope } = envelopeOf([{ to, report: 'report' }]);
    const value = { ...envelope, probeIdentifier: messageIdentifier, contentLength };
    return transferred(mta, [encodeMTSAPDU({ kind: 'probe', value })]);
  },
  submitted: async (mta, to, octets) => {
    const submission = submit(
      { from: here, to: [to], content: new Uint8Array(octets), priority: 'normal', report: 'no-report' },
      {
        name: 'MTA-X',
        domain: globalDomainIdentifier({ country: 'GB', admd: ' ', prmd: 'X' }),
        identifiers: localIdentifierSource(Uint8Array.of(1, 2, 3, 4, 5)),
        content_octets_max: configuration.mta.limits.messageSize,
        recipients_max: 10,
      },
      now,
    );
    if (!submission.ok) {
      assert.deepEqual(
        submission.error.map(({ field }) => field),
        ['content'],
      );
      return;
    }
    const { envelope } = submission.value;
    assert.ok(submission.value.kind === 'message' && 'priority' in envelope);
    const value = { kind: 'message', envelope } as const;
    const content = { kind: 'inline', octets: new Uint8Array(octets) } as const;
    await mta.agent.submit({ value, content, contentLength: octets });
  },
};

function messageOf(to: string, octets: number): MTSAPDU & { kind: 'message' } {
  return { kind: 'message', value: { envelope: envelopeOf([{ to }]), content: new Uint8Array(octets) } };
}

function messageTo(to: string, octets: number): Uint8Array {
  return encodeMTSAPDU(messageOf(to, octets));
}

/** All in the indefinite form, the content in two segments: how long it is shows only at its end. */
function unsaid(to: string, octets: number): Uint8Array {
  const whole = encodeMTSAPDU(messageOf(to, 1));
  const head = encodeMessageHead(envelopeOf([{ to }]), 1);
  const envelope = whole.subarray(2 + lengthOctetsOf(whole), whole.length - 3);
  assert.ok(head.length > envelope.length);
  const half = octets >> 1;
  const end = Uint8Array.of(0, 0);
  const segments = [half, octets - half].flatMap((part) => [segmentHeader(part), new Uint8Array(part)]);
  return concat([Uint8Array.of(0xa0, 0x80), envelope, Uint8Array.of(0x24, 0x80), ...segments, end, end]);
}

function lengthOctetsOf(apdu: Uint8Array): number {
  return apdu[1] < 0x80 ? 0 : apdu[1] & 0x7f;
}

function segmentHeader(octets: number): Uint8Array {
  return Uint8Array.of(0x04, 0x83, octets >> 16, (octets >> 8) & 0xff, octets & 0xff);
}

async function transferred(mta: AgentInHand, pieces: readonly Uint8Array[]): Promise<void> {
  const handle = new HandleInHand();
  const user = mta.agent.called(handle);
  user.onIndication(open('MTA-B', 'b-secret'));
  user.onIndication({ kind: 'RTbeginind', activity: Uint8Array.of(1), transfer: 1 });
  let octetsTotal = 0;
  for (const octets of pieces) {
    user.onIndication({ kind: 'RTdataind', octets });
    octetsTotal += octets.length;
  }
  user.onIndication({ kind: 'RTTRind', octetsTotal });
  await mta.clock.pass(0);
  await mta.clock.pass(0);
  assert.equal(handle.kinds.at(-1), 'RTTRrsp+', 'a report, no refusal: the next MTA could not do better');
  user.onClosed('over');
}

for (const [name, way] of Object.entries(ways)) {
  test(`RT-N3 ${name}: as long as the limit is taken, one octet more is content-too-long`, async () => {
    for (const [to, limit] of [
      [here, OWN_MAX],
      [there, LINK_MAX],
    ] as const) {
      for (const octets of [limit - 1, limit, limit + 1]) {
        const mta = await agentInHand({ configuration });
        await way(mta, to, octets);
        const taken = await isTaken(mta, name === 'a probe');
        assert.equal(taken, octets <= limit, `${octets} octets for ${to}`);
        for (const { diagnostic } of mta.eventsNamed('non-delivery')) {
          assert.equal(diagnostic, '7 content-too-long');
        }
      }
    }
  });
}

/** Whether what came in is on its way to its recipient, or was told that it could be. */
async function isTaken(mta: AgentInHand, probe: boolean): Promise<boolean> {
  const counts = await mta.store.counts();
  if (counts.some(({ nextHop }) => nextHop === 'link/c' || nextHop.startsWith('deliver/'))) return true;
  return probe && mta.eventsNamed('report-generated').some(({ delivered }) => String(delivered) !== '');
}

/** An intake, and how often and how much it asked of the disk. */
function intakeOn() {
  const store = openMemoryStore({ disk: memoryDisk() });
  const asked = { spools: 0, octets: 0 };
  const openSpool = async (): Promise<SpoolWriter> => {
    asked.spools += 1;
    const spool = await store.openSpool();
    const write: SpoolWriter['write'] = (octets) => {
      asked.octets += octets.length;
      return spool.write(octets);
    };
    return new Proxy(spool, {
      get: (target, key) => {
        const value = key === 'write' ? write : Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  };
  const parts = { store: { openSpool }, inlineOctetsMax: 1000, contentOctetsMax: 10_000 };
  return { asked, parts, intake: new ApduIntake(parts) };
}

test('RT-N3 a content that says at its beginning that it is too long is never written', async () => {
  for (const [octets, spools] of [
    [10_000, 1],
    [10_001, 0],
    [300_000, 0],
  ]) {
    const { intake, asked } = intakeOn();
    const apdu = messageTo(here, octets);
    for (let at = 0; at < apdu.length; at += 700) intake.push(apdu.subarray(at, at + 700));
    const taken = await intake.finish();
    assert.ok(taken.kind === 'spooled');
    assert.equal(taken.contentLength, octets, 'counted all the same, for the event');
    assert.equal(taken.spool === undefined, spools === 0);
    assert.deepEqual(asked, { spools, octets: spools === 0 ? 0 : octets });
  }
});

test('RT-N3 one that does not say is written up to the limit, and not a piece more', async () => {
  const { intake, asked } = intakeOn();
  const apdu = unsaid(here, 300_000);
  for (let at = 0; at < apdu.length; at += 700) intake.push(apdu.subarray(at, at + 700));
  const taken = await intake.finish();
  assert.ok(taken.kind === 'spooled' && taken.spool === undefined);
  assert.equal(taken.contentLength, 300_000);
  assert.ok(asked.octets <= 10_000, `${asked.octets} octets`);
});

test('RT-N3 the transfer of one that is too long goes on from a checkpoint like any other', async () => {
  const { intake, asked, parts } = intakeOn();
  const apdu = messageTo(here, 50_000);
  intake.push(apdu.subarray(0, 30_000));
  const point = await intake.checkpoint();
  assert.ok(typeof point === 'object' && point.spool === undefined);
  await intake.release();
  const resumed = await ApduIntake.resumed(parts, { ...point, spool: undefined });
  assert.ok(resumed !== undefined);
  resumed.push(apdu.subarray(30_000));
  const taken = await resumed.finish();
  assert.ok(taken.kind === 'spooled' && taken.spool === undefined);
  assert.equal(taken.contentLength, 50_000);
  assert.equal(asked.spools, 0);
});
