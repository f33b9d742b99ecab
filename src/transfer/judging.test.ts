// A judgement that takes many turns, and the table that changes meanwhile: it is made again by the new one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  arrivingMessage,
  ClockInHand,
  domainNamed,
  envelopeOf,
  listening,
  now,
  ours,
} from '../../test/support/transfer.ts';
import { seededRandom } from '../base/random.ts';
import { buildRouteTable } from '../routing/index.ts';
import { openMemoryStore } from '../store/index.ts';
import { Hops } from './hops.ts';
import { Judging } from './judging.ts';
import { Ledger } from './ledger.ts';

const many = Array.from({ length: 200 }, (_, index) => ({ to: `/S=u${index}/P=C/A= /C=GB/` }));
const withMany = { ...ours, mta: { ...ours.mta, limits: { ...ours.mta.limits, recipients: 1000 } } };

function judging(): Judging {
  const [clock, store] = [new ClockInHand(), openMemoryStore()];
  const { emit } = listening();
  const ledger = new Ledger({ store, clock, emit, owner: 'test', directory: '/nowhere' });
  const identifier = () => ({ globalDomainIdentifier: domainNamed('X'), localIdentifier: 'r' });
  return new Judging({ hops: new Hops(ledger), identifier }, withMany);
}

const hopsOf = (judgement: { create: readonly { copies: readonly { nextHop: string }[] }[] }) =>
  judgement.create.flatMap(({ copies }) => copies.map(({ nextHop }) => nextHop));

test('a table that changes between two steps: the whole is judged by the new one', () => {
  const random = seededRandom(3);
  for (let round = 0; round < 10; round += 1) {
    const judge = judging();
    const links = ours.links.map((link) =>
      link.name === 'b'
        ? { ...link, addressSpaces: ours.links[1].addressSpaces }
        : { ...link, addressSpaces: [] },
    );
    const changed = { ...withMany, links };
    const steps = judge.arrival(arrivingMessage(envelopeOf(many), { from: 'here' }), now);
    let left = 1 + random.between(0, 7);
    for (;;) {
      const step = steps.next();
      left -= 1;
      if (left === 0) {
        judge.configuration = changed;
        judge.table = buildRouteTable(changed);
      }
      if (step.done !== true) continue;
      assert.deepEqual(hopsOf(step.value), left > 0 ? ['link/c'] : ['link/b'], `round ${round}`);
      assert.equal(step.value.create.length, 1);
      break;
    }
    assert.ok(left <= 0, `the change came in time (${left})`);
  }
});
