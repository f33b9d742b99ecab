// From the start of the process to `ready`, with a new store each time: the median of ten must be under two
// seconds. Exits with 1 if it is not.
//
//   node bench/start.ts [--times 10] [--links 20] [--json]

import { parseArgs } from 'node:util';
import { freePorts } from '../test/support/ports.ts';
import { startChappe } from './chappe.ts';
import { median } from './statistics.ts';

const READY_MS_MAX = 2000;

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '10' },
    links: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const links = Array.from({ length: Number(values.links) }, (_, index) => ({
  name: `link-${index}`,
  mta: `MTA-${index}`,
  password: 'secret',
  space: `/P=SITE-${index}/A= /C=GB/`,
}));
const times_ms: number[] = [];
for (let time = 0; time < Number(values.times); time += 1) {
  const [port, adminPort] = await freePorts(2);
  const mta = await startChappe({ port, adminPort }, links);
  times_ms.push(Math.round(mta.ready_ms));
  await mta.stop();
}
const median_ms = median(times_ms);
const result = { links: links.length, median_ms, holds: median_ms < READY_MS_MAX, times_ms };
console.log(values.json ? JSON.stringify(result) : result);
process.exitCode = result.holds ? 0 : 1;
