// RT-H5: reports follow the same rules of rerouting as messages: a link whose retries run out, or that is
// there no more, gives them to the alternate; without one they wait; what is expired is told, of a report
// by a dead letter.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seconds } from '../../src/base/time.ts';
import { deadLetterHop } from '../../src/routing/index.ts';
import { reportingMta } from '../support/reporting.ts';
import { configured, envelopeOf } from '../support/transfer.ts';

const spaceOf = ([prmd, cost]: readonly [string, number]) => ({ address: `/P=${prmd}/A= /C=GB/`, cost });
const link = (name: string, spaces: readonly (readonly [string, number])[]): string => `
  - name: ${name.toLowerCase()}
    peer: { mta: MTA-${name}, password: secret, address: ${name.toLowerCase()}, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    retry: { openInterval: 1s, openRetries: 2 }
    addressSpaces: ${JSON.stringify(spaces.map(spaceOf))}`;
const delivers = `
deliver:
  - addressSpace: "/P=X/A= /C=GB/"
    users: [ "/S=one/P=X/A= /C=GB/" ]
    directory: /nowhere/delivered
`;
const [b, c, d] = [link('B', [['B', 1]]), link('C', [['C', 1]]), link('D', [['B', 9]])];
const withAlternate = `links:${b}${c}${d}${delivers}`;
const alone = `links:${b}${c}${delivers}`;

type Kind = 'message' | 'report';
type Mta = Awaited<ReturnType<typeof reportingMta>>;

/** A message for P=B from C, or a report for P=B on an unknown user here: both begin with link b. */
async function queued(kind: Kind, yaml: string): Promise<{ mta: Mta; where: () => string | undefined }> {
  const mta = await reportingMta(yaml);
  const to = kind === 'message' ? '/S=Sender/P=B/A= /C=GB/' : '/S=nobody/P=X/A= /C=GB/';
  await mta.take(envelopeOf([{ to }]), new Uint8Array(10), 'c');
  const where = (): string | undefined => {
    const copies = [...mta.disk.copies.values()].filter(({ message }) => message.fields.kind === kind);
    return copies.length === 1 ? `${copies[0].state} ${copies[0].nextHop}` : undefined;
  };
  assert.equal(where(), 'queued link/b');
  return { mta, where };
}

/** Every call of link b fails for so long; nobody answers the others. */
async function unreachable(mta: Mta, duration_s: number): Promise<void> {
  for (let second = 0; second < duration_s; second += 1) {
    for (const dial of mta.network.dials.filter(({ target }) => target.address === 'b')) {
      mta.network.dials.splice(mta.network.dials.indexOf(dial), 1);
      dial.failed({ code: 'ECONNREFUSED', detail: 'nobody is there' });
    }
    await mta.clock.pass(1000);
  }
}

for (const kind of ['message', 'report'] as const) {
  test(`RT-H5: a ${kind} goes to the alternate when the retries of its link have run out`, async () => {
    const { mta, where } = await queued(kind, withAlternate);
    await unreachable(mta, 10);
    assert.equal(where(), 'queued link/d');
    assert.equal(mta.told.filter(([name]) => name === 'rerouted').length, 1);
    const record = mta.disk.tracking.find(({ act }) => act === 'rerouted');
    assert.deepEqual([record?.kind, record?.detail.from, record?.detail.to], [kind, 'link/b', 'link/d']);
  });

  test(`RT-H5: a ${kind} without another way waits where it is`, async () => {
    const { mta, where } = await queued(kind, alone);
    await unreachable(mta, 10);
    assert.equal(where(), 'queued link/b');
    assert.ok(!mta.told.some(([name]) => name === 'rerouted'));
  });

  test(`RT-H5: a ${kind} follows a changed route when its link goes`, async () => {
    const { mta, where } = await queued(kind, alone);
    const moved = `
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
store: { directory: /nowhere/x }
links:${c}${d}${delivers}`;
    await mta.agent.reconfigure(configured(moved));
    await mta.clock.pass(1000);
    assert.equal(where(), 'queued link/d');
  });

  test(`RT-H5: an operator reroutes a ${kind}`, async () => {
    const { mta, where } = await queued(kind, withAlternate);
    const [id] = mta.disk.copies.keys();
    assert.ok((await mta.agent.commands.perform(id, { kind: 'reroute', link: 'd' })).done);
    assert.equal(where(), 'queued link/d');
  });
}

test('RT-H5: an expired report is a dead letter with an alert, an expired message is reported', async () => {
  const report = await queued('report', alone);
  await report.mta.clock.pass(seconds(8 * 86_400));
  assert.equal(report.where(), `quarantined ${deadLetterHop}`);
  assert.deepEqual(
    report.mta.told.filter(([name]) => name === 'report-unroutable').length,
    1,
    'one alert, and no report on it',
  );
  const message = await queued('message', alone);
  await message.mta.clock.pass(seconds(8 * 86_400));
  assert.equal(message.where(), undefined);
  assert.equal(message.mta.reports().length, 1);
});
