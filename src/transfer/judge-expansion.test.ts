// Who is told what of a list: one without members, lists within lists, a list that is named twice. Each
// recipient has its outcome, the originator hears what it asked to hear, and an owner what the policy gives
// (X.411 14.3.10, 14.3.12).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentInHand } from '../../test/support/agent-in-hand.ts';
import { checkBooks, DyingClock, expanded, sendTo } from '../../test/support/lists.ts';
import { configured, nameOf, type RecipientPlan } from '../../test/support/transfer.ts';
import { printORAddress } from '../address/index.ts';
import { makeExtension, type MessageTransferEnvelope, readPerRecipientIndicators } from '../p1/index.ts';
import { type MemoryDisk, memoryDisk } from '../store/memory/store.ts';
import { decodeStored } from './stored-value.ts';

const at = (surname: string, prmd = 'X'): string => `/S=${surname}/P=${prmd}/A= /C=GB/`;

/** A policy, and the members. */
type List = readonly [policy: string, ...members: readonly string[]];

const ours = (lists: Readonly<Record<string, List>>) =>
  configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
links:
  - { name: b, peer: { mta: MTA-B }, addressSpaces: [ { address: "/P=B/A= /C=GB/" } ] }
  - { name: c, peer: { mta: MTA-C }, addressSpaces: [ { address: "/P=C/A= /C=GB/" } ] }
lists:
${Object.entries(lists)
  .map(
    ([name, [policy, ...members]]) => `  - name: ${name}
    address: "${at(name)}"
    members: ${JSON.stringify(members)}
    owner: "${at(`${name}-owner`, 'B')}"
    reports: ${policy}`,
  )
  .join('\n')}
`);

/** What the expansion leads to: who gets it, with the request for reports, and reports with their readers. */
interface Told {
  readonly members: readonly string[];
  readonly reports: readonly string[];
}

const toOuter: readonly RecipientPlan[] = [{ to: at('outer'), report: 'report' }];

async function told(
  lists: Readonly<Record<string, List>>,
  to = toOuter,
  more: Partial<MessageTransferEnvelope> = {},
): Promise<Told> {
  const disk = memoryDisk();
  const mta = await agentInHand({ disk, configuration: ours(lists) });
  await sendTo(mta, to, more);
  await expanded(mta);
  await mta.agent.stop(mta.clock.now());
  checkBooks(disk);
  return inQueue(disk);
}

function inQueue(disk: MemoryDisk): Told {
  const members: string[] = [];
  const reports: string[] = [];
  for (const { message } of disk.copies.values()) {
    const stored = decodeStored(message.fields);
    assert.ok(stored.ok);
    if (stored.value.kind === 'message') {
      for (const fields of stored.value.envelope.perRecipientFields) {
        const { originatorReportRequest } = readPerRecipientIndicators(fields.perRecipientIndicators);
        const { originallySpecifiedRecipientNumber: number, recipientName } = fields;
        members.push(`${surname(recipientName)} ${number} ${originatorReportRequest}`);
      }
    } else if (stored.value.kind === 'report') {
      const { envelope, content } = stored.value.report;
      const reader = surname(envelope.reportDestinationName);
      for (const fields of content.perRecipientFields) {
        const { reportType } = fields.lastTraceInformation;
        const what = reportType.kind === 'delivery' ? reportType.value.typeOfMTSUser : 'non-delivery';
        const { originallySpecifiedRecipientNumber: number, actualRecipientName: of } = fields;
        reports.push(`${reader}: ${surname(of)} ${number} ${what}`);
      }
    }
  }
  return { members: members.sort(), reports: reports.sort() };
}

function surname(name: Parameters<typeof printORAddress>[0]): string {
  return /S=([^/]*)/.exec(printORAddress(name))?.[1] ?? '';
}

const ann = at('ann', 'C');

for (const policy of ['originator', 'both', 'owner', 'none']) {
  test(`reports: ${policy}: of a list without members, that it was expanded is told`, async () => {
    const nobody = { members: [], reports: ['Sender: outer 1 dl'] };
    assert.deepEqual(await told({ outer: [policy] }), nobody, 'empty');
    assert.deepEqual(await told({ outer: [policy, at('outer')] }), nobody, 'itself alone');
    const extensions = [makeExtension('dl-exempted-recipients', [nameOf(ann)])];
    assert.deepEqual(await told({ outer: [policy, ann] }, toOuter, { extensions }), nobody, 'all exempted');
    const lists: Record<string, List> = { outer: [policy, at('inner')], inner: ['originator'] };
    assert.deepEqual(await told(lists), nobody, 'a list without members');
  });
}

test('nobody is told of a list without members who did not ask', async () => {
  for (const report of ['no-report', 'non-delivery-report'] as const) {
    const to = [{ to: at('outer'), report }];
    assert.deepEqual(await told({ outer: ['originator'] }, to), { members: [], reports: [] });
  }
});

test('a list within a list is told of where its members are not told to the originator', async () => {
  for (const [inner, asked] of [
    ['none', 'no-report'],
    ['owner', 'non-delivery-report'],
  ] as const) {
    assert.deepEqual(
      await told({ outer: ['originator', at('inner')], inner: [inner, ann] }),
      { members: [`ann 1 ${asked}`], reports: ['Sender: inner 1 dl'] },
      inner,
    );
  }
  const lists: Record<string, List> = {
    outer: ['originator', at('bob', 'C'), at('inner')],
    inner: ['both', ann, at('empty'), at('silent')],
    empty: ['originator', ann],
    silent: ['none', at('innermost')],
    innermost: ['none', at('cy', 'C')],
  };
  assert.deepEqual(await told(lists), {
    members: ['ann 1 report', 'bob 1 report', 'cy 1 no-report'],
    reports: [
      'Sender: empty 1 dl',
      'Sender: silent 1 dl',
      'inner-owner: empty 1 dl',
      'inner-owner: silent 1 dl',
    ],
  });
});

test('the owner of the outer list hears of non-deliveries alone, whatever the inner policy', async () => {
  for (const inner of ['originator', 'both']) {
    assert.deepEqual(
      await told({ outer: ['owner', at('inner')], inner: [inner, ann] }),
      { members: ['ann 1 non-delivery-report'], reports: ['Sender: outer 1 dl'] },
      inner,
    );
  }
  const failing = await told({ outer: ['owner', at('inner')], inner: ['originator', at('nobody')] });
  assert.deepEqual(failing.reports, ['Sender: outer 1 dl', 'outer-owner: nobody 1 non-delivery']);
});

test('nobody hears of members of an inner list where the outer one passes no reports on', async () => {
  assert.deepEqual(await told({ outer: ['none', at('inner')], inner: ['originator', ann] }), {
    members: ['ann 1 no-report'],
    reports: ['Sender: outer 1 dl'],
  });
});

test('the owner of an inner list hears of non-deliveries, though the outer one keeps all', async () => {
  const lists: Record<string, List> = { outer: ['none', at('inner')], inner: ['owner', ann, at('nobody')] };
  assert.deepEqual(await told(lists), {
    members: ['ann 1 non-delivery-report', 'nobody 1 non-delivery-report'],
    reports: ['Sender: outer 1 dl', 'inner-owner: nobody 1 non-delivery'],
  });
});

const named = (...reports: readonly RecipientPlan['report'][]): readonly RecipientPlan[] =>
  reports.map((report, index) => ({ to: index === 0 ? at('outer') : at('OUTER'), report }));

test('a list that is named twice: members come by the name whose reports are asked for most', async () => {
  for (const [reports, member] of [
    [['no-report', 'report'], 'ann 2 report'],
    [['non-delivery-report', 'report', 'no-report'], 'ann 2 report'],
    [['no-report', 'non-delivery-report'], 'ann 2 non-delivery-report'],
    [['no-report', 'no-report'], 'ann 1 no-report'],
  ] as const) {
    const found = await told({ outer: ['originator', ann] }, named(...reports));
    assert.deepEqual(found, { members: [member], reports: [] }, reports.join());
  }
  const failing = await told({ outer: ['originator', at('nobody')] }, named('no-report', 'report'));
  assert.deepEqual(failing.reports, ['Sender: nobody 2 non-delivery']);
});

test('a list that is named twice, with reports both times: each name has its outcome', async () => {
  assert.deepEqual(await told({ outer: ['originator', ann] }, named('report', 'report')), {
    members: ['ann 1 report'],
    reports: ['Sender: OUTER 2 dl'],
  });
  for (const lists of [{ outer: ['none', ann] }, { outer: ['originator'] }] as const) {
    const { reports } = await told(lists, named('report', 'report'));
    assert.deepEqual(reports, ['Sender: OUTER 2 dl', 'Sender: outer 1 dl']);
  }
});

test('lists within a list are told of once, wherever a death comes between two slices', async () => {
  const members = Array.from({ length: 600 }, (_, each) => at(`m${each}`, 'C'));
  const names = Array.from({ length: 20 }, (_, each) => `inner${each}`);
  const inner = names.map((name): [string, List] => [name, ['none', at(name, 'C')]]);
  const outer: List = ['originator', ...members, ...names.map((name) => at(name))];
  const configuration = ours({ outer, ...Object.fromEntries(inner) });
  const disk = memoryDisk();
  let lives = 0;
  for (let done = false; !done; lives += 1) {
    assert.ok(lives < 100);
    const mta = await agentInHand({ disk, configuration, clock: new DyingClock(5 + lives) });
    if (lives === 0) await sendTo(mta, toOuter);
    await mta.clock.pass(0);
    done = ![...disk.copies.values()].some(({ nextHop }) => nextHop === 'list/outer');
    checkBooks(disk);
  }
  assert.ok(lives > 2, `${lives} lives`);
  assert.deepEqual(inQueue(disk).reports, names.map((name) => `Sender: ${name} 1 dl`).sort());
});
