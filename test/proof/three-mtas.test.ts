// Messages submitted at A reach users of C by way of B: three real processes, real TCP, real stores. The
// contents of the seven EAN messages of 1985 cross byte for byte; unknown users are reported back; probes and
// delivery reports return; and tshark finds nothing wrong in anything that was sent.

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decodePrefix, raw } from '../../src/asn1/index.ts';
import { eventually, type MtaProcess } from '../support/mta-process.ts';
import { chain, type Site, temporaryDirectory, userAt } from '../support/network.ts';

const SAMPLES = '../shared/reference/samples/ean-1985';
const hasTshark = spawnSync('tshark', ['--version']).status === 0;

interface Submitted {
  readonly mtsIdentifier: string;
}

async function send(mta: MtaProcess, ...args: string[]): Promise<readonly Submitted[]> {
  const result = await mta.command('send', '--json', ...args);
  assert.equal(result.code, 0, `send failed: ${result.stderr}`);
  return JSON.parse(result.stdout);
}

/** The content of an EAN sample: what follows the envelope, which is the first BER value of the message. */
function eanContent(name: string): Uint8Array {
  const file = readFileSync(join(SAMPLES, name));
  if (!name.endsWith('.pe')) return file.subarray(file.readUInt32BE(4), file.readUInt32BE(8));
  const envelope = decodePrefix(raw(), file);
  assert.ok(envelope.ok);
  return file.subarray(envelope.value.end);
}

describe('three MTAs', { timeout: 120_000 }, () => {
  let directory = '';
  let a: MtaProcess;
  let b: MtaProcess;
  let c: MtaProcess;
  let place: { a: Site; b: Site; c: Site };
  let capture: ReturnType<typeof spawn> | undefined;
  let captureFile = '';
  const cleanups: (() => Promise<void>)[] = [];

  before(async () => {
    directory = await temporaryDirectory({ after: (clean) => cleanups.push(clean) });
    const network = await chain(directory);
    ({ a, b, c } = network);
    place = network.sites;
    captureFile = join(directory, 'run.pcap');
    if (hasTshark) {
      const filter = [place.a, place.b, place.c].map((site) => `tcp port ${site.port}`).join(' or ');
      capture = spawn('tshark', ['-i', 'lo', '-q', '-F', 'pcap', '-w', captureFile, '-f', filter], {
        stdio: 'ignore',
      });
      await eventually('the capture to begin', 15_000, () => (existsSync(captureFile) ? true : undefined));
    }
    await Promise.all([a.start(), b.start(), c.start()]);
  });
  after(async () => {
    await Promise.all([a.stop(), b.stop(), c.stop()]);
    capture?.kill('SIGINT');
    for (const clean of cleanups) await clean();
  });

  it('a text message reaches a user of C, with the trace of A and B', async () => {
    const [sent] = await send(
      a,
      '--from',
      userAt(place.a),
      '--to',
      userAt(place.c),
      '--text',
      'hello',
      '--subject',
      's',
    );
    const delivered = await eventually('delivery at C', 20_000, async () =>
      (await c.delivered()).find((file) => file.mtsIdentifier === sent.mtsIdentifier),
    );
    assert.equal(delivered.kind, 'message');
    assert.equal(delivered.contentType, '2.6.1.10.1');
    assert.ok(Array.isArray(delivered.trace) && delivered.trace.length >= 2, JSON.stringify(delivered.trace));
  });

  it('the contents of seven messages of 1985, in both encodings, cross byte for byte', async (t) => {
    if (!existsSync(SAMPLES)) return t.skip(`${SAMPLES} not found`);
    const names = [1, 2, 3, 4, 5, 6, 7].flatMap((number) => [`msg${number}`, `msg${number}.pe`]);
    const expected = new Map<string, string>();
    for (const name of names) {
      const content = eanContent(name);
      const file = join(directory, `${name}.content`);
      await writeFile(file, content);
      const [sent] = await send(
        a,
        '--from',
        userAt(place.a),
        '--to',
        userAt(place.c),
        '--content',
        file,
        '--content-type',
        '2.6.1.10.0',
      );
      expected.set(sent.mtsIdentifier, createHash('sha256').update(content).digest('hex'));
    }
    await eventually('all contents at C', 30_000, async () => {
      const arrived = new Map((await c.delivered()).map((file) => [file.mtsIdentifier, file.contentSha256]));
      return [...expected].every(([id, sha]) => arrived.get(id) === sha) ? true : undefined;
    });
    const files = (await readdir(join(c.directory, 'delivered'))).filter((name) => name.endsWith('.content'));
    const hashes = new Set(
      files.map((name) =>
        createHash('sha256')
          .update(readFileSync(join(c.directory, 'delivered', name)))
          .digest('hex'),
      ),
    );
    for (const sha of expected.values()) assert.ok(hashes.has(sha));
    t.diagnostic(`${expected.size} contents crossed`);
  });

  it('an unknown domain and a delivery are reported to the originator', async () => {
    const [lost] = await send(
      a,
      '--from',
      userAt(place.a),
      '--to',
      '/S=x/P=NOWHERE/A= /C=GB/',
      '--text',
      'x',
    );
    const [asked] = await send(
      a,
      '--from',
      userAt(place.a),
      '--to',
      userAt(place.c, 'asked'),
      '--text',
      'x',
      '--request-report',
    );
    const reportOn = (id: string) =>
      eventually(`the report on ${id}`, 20_000, async () =>
        (await a.delivered()).find((file) => file.kind === 'report' && file.subjectMtsIdentifier === id),
      );
    const negative = await reportOn(lost.mtsIdentifier);
    assert.equal(negative.outcomes?.[0].nonDelivered?.reasonName, 'unable-to-transfer');
    const positive = await reportOn(asked.mtsIdentifier);
    assert.ok(positive.outcomes?.[0].delivered?.time, JSON.stringify(positive));
  });

  it('a probe comes back as a report and delivers nothing', async () => {
    const to = userAt(place.c, 'probed');
    const [probe] = await send(
      a,
      '--from',
      userAt(place.a),
      '--to',
      to,
      '--probe',
      '--content-length',
      '1000',
      '--request-report',
    );
    const report = await eventually('the report on the probe', 20_000, async () =>
      (await a.delivered()).find((file) => file.subjectMtsIdentifier === probe.mtsIdentifier),
    );
    assert.ok(report.outcomes?.[0].delivered, JSON.stringify(report));
    assert.ok(!(await c.delivered()).some((file) => file.mtsIdentifier === probe.mtsIdentifier));
  });

  it('tshark dissects everything down to P1 and P22: nothing malformed and no expert error', async (t) => {
    if (!hasTshark) return t.skip('tshark not found');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    capture?.kill('SIGINT');
    await new Promise((resolve) => capture?.once('exit', resolve));
    const ports = [place.a, place.b, place.c].flatMap((site) => ['-d', `tcp.port==${site.port},tpkt`]);
    const read = (...args: string[]) =>
      execFileSync('tshark', ['-r', captureFile, ...ports, ...args], { maxBuffer: 1 << 28 }).toString();
    assert.equal(
      read('-Y', '_ws.malformed || _ws.expert.severity >= 8388608'),
      '',
      'malformed or expert error',
    );
    for (const seen of ['p1.message_element', 'p1.report_element', 'p1.probe_element', 'p22']) {
      assert.notEqual(read('-Y', seen), '', `the dissection shows no ${seen}`);
    }
    t.diagnostic(`${read('-Y', 'tpkt').split('\n').length - 1} packets dissected`);
  });
});
