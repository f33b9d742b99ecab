// RT-G5: a message to three recipients that are redirected: one trace element, marked redirected, its routing
// action set once; the others' message is not marked; each redirected recipient may go back where it came
// from. Judged by what would be committed, then over a store with its spool and its audit.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasBit } from '../../src/asn1/index.ts';
import {
  makeExtension,
  type MessageTransferEnvelope,
  otherActionBits,
  readExtension,
  readInternalTrace,
} from '../../src/p1/index.ts';
import { auditEntry, emptyCount, type NewMessage, openMemoryStore } from '../../src/store/index.ts';
import { decodeStored } from '../../src/transfer/index.ts';
import type { Judgement } from '../../src/transfer/draft.ts';
import { judgeArrival } from '../../src/transfer/judge-arrival.ts';
import {
  arrivingMessage,
  configured,
  envelopeIn,
  envelopeOf,
  judgeParts,
  now,
  type RecipientPlan,
} from '../support/transfer.ts';

const at = (surname: string, prmd = 'X'): string => `/S=${surname}/P=${prmd}/A= /C=GB/`;

const configuration = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
links:
  - { name: b, peer: { mta: MTA-B }, addressSpaces: [ { address: "/P=B/A= /C=GB/" } ] }
  - { name: c, peer: { mta: MTA-C }, addressSpaces: [ { address: "/P=C/A= /C=GB/" } ] }
deliver:
  - { name: x, addressSpace: "/P=X/A= /C=GB/", users: [ "${at('one')}" ] }
redirections:
  - { from: "${at('r1')}", to: "${at('u1', 'B')}" }
  - { from: "${at('r2')}", to: "${at('u2', 'B')}" }
  - { from: "${at('r3')}", to: "${at('one')}" }
  - { from: "${at('r4')}", to: "${at('nobody')}" }
`);
const parts = () => judgeParts({ configuration });

function judged(
  to: readonly (string | RecipientPlan)[],
  more: Partial<MessageTransferEnvelope> = {},
): Judgement {
  const plans = to.map((each) => (typeof each === 'string' ? { to: each } : each));
  return judgeArrival(parts(), arrivingMessage(envelopeOf(plans, more)), now);
}

/** Own elements of both traces: how many, and whether each says redirected. */
function marks(message: NewMessage): readonly unknown[] {
  const { traceInformation, extensions } = envelopeIn(message);
  const internal = readInternalTrace(extensions);
  assert.ok(internal.ok);
  const marked = ({ otherActions }: { readonly otherActions: Parameters<typeof hasBit>[0] }): boolean =>
    hasBit(otherActions, otherActionBits.redirected);
  const external = traceInformation.map(({ domainSuppliedInformation: supplied }) => supplied);
  return [
    external.map((supplied) => [String(supplied.routingAction), marked(supplied)]),
    internal.value.map(({ mtaSuppliedInformation: supplied }) => [
      String(supplied.routingAction),
      marked(supplied),
    ]),
  ];
}

const relayed = [
  [
    ['relayed', false],
    ['relayed', true],
  ],
  [['relayed', true]],
];

test('RT-G5 three redirected recipients: one element of our domain, marked once', () => {
  const { create } = judged([at('r1'), at('r2'), at('r3')]);
  assert.equal(create.length, 1);
  assert.deepEqual(marks(create[0]), relayed);
  assert.deepEqual(
    create[0].copies.map(({ nextHop, recipients }) => [nextHop, ...recipients]),
    [
      ['link/b', 0, 1],
      ['deliver/x', 2],
    ],
    'two of them back by the link that they came by',
  );
  assert.deepEqual(create[0].recipients, [at('u1', 'B'), at('u2', 'B'), at('one')]);
  assert.equal(create[0].arrivedBy, undefined, 'nor does a later reroute keep them from it');
});

test('RT-G5 those that were not redirected go in a message of their own, unmarked', () => {
  const { create } = judged([at('r1'), at('one'), at('u', 'C')]);
  assert.equal(create.length, 2);
  const [plain, redirected] = create;
  assert.equal(plain.mtsIdentifier, redirected.mtsIdentifier);
  assert.deepEqual(marks(redirected), relayed);
  assert.deepEqual(marks(plain).flat(2).includes(true), false);
  assert.deepEqual(plain.recipients, [at('r1'), at('one'), at('u', 'C')]);
  assert.equal(plain.copies.flatMap(({ recipients }) => recipients).includes(0), false);
  assert.deepEqual(
    redirected.copies.map(({ nextHop, recipients }) => [nextHop, ...recipients]),
    [['link/b', 0]],
  );
});

test('the history says who was meant, when and why; the number stays (X.411 8.3.1.1.1.4)', () => {
  const { create } = judged([{ to: at('u', 'C'), responsible: false }, at('r1')]);
  const fields = envelopeIn(create[0]).perRecipientFields[1];
  assert.equal(fields.originallySpecifiedRecipientNumber, 2);
  const history = readExtension(fields.extensions, 'redirection-history');
  assert.ok(history.ok);
  assert.deepEqual(
    history.value?.map(({ redirectionReason, intendedRecipientName: { redirectionTime } }) => [
      redirectionReason,
      redirectionTime,
    ]),
    [['recipient-assigned-alternate-recipient', '260601120000Z']],
  );
});

test('prohibited reassignment is reported with its own diagnostic', () => {
  const extensions = [
    makeExtension('recipient-reassignment-prohibited', 'recipient-reassignment-prohibited'),
  ];
  const { events, create } = judged([at('r1')], { extensions });
  assert.deepEqual(
    create.map(({ kind }) => kind),
    ['report'],
  );
  const told = events.find(([name]) => name === 'non-delivery');
  assert.match(String(told?.[1].diagnostic), /recipient-reassignment-prohibited/);
});

test('who is redirected and fails is reported under the new name, with the old one beside it', () => {
  const { create, tracking } = judged([at('r4'), at('one')]);
  const report = create.find(({ kind }) => kind === 'report');
  assert.ok(report !== undefined);
  const stored = decodeStored(report);
  assert.ok(stored.ok && stored.value.kind === 'report');
  const [fields] = stored.value.report.content.perRecipientFields;
  assert.ok(fields.originallyIntendedRecipientName !== undefined);
  assert.deepEqual(
    tracking.filter(({ act }) => act === 'redirected').map(({ recipients, adds }) => [recipients, adds]),
    [[[at('r4')], [at('nobody')]]],
  );
});

test('two messages name one spool, and the books of each balance', async () => {
  const store = openMemoryStore();
  const spool = await store.openSpool();
  await spool.write(new Uint8Array(9));
  await spool.seal(new Uint8Array(0));
  const envelope = envelopeOf([{ to: at('r1') }, { to: at('one') }, { to: at('r4') }, { to: at('r3') }]);
  const content = { kind: 'spooled', spool: spool.name, octets_count: 9 } as const;
  const arriving = { ...arrivingMessage(envelope), content, contentLength: 9 };
  const { create, tracking } = judgeArrival(parts(), arriving, now);
  const result = await store.commit({ create, tracking });
  assert.ok(result.ok);
  const entries = await store.entries(0, 10);
  const count = emptyCount();
  assert.deepEqual(
    entries.flatMap((entry) => auditEntry(entry, count)),
    [],
  );
  assert.deepEqual([count.messages, count.queued], [3, 4], 'two messages and the report');
  const [plain, redirected] = result.created;
  await store.commit({ finish: plain.copies });
  assert.equal((await store.readContent(redirected.message, 0, 100))?.length, 9, 'still there');
  await store.close();
});
