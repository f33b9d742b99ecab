// RT-I5: no report about a report; a report that cannot be routed lies as a dead letter, with an alert,
// until an operator looks after it. Real processes: B knows no way back to A. What it reports on A's mail
// is listed, survives a kill, is exported, deleted, or released once there is a way; the books balance
// throughout.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';

import { deadLetterHop } from '../../src/routing/index.ts';
import { eventually, type MtaProcess } from '../support/mta-process.ts';
import { siteProcess, sites, temporaryDirectory, userAt } from '../support/network.ts';

interface Listed {
  readonly kind: string;
  readonly mtsIdentifier: string;
  readonly copies: readonly { readonly copy: number; readonly nextHop: string; readonly state: string }[];
}

async function deadLetters(mta: MtaProcess, count: number): Promise<readonly Listed[]> {
  return eventually(`${count} dead letters`, 20_000, async () => {
    const { stdout } = await mta.command('queue', 'list', '--state', 'quarantined', '--json');
    const listed: readonly Listed[] = JSON.parse(stdout);
    return listed.length === count ? listed : undefined;
  });
}

it('RT-I5: a report that cannot be routed is kept, told and looked after, not reported on', async (t) => {
  const directory = await temporaryDirectory(t);
  const [siteA, siteB] = await sites('A', 'B');
  const extra = '    retry: { openInterval: 1s, transferInterval: 1s }\n';
  const a = await siteProcess(directory, siteA, { links: [{ to: siteB, extra }] });
  const b = await siteProcess(directory, siteB, {
    links: [{ to: siteA, spaces: [], extra }],
    users: [userAt(siteB, 'bell')],
  });
  t.after(() => Promise.all([a.stop('SIGKILL'), b.stop('SIGKILL')]));
  await Promise.all([a.start(), b.start()]);
  const sent = await a.command(
    'send',
    ...['--from', userAt(siteA, 'ada'), '--to', userAt(siteB, 'nobody'), '--text', 'x', '--count', '3'],
  );
  assert.equal(sent.code, 0, sent.stderr);

  const [first, second] = await deadLetters(b, 3);
  assert.deepEqual(
    [first.kind, first.copies[0].nextHop, first.copies[0].state],
    ['report', deadLetterHop, 'quarantined'],
  );
  const told = b.eventsNamed('report-unroutable');
  assert.equal(told.length, 3, 'an alert for each');
  assert.equal(told[0].recipient, userAt(siteA, 'ada'));
  assert.equal(b.eventsNamed('report-generated').length, 3, 'none of them is about a report');

  await b.stop('SIGKILL');
  await b.start();
  await deadLetters(b, 3);
  const copyOf = (listed: Listed): string => String(listed.copies[0].copy);
  const nowhere = await b.command('queue', 'release', copyOf(first));
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stdout + nowhere.stderr, /no other route/);
  for (const verb of ['hold', 'return']) {
    const refused = await b.command('queue', verb, copyOf(first));
    assert.match(refused.stdout + refused.stderr, /dead letter/, verb);
  }
  const file = join(directory, 'report.ber');
  assert.equal((await b.command('queue', 'export', copyOf(first), '--output', file)).code, 0);
  assert.match((await b.command('decode', file)).stdout, /subject-?identifier/i);
  assert.equal((await b.command('queue', 'delete', copyOf(first))).code, 0);
  assert.equal((await b.command('queue', 'reroute', copyOf(second), '--via', 'a')).code, 0);

  await b.rewrite('addressSpaces: []', 'addressSpaces: [{"address":"/P=A/A= /C=GB/","cost":10}]');
  await b.reload('configuration-reloaded', 15_000);
  const released = await b.command('queue', 'release', '--state', 'quarantined');
  assert.equal(released.code, 0, released.stdout + released.stderr);
  await eventually('two reports', 20_000, async () => {
    const reports = (await a.delivered()).filter(({ kind }) => kind === 'report');
    return reports.length === 2 ? reports : undefined;
  });
  await deadLetters(b, 0);
  const audit = await b.command('store', 'audit');
  assert.equal(audit.code, 0, audit.stdout);
  const track = await b.command('track', '--id', first.mtsIdentifier, '--json');
  const acts = JSON.parse(track.stdout).map(({ act }: { readonly act: string }) => act);
  assert.deepEqual(acts, ['report-generated', 'quarantined', 'deleted']);
});
