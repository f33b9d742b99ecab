// RT-U1: the whole configuration is looked at before anything starts, every error is said at once, and what
// is wrong with one link costs that link alone. Real processes: a link with errors among good ones and a
// group with a member that there is not; mail for the link waits, is listed, and goes when its entry is
// mended and read again. What would change where mail goes is still a reason not to start.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import { chappe, eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, type Site, sites, temporaryDirectory, userAt } from '../support/network.ts';

const timeout = 400_000;
const quick = '    retry: { openInterval: 300ms, transferInterval: 300ms }';
const mended = `${quick}\n    rts: { window: 4 }`;
const broken = `${quick}\n    rts: { window: 0 }\n    colour: red`;

async function send(site: RunningSite, to: Site, count: number): Promise<void> {
  const body = { from: userAt(site.site), to: [userAt(to)], text: 'hello', count };
  assert.ok((await site.client.post('/messages', body)) !== undefined);
}

async function arrived(mta: MtaProcess, count: number): Promise<void> {
  await eventually(`${count} messages`, 60_000, async () =>
    (await mta.delivered()).length >= count ? true : undefined,
  );
  assert.equal((await mta.delivered()).length, count);
}

interface RunningSite {
  readonly site: Site;
  readonly mta: MtaProcess;
  readonly client: AdminClient;
}

/** A with a broken link to B, a good one to C, and a group of C and a link that there is not. */
async function dangling(t: TestContext): Promise<readonly RunningSite[]> {
  const directory = await temporaryDirectory(t);
  const [siteA, siteB, siteC] = await sites('A', 'B', 'C');
  const spaces = '[ { address: "/P=ELSEWHERE/A= /C=GB/" } ]';
  const group = `groups: [ { name: pair, links: [ c, gone ], addressSpaces: ${spaces} } ]\n`;
  const toB = { to: siteB, extra: broken };
  const plans = [
    [siteA, { links: [toB, { to: siteC, extra: quick }], extra: group }],
    [siteB, { links: [{ to: siteA, extra: quick }] }],
    [siteC, { links: [{ to: siteA, extra: quick }] }],
  ] as const;
  return Promise.all(
    plans.map(async ([site, plan]) => {
      const mta = await MtaProcess.prepare(join(directory, site.name), configurationOf(site, plan));
      await mta.start();
      return { site, mta, client: new AdminClient(mta, site) };
    }),
  );
}

/** What is said of the two entries, and what nobody can do to the link. */
async function setAside({ mta, client }: RunningSite): Promise<void> {
  const told = mta.eventsNamed('entry-set-aside');
  assert.deepEqual(
    told.map(({ entry, severity, file, errors }) => [entry, severity, file, (errors as []).length]),
    [
      ['link b', 'error', mta.configPath, 2],
      ['group pair', 'error', mta.configPath, 1],
    ],
    'one event for each entry',
  );
  assert.match(String(told[0].errors), /chappe\.yaml:\d+:\d+: links\[0\]\.rts\.window: .*1 to 255/);
  assert.match(String(told[1].errors), /there is no link "gone"; known are b, c/);
  const [listed, enabled, checked] = await Promise.all([
    mta.command('links', 'list'),
    mta.command('links', 'enable', 'b'),
    mta.command('config', 'check'),
  ]);
  assert.match(listed.stdout, /disabled \(its entry has errors\)/, 'commands work with this file');
  assert.equal(enabled.code, 1);
  assert.match(enabled.stderr, /disabled by errors in its entry; mend it and send SIGHUP/);
  assert.equal(checked.code, 1);
  assert.match(checked.stdout, /without these links, whose mail waits: b, and .*: pair\n3 errors\n$/);
  const health = await client.get<{ status: string }>('/health');
  assert.equal(health?.status, 'degraded');
}

interface Shown {
  readonly state: string;
  readonly queued: number;
  readonly configurationErrors?: readonly string[];
}

it('RT-U1: what is wrong with one link costs that link alone, until it is mended', { timeout }, async (t) => {
  const [a, b, c] = await dangling(t);
  await setAside(a);

  // Its mail waits, that of others goes; nothing is returned.
  await Promise.all([send(a, c.site, 5), send(a, b.site, 7), send(b, a.site, 3)]);
  await arrived(c.mta, 5);
  const elsewhere = encodeURIComponent('/S=x/P=ELSEWHERE/A= /C=GB/');
  const explained = await a.client.get<{ text: string }>(`/route/explain?address=${elsewhere}`);
  assert.match(explained?.text ?? '', /goes to link c/, 'the rest of the group works');
  const link = await a.client.get<Shown>('/links/b');
  assert.deepEqual([link?.state, link?.queued, link?.configurationErrors?.length], ['disabled', 7, 2]);
  const waiting = await a.client.get<{ copies: unknown[] }>('/queue?nextHop=link%2Fb');
  assert.equal(waiting?.copies.length, 7, 'what waits for it is listed');
  const called = await eventually(
    'the peer is told to come again',
    60_000,
    () => a.mta.eventsNamed('link-disabled')[0],
  );
  assert.deepEqual([called.link, called.peer], ['b', 'MTA-B']);
  assert.deepEqual(a.mta.eventsNamed('non-delivery'), []);

  await a.mta.rewrite(broken, mended);
  await a.mta.rewrite('links: [ c, gone ]', 'links: [ c ]');
  await a.mta.reload();
  assert.equal(a.mta.eventsNamed('entry-set-aside').length, 2, 'nothing is wrong any more');
  await Promise.all([arrived(b.mta, 7), arrived(a.mta, 3)]);

  // Broken by a reload it works on, and the rest of the new configuration counts.
  await a.mta.rewrite(mended, broken);
  await a.mta.rewrite('users: any', 'users: any\n    name: renamed');
  const again = await a.mta.reload('entry-set-aside');
  assert.match(String(again.meanwhile), /works on as it was configured before/);
  await send(a, b.site, 2);
  await arrived(b.mta, 9);
  const here = encodeURIComponent(userAt(a.site));
  const counts = await a.client.get<{ text: string }>(`/route/explain?address=${here}`);
  assert.match(counts?.text ?? '', /renamed/);

  // What touches more than a link refuses the reload, and the start: all errors at once.
  await a.mta.rewrite('listen:', 'lissen:');
  const refused = await a.mta.reload('configuration-invalid');
  assert.match(String(refused.detail), /did you mean listen\?/);
  await send(a, b.site, 1);
  await arrived(b.mta, 10);
  assert.equal(await a.mta.stop(), 0);
  const started = await chappe(['start', '--config', a.mta.configPath], { cwd: a.mta.directory });
  assert.deepEqual([started.code, started.stdout], [1, '']);
  const events = started.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const keys = events.filter(({ name }) => name === 'configuration-invalid').map(({ key }) => key);
  assert.deepEqual(keys, ['lissen', 'links[0].rts.window', 'links[0].colour']);
  assert.equal(events.at(-1).name, 'start-failed');
});
