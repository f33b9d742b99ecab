// RT-E4, RT-G4, RT-L5: from 1988 to 1984 between real MTAs, on the P1 and on the P2 level (exchange-mta.md
// §3.E). A common name crosses; a numeric address with a PRMD, a directory name alone and a content that P2
// cannot say are returned at once, with diagnostic 47 or the conversion's own, and never go the other way
// that there is (Q181947, Q177862). What is returned for its content is kept.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { textOfT61 } from '../../src/address/index.ts';
import { bitsOf, encode, rawOf } from '../../src/asn1/index.ts';
import { instant } from '../../src/base/time.ts';
import { InformationObject, type IPM, readContent } from '../../src/content/index.ts';
import {
  externalTraceElement,
  type MessageTransferEnvelope,
  MTSAPDU,
  perMessageIndicatorBits,
} from '../../src/p1/index.ts';
import { Caller } from '../support/caller.ts';
import { type DeliveredFile, eventually, type MtaProcess } from '../support/mta-process.ts';
import { textContent } from '../support/ipm.ts';
import { type Site, siteProcess, sites, temporaryDirectory, userAt } from '../support/network.ts';
import { backTo, countsAt, type ProcessCounts } from '../support/process-counts.ts';
import { domainNamed, envelopeOf, nameOf } from '../support/transfer.ts';

const quick = `    retry: { openInterval: 1s, transferInterval: 1s }
    associations: { lifetime: 1s, disconnect: 1s }
    mode: x410-1984
`;
const source = '    peer: { mta: MTA-SRC, password: SRC-secret }\n';

describe('RT-E4', { timeout: 120_000 }, () => {
  let directory = '';
  let here: { readonly a: Site; readonly b: Site; readonly d: Site };
  let [a, b]: MtaProcess[] = [];
  let baseline: readonly ProcessCounts[] = [];
  const counts = () => Promise.all([countsAt(a, here.a.adminPort), countsAt(b, here.b.adminPort)]);
  const cleanups: (() => Promise<void>)[] = [];

  before(async () => {
    directory = await temporaryDirectory({ after: (clean) => cleanups.push(clean) });
    const [siteA, siteB, siteD] = await sites('A', 'B', 'D');
    here = { a: siteA, b: siteB, d: siteD };
    const other = [{ address: '/P=B/A= /C=GB/', cost: 20 }];
    const everything = [
      { address: '/P=B/A= /C=GB/', cost: 10 },
      { address: '/', cost: 10 },
    ];
    const extra = `${quick}    contentDowngrade: p2\n  - name: src\n${source}`;
    a = await siteProcess(directory, siteA, {
      links: [
        { to: siteD, spaces: other },
        { to: siteB, spaces: everything, extra },
      ],
    });
    b = await siteProcess(directory, siteB, { links: [{ to: siteA, extra: quick }] });
    await Promise.all([a.start(), b.start()]);
    baseline = await counts();
  });
  after(async () => {
    await Promise.all([a.stop(), b.stop()]);
    for (const clean of cleanups) await clean();
  });

  async function send(...args: readonly string[]): Promise<string> {
    const result = await a.command('send', '--json', '--from', userAt(here.a), ...args);
    assert.equal(result.code, 0, result.stderr);
    return JSON.parse(result.stdout)[0].mtsIdentifier;
  }

  /** A content goes as a file. */
  async function sendContent(content: Uint8Array, ...args: readonly string[]): Promise<string> {
    const file = join(directory, 'content');
    await writeFile(file, content);
    return send('--to', userAt(here.b), '--content', file, ...args);
  }

  function arrived(mta: MtaProcess, id: string): Promise<DeliveredFile> {
    return eventually(`delivery of ${id}\n${mta.lastLines()}`, 20_000, async () =>
      (await mta.delivered()).find((file) => file.mtsIdentifier === id || file.subjectMtsIdentifier === id),
    );
  }

  async function contentAt(mta: MtaProcess, file: DeliveredFile): Promise<Uint8Array> {
    const folder = join(mta.directory, 'delivered');
    for (const name of (await readdir(folder)).filter((each) => each.endsWith('.json'))) {
      const record = JSON.parse(await readFile(join(folder, name), 'utf8'));
      if (record.mtsIdentifier === file.mtsIdentifier && record.recipient === file.recipient) {
        return new Uint8Array(await readFile(join(folder, name.replace(/json$/, 'content'))));
      }
    }
    assert.fail(`no content of ${file.mtsIdentifier}`);
  }

  async function returned(id: string): Promise<readonly (string | undefined)[]> {
    const report = await arrived(a, id);
    assert.equal(report.kind, 'report');
    const nonDelivered = report.outcomes?.[0].nonDelivered;
    return [nonDelivered?.reasonName, nonDelivered?.diagnosticName];
  }

  /** What another MTA of 1988 transfers to us. */
  async function transfer(id: string, change: Partial<MessageTransferEnvelope>, said = 'x'): Promise<string> {
    const caller = await Caller.call({ port: here.a.port, mta: 'MTA-SRC', password: 'SRC-secret' });
    assert.ok(caller.opened, caller.closed);
    const envelope = envelopeOf([{ to: userAt(here.b) }], {
      originatorName: nameOf(userAt(here.a)),
      ...change,
      messageIdentifier: { globalDomainIdentifier: domainNamed('SRC'), localIdentifier: id },
      traceInformation: [externalTraceElement(domainNamed('SRC'), { arrivalTime: instant(Date.now()) })],
    });
    const content = text(said);
    const apdu = encode(MTSAPDU, { kind: 'message', value: { envelope, content } });
    assert.equal((await caller.transfer(apdu))?.kind, 'RTTRcnf+');
    caller.destroy();
    return `/P=SRC/A= /C=GB/;${id}`;
  }

  function text(said: string): Uint8Array {
    return textContent(said, userAt(here.a)).content;
  }

  function ipmIn(content: Uint8Array): IPM {
    const read = readContent(content);
    assert.ok(read.ok && read.value.object.kind === 'ipm');
    return read.value.object.value;
  }

  it('a common name in P1 crosses, and reaches its user', async () => {
    const to = '/CN=Front Desk/P=B/A= /C=GB/';
    const file = await arrived(b, await send('--to', to, '--text', 'x'));
    assert.deepEqual([file.kind, file.recipient], ['message', to]);
  });

  it('Q181947: a numeric address with a PRMD is unable-to-downgrade', async () => {
    const id = await send('--to', '/N-ID=4711/P=B/A= /C=GB/', '--text', 'x');
    assert.deepEqual(await returned(id), ['unable-to-transfer', 'unable-to-downgrade']);
  });

  it('Q177862: a directory name alone is reported at once, its fellow goes on', async () => {
    const [fellow] = envelopeOf([{ to: userAt(here.b) }]).perRecipientFields;
    const country = { type: '2.5.4.6', value: rawOf(Uint8Array.of(0x13, 2, 0x46, 0x52)) };
    const directoryName = { kind: 'rdnSequence', value: [[country]] } as const;
    const recipientName = { builtInStandardAttributes: {}, directoryName };
    const nobody = { ...fellow, originallySpecifiedRecipientNumber: 2, recipientName };
    const id = await transfer('two', { perRecipientFields: [fellow, nobody] });
    assert.deepEqual(await returned(id), ['unable-to-transfer', 'unable-to-downgrade']);
    assert.equal((await arrived(b, id)).recipient, userAt(here.b));
  });

  it('P2: general text arrives as teletex in P2, as the types of the envelope say', async () => {
    const id = await send('--to', userAt(here.b), '--text', 'Größe', '--subject', 'Maß');
    const file = await arrived(b, id);
    assert.equal(file.contentType, '2.6.1.10.0');
    const { heading, body } = ipmIn(await contentAt(b, file));
    assert.deepEqual([textOfT61(heading.subject ?? ''), body?.[0].kind], ['Maß', 'teletex']);
  });

  it('P2: a spooled content is made anew too; another type goes byte for byte', async () => {
    const large = text('0123456789'.repeat(60_000));
    const file = await arrived(b, await sendContent(large, '--content-type', '2.6.1.10.1'));
    assert.equal(file.contentType, '2.6.1.10.0');
    const [part] = ipmIn(await contentAt(b, file)).body ?? [];
    assert.ok(part.kind === 'ia5Text' && part.value.data.length === 600_000);
    const p2 = await arrived(b, await sendContent(text('as it is'), '--content-type', '2.6.1.10.0'));
    assert.deepEqual(await contentAt(b, p2), text('as it is'));
  });

  it('P2: what P2 cannot say, or is too long, is returned at once and the original kept', async () => {
    const heading = ipmIn(text('x')).heading;
    const part = { directReference: '1.2.3', encoding: { kind: 'octetAligned', value: Uint8Array.of(5, 0) } };
    const body = [{ kind: 'extended', value: { data: part } }] as const;
    const odd = encode(InformationObject, { kind: 'ipm', value: { heading, body } as IPM });
    const tooLong = text('0123456789'.repeat(110_000));
    for (const content of [odd, tooLong]) {
      const id = await sendContent(content, '--content-type', '2.6.1.10.1');
      assert.deepEqual(await returned(id), ['unable-to-transfer', 'unable-to-downgrade']);
      const told = await eventually('the event', 5000, () =>
        a.eventsNamed('unable-to-downgrade').find((event) => event.mtsIdentifier === id),
      );
      assert.ok(existsSync(String(told.dump)), JSON.stringify(told));
      const kept = new Uint8Array(await readFile(String(told.dump).replace(/txt$/, 'ber')));
      assert.ok(Buffer.from(kept).includes(Buffer.from(content)), 'the original is in the dump');
    }
  });

  it('P2: a prohibited conversion is reported as such; without need of one the message crosses', async () => {
    const perMessageIndicators = bitsOf([perMessageIndicatorBits['implicit-conversion-prohibited']], 8);
    const plain = await transfer('plain', { perMessageIndicators });
    assert.equal((await arrived(b, plain)).contentType, '2.6.1.10.0');
    const umlauts = await transfer('umlauts', { perMessageIndicators }, 'Größe');
    assert.deepEqual(await returned(umlauts), ['conversion-not-performed', 'implicit-conversion-prohibited']);
  });

  it('RT-G4: no verdict made anything go another way, and the link stood', async () => {
    assert.deepEqual(
      a.eventsNamed('connect-failed').filter((event) => event.link === 'd'),
      [],
    );
    const list = await a.command('queue', 'list', '--json');
    assert.deepEqual(JSON.parse(list.stdout), []);
    assert.deepEqual(a.eventsNamed('internal-error'), []);
  });

  it('files, sockets, timers and associations are as before', async () => {
    await backTo(baseline, counts, {
      limit_ms: 20_000,
      keys: ['files', 'sockets', 'timers', 'associations'],
    });
  });
});
