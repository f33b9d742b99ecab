// RT-B2: a connector is disabled, or taken out of the configuration, while it transfers in both directions
// and has a thousand messages queued: transfers end or are broken off cleanly, what is queued stays parked,
// or goes by another way where there is one, and nothing is lost, doubled or thrown.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { eventually, MtaProcess } from '../support/mta-process.ts';
import {
  configurationOf,
  domainOf,
  type Site,
  type SitePlan,
  sites,
  temporaryDirectory,
  userAt,
} from '../support/network.ts';
import { countsAt } from '../support/process-counts.ts';

const OUT = 1000;
const IN = 300;
/** What was broken off is tried again within the second, not after the two minutes of the defaults. */
const extra = '    retry: { openInterval: 500ms, transferInterval: 500ms }';

async function running(t: TestContext, plans: readonly (readonly [Site, SitePlan])[]) {
  const directory = await temporaryDirectory(t);
  const made = plans.map(([site, plan]) =>
    MtaProcess.prepare(join(directory, site.name), configurationOf(site, plan)),
  );
  const mtas = await Promise.all(made);
  t.after(() => Promise.all(mtas.map((mta) => mta.stop('SIGKILL'))));
  await Promise.all(mtas.map((mta) => mta.start()));
  return mtas;
}

async function send(from: readonly [MtaProcess, Site], to: Site, count: number): Promise<void> {
  const [mta, site] = from;
  const text = ['--text', 'x'.repeat(2000), '--count', `${count}`];
  const sent = await mta.command('send', '--no-report', '--from', userAt(site), '--to', userAt(to), ...text);
  assert.equal(sent.code, 0, sent.stderr);
}

/** All of them, none twice but where the confirmation of a transfer was broken off with it. */
async function arrived(mta: MtaProcess, count: number): Promise<void> {
  await eventually(`${count} messages`, 60_000, async () =>
    (await mta.delivered()).length >= count ? true : undefined,
  );
  assert.equal((await mta.delivered()).length, count);
  const identifiers = mta.eventsNamed('transfer-in').map(({ mtsIdentifier }) => mtsIdentifier);
  const twice = identifiers.length - new Set(identifiers).size;
  assert.ok(twice <= 10, `${twice} crossed twice, more than there were associations`);
}

function clean(mtas: readonly MtaProcess[]): void {
  for (const mta of mtas) assert.deepEqual([mta.strayLines, mta.eventsNamed('internal-error')], [[], []]);
}

it('RT-B2: disabled with a thousand messages queued: parked, then all there', {
  timeout: 150_000,
}, async (t) => {
  const [siteA, siteB] = await sites('A', 'B');
  const [a, b] = await running(t, [
    [siteA, { links: [{ to: siteB, extra }] }],
    [siteB, { links: [{ to: siteA, extra }] }],
  ]);
  const counts = () => countsAt(a, siteA.adminPort);
  const before = await counts();
  await Promise.all([send([a, siteA], siteB, OUT), send([b, siteB], siteA, IN)]);
  assert.equal((await a.command('links', 'disable', 'b')).code, 0);
  const parked = await eventually('nothing moves any more', 30_000, async () => {
    const first = [(await a.delivered()).length, (await b.delivered()).length];
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const then = [(await a.delivered()).length, (await b.delivered()).length];
    return first.join() === then.join() ? then : undefined;
  });
  t.diagnostic(`disabled with ${parked[1]} of ${OUT} sent and ${parked[0]} of ${IN} received`);
  assert.equal((await a.command('links', 'enable', 'b')).code, 0);
  await Promise.all([arrived(b, OUT), arrived(a, IN)]);
  clean([a, b]);
  await eventually('the counts of before', 30_000, async () => {
    const now = await counts();
    const own = now.associations - before.associations;
    return now.sockets <= before.sockets + own ? true : undefined;
  });
});

it('RT-B2: deleted with a thousand messages queued: by the other way', { timeout: 150_000 }, async (t) => {
  const [siteA, siteB, siteC] = await sites('A', 'B', 'C');
  const [a, b, c] = await running(t, [
    [
      siteA,
      {
        links: [
          { to: siteB, extra },
          {
            to: siteC,
            extra,
            spaces: [
              { address: domainOf(siteC), cost: 10 },
              { address: domainOf(siteB), cost: 20 },
            ],
          },
        ],
      },
    ],
    [
      siteB,
      {
        links: [
          { to: siteA, extra },
          { to: siteC, extra },
        ],
      },
    ],
    [
      siteC,
      {
        links: [
          { to: siteA, extra },
          { to: siteB, extra },
        ],
      },
    ],
  ]);
  await Promise.all([send([a, siteA], siteB, OUT), send([b, siteB], siteA, IN)]);
  const text = await readFile(a.configPath, 'utf8');
  const [from, to] = [text.indexOf('  - name: b'), text.indexOf('  - name: c')];
  await writeFile(a.configPath, text.slice(0, from) + text.slice(to));
  await a.reload('configuration-reloaded', 90_000);
  const sentDirectly = (await b.delivered()).length;
  await arrived(b, OUT);
  t.diagnostic(
    `deleted with ${sentDirectly} of ${OUT} sent; ${c.eventsNamed('transfer-in').length} went by C`,
  );
  // B is answered no more: what it still has for A waits there, and comes when A answers again.
  await writeFile(a.configPath, text);
  a.signal('SIGHUP');
  await b.command('links', 'connect', 'a');
  await arrived(a, IN);
  clean([a, b, c]);
});
