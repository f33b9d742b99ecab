// A reload: what is replaced, what works on, and that no link waits for another.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Clock, instant } from '../base/time.ts';
import { type LinkConfiguration, parseConfiguration } from '../config/index.ts';
import { Hops } from './hops.ts';
import type { Ledger } from './ledger.ts';
import type { LinkRunner } from './link-runner.ts';
import { replaceLinks, tableMeanwhile } from './reconfiguration.ts';

function configured(links: string) {
  const read = parseConfiguration(
    `mta: { name: MTA-A, domain: { country: GB, prmd: A } }\nlinks: [ ${links} ]`,
    'test',
  );
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}

/** Hops whose runners only tell that they were stopped, and end when they are told to. */
function world(links: readonly LinkConfiguration[]) {
  const hops = new Hops({} as Ledger);
  const log: string[] = [];
  const ending = new Map<string, () => void>();
  const startLink = ({ name }: LinkConfiguration): void => {
    log.push(`start ${name}`);
    const stop = (): Promise<void> => {
      log.push(`stop ${name}`);
      return new Promise((resolve) => ending.set(name, resolve));
    };
    hops.links.set(name, { stop } as unknown as LinkRunner);
  };
  for (const link of links) startLink(link);
  log.length = 0;
  const clock: Clock = {
    now: () => instant(0),
    schedule: (_, callback) => {
      queueMicrotask(callback);
      return () => {};
    },
  };
  const startDelivery = () => assert.fail('no delivery space here');
  const startList = () => assert.fail('no list here');
  const unserved = (hop: string) => log.push(`unserved ${hop}`);
  return { parts: { hops, clock, startLink, startDelivery, startList, unserved }, log, ending };
}

const a = '{ name: a, peer: { mta: A, password: x } }';
const b = '{ name: b, peer: { mta: B } }';

test('a link whose routes and restrictions alone change works on', async () => {
  const before = configured(`${a}, ${b}`).links;
  const { parts, log } = world(before);
  const routed = `{ name: a, peer: { mta: A, password: x }, addressSpaces: [ { address: "/C=FR/" } ],
    restrictions: { priorities: [urgent] } }`;
  await replaceLinks(parts, before, configured(`${routed}, ${b}`).links);
  assert.deepEqual(log, []);
});

test('changed links stop side by side, each starts anew as it ends; one that is gone stays so', async () => {
  const before = configured(`${a}, ${b}, { name: c, peer: { mta: C } }`).links;
  const { parts, log, ending } = world(before);
  const next = configured('{ name: a, peer: { mta: A, password: y } }, { name: b, peer: { mta: BB } }').links;
  const replaced = replaceLinks(parts, before, next);
  assert.deepEqual(log, ['stop a', 'stop b', 'stop c']);
  ending.get('b')?.();
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(log.slice(3), ['start b']);
  ending.get('a')?.();
  ending.get('c')?.();
  await replaced;
  assert.deepEqual(log.slice(4), ['start a', 'unserved link/c']);
  assert.deepEqual([...parts.hops.links.keys()].sort(), ['a', 'b']);
});

test('a new link is started', async () => {
  const before = configured(a).links;
  const { parts, log } = world(before);
  await replaceLinks(parts, before, configured(`${a}, ${b}`).links);
  assert.deepEqual(log, ['start b']);
});

test('a long table is built in steps between which others work', async () => {
  const spaces = Array.from({ length: 950 }, (_, n) => `{ address: "/O=O${n}/C=GB/" }`).join(', ');
  const configuration = configured(`{ name: a, peer: { mta: A }, addressSpaces: [ ${spaces} ] }`);
  const { parts } = world([]);
  let turns = 0;
  const clock: Clock = {
    ...parts.clock,
    schedule: (at, callback) => {
      turns += 1;
      return parts.clock.schedule(at, callback);
    },
  };
  const table = await tableMeanwhile(configuration, clock);
  assert.equal(turns, 37);
  assert.equal(table.shapes.length, 1);
});
