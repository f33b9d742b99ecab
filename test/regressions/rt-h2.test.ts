// RT-H2: a reload of a file in which entries have errors. Real processes: mail goes by what the file adds
// and changes rightly, and for each entry with errors as it went before; each is told with its line, and
// seen. What would return mail that may have been meant for such an entry is not taken over.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import { eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, domainOf, sites, temporaryDirectory, userAt } from '../support/network.ts';

const timeout = 400_000;
const quick = '    retry: { openInterval: 300ms, transferInterval: 300ms }';

interface World {
  readonly a: MtaProcess;
  readonly client: AdminClient;
  /** Sends from a user of A, and waits until the folder of the MTA has so many. */
  send(to: string, mta: MtaProcess, folder: string, count: number): Promise<void>;
  readonly b: MtaProcess;
  readonly userB: string;
}

const at = (name: string, site = 'A'): string => `/S=${name}/P=${site}/A= /C=GB/`;

/** A with a link to B, users of its own, a redirection and a list. */
async function world(t: TestContext): Promise<World> {
  const directory = await temporaryDirectory(t);
  const [siteA, siteB] = await sites('A', 'B');
  const extra = `redirections:
  - { from: "${at('former')}", to: "${at('user')}" }
lists:
  - { name: staff, address: "${at('staff')}", members: [ "${at('user')}" ] }
`;
  const a = await MtaProcess.prepare(
    join(directory, 'a'),
    configurationOf(siteA, { links: [{ to: siteB, extra: quick }], users: [at('user')], extra }),
  );
  const b = await MtaProcess.prepare(
    join(directory, 'b'),
    configurationOf(siteB, { links: [{ to: siteA, extra: quick }] }),
  );
  await Promise.all([a.start(), b.start()]);
  const client = new AdminClient(a, siteA);
  const send: World['send'] = async (to, mta, folder, count) => {
    assert.ok((await client.post('/messages', { from: at('user'), to: [to], text: 'hello' })) !== undefined);
    await eventually(`${count} in ${folder}`, 60_000, async () =>
      (await mta.delivered(folder)).length >= count ? true : undefined,
    );
  };
  assert.equal(domainOf(siteA), '/P=A/A= /C=GB/');
  return { a, b, client, send, userB: userAt(siteB) };
}

/** Errors in five entries, beside two that are right. */
async function spoil(a: MtaProcess): Promise<void> {
  await a.rewrite('[{"address":"/P=B/A= /C=GB/"', '[{"address":"nonsense"},{"address":"/P=B/A= /C=GB/"');
  await a.rewrite(`users: ["${at('user')}"]`, 'users: [ 7 ]');
  await a.rewrite(
    '    directory: ./delivered',
    `    directory: ./delivered
  - { addressSpace: "/P=NEW/A= /C=GB/", users: any, directory: ./new }
  - { addressSpace: "/P=WRONG/A= /C=GB/", users: some }`,
  );
  await a.rewrite(
    `to: "${at('user')}" }`,
    `too: "${at('user')}" }\n  - { from: "${at('other')}", to: "${at('user')}" }`,
  );
  await a.rewrite(`members: [ "${at('user')}" ]`, 'members: [ nobody ]');
}

async function flagged({ a, client }: World): Promise<void> {
  const told = a.eventsNamed('entry-set-aside');
  const text = await a.command('config', 'check');
  assert.equal(text.code, 1);
  assert.match(text.stdout, /does not start on this; at a reload these entries stay as they were/);
  const rows = told.map(({ entry, key, severity, meanwhile }) => [entry, key, severity, meanwhile]);
  const asBefore = 'it works on as it was configured before; on this file no MTA would start';
  const leftOut = 'it was not there before, and is left out; on this file no MTA would start';
  assert.deepEqual(rows, [
    ['link b', 'links[0].addressSpaces[0].address', 'error', asBefore],
    ['deliver space /P=A/A= /C=GB/', 'deliver[0].users[0]', 'error', asBefore],
    ['deliver space /P=WRONG/A= /C=GB/', 'deliver[2].users', 'error', leftOut],
    [`redirection ${at('former')}`, 'redirections[0].to', 'error', asBefore],
    ['list staff', 'lists[0].members[0]', 'error', asBefore],
  ]);
  for (const { file, line } of told) {
    assert.equal(file, a.configPath);
    assert.ok(text.stdout.includes(`chappe.yaml:${line}:`));
  }
  const listed = await a.command('links', 'list');
  assert.match(listed.stdout, /\(its entry has errors; it works as before\)/, 'commands work with this file');
  assert.equal((await client.get<{ status: string }>('/health'))?.status, 'degraded');
}

it('RT-H2: an entry with errors works on as before, the others count', { timeout }, async (t) => {
  const its = await world(t);
  const { a, b, client, send, userB } = its;
  await send(userB, b, 'delivered', 1);
  await spoil(a);
  await a.reload();
  await flagged(its);

  await send(at('any', 'NEW'), a, 'new', 1);
  await send(at('other'), a, 'delivered', 1);
  await send(userB, b, 'delivered', 2);
  await send(at('user'), a, 'delivered', 2);
  await send(at('former'), a, 'delivered', 3);
  await send(at('staff'), a, 'delivered', 4);
  assert.deepEqual(a.eventsNamed('non-delivery'), []);

  // One mended after the other; what was kept is kept, and told, again.
  await a.rewrite('users: some', 'users: any, directory: ./wrong');
  await a.reload();
  await send(at('any', 'WRONG'), a, 'wrong', 1);
  await send(at('former'), a, 'delivered', 5);
  assert.equal(a.eventsNamed('entry-set-aside').length, 5 + 4);

  // To whom the mail for NEW goes now cannot be known: it goes on as it does.
  const seen = a.eventsNamed('configuration-invalid').length;
  await a.rewrite('/P=NEW/A= /C=GB/', '/P=NEWER/A= /C=GB/');
  await a.reload('configuration-invalid');
  const refused = await eventually('the reason', 60_000, () =>
    a
      .eventsNamed('configuration-invalid')
      .slice(seen)
      .find(({ detail }) => String(detail).includes('nothing of this file is taken over')),
  );
  assert.match(String(refused.detail), /this entry has errors, and \/P=NEW\/A= \/C=GB\/ was served before/);
  assert.equal(refused.key, 'links[0]');
  await send(at('any', 'NEW'), a, 'new', 2);

  await a.rewrite('/P=NEWER/A= /C=GB/', '/P=NEW/A= /C=GB/');
  await a.rewrite('{"address":"nonsense"},', '');
  await a.rewrite('users: [ 7 ]', 'users: any');
  await a.rewrite('too:', 'to:');
  await a.rewrite('[ nobody ]', `[ "${at('user')}", "${at('second')}" ]`);
  await a.reload();
  assert.equal((await client.get<{ status: string }>('/health'))?.status, 'ok');
  await send(at('staff'), a, 'delivered', 7);
  assert.deepEqual(a.eventsNamed('non-delivery'), []);
  assert.equal(a.eventsNamed('entry-set-aside').length, 9, 'nothing is wrong any more');
});
