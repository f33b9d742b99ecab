// RT-N2: a message with as many recipients as X.411 allows, 32,767 (ub-recipients), through real MTAs, while
// the event loop of each stays free for others; one more is too-many-recipients (16) for each of them; many
// lists in one message; and an association that is lost while its message is being judged.
//
// The loop is watched from inside each process (test/support/loop-monitor.ts). What is asserted is processor
// time of the main thread in one turn, which a busy machine does not change; the time by the wall is told.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { encode } from '../../src/asn1/index.ts';
import type { ORName } from '../../src/address/index.ts';
import { encodeMTSAPDU, MTSAPDU, type Report } from '../../src/p1/index.ts';
import { type MemoryDisk, memoryDisk } from '../../src/store/memory/store.ts';
import { decodeStored } from '../../src/transfer/index.ts';
import { templateMessage } from '../../bench/template.ts';
import { type AgentInHand, agentInHand } from '../support/agent-in-hand.ts';
import { checkBooks, expanded, sendTo, waiting } from '../support/lists.ts';
import { eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, type Site, sites, temporaryDirectory, userAt } from '../support/network.ts';
import { configured, envelopeOf, HandleInHand, nameOf, open, quiet } from '../support/transfer.ts';
import { call } from './one-mta.ts';

const RECIPIENTS_MAX = 32_767;
/** What one turn of the loop may take of the processor; the real figures are a third of these. */
const TURN_P99_MS_MAX = 10;
const TURN_MAX_MS = 100;

const inLink = '  - { name: in, peer: { mta: MTA-IN, password: IN-secret } }\n';
const monitor = fileURLToPath(new URL('../support/loop-monitor.ts', import.meta.url));

async function watched(
  t: TestContext,
  directory: string,
  { site, other }: { site: Site; other: Site },
): Promise<MtaProcess> {
  const plan = { links: [{ to: other }], users: [userAt(site, 'sender'), userAt(site, 'u1')] };
  const configuration = configurationOf(site, plan).replace('links:\n', `links:\n${inLink}`);
  const environment = [`LOOP_MONITOR_FILE=${join(directory, 'loop')}`, `NODE_OPTIONS=--import=${monitor}`];
  const mta = await MtaProcess.prepare(directory, configuration, ['env', ...environment]);
  await mta.start();
  t.after(async () => {
    await mta.stop('SIGKILL');
  });
  return mta;
}

interface Turns {
  readonly turns: number;
  readonly p99_ms: number;
  readonly max_ms: number;
}

/** What the monitor has seen since the last look. */
async function turnsOf(mta: MtaProcess): Promise<{ readonly cpu: Turns; readonly wall: Turns }> {
  const file = join(mta.directory, 'loop');
  const lines = async () => (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').filter(Boolean);
  const before = (await lines()).length;
  mta.signal('SIGUSR2');
  const line = await eventually('the figures of the loop', 20_000, async () => (await lines())[before]);
  return JSON.parse(line);
}

/** A message to as many users, every other one at each site; all names differ. */
function apduTo(recipients: number, at: readonly [Site, Site]): Uint8Array {
  const recipient = nameOf(userAt(at[0], 'sender'));
  const message = templateMessage({ recipient, contentOctets: 2000, localIdentifier: 'many' });
  assert.ok(message.kind === 'message');
  const { envelope, content } = message.value;
  const [fields] = envelope.perRecipientFields;
  const perRecipientFields = Array.from({ length: recipients }, (_, index) => ({
    ...fields,
    recipientName: nameOf(userAt(at[index % 2], `u${(index >> 1) + 1}`)),
    originallySpecifiedRecipientNumber: index + 1,
  }));
  return encode(MTSAPDU, {
    kind: 'message',
    value: { envelope: { ...envelope, perRecipientFields }, content },
  });
}

describe('RT-N2', () => {
  it('32,767 recipients in one P1: taken, relayed, delivered, reported, and the loop stays free', {
    timeout: 180_000,
  }, async (t) => {
    const directory = await temporaryDirectory(t);
    const [a, b] = await sites('A', 'B');
    const [here, there] = await Promise.all([
      watched(t, join(directory, 'a'), { site: a, other: b }),
      watched(t, join(directory, 'b'), { site: b, other: a }),
    ]);
    const caller = await call(a.port, 'IN');
    const apdu = apduTo(RECIPIENTS_MAX, [a, b]);
    for (const mta of [here, there]) await turnsOf(mta);

    assert.equal((await caller.transfer(apdu))?.kind, 'RTTRcnf+');
    const reports = await eventually('both reports', 120_000, async () => {
      const found = (await here.delivered()).filter(({ kind }) => kind === 'report');
      return found.length === 2 ? found : undefined;
    });

    // One at each site is a user; all others are told of by the MTA that should have delivered to them.
    const outcomes = reports.flatMap((report) => report.outcomes ?? []);
    assert.equal(outcomes.length, RECIPIENTS_MAX - 2);
    const numbers = new Set(outcomes.map(({ recipientNumber }) => recipientNumber));
    assert.equal(numbers.size, RECIPIENTS_MAX - 2);
    assert.ok(!numbers.has(1) && !numbers.has(2), 'those who are users are not among them');
    assert.ok(outcomes.every(({ nonDelivered }) => nonDelivered?.diagnosticName === 'unrecognised-OR-name'));
    await eventually('the delivery at B', 20_000, async () => (await there.delivered())[0]);

    for (const mta of [here, there]) {
      const { cpu, wall } = await turnsOf(mta);
      const said = (turns: Turns): string =>
        `p99 ${turns.p99_ms.toFixed(1)} ms, longest ${turns.max_ms.toFixed(1)} ms`;
      t.diagnostic(`${cpu.turns} turns: processor ${said(cpu)}; wall ${said(wall)}`);
      assert.ok(cpu.p99_ms < TURN_P99_MS_MAX && cpu.max_ms < TURN_MAX_MS, JSON.stringify(cpu));
    }
    caller.destroy();
  });

  it('32,768 are refused to each of them: too-many-recipients (16)', async () => {
    const disk = memoryDisk();
    const mta = await agentInHand({ disk, configuration: plain });
    const recipients = Array.from({ length: RECIPIENTS_MAX + 1 }, (_, index) => ({ to: at(`u${index}`) }));
    await arrived(mta, recipients);
    const [refused] = mta.eventsNamed('message-refused');
    assert.deepEqual([refused.reason, refused.limit, refused.got], ['recipients', 32_767, 32_768]);
    const report = onlyReport(disk);
    assert.equal(report.content.perRecipientFields.length, RECIPIENTS_MAX + 1);
    for (const { lastTraceInformation } of report.content.perRecipientFields) {
      assert.deepEqual(lastTraceInformation.reportType, {
        kind: 'nonDelivery',
        value: {
          nonDeliveryReasonCode: 'unable-to-transfer',
          nonDeliveryDiagnosticCode: 'too-many-recipients',
        },
      });
    }
    checkBooks(disk);
  });

  it('many lists in one message, one of them in all others: each expands on its own', async () => {
    const disk = memoryDisk();
    const mta = await agentInHand({ disk, configuration: fanOut });
    await sendTo(
      mta,
      Array.from({ length: LISTS }, (_, index) => ({ to: at(`list-${index}`, 'X') })),
    );
    await expanded(mta);
    // X.411 14.3.10 knows no memory from one list to the next: each list expands on its own.
    const names = [...disk.copies.values()].flatMap((copy) =>
      copy.recipients.map((number) => copy.message.fields.recipients[number]),
    );
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    assert.equal(counts.size, LISTS * MEMBERS + MEMBERS);
    assert.equal(counts.get(at('m0-0')), 1);
    assert.equal(counts.get(at('shared-0')), LISTS);
    assert.equal(mta.eventsNamed('list-expanded').length, LISTS);
    checkBooks(disk);
  });

  it('an association that is lost while its message is judged: taken once, and not again', async () => {
    for (const turns of [0, 1, 5, 20]) {
      const disk = memoryDisk();
      const mta = await agentInHand({ disk, configuration: plain });
      const octets = encodeMTSAPDU({ kind: 'message', value: manyTo(1000) });
      const first = new HandleInHand();
      const lost = transferring(mta, first, octets);
      for (let turn = 0; turn < turns; turn += 1) await oneTurn(mta);
      lost.onClosed('connection reset');
      await settled(mta);
      assert.ok(!first.kinds.includes('RTTRrsp+'), 'nothing is said to one who is gone');
      // The peer knows nothing of it, and transfers it again.
      const second = new HandleInHand();
      transferring(mta, second, octets);
      await settled(mta);
      assert.equal(second.kinds.at(-1), 'RTTRrsp+', `after ${turns} turns`);
      assert.equal(waiting(disk).size, 1000);
      checkBooks(disk);
    }
  });

  it('others go their way between two steps of a long judgement', async () => {
    const mta = await agentInHand({ configuration: plain });
    const told: string[] = [];
    const taken = arrivedInSteps(mta, manyTo(5000, 'long')).then(() => told.push('long'));
    for (let turn = 0; turn < 3; turn += 1) await oneTurn(mta);
    await arrivedInSteps(mta, manyTo(1, 'short')).then(() => told.push('short'));
    await settled(mta);
    await taken;
    assert.deepEqual(told, ['short', 'long']);
  });
});

const LISTS = 20;
const MEMBERS = 30;

const at = (surname: string, prmd = 'C'): string => `/S=${surname}/P=${prmd}/A= /C=GB/`;

function configuration(lists: readonly string[]) {
  return configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
links:
  - { name: b, peer: { mta: MTA-B, password: b-secret }, addressSpaces: [ { address: "/P=B/A= /C=GB/" } ] }
  - { name: c, peer: { mta: MTA-C }, addressSpaces: [ { address: "/P=C/A= /C=GB/" } ] }
deliver: [ { name: x, addressSpace: "/P=X/A= /C=GB/", users: [] } ]
${lists.length === 0 ? '' : `lists:\n${lists.join('\n')}`}
`);
}

const plain = configuration([]);
const fanOut = configuration([
  listOf(
    'shared',
    Array.from({ length: MEMBERS }, (_, n) => at(`shared-${n}`)),
  ),
  ...Array.from({ length: LISTS }, (_, list) =>
    listOf(`list-${list}`, [
      ...Array.from({ length: MEMBERS }, (__, n) => at(`m${list}-${n}`)),
      at('shared', 'X'),
    ]),
  ),
]);

function listOf(name: string, members: readonly string[]): string {
  return `  - { name: "${name}", address: "${at(name, 'X')}", members: ${JSON.stringify(members)} }`;
}

function manyTo(recipients: number, localIdentifier = 'id-1') {
  const names: ORName[] = Array.from({ length: recipients }, (_, index) => nameOf(at(`u${index}`)));
  const envelope = envelopeOf([{ to: at('u') }]);
  const [fields] = envelope.perRecipientFields;
  const perRecipientFields = names.map((recipientName, index) => ({
    ...fields,
    recipientName,
    originallySpecifiedRecipientNumber: index + 1,
  }));
  const messageIdentifier = { ...envelope.messageIdentifier, localIdentifier };
  return { envelope: { ...envelope, messageIdentifier, perRecipientFields }, content: new Uint8Array(10) };
}

/** The message arrives by link b and is secured. */
async function arrived(mta: AgentInHand, to: readonly { readonly to: string }[]): Promise<void> {
  const value = { envelope: envelopeOf(to), content: new Uint8Array(10) };
  let verdict: unknown;
  void mta.arrive('b', { kind: 'message', value }).then((given) => {
    verdict = given;
  });
  await settled(mta);
  assert.deepEqual(verdict, { ok: true });
}

function arrivedInSteps(mta: AgentInHand, value: ReturnType<typeof manyTo>): Promise<unknown> {
  return mta.arrive('b', { kind: 'message', value });
}

/** A caller of link b that has transferred these octets. */
function transferring(mta: AgentInHand, handle: HandleInHand, octets: Uint8Array) {
  const user = mta.agent.called(handle);
  user.onIndication(open('MTA-B', 'b-secret'));
  user.onIndication({ kind: 'RTbeginind', activity: Uint8Array.of(1), transfer: 1 });
  user.onIndication({ kind: 'RTdataind', octets });
  user.onIndication({ kind: 'RTTRind', octetsTotal: octets.length });
  return user;
}

/** One turn of the event loop, in which a long job goes one step on. */
async function oneTurn(mta: AgentInHand): Promise<void> {
  await mta.clock.turn();
  await quiet();
}

async function settled(mta: AgentInHand): Promise<void> {
  await mta.clock.pass(0);
  await quiet();
  await mta.clock.pass(0);
}

function onlyReport(disk: MemoryDisk): Report {
  const reports = [...disk.copies.values()].filter(({ message }) => message.fields.kind === 'report');
  assert.equal(reports.length, 1);
  const stored = decodeStored(reports[0].message.fields);
  assert.ok(stored.ok && stored.value.kind === 'report');
  return stored.value.report;
}
