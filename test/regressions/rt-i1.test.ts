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
  await aviationFields(a, b);

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

interface Told {
  readonly at: string;
  readonly act: string;
  readonly kind: string;
  readonly mtsIdentifier: string;
  readonly priority?: string;
  readonly contentType?: string;
  readonly contentLength?: number;
  readonly originator: string;
  readonly recipients: readonly string[];
  readonly detail: Readonly<Record<string, string | undefined>>;
}
const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/**
 * What ICAO Doc 9880 IIB 3.2.3 asks of a log for each message: identifier, priority, content type,
 * originator, responsible recipients, size, last trace, arrival or submission time, where and when it was
 * transferred or delivered, the reports. As an operator finds them: by identifier, by address, by time.
 */
async function aviationFields(a: MtaProcess, b: MtaProcess): Promise<void> {
  const track = async (mta: MtaProcess, ...search: string[]): Promise<readonly Told[]> =>
    JSON.parse((await mta.command('track', '--json', ...search)).stdout);
  const [sent, arrivals] = await Promise.all([
    track(a, '--act', 'submitted'),
    track(b, '--act', 'transferred-in'),
  ]);
  // The one that was rerouted went there for a recipient beyond B.
  const atB = ({ recipients }: Told): boolean => recipients.some((each) => /unknown/i.test(each));
  const messages = arrivals.filter((each) => each.kind === 'message' && atB(each));
  assert.ok(sent.length >= 13 && messages.length >= 10, `${sent.length}, ${messages.length}`);
  for (const { detail, recipients } of messages) {
    assert.match(detail.lastTrace ?? '', /^\/P=A\/.* \d{4}-\d\d-\d\dT[\d:.]+Z$/i);
    assert.match(detail.submittedAt ?? '', time);
    assert.ok(detail.link !== undefined && detail.peer !== undefined);
    assert.equal(recipients.length, 2, 'those of the four that B is responsible for');
  }
  for (const each of [...sent.filter(({ kind }) => kind === 'message'), ...messages]) {
    const { mtsIdentifier, priority, contentType, originator, contentLength, at } = each;
    assert.match(mtsIdentifier, /^\/P=.*;.+/);
    assert.match(`${priority} ${contentType}`, /^normal 2\.6\.1\.10\.1$/);
    assert.match(originator, /^\/S=/);
    assert.ok((contentLength ?? 0) > 0 && time.test(at));
  }
  const [{ mtsIdentifier: id, at }] = messages;
  const [here, there, made] = await Promise.all([
    track(a, '--id', id),
    track(b, '--id', id),
    track(b, '--act', 'report-generated'),
  ]);
  const outcome = (of: readonly Told[], act: string) => of.find((each) => each.act === act);
  const out = outcome(here, 'transferred-out');
  assert.ok(out?.detail.link !== undefined && out.detail.peer !== undefined && time.test(out.at));
  const delivered = outcome(there, 'delivered');
  assert.match(`${delivered?.at} ${delivered?.detail.directory}`, /^\S+Z \//);
  const reported = outcome(there, 'reported');
  assert.match(`${reported?.detail.reason} ${reported?.detail.diagnostic}`, /^\d+ [\w-]+ \d+ [\w-]+$/);
  const reports = [delivered?.detail.report, reported?.detail.report];
  for (const report of reports) {
    const found = made.find(({ mtsIdentifier }) => mtsIdentifier === report);
    assert.equal(found?.detail.subject, id);
  }
  const until = new Date(Date.parse(at) + 1).toISOString();
  const [byTime, byAddress] = await Promise.all([
    track(b, '--since', at, '--until', until),
    track(b, '--to', 's=UNKNOWN', '--act', 'transferred-in'),
  ]);
  assert.ok(byTime.some(({ mtsIdentifier, act }) => mtsIdentifier === id && act === 'transferred-in'));
  assert.equal(byAddress.length, arrivals.filter(atB).length);
}
