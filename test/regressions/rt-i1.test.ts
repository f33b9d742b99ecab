// RT-I1: every accepted recipient ends in exactly one of delivered, transferred, reported or quarantined, or
// waits in the queue; proved by the audit of each MTA's own books. Real processes: mail to several recipients
// that parts on its way, some of them unknown, some for a peer that is not there; commands of every kind; a
// kill. Then a contradiction is planted, and found. (The same audit ends every simulated world: test/sim.)

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';

import { eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, sites, temporaryDirectory, userAt } from '../support/network.ts';

interface Audit {
  readonly messages: number;
  readonly recipients: number;
  readonly ended: number;
  readonly queued: number;
  readonly contradictions: number;
  readonly listed: readonly { readonly kind: string; readonly recipient: string; readonly message: number }[];
}

async function audit(mta: MtaProcess): Promise<Audit> {
  const { code, stdout, stderr } = await mta.command('store', 'audit', '--json');
  const found: Audit = JSON.parse(stdout);
  assert.equal(code, found.contradictions === 0 ? 0 : 1, stderr);
  return found;
}

it('RT-I1: the books balance whatever happens; what is planted is found', async (t) => {
  const directory = await temporaryDirectory(t);
  const [siteA, siteB, nobody] = await sites('A', 'B', 'NOBODY');
  const quick = '    retry: { openInterval: 1s, transferInterval: 1s }\n';
  const b = await MtaProcess.prepare(
    join(directory, 'b'),
    configurationOf(siteB, { links: [{ to: siteA, extra: quick }], users: [userAt(siteB, 'bell')] }),
  );
  const a = await MtaProcess.prepare(
    join(directory, 'a'),
    configurationOf(siteA, {
      links: [
        { to: siteB, extra: quick },
        { to: nobody, extra: quick },
      ],
    }),
  );
  t.after(() => Promise.all([a.stop('SIGKILL'), b.stop('SIGKILL')]));
  await Promise.all([a.start(), b.start()]);
  const to = [userAt(siteB, 'bell'), userAt(siteB, 'unknown'), userAt(nobody), userAt(siteA)];
  const send = async (...more: string[]): Promise<void> => {
    const recipients = to.flatMap((each) => ['--to', each]);
    const sent = await a.command('send', '--from', userAt(siteA), ...recipients, ...more);
    assert.equal(sent.code, 0, sent.stderr);
  };
  await send('--text', 'x', '--count', '10', '--request-report');
  await send('--probe');
  await send('--text', 'x', '--count', '2', '--deferred', new Date(Date.now() + 86_400_000).toISOString());
  await a.stop('SIGKILL');
  await a.start();

  const waiting = async (): Promise<readonly { copies: readonly { copy: number; nextHop: string }[] }[]> =>
    JSON.parse((await a.command('queue', 'list', '--json')).stdout);
  const stuck = await eventually('only what cannot go waits', 20_000, async () => {
    const copies = (await waiting()).flatMap((message) => message.copies);
    const ours = copies.filter(({ nextHop }) => nextHop === 'link/nobody');
    // Eleven for the peer that is not there; of the deferred, three copies each.
    return ours.length === 13 && copies.length === 17 ? ours.map(({ copy }) => String(copy)) : undefined;
  });
  const commands = [['hold'], ['release'], ['reroute', '--via', 'b'], ['delete'], ['return']];
  for (const [index, [verb, ...rest]] of commands.entries()) {
    const done = await a.command('queue', verb, stuck[index], ...rest);
    assert.equal(done.code, 0, `${verb}: ${done.stdout}${done.stderr}`);
  }
  const atA = await eventually('the books of A balance', 20_000, async () => {
    const found = await audit(a);
    assert.deepEqual(found.listed, []);
    return found.queued === 16 ? found : undefined;
  });
  // Thirteen submissions to four recipients each; the reports of both MTAs on them, to one recipient.
  assert.ok(atA.messages > 13 && atA.recipients === 13 * 4 + (atA.messages - 13), JSON.stringify(atA));
  assert.equal(atA.ended, atA.recipients - atA.queued);
  assert.deepEqual((await audit(b)).listed, []);

  await a.stop();
  const database = new DatabaseSync(join(a.directory, 'store', 'queue.sqlite'));
  const [{ id, message }] = database.prepare('SELECT id, message FROM copy ORDER BY id LIMIT 1').all();
  database.prepare('DELETE FROM copy WHERE id = ?').run(id);
  database.close();
  const planted = await audit(a);
  assert.deepEqual([...new Set(planted.listed.map(({ kind }) => kind))], ['missing']);
  assert.ok(planted.listed.every((each) => each.message === message));
  const told = await a.command('store', 'audit');
  assert.equal(told.code, 1);
  assert.match(told.stdout, /MISSING: accepted, without an outcome/);
});
