// `chappe send` with what may be converted and what is to be, by real processes: users whose space takes IA5
// alone, and what their originator is told. RT-L5.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';

import { ipmText, readContent } from '../../src/content/index.ts';
import { eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, sites, temporaryDirectory, userAt } from '../support/network.ts';

it('RT-L5: prohibited, with loss prohibited, converted, explicitly too', { timeout: 240_000 }, async (t) => {
  const directory = await temporaryDirectory(t);
  const [site] = await sites('A');
  const narrow = 'addressSpace: "/O=narrow/P=A/A= /C=GB/", directory: ./narrow';
  const extra = `  - { ${narrow}, conversion: { accepts: [ia5], text: ia5 } }\n`;
  const mta = await MtaProcess.prepare(join(directory, 'a'), configurationOf(site, { links: [], extra }));
  t.after(() => mta.stop('SIGKILL'));
  await mta.start();
  const send = async (to: string, text: string, ...more: readonly string[]): Promise<string> => {
    const args = ['--from', userAt(site, 'from'), '--to', to, '--text', text, '--request-report', ...more];
    const { code, stdout, stderr } = await mta.command('send', ...args);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  };
  const there = '/S=u/O=narrow/P=A/A= /C=GB/';
  const [prohibited, lossless, permitted, explicit] = await Promise.all([
    send(there, 'Größe', '--implicit-conversion-prohibited'),
    send(there, 'Größe', '--conversion-with-loss-prohibited'),
    send(there, 'Größe'),
    send(userAt(site), 'Size', '--explicit-conversion', 'ia5-text-to-teletex'),
  ]);
  const reports = await eventually('a report on each', 60_000, async () => {
    const found = (await mta.delivered()).filter(({ kind }) => kind === 'report');
    return found.length >= 4 ? found : undefined;
  });
  const toldOf = (identifier: string) => {
    const [outcome] = reports.find((each) => each.subjectMtsIdentifier === identifier)?.outcomes ?? [];
    return outcome?.nonDelivered?.diagnosticName ?? (outcome?.delivered && 'delivered');
  };
  assert.equal(toldOf(prohibited), 'implicit-conversion-prohibited');
  assert.equal(toldOf(lossless), 'alphabetic-character-loss');
  assert.equal(toldOf(permitted), 'delivered');
  assert.equal(toldOf(explicit), 'delivered');
  const delivered = join(mta.directory, 'delivered');
  const ofMessage = async (name: string) =>
    name.endsWith('.json') && JSON.parse(await readFile(join(delivered, name), 'utf8')).kind === 'message';
  const names = await readdir(delivered);
  const [record] = (await Promise.all(names.map(ofMessage))).flatMap((is, each) => (is ? [names[each]] : []));
  const read = readContent(await readFile(join(delivered, record.replace(/json$/, 'content'))));
  assert.ok(read.ok && read.value.object.kind === 'ipm');
  const { body, ...rest } = read.value.object.value;
  assert.deepEqual([body?.[0].kind, ipmText({ ...rest, body: body ?? [] })], ['teletex', 'Size']);
});
