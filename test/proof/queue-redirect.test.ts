// chappe queue redirect with real processes: a message waits for a site that nobody answers for; under its
// recipient's right address it goes on to another, and the report names who was meant. The books balance.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import { eventually } from '../support/mta-process.ts';
import { siteProcess, sites, temporaryDirectory, userAt } from '../support/network.ts';

interface Message {
  readonly mtsIdentifier: string;
}
interface Queue {
  readonly copies: readonly { copy: number; nextHop: string; recipients: readonly object[] }[];
}

it('a wrong address is replaced while the message waits', { timeout: 240_000 }, async (t) => {
  const directory = await temporaryDirectory(t);
  const [siteA, siteB, dead] = await sites('A', 'B', 'DEAD');
  const quick = '    retry: { openInterval: 1s, transferInterval: 1s }\n';
  const links = [
    { to: siteB, extra: quick },
    { to: dead, extra: quick },
  ];
  const a = await siteProcess(directory, siteA, { links });
  const b = await siteProcess(directory, siteB, { links: [{ to: siteA, extra: quick }] });
  await Promise.all([a.start(), b.start()]);
  const client = new AdminClient(a, siteA);
  const [wrong, right] = [userAt(dead, 'bob'), userAt(siteB, 'bob')];
  const body = {
    from: userAt(siteA),
    to: [wrong, userAt(dead, 'ann')],
    text: 'Good morning',
    report: 'report',
  };
  const [{ mtsIdentifier: id }] = (await client.post<Message[]>('/messages', body)) ?? assert.fail();
  const [{ copy }] = (await client.get<Queue>('/queue'))?.copies ?? assert.fail();

  const asked = async (order: object): Promise<string | undefined> => {
    const command = { command: 'redirect', copies: [copy], to: right, recipient: wrong, ...order };
    const answer = await client.post<{ outcomes: { detail?: string }[] }>('/queue/commands', command);
    return answer?.outcomes[0].detail;
  };
  assert.match((await asked({})) ?? '', /^its originator did not allow alternate recipients/);
  const same = { sameRecipient: true };
  assert.match((await asked({ ...same, recipient: undefined })) ?? '', /^it has 2 recipients, name one/);
  assert.match((await asked({ ...same, to: '/S=x/P=NOWHERE/C=GB/' })) ?? '', /no address space contains it/);
  assert.equal(await asked({ ...same, to: 'bob' }), undefined, 'that is no address');

  const note = 'A. Clerk: wrong centre';
  const argv = ['--recipient', wrong, '--to', right, '--same-recipient', '--note', note];
  const done = await a.command('queue', 'redirect', id, ...argv);
  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.match(done.stdout, /^copy \d+: done: \/S=bob\/P=B\/.* goes to link b, as copy \d+\n$/);
  const delivered = await eventually('it is delivered', 60_000, async () => (await b.delivered())[0]);
  assert.deepEqual([delivered.mtsIdentifier, delivered.recipient], [id, right]);
  const report = await eventually('the report is there', 60_000, async () => (await a.delivered())[0]);
  const [outcome] = report.outcomes ?? assert.fail();
  assert.ok(outcome.delivered !== undefined);
  assert.deepEqual([Reflect.get(outcome, 'intendedRecipient'), outcome.recipientNumber], [wrong, 1]);
  const [event] = a.eventsNamed('redirected');
  assert.deepEqual([event.recipient, event.alternate, event.by, event.note], [wrong, right, 'command', note]);
  const left = (await client.get<Queue>('/queue'))?.copies ?? assert.fail();
  assert.deepEqual(
    left.map(({ nextHop, recipients }) => [nextHop, recipients.length]),
    [['link/dead', 1]],
  );
  const audit = await a.command('store', 'audit');
  assert.equal(audit.code, 0, audit.stdout);
});
