// One copy per next hop, and who is responsible for whom.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { atOnce } from '../base/steps.ts';
import { perRecipientIndicators } from '../p1/index.ts';
import type { RouteDecision } from './decision.ts';
import { nextHopKey, parseNextHopKey } from './next-hop.ts';
import { responsibleRecipients, stripsInternalTrace, traceOnEntry } from './responsibility.ts';
import { splitByNextHop } from './splitting.ts';

const decisions: readonly RouteDecision[] = [
  { kind: 'link', nextHop: 'link/a', link: 'a', alternates: [], candidates: [] },
  { kind: 'link', nextHop: 'link/b', link: 'b', alternates: [], candidates: [] },
  { kind: 'deliver', nextHop: 'deliver/home', deliver: 'home', candidates: [] },
  { kind: 'no-route', why: 'no-address-space', candidates: [] },
  { kind: 'unknown-user', deliver: 'home', candidates: [] },
];

test('law: every recipient is in exactly one group, one group a next hop', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...decisions)), (chosen) => {
      const { copies, undeliverable } = atOnce(
        splitByNextHop(chosen.map((decision, recipient) => ({ recipient, decision }))),
      );
      const all = [
        ...copies.flatMap((copy) => copy.recipients),
        ...undeliverable.map((each) => each.recipient),
      ];
      assert.deepEqual(
        all.sort((a, b) => a - b),
        chosen.map((_, index) => index),
      );
      assert.equal(new Set(copies.map((copy) => copy.nextHop)).size, copies.length);
      for (const { nextHop, recipients } of copies) {
        for (const recipient of recipients) {
          const decision = chosen[recipient];
          assert.ok('nextHop' in decision && decision.nextHop === nextHop);
        }
      }
    }),
  );
});

test('next hop keys are taken apart as they are made, slashes in names or not', () => {
  for (const hop of [
    { kind: 'link', name: 'site-b' } as const,
    { kind: 'deliver', name: '/P=X/C=GB/' } as const,
  ]) {
    assert.deepEqual(parseNextHopKey(nextHopKey(hop)), hop);
  }
  assert.equal(parseNextHopKey('nowhere'), undefined);
});

test('only recipients with the responsibility bit are ours', () => {
  const fields = [true, false, true].map((responsibility) => ({
    perRecipientIndicators: perRecipientIndicators({
      responsibility,
      originatingMTAReportRequest: 'non-delivery-report',
      originatorReportRequest: 'no-report',
    }),
  }));
  assert.deepEqual(atOnce(responsibleRecipients(fields)), [0, 2]);
});

test('external trace once a domain, internal once an MTA, none outside of the domain', () => {
  assert.deepEqual(traceOnEntry('submission'), { external: true, internal: true });
  assert.deepEqual(traceOnEntry('other-domain'), { external: true, internal: true });
  assert.deepEqual(traceOnEntry('same-domain'), { external: false, internal: true });
  assert.equal(stripsInternalTrace({ sameDomain: true }), false);
  assert.equal(stripsInternalTrace({ sameDomain: false }), true);
});
