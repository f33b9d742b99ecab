// Route choice and the reload of a long table on one core: how many recipients a second find their next
// hop among 100,000 routes (the target is 10,000), and what a reload of such a configuration costs the
// event loop. Exits with 1 if the target is missed.
//
//   node bench/routing.ts [--routes 100000] [--recipients 200000] [--json]
//
// The reload is the one of SIGHUP: the file is read in a thread of its own and comes over piece by piece, the
// table is built in steps. The delay of the loop is sampled each millisecond, the sampling period included.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

import { type ORAddress, parseORAddress } from '../src/address/index.ts';
import { loadConfigurationAside } from '../src/cli/configuration-aside.ts';
import { systemClock } from '../src/net/clock.ts';
import { chooseRoute } from '../src/routing/index.ts';
import { tableMeanwhile } from '../src/transfer/reconfiguration.ts';

const RECIPIENTS_PER_SECOND_MIN = 10_000;
const LINKS = 100;

const { values } = parseArgs({
  options: {
    routes: { type: 'string', default: '100000' },
    recipients: { type: 'string', default: '200000' },
    json: { type: 'boolean', default: false },
  },
});
const routes = Number(values.routes);

function address(text: string): ORAddress {
  const parsed = parseORAddress(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
}

/** As many routes over a hundred links, three of four by organization, the rest one attribute deeper. */
function configuration(): string {
  const lines = ['mta: { name: MTA-A, domain: { country: GB, prmd: SITE-A } }', 'links:'];
  for (let link = 0; link < LINKS; link += 1) {
    lines.push(`  - name: link-${link}`, `    peer: { mta: MTA-${link} }`, '    addressSpaces:');
    for (let n = 0; n < routes / LINKS; n += 1) {
      const unit = n % 4 === 0 ? '/OU1=UNIT' : '';
      lines.push(`      - { address: "${unit}/O=ORG${n}/P=SITE-${link}/A= /C=GB/", cost: ${n % 10} }`);
    }
  }
  return lines.join('\n');
}

const directory = mkdtempSync(join(tmpdir(), 'chappe-bench-'));
try {
  const file = join(directory, 'chappe.yaml');
  writeFileSync(file, configuration());
  // The system's clock keeps no process alive.
  const alive = setInterval(() => {}, 1000);
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const begun = performance.now();
  const loaded = await loadConfigurationAside(file);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  const read_ms = Math.round(performance.now() - begun);
  const table = await tableMeanwhile(loaded.value.configuration, systemClock());
  const reload_ms = Math.round(performance.now() - begun);
  loop.disable();
  clearInterval(alive);

  const recipients = Array.from({ length: 10_000 }, (_, n) =>
    address(`/S=USER${n}/OU1=UNIT/O=ORG${n % (routes / LINKS)}/P=SITE-${n % LINKS}/A= /C=GB/`),
  );
  const count = Number(values.recipients);
  const started = performance.now();
  for (let n = 0; n < count; n += 1) {
    const decision = chooseRoute(table, { recipient: recipients[n % recipients.length], balanceBy: `m${n}` });
    if (decision.kind !== 'link') throw new Error(JSON.stringify(decision));
  }
  const recipientsPerSecond = Math.round((1000 * count) / (performance.now() - started));
  const milliseconds = (nanoseconds: number): number => Math.round(nanoseconds / 1e5) / 10;
  const figures = {
    routes,
    recipientsPerSecond,
    read_ms,
    reload_ms,
    loopP99_ms: milliseconds(loop.percentile(99)),
    loopMax_ms: milliseconds(loop.max),
  };
  console.log(values.json ? JSON.stringify(figures) : figures);
  process.exitCode = recipientsPerSecond >= RECIPIENTS_PER_SECOND_MIN ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true });
}
